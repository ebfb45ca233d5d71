import { sql } from 'kysely';
import { type Fen, formatYuan } from '../kernel/money.ts';
import { Refused } from '../kernel/refusal.ts';
import type { Tx } from '../platform/db.ts';
import { type Transfer, type TransferState, transferState } from './transfer.ts';

/**
 * Posts transfers, all or none. Each (guarantor, key, leg) is posted once: a repeat with the same content is silently the
 * same posting; with other content it is refused (409). Never updates; a correction is another transfer with its own key.
 */
export async function post(tx: Tx, transfers: readonly Transfer[]): Promise<void> {
  await insertTransfers(tx, transfers, transferState.posted);
}

/** Reserves amounts: pending transfers count in no balance until `settlePending` posts or `voidPending` drops them. */
export async function reserve(tx: Tx, transfers: readonly Transfer[]): Promise<void> {
  await insertTransfers(tx, transfers, transferState.pending);
}

/** Posts every leg of a pending posting, under a new key. Refused when it is unknown or already settled. */
export const settlePending = (tx: Tx, guarantorId: number, pendingKey: string, key: string): Promise<void> =>
  finish(tx, guarantorId, pendingKey, key, transferState.postPending);

/** Drops every leg of a pending posting, under a new key. Refused when it is unknown or already settled. */
export const voidPending = (tx: Tx, guarantorId: number, pendingKey: string, key: string): Promise<void> =>
  finish(tx, guarantorId, pendingKey, key, transferState.voidPending);

async function insertTransfers(tx: Tx, transfers: readonly Transfer[], state: TransferState): Promise<void> {
  if (transfers.length === 0) return;
  const rows = transfers.map((each) => ({
    guarantor_id: each.guarantorId,
    key: each.key,
    leg: each.leg,
    state,
    debit: each.debit,
    credit: each.credit,
    amount: each.amount,
    effective_on: each.effectiveOn,
    guarantee_id: each.guaranteeId,
    party: each.party,
    reason: each.reason,
  }));
  const inserted = await tx
    .insertInto('ledger.transfer')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .returning(['key', 'leg'])
    .execute();
  if (inserted.length < rows.length) await refuseOtherContent(tx, transfers, state);
}

/** After a conflict: what is stored under each key must be what was sent, leg for leg. */
async function refuseOtherContent(tx: Tx, transfers: readonly Transfer[], state: TransferState): Promise<void> {
  for (const [key, legs] of Map.groupBy(transfers, (each) => `${each.guarantorId}\n${each.key}`)) {
    const [guarantorId = '', name = ''] = key.split('\n');
    const stored = await tx
      .selectFrom('ledger.transfer')
      .select(['leg', 'state', 'debit', 'credit', 'amount', 'effective_on'])
      .where('guarantor_id', '=', Number(guarantorId))
      .where('key', '=', name)
      .orderBy('leg')
      .execute();
    const print = (each: { leg: number; debit: number; credit: number; amount: Fen }, on: string) =>
      `${each.leg}|${each.debit}|${each.credit}|${each.amount}|${on}`;
    const before = stored.map((row) => `${row.state} ${print(row, row.effective_on)}`).join(';');
    const now = [...legs]
      .sort((a, b) => a.leg - b.leg)
      .map((leg) => `${state} ${print(leg, leg.effectiveOn)}`)
      .join(';');
    if (before !== now) {
      throw new Refused(
        { code: 'posting-key-reused', message: `记账编号 ${name} 已用于另一笔内容不同的分录，请核对后换用新编号` },
        409,
      );
    }
  }
}

async function finish(tx: Tx, guarantorId: number, pendingKey: string, key: string, state: 3 | 4): Promise<void> {
  const { numAffectedRows } = await sql`
    insert into ledger.transfer (guarantor_id, key, leg, state, debit, credit, amount, effective_on, guarantee_id, party, reason, pending_key)
    select guarantor_id, ${key}, leg, ${state}, debit, credit, amount, effective_on, guarantee_id, party, reason, key
      from ledger.transfer
     where guarantor_id = ${guarantorId} and key = ${pendingKey} and state = 2
        on conflict do nothing`.execute(tx);
  if (numAffectedRows) return;
  const settled = await tx
    .selectFrom('ledger.transfer')
    .select(['key', 'state'])
    .where('guarantor_id', '=', guarantorId)
    .where('pending_key', '=', pendingKey)
    .executeTakeFirst();
  if (settled?.key === key && settled.state === state) return;
  const message = settled ? `待定分录 ${pendingKey} 已处理，不能再次处理` : `没有待定分录 ${pendingKey}`;
  throw new Refused({ code: settled ? 'pending-settled' : 'pending-unknown', message }, 409);
}

/** A line for an audit entry or a log: '1002→6031 120.00'. */
export const describeTransfer = (transfer: Transfer): string =>
  `${transfer.debit}→${transfer.credit} ${formatYuan(transfer.amount)}`;
