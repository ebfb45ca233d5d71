import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { workingDaysBetween } from '../../platform/calendar.ts';
import type { Tx } from '../../platform/db.ts';
import type { Caller } from '../../platform/http.ts';
import type { Todo } from '../../wire/wire.ts';
import { changeKinds } from './contract/change.ts';
import { warningKinds } from './contract/watch.ts';
import { listCounters } from './lists.ts';

const rowsMax = 50;

/** What of aftercare waits for the caller: warnings by their clocks, tasks, inspections, counter-guarantees, changes. At most 50. */
export async function aftercareTodos(tx: Tx, caller: Caller, today: Day): Promise<Todo[]> {
  const isBank = caller.permissions.has('reports.submit');
  if (!isBank && !caller.permissions.has('aftercare.write')) return [];
  const found = [...(await warningsOf(tx, today, isBank)), ...(await consentsOf(tx, today, isBank))];
  if (isBank) return found.slice(0, rowsMax);
  return [...found, ...(await inspectionsOf(tx, today)), ...(await countersOf(tx, today))].slice(0, rowsMax);
}

type Row = {
  guarantorId: number;
  id: bigint;
  guaranteeId: bigint;
  name: string;
  contractNo: string;
  text: string;
  dueOn: Day;
};

const todo = (row: Row, today: Day, kind: string, title: string, url: string): Todo => ({
  id: `aftercare/${kind}/${row.guarantorId}/${row.id}/${row.text}`,
  module: '保后管理',
  kind,
  title,
  institution: row.name,
  dueOn: row.dueOn,
  remainingWorkingDays: workingDaysBetween(today, row.dueOn).value,
  url,
});

async function warningsOf(tx: Tx, today: Day, isBank: boolean): Promise<Todo[]> {
  const { rows } = await sql<Row & { what: 'open' | 'task' | 'agree' }>`
    select w.guarantor_id as "guarantorId", w.id, w.guarantee_id as "guaranteeId", i.short_name as name, g.contract_no as "contractNo",
           t.text, t.due_on as "dueOn", t.what
      from aftercare.warning w
      join institutions.institution i on i.id = w.guarantor_id
      join guarantees.guarantee g on g.guarantor_id = w.guarantor_id and g.id = w.guarantee_id
     cross join lateral (
       select 'open' as what, w.kind as text, w.due_on where w.status = 'open' and not ${isBank}
        union all
       select 'agree', w.kind, w.due_on where w.status = 'planned' and w.plan_agreed_on is null and ${isBank}
        union all
       select 'task', k.title, k.due_on from aftercare.warning_task k
        where k.guarantor_id = w.guarantor_id and k.warning_id = w.id and k.done_on is null
          and k.doer = ${isBank ? 'bank' : 'guarantor'}) t
     where w.status <> 'closed'
     order by t.due_on
     limit ${rowsMax}`.execute(tx);
  const kinds = { open: '预警待定方案', task: '预警处置任务', agree: '处置方案待确认' };
  return rows.map((row) => {
    const text = row.what === 'task' ? row.text : (warningKinds[row.text as keyof typeof warningKinds] ?? row.text);
    return todo(
      row,
      today,
      kinds[row.what],
      `${row.contractNo} ${text}`,
      `/aftercare/warnings/${row.guarantorId}/${row.id}`,
    );
  });
}

async function consentsOf(tx: Tx, today: Day, isBank: boolean): Promise<Todo[]> {
  const { rows } = await sql<Row & { status: string }>`
    select x.guarantor_id as "guarantorId", x.id, x.guarantee_id as "guaranteeId", i.short_name as name, g.contract_no as "contractNo",
           x.kind as text, x.status, ${today}::date as "dueOn"
      from aftercare.change x
      join institutions.institution i on i.id = x.guarantor_id
      join guarantees.guarantee g on g.guarantor_id = x.guarantor_id and g.id = x.guarantee_id
     where case when ${isBank} then x.status = 'draft' and not exists (
                  select from aftercare.consent s where s.guarantor_id = x.guarantor_id and s.change_id = x.id and s.party = 'bank')
                else x.status in ('approved', 'returned') end
     order by x.id
     limit 20`.execute(tx);
  const kindOf = (status: string) =>
    isBank ? '变更待银行同意' : status === 'approved' ? '已批准待执行' : '变更退回补正';
  return rows.map((row) => ({
    ...todo(
      row,
      today,
      kindOf(row.status),
      `${row.contractNo} ${changeKinds[row.text as keyof typeof changeKinds]}`,
      `/aftercare/guarantees/${row.guarantorId}/${row.guaranteeId}?tab=changes`,
    ),
    dueOn: null,
    remainingWorkingDays: null,
  }));
}

async function inspectionsOf(tx: Tx, today: Day): Promise<Todo[]> {
  const { rows } = await sql<Row & { count: number }>`
    select x.guarantor_id as "guarantorId", 0::bigint as id, 0::bigint as "guaranteeId", i.short_name as name, '' as "contractNo", '' as text,
           min(x.due_on) as "dueOn", count(*)::integer as count
      from aftercare.inspection x
      join institutions.institution i on i.id = x.guarantor_id
     where x.status = 'open'
     group by 1, 4
     order by "dueOn"
     limit 20`.execute(tx);
  return rows.map((row) =>
    todo(
      row,
      today,
      '保后检查',
      `${row.count} 笔待检查`,
      `/aftercare/inspections?status=open&guarantorId=${row.guarantorId}`,
    ),
  );
}

async function countersOf(tx: Tx, today: Day): Promise<Todo[]> {
  const { rows } = await listCounters(tx, { alert: 'true' }, undefined, 500, today);
  return rows.slice(0, 20).flatMap((row) => {
    const alert = row.alerts[0];
    if (!alert) return [];
    const url = `/aftercare/guarantees/${row.guarantorId}/${row.guaranteeId}?tab=counters`;
    const found = { ...row, name: row.guarantorName, text: alert.code, dueOn: alert.dueOn };
    return [todo(found, today, '反担保期限', `${row.contractNo} ${row.title}：${alert.message}`, url)];
  });
}
