import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Fen, formatYuan } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { chainOf } from './chain.ts';
import { contentsOf } from './content.ts';
import { changeKinds, type Dossier } from './contract/change.ts';
import { type Class, classTitles } from './contract/watch.ts';
import { guaranteeFor } from './guarantee.ts';

/** One guarantee's aftercare at a glance: class, last word of the bank, its chain, how much of everything there is. 404 when not visible. */
export async function dossierOf(tx: Tx, guarantorId: number, guaranteeId: bigint): Promise<Dossier> {
  const held = await guaranteeFor(tx, guarantorId, guaranteeId);
  const own = sql`x.guarantor_id = ${guarantorId} and x.guarantee_id = ${guaranteeId}`;
  const count = (table: string, more = sql``) =>
    sql`(select count(*)::integer from ${sql.table(table)} x where ${own} ${more})`;
  type Row = Dossier['counts'] & {
    class: Class | null;
    branchName: string | null;
    day: Day | null;
    lineStatus: string;
    overdueDays: number;
    overdueAmount: Fen;
    balance: Fen;
  };
  const { rows } = await sql<Row>`
    select ${count('aftercare.counter_guarantee', sql`and x.released_on is null`)} as counters,
           ${count('aftercare.inspection')} as inspections,
           ${count('aftercare.warning', sql`and x.status <> 'closed'`)} as warnings,
           ${count('aftercare.change')} as changes, ${count('aftercare.release')} as releases,
           ${count('bankreports.question', sql`and x.status in ('open', 'asked-bank')`)} as questions,
           (select x.class from aftercare.rating x where ${own} order by x.seq desc limit 1) as class,
           (select b.name from banks.branch b where b.id = ${held.branchId}::integer) as "branchName", s.business_day as day, s.status as "lineStatus", s.overdue_days as "overdueDays", s.overdue_amount as "overdueAmount", s.balance
      from (select 1) one
      left join bankreports.standing s on s.guarantor_id = ${guarantorId} and s.guarantee_id = ${guaranteeId}`.execute(
    tx,
  );
  const { class: rated, branchName, day, lineStatus, overdueDays, overdueAmount, balance, ...counts } = rows[0]!;
  const chain = await chainOf(tx, guarantorId, guaranteeId);
  return {
    ...{ guarantorId, guaranteeId: String(guaranteeId), contractNo: held.contractNo, customerName: held.customerName },
    ...{ bankName: held.bankName, status: held.status, outstanding: formatYuan(held.outstanding), dueOn: held.dueOn },
    class: rated === null ? null : classTitles[rated],
    lastReported:
      day === null
        ? null
        : {
            day,
            status: lineStatus,
            overdueDays,
            overdueAmount: formatYuan(overdueAmount),
            balance: formatYuan(balance),
          },
    chain: chain.map((row) => ({
      ...row,
      guaranteeId: String(row.guaranteeId),
      kindTitle: row.kind === 'origin' ? '首笔' : changeKinds[row.kind as keyof typeof changeKinds],
      principal: formatYuan(row.principal),
      outstanding: formatYuan(row.outstanding),
    })),
    chainNote: '同一链上的续贷、借新还旧、无还本续贷在户数与首次担保户中只计一次',
    bankId: held.bankId,
    branchName,
    contents: (await contentsOf(tx, { guarantorId, guaranteeId })).map((fact) => ({
      ...fact,
      learntAt: fact.learntAt.toISOString(),
      changeId: String(fact.changeId),
    })),
    counts,
  };
}
