import { sql } from 'kysely';
import type { Day } from '../kernel/day.ts';
import type { Fen } from '../kernel/money.ts';
import type { Tx } from '../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../platform/list.ts';

/** One stored transfer with the names people read, amount in 分. */
export type TransferListRow = {
  readonly guarantorId: number;
  readonly guarantorName: string;
  readonly key: string;
  readonly leg: number;
  readonly stateCode: number;
  readonly debit: number;
  readonly debitTitle: string;
  readonly credit: number;
  readonly creditTitle: string;
  readonly amount: Fen;
  readonly effectiveOn: Day;
  readonly recordedAt: Date;
  readonly guaranteeId: bigint | null;
  readonly party: string | null;
  readonly reason: string;
};

export type TransferFilter = {
  readonly account?: number | undefined;
  readonly guarantorId?: number | undefined;
  readonly guaranteeId?: string | undefined;
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
};

function conditions(filter: TransferFilter) {
  const parts = [sql`true`];
  if (filter.account !== undefined) parts.push(sql`${filter.account} in (t.debit, t.credit)`);
  if (filter.guarantorId !== undefined) parts.push(sql`t.guarantor_id = ${filter.guarantorId}`);
  if (filter.guaranteeId !== undefined) parts.push(sql`t.guarantee_id = ${filter.guaranteeId}::bigint`);
  if (filter.from !== undefined) parts.push(sql`t.effective_on >= ${filter.from}`);
  if (filter.to !== undefined) parts.push(sql`t.effective_on <= ${filter.to}`);
  return sql.join(parts, sql` and `);
}

/** Transfers the caller may see, in the order of the primary key (guarantor, posting key, leg): no sort, however long the book. */
export async function listTransfers(
  tx: Tx,
  filter: TransferFilter,
  after: string | undefined,
  limit: number,
): Promise<Page<TransferListRow>> {
  const [guarantor, key, leg] = keysOf(after, 3) ?? [];
  const seek = guarantor
    ? sql`(t.guarantor_id, t.key, t.leg) > (${guarantor}::integer, ${key}, ${leg}::smallint)`
    : sql`true`;
  const { rows } = await sql<TransferListRow>`
    select t.guarantor_id as "guarantorId", i.short_name as "guarantorName", t.key, t.leg, t.state as "stateCode",
           t.debit, d.title as "debitTitle", t.credit, c.title as "creditTitle", t.amount, t.effective_on as "effectiveOn",
           t.recorded_at as "recordedAt", t.guarantee_id as "guaranteeId", t.party, t.reason
      from (select t.* from ledger.transfer t
             where ${conditions(filter)} and ${seek}
             order by t.guarantor_id, t.key, t.leg
             limit ${limit + 1}) t
      join institutions.institution i on i.id = t.guarantor_id
      join ledger.account d on d.code = t.debit
      join ledger.account c on c.code = t.credit
     order by t.guarantor_id, t.key, t.leg`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.guarantorId, last.key, last.leg) : null };
}
