import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import type { Caller } from '../../platform/http.ts';
import type { Todo } from '../../wire/wire.ts';
import { type RunKind, runKindTitles } from './contract.ts';

/** What of compensation and subsidy waits for the caller: runs to approve or to submit, money to confirm. At most 50. */
export async function subsidyTodos(tx: Tx, caller: Caller, _today: Day): Promise<Todo[]> {
  type Row = {
    id: bigint;
    kind: RunKind;
    year: number;
    region: string;
    waiting: 'approve' | 'submit' | 'pay' | 'receive';
    count: number;
  };
  const mayApprove = caller.permissions.has('subsidies.approve');
  const mayCompute = caller.permissions.has('subsidies.compute');
  const mayReceive = caller.permissions.has('book.write');
  const { rows } = await sql<Row>`
    select r.id, r.kind, r.year, g.name as region, w.waiting, w.count::integer as count
      from subsidies.run r
      join institutions.region g on g.code = r.region_code
     cross join lateral (
       select 'approve' as waiting, 1 as count
        where ${mayApprove} and r.status = 'submitted' and ${caller.userId} not in (r.computed_by, r.submitted_by)
       union all
       select 'submit', 1 where ${mayCompute} and r.status = 'draft' and r.computed_by = ${caller.userId}
       union all
       select case when ${mayCompute} then 'pay' else 'receive' end, count(*)
         from subsidies.payment p
        where p.run_id = r.id and r.status = 'approved' and (${mayCompute} or ${mayReceive})
          and not exists (select from subsidies.payment_event e where e.payment_id = p.id and e.kind in ('received', 'cancelled'))
          and (${mayCompute} or exists (select from subsidies.payment_event e where e.payment_id = p.id and e.kind = 'disbursed'))
       having count(*) > 0) w
     order by r.id
     limit 50`.execute(tx);
  const kinds = { approve: '批次待核定', submit: '批次待提交', pay: '资金待拨付到账', receive: '资金待确认到账' };
  return rows.map((row) => ({
    id: `subsidies:${row.waiting}:${row.id}`,
    module: '补偿补贴',
    kind: kinds[row.waiting],
    title: `${row.region}${row.year}年${runKindTitles[row.kind]}${row.count > 1 ? `（${row.count} 笔）` : ''}`,
    institution: row.region,
    dueOn: null,
    remainingWorkingDays: null,
    url:
      row.waiting === 'pay' || row.waiting === 'receive'
        ? `/subsidies/payments?runId=${row.id}`
        : `/subsidies/runs/${row.id}`,
  }));
}
