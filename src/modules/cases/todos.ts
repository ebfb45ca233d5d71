import { sql } from 'kysely';
import { type Day, daysBetween } from '../../kernel/day.ts';
import { addWorkingDays, workingDaysBetween } from '../../platform/calendar.ts';
import { dayOfInstant } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import type { Caller } from '../../platform/http.ts';
import type { Todo } from '../../wire/wire.ts';
import type { CaseState } from './contract.ts';

const rowsMax = 50;
/** Working days a step of a case should take: our own habit, no rule of law. */
const stepWorkingDays: Partial<Record<CaseState, number>> = {
  draft: 2,
  submitted: 1,
  'due-diligence': 5,
  review: 3,
  returned: 10,
  approved: 3,
  papers: 10,
};
type Row = {
  guarantorId: number;
  id: bigint;
  number: string;
  state: CaseState;
  stateAt: Date;
  validUntil: Day | null;
  customerName: string;
  guarantorName: string;
};
const kindTitles: Partial<Record<CaseState, string>> = {
  draft: '客户自助申请待补全',
  submitted: '申请待受理',
  'due-diligence': '尽调待完成',
  review: '项目待评审',
  returned: '申请退回待补正',
  approved: '待出意向函与签约',
  papers: '签约待放款',
};

/** Cases that wait for the caller: to take on, to look into, to review, to complete, to sign, to disburse. At most 50, the oldest first. */
export async function caseTodos(tx: Tx, caller: Caller, today: Day): Promise<Todo[]> {
  const { permissions, userId } = caller;
  if (!permissions.has('cases.apply') && !permissions.has('cases.write')) return [];
  const isManager = permissions.has('cases.apply') && permissions.has('cases.write');
  const isReviewer = permissions.has('cases.write') && !permissions.has('cases.apply');
  const { rows } = await sql<Row>`
    select c.guarantor_id as "guarantorId", c.id, c.number, c.state, c.state_at as "stateAt", c.valid_until as "validUntil",
           coalesce(c.customer_name, '') as "customerName", g.short_name as "guarantorName"
      from cases.case c join institutions.institution g on g.id = c.guarantor_id
     where c.state in ('submitted', 'due-diligence', 'review', 'returned', 'approved', 'papers')
       and ((identity.my_bank() <> 0 and c.bank_id = identity.my_bank()
             and (c.state = 'papers' or (c.state = 'returned' and c.applicant_kind = 'bank')))
         or (c.guarantor_id = any (identity.my_guarantors())
             and ((${isManager} and (c.state = 'submitted'
                      or (c.state in ('due-diligence', 'approved', 'papers') and ${userId} in (c.manager_a, c.manager_b))
                      or (c.state = 'returned' and c.applicant_user = ${userId})))
               or (${isReviewer} and c.state = 'review'))))
     order by c.state_at, c.id limit ${rowsMax}`.execute(tx);
  const applied = isManager ? await customersDrafts(tx) : [];
  return [...applied, ...rows].slice(0, rowsMax).map((row) => todoOf(row, today));
}

/** What customers applied for by themselves and nobody has submitted yet. */
async function customersDrafts(tx: Tx): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select c.guarantor_id as "guarantorId", c.id, c.number, c.state, c.state_at as "stateAt", c.valid_until as "validUntil",
           coalesce(c.draft ->> 'customerName', '') as "customerName", g.short_name as "guarantorName"
      from cases.case c join institutions.institution g on g.id = c.guarantor_id
     where c.state = 'draft' and c.applicant_kind = 'customer' and c.guarantor_id = any (identity.my_guarantors())
     order by c.state_at, c.id limit ${rowsMax}`.execute(tx);
  return rows;
}

function todoOf(row: Row, today: Day): Todo {
  const { value: dueOn } = addWorkingDays(dayOfInstant(row.stateAt), stepWorkingDays[row.state] ?? 5);
  const isSooner = row.validUntil !== null && row.validUntil < dueOn;
  const due = isSooner ? (row.validUntil as Day) : dueOn;
  const left = workingDaysBetween(today, due).value;
  return {
    id: `cases:${row.guarantorId}/${row.id}/${row.state}`,
    module: '担保项目',
    kind: kindTitles[row.state] ?? '',
    title: `${row.customerName}（${row.number}）`,
    institution: row.guarantorName,
    dueOn: due,
    remainingWorkingDays: daysBetween(today, due) === 0 ? 0 : left,
    url: `/cases/${row.guarantorId}/${row.id}`,
  };
}
