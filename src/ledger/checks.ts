import { sql } from 'kysely';
import type { Fen } from '../kernel/money.ts';
import { formatYuan } from '../kernel/money.ts';
import type { Tx } from '../platform/db.ts';

/** One thing that is not as it must be, with its place named: what `verify` prints. */
export type Finding = { readonly check: string; readonly place: string; readonly message: string };

/** Most findings of one check that are listed; the rest is counted in a last line. */
export const findingsMax = 100;

/** Every posting sums to zero: debits equal credits per guarantor, and every leg points at accounts of the chart. */
export async function checkTrialBalance(tx: Tx): Promise<Finding[]> {
  const { rows } = await sql<{ guarantorId: number; debit: Fen; credit: Fen }>`
    select guarantor_id as "guarantorId",
           sum(amount) filter (where d.code is not null)::bigint as debit,
           sum(amount) filter (where c.code is not null)::bigint as credit
      from ledger.transfer t
      left join ledger.account d on d.code = t.debit
      left join ledger.account c on c.code = t.credit
     where t.state in (1, 3)
     group by 1
    having sum(amount) filter (where d.code is not null) is distinct from sum(amount) filter (where c.code is not null)
     limit ${findingsMax}`.execute(tx);
  return rows.map((row) => ({
    check: '试算平衡',
    place: `机构 ${row.guarantorId}`,
    message: `借方 ${formatYuan(row.debit)} 元，贷方 ${formatYuan(row.credit)} 元，不相等`,
  }));
}
