import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { addWorkingDays, workingDaysBetween } from '../../platform/calendar.ts';
import type { Tx } from '../../platform/db.ts';
import type { Caller } from '../../platform/http.ts';
import type { Todo } from '../../wire/wire.ts';

/** Working days in which a difference should be explained or corrected: our own habit, no rule of law. */
const handleWithinWorkingDays = 5;
const rowsMax = 50;

/** Open differences of the newest run of each scope, one to-do an institution, for those who resolve them. */
export async function reconciliationTodos(tx: Tx, caller: Caller, today: Day): Promise<Todo[]> {
  if (!caller.permissions.has('reconciliation.resolve')) return [];
  const { rows } = await sql<{ runId: bigint; guarantorId: number; name: string; count: number; since: Day }>`
    with newest as (
      select distinct on (d.guarantor_id) d.guarantor_id, d.run_id
        from reconciliation.difference d
       order by d.guarantor_id, d.run_id desc)
    select d.run_id as "runId", d.guarantor_id as "guarantorId", coalesce(i.short_name, '未知机构') as name,
           count(*)::integer as count, min(d.first_seen_on) as since
      from newest n
      join reconciliation.difference d on d.guarantor_id = n.guarantor_id and d.run_id = n.run_id
      left join institutions.institution i on i.id = d.guarantor_id
     where d.status = 'open'
     group by 1, 2, 3
     order by since, count desc
     limit ${rowsMax}`.execute(tx);
  return rows.map((row) => {
    const dueOn = addWorkingDays(row.since, handleWithinWorkingDays).value;
    return {
      id: `reconciliation/${row.runId}/${row.guarantorId}`,
      module: '数据核对',
      kind: '差异待处理',
      title: `${row.count} 项差异待说明或更正`,
      institution: row.name,
      dueOn,
      remainingWorkingDays: workingDaysBetween(today, dueOn).value,
      url: `/reconciliation/${row.runId}?guarantorId=${row.guarantorId}`,
    };
  });
}
