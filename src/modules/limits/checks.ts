import { sql } from 'kysely';
import { type Fen, formatYuan } from '../../kernel/money.ts';
import { type Finding, findingsMax } from '../../ledger/index.ts';
import type { Tx } from '../../platform/db.ts';

/** Allocations never exceed their bank's line; the groups of a yearly line add up to it. */
export async function checkLimits(tx: Tx): Promise<Finding[]> {
  const { rows } = await sql<{ place: string; parts: Fen; whole: Fen }>`
    select '银行 ' || l.bank_id || ' 第 ' || l.version || ' 版' as place, sum(a.amount)::bigint as parts, l.amount as whole
      from limits.bank_line l
      join limits.bank_allocation a on a.bank_id = l.bank_id and a.version = l.version
     group by l.bank_id, l.version, l.amount
    having sum(a.amount) > l.amount
     union all
    select '机构 ' || l.guarantor_id || ' ' || l.year || ' 年额度 ' || l.id, p.parts, l.amount
      from limits.guarantor_line l
     cross join lateral (select (sum((x ->> 'amount')::numeric) * 100)::bigint as parts from jsonb_array_elements(l.working -> 'groups') x) p
     where p.parts <> l.amount
     limit ${findingsMax}`.execute(tx);
  return rows.map((row) => ({
    check: '额度分配不超过额度',
    place: row.place,
    message: `分配合计 ${formatYuan(row.parts)} 元，额度 ${formatYuan(row.whole)} 元`,
  }));
}
