import { sql } from 'kysely';
import { addDays, type Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { attachmentsOf } from '../attachments/index.ts';
import { appendAudit } from '../audit/index.ts';
import { type Class, classTitles } from './contract/watch.ts';
import { guaranteeFor } from './guarantee.ts';
import { policyOn } from './policy.ts';
import { checkInspection, intervalOf } from './rules/watch.ts';

/**
 * Plans what is due: for each guarantee in force of a guarantor the interval of its risk (amount, overdue days, class) after its last
 * inspection or its start. One open plan a guarantee; asked again, it adds nothing and brings a nearer day forward.
 */
export async function planInspections(
  tx: Tx,
  context: Context,
  { guarantorId }: { guarantorId: number },
): Promise<{ planned: number }> {
  const today = context.clock.today();
  const { body } = await policyOn(tx, 'inspection', today);
  const { rows } = await sql<{ id: bigint; outstanding: Fen; overdueDays: number; class: Class; since: Day }>`
    select g.id, g.outstanding, coalesce(s.overdue_days, 0) as "overdueDays", coalesce(r.class, 'normal') as class,
           coalesce(i.done_on, g.starts_on) as since
      from guarantees.guarantee g
      left join bankreports.standing s on s.guarantor_id = g.guarantor_id and s.guarantee_id = g.id
      left join lateral (select x.class from aftercare.rating x where x.guarantor_id = g.guarantor_id and x.guarantee_id = g.id
                          order by x.seq desc limit 1) r on true
      left join lateral (select max(x.done_on) as done_on from aftercare.inspection x
                          where x.guarantor_id = g.guarantor_id and x.guarantee_id = g.id and x.status = 'done') i on true
     where g.guarantor_id = ${guarantorId} and g.status = 'in-force' and g.outstanding > 0`.execute(tx);
  const due = rows
    .map((row) => ({ row, ...intervalOf(row, body) }))
    .map(({ row, days, title }) => ({
      id: String(row.id),
      due: addDays(row.since, days),
      basis: `${title}：每 ${days} 天`,
    }))
    .filter((each) => each.due <= addDays(today, body.daysAhead))
    // What should have been inspected long ago is due now, not in the past: the plan began only with this program.
    .map((each) => ({ ...each, due: each.due < today ? addDays(today, body.daysAhead) : each.due }));
  if (due.length === 0) return { planned: 0 };
  const { rows: made } = await sql<{ isNew: boolean }>`
    insert into aftercare.inspection as i (guarantor_id, guarantee_id, due_on, basis, is_planned)
    select ${guarantorId}, x.id, x.due, x.basis, true
      from jsonb_to_recordset(${JSON.stringify(due)}::jsonb) as x(id bigint, due date, basis text)
        on conflict (guarantor_id, guarantee_id) where status = 'open' and is_planned do update
       set due_on = least(i.due_on, excluded.due_on)
    returning (xmax = 0) as "isNew"`.execute(tx);
  const planned = made.filter((row) => row.isNew).length;
  if (planned > 0)
    await appendAudit(tx, context, {
      chain: guarantorId,
      action: 'aftercare.plan-inspections',
      subject: `inspections:${guarantorId}`,
      detail: { planned, on: today },
    });
  return { planned };
}

/** Asks for an inspection out of turn. */
export async function addInspection(
  tx: Tx,
  context: Context,
  command: { guarantorId: number; guaranteeId: bigint; dueOn: Day; basis: string },
): Promise<{ id: bigint }> {
  await guaranteeFor(tx, command.guarantorId, command.guaranteeId);
  const { rows } = await sql<{ id: bigint }>`
    insert into aftercare.inspection (guarantor_id, guarantee_id, due_on, basis, is_planned)
    values (${command.guarantorId}, ${command.guaranteeId}, ${command.dueOn}, ${command.basis}, false) returning id`.execute(
    tx,
  );
  const { id } = rows[0]!;
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'aftercare.add-inspection',
    subject: `inspection:${command.guarantorId}/${id}`,
    detail: { dueOn: command.dueOn },
  });
  return { id };
}

export type FinishInspection = {
  readonly guarantorId: number;
  readonly id: bigint;
  readonly doneOn: Day;
  readonly class: Class;
  readonly findings: string;
};

/**
 * Writes what was found and the class that follows; the class enters the rating history when it changes or is the first. A worse class
 * than 正常 needs evidence on file (attachments of the inspection). Locks the inspection; refused (409) when it was finished meanwhile.
 */
export async function finishInspection(tx: Tx, context: Context, command: FinishInspection): Promise<void> {
  const { guarantorId, id } = command;
  const { rows } = await sql<{ guaranteeId: bigint; status: string; before: Class | null }>`
    select i.guarantee_id as "guaranteeId", i.status,
           (select r.class from aftercare.rating r where r.guarantor_id = i.guarantor_id and r.guarantee_id = i.guarantee_id
             order by r.seq desc limit 1) as before
      from aftercare.inspection i where i.guarantor_id = ${guarantorId} and i.id = ${id} for update of i`.execute(tx);
  const found = rows[0];
  if (!found) throw new Refused({ code: 'inspection-unknown', message: '没有这项检查，或不在您的权限范围内' }, 404);
  if (found.status !== 'open')
    throw new Refused({ code: 'inspection-finished', message: '这项检查已经完成，请刷新' }, 409);
  const before = found.before ?? 'normal';
  const refusals = checkInspection({ ...command, before }, context.clock.today());
  const evidence = await attachmentsOf(tx, guarantorId, `inspection:${guarantorId}/${id}`);
  if (command.class !== 'normal' && evidence.length === 0)
    refusals.push({
      code: 'evidence-missing',
      field: 'class',
      message: `分类为${classTitles[command.class]}，请先上传检查照片或材料`,
    });
  if (refusals.length > 0) throw new Refused(refusals);
  await sql`
    update aftercare.inspection
       set status = 'done', done_on = ${command.doneOn}, findings = ${command.findings}, class = ${command.class}, inspected_by = ${context.actor.userId}
     where guarantor_id = ${guarantorId} and id = ${id}`.execute(tx);
  if (found.before !== command.class)
    await sql`
      insert into aftercare.rating (guarantor_id, guarantee_id, seq, rated_on, class, reason, inspection_id, rated_by)
      select ${guarantorId}, ${found.guaranteeId}, coalesce(max(seq), 0) + 1, ${command.doneOn}, ${command.class}, ${command.findings.slice(0, 500)},
             ${id}, ${context.actor.userId}
        from aftercare.rating where guarantor_id = ${guarantorId} and guarantee_id = ${found.guaranteeId}`.execute(tx);
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'aftercare.finish-inspection',
    subject: `inspection:${guarantorId}/${id}`,
    detail: { doneOn: command.doneOn, class: command.class, before, evidence: evidence.length },
  });
}
