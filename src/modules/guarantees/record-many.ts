import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Fen, fen, negate, plus } from '../../kernel/money.ts';
import { type Refusal, Refused } from '../../kernel/refusal.ts';
import { post, type Transfer } from '../../ledger/index.ts';
import { canonicalJson, sm3 } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import type { MovementCommand } from './actions.ts';
import { type MovementKind, movementKinds } from './movement-kinds.ts';
import { transfersOf } from './posting.ts';
import { checkMovement, statusAfter } from './rules.ts';
import { type Locked, splitOf } from './store.ts';

/** Kinds that move no money: the only ones that may be entered by the set. */
export type SetCommand = MovementCommand & { readonly kind: 'disburse' | 'repay' | 'extend' | 'release' };

/** What became of one command of a set: `seq` and the balance after it, or every reason against it. */
export type SetAnswer = { readonly seq: number; readonly outstanding: Fen } | { readonly refusals: readonly Refusal[] };

type Made = SetCommand & {
  readonly seq: number;
  readonly status: string;
  readonly outstanding: Fen;
  readonly dueOn: Day;
};

/**
 * As `recordMovement`, for many guarantees at once and one movement each: the same rules and postings, a handful of statements whatever
 * their number. Locks the guarantees in order of their keys. A movement that the rules refuse is answered as such and the others are
 * entered; the caller that wants all or none throws. One audit entry per guarantor, with counts and a hash. Answers in the order given.
 */
export async function recordMovements(
  tx: Tx,
  context: Context,
  commands: readonly SetCommand[],
  origin: string,
): Promise<SetAnswer[]> {
  const locked = await lockGuarantees(tx, commands);
  const answers: SetAnswer[] = [];
  const made: Made[] = [];
  const transfers: Transfer[] = [];
  const seen = new Set<string>();
  for (const command of commands) {
    const key = keyOf(command);
    if (seen.has(key)) throw new RangeError(`一次成批登记里同一保函只许一笔：${key}`);
    seen.add(key);
    const found = locked.get(key);
    const refusals = found
      ? checkMovement(found.state, command, context.clock.today())
      : [{ code: 'guarantee-unknown', message: '没有这笔保函，或不在您的权限范围内' }];
    if (!found || refusals.length > 0) {
      answers.push({ refusals });
      continue;
    }
    const change = movementKinds[command.kind].balance;
    const moved = change > 0 ? command.amount : negate(command.amount);
    const outstanding = change === 0 ? found.state.outstanding : plus(found.state.outstanding, moved);
    const seq = found.lastSeq + 1;
    made.push({
      ...command,
      seq,
      outstanding,
      status: statusAfter(command.kind, found.state.status, outstanding),
      dueOn: command.extendedToOn ?? found.state.dueOn,
    });
    transfers.push(...transfersOf({ ...command, seq, cash: fen(0n) }, found.posting));
    answers.push({ seq, outstanding });
  }
  await write(tx, made);
  for (let from = 0; from < transfers.length; from += 2000) await post(tx, transfers.slice(from, from + 2000));
  for (const [guarantorId, own] of Map.groupBy(made, (each) => each.guarantorId)) {
    const content = own.map((each) => [
      String(each.guaranteeId),
      each.seq,
      each.kind,
      String(each.amount),
      each.occurredOn,
    ]);
    await appendAudit(tx, context, {
      chain: guarantorId,
      action: 'guarantees.record-many',
      subject: origin,
      detail: { count: own.length, contentHash: sm3(canonicalJson(content)) },
    });
  }
  return answers;
}

const keyOf = ({ guarantorId, guaranteeId }: { guarantorId: number; guaranteeId: bigint }) =>
  `${guarantorId}/${guaranteeId}`;

async function write(tx: Tx, made: readonly Made[]): Promise<void> {
  if (made.length === 0) return;
  const rows = JSON.stringify(
    made.map((each) => ({
      g: each.guarantorId,
      id: String(each.guaranteeId),
      seq: each.seq,
      kind: movementKinds[each.kind].code,
      amount: String(each.amount),
      on: each.occurredOn,
      to: each.extendedToOn ?? null,
      cause: each.cause ?? null,
      reference: each.reference ?? null,
      status: each.status,
      outstanding: String(each.outstanding),
      due: each.dueOn,
    })),
  );
  await sql`
    insert into guarantees.movement (guarantor_id, guarantee_id, seq, kind, amount, occurred_on, extended_to_on, cause, reference)
    select x.g, x.id, x.seq, x.kind, x.amount, x."on", x."to", x.cause, x.reference
      from jsonb_to_recordset(${rows}::jsonb) as x(g integer, id bigint, seq integer, kind smallint, amount bigint, "on" date, "to" date, cause text, reference text)`.execute(
    tx,
  );
  const { numAffectedRows } = await sql`
    update guarantees.guarantee e
       set status = x.status, outstanding = x.outstanding, due_on = x.due, last_seq = x.seq
      from jsonb_to_recordset(${rows}::jsonb) as x(g integer, id bigint, seq integer, status text, outstanding bigint, due date)
     where e.guarantor_id = x.g and e.id = x.id`.execute(tx);
  if (Number(numAffectedRows) !== made.length)
    throw new Refused({ code: 'guarantee-unknown', message: '有保函不在您的权限范围内，未登记任何变动' }, 404);
}

/** Locks the guarantees and reads their states, all in two statements. */
async function lockGuarantees(
  tx: Tx,
  keys: readonly { guarantorId: number; guaranteeId: bigint }[],
): Promise<Map<string, Locked>> {
  if (keys.length === 0) return new Map();
  const asked = JSON.stringify(
    keys.map(({ guarantorId, guaranteeId }) => ({ g: guarantorId, id: String(guaranteeId) })),
  );
  type Row = {
    guarantorId: number;
    id: bigint;
    status: string;
    principal: Fen;
    guaranteed: Fen;
    startsOn: Day;
    dueOn: Day;
    outstanding: Fen;
    lastSeq: number;
  } & Parameters<typeof splitOf>[0];
  const { rows } = await sql<Row>`
    select e.guarantor_id as "guarantorId", e.id, e.status, e.principal, e.guaranteed, e.starts_on as "startsOn", e.due_on as "dueOn",
           e.outstanding, e.last_seq as "lastSeq", v.bank_share, v.guarantor_share, v.province_share, v.fund_share, v.other_share
      from jsonb_to_recordset(${asked}::jsonb) as x(g integer, id bigint)
      join guarantees.guarantee e on e.guarantor_id = x.g and e.id = x.id
      join agreements.version v on v.guarantor_id = e.guarantor_id and v.agreement_id = e.agreement_id and v.version = e.agreement_version
     order by e.guarantor_id, e.id
       for update of e`.execute(tx);
  const { rows: sums } = await sql<{ guarantorId: number; id: bigint; name: MovementKind; total: Fen }>`
    select m.guarantor_id as "guarantorId", m.guarantee_id as id, k.name,
           sum(case when m.kind = 5 then m.cash else m.amount end)::bigint as total
      from jsonb_to_recordset(${asked}::jsonb) as x(g integer, id bigint)
      join guarantees.movement m on m.guarantor_id = x.g and m.guarantee_id = x.id
      join guarantees.movement_kind k on k.code = m.kind
     where m.reverses_seq is null
       and not exists (select from guarantees.movement r
                        where r.guarantor_id = m.guarantor_id and r.guarantee_id = m.guarantee_id and r.reverses_seq = m.seq)
     group by 1, 2, 3`.execute(tx);
  const totals = new Map(sums.map((row) => [`${row.guarantorId}/${row.id}/${row.name}`, row.total]));
  return new Map(
    rows.map((row) => {
      const key = `${row.guarantorId}/${row.id}`;
      const of = (kind: MovementKind): Fen => totals.get(`${key}/${kind}`) ?? fen(0n);
      const { principal, guaranteed } = row;
      return [
        key,
        {
          lastSeq: row.lastSeq,
          state: {
            ...{
              status: row.status,
              principal,
              startsOn: row.startsOn,
              dueOn: row.dueOn,
              outstanding: row.outstanding,
            },
            ...{ disbursed: of('disburse'), claimed: of('claim-paid'), recovered: of('recovery') },
            ...{ writtenOff: of('write-off'), fees: of('fee'), refunded: of('refund') },
          },
          posting: { guarantorId: row.guarantorId, guaranteeId: row.id, principal, guaranteed, split: splitOf(row) },
        },
      ];
    }),
  );
}
