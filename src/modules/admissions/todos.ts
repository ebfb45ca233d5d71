import { sql } from 'kysely';
import { addDays, type Day } from '../../kernel/day.ts';
import { workingDaysBetween } from '../../platform/calendar.ts';
import type { Tx } from '../../platform/db.ts';
import type { Caller } from '../../platform/http.ts';
import type { Todo } from '../../wire/wire.ts';

/** What of admissions waits: applications under way, reviews due within a month, terms that end within two. At most 50. */
export async function admissionTodos(tx: Tx, caller: Caller, today: Day): Promise<Todo[]> {
  if (!caller.permissions.has('admissions.write')) return [];
  type Row = { id: bigint; bank: string; kind: string; dueOn: Day | null };
  const { rows } = await sql<Row>`
    select a.id, b.short_name as bank, w.kind, w.due_on as "dueOn"
      from admissions.admission a
      join institutions.institution b on b.id = a.bank_id
     cross join lateral (
       select case a.state when 'applied' then '待评估' when 'evaluated' then '待提交' else '待审批' end as kind, null::date as due_on
        where a.state in ('applied', 'evaluated')
           or a.state = 'approving' and a.submitted_by <> ${caller.userId}
       union all
       select '年度复审到期', a.review_due_on
        where a.state = 'in-force' and a.to_on >= ${today} and a.review_due_on <= least(a.to_on, ${addDays(today, 30)}::date)
       union all
       select '准入将到期', a.to_on
        where a.state = 'in-force' and a.to_on between ${today} and ${addDays(today, 60)}
          and not exists (select from admissions.admission n where n.bank_id = a.bank_id and n.state in ('applied', 'evaluated', 'approving'))) w
     order by w.due_on nulls last, a.id
     limit 50`.execute(tx);
  return rows.map((row) => ({
    id: `admissions:${row.kind}:${row.id}`,
    module: '银行准入',
    kind: row.kind,
    title: `${row.bank}：${row.kind}`,
    institution: row.bank,
    dueOn: row.dueOn,
    remainingWorkingDays: row.dueOn === null ? null : workingDaysBetween(today, row.dueOn).value,
    url: `/admissions/${row.id}`,
  }));
}
