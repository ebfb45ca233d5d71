import { sql } from 'kysely';
import { addDays, type Day } from '../../kernel/day.ts';
import { type Fen, formatYuan } from '../../kernel/money.ts';
import { type Refusal, Refused } from '../../kernel/refusal.ts';
import { addWorkingDays } from '../../platform/calendar.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { type Level, levelTitles, type WarningKind } from './contract/watch.ts';
import { guaranteeFor } from './guarantee.ts';
import { policyOn } from './policy.ts';
import { checkClosing, checkWarning } from './rules/watch.ts';

export type RaiseWarning = {
  readonly guarantorId: number;
  readonly guaranteeId: bigint;
  readonly kind: WarningKind;
  readonly occurredOn: Day;
  readonly knownOn: Day;
  readonly level?: Level | undefined;
  readonly description: string;
  readonly source: 'guarantor' | 'bank';
};

/**
 * Enters a risk event. Its clock runs in working days from the 知悉日 (调休 included), as the dated rule of its kind says; the level is
 * the rule's unless one is named. By the guarantor or the bank of the loan.
 */
export async function raiseWarning(
  tx: Tx,
  context: Context,
  command: RaiseWarning,
): Promise<{ id: bigint; dueOn: Day }> {
  const held = await guaranteeFor(tx, command.guarantorId, command.guaranteeId);
  const refusals = checkWarning(command, context.clock.today());
  if (held.status !== 'in-force')
    refusals.push({ code: 'not-in-force', field: 'guaranteeId', message: '只有在保的保函可以登记预警' });
  if (refusals.length > 0) throw new Refused(refusals);
  const rule = await policyOn(tx, 'warning', command.knownOn);
  const clock = clockOf(rule, command.kind, command.knownOn);
  const level = command.level ?? clock.level;
  const { rows } = await sql<{ id: bigint }>`
    insert into aftercare.warning (guarantor_id, guarantee_id, bank_id, kind, level, occurred_on, known_on, due_on, due_unverified, description,
      source, raised_by)
    values (${command.guarantorId}, ${command.guaranteeId}, ${held.bankId}, ${command.kind}, ${level}, ${command.occurredOn}, ${command.knownOn},
      ${clock.dueOn}, ${clock.unverified}, ${command.description}, ${command.source}, ${context.actor.userId})
    returning id`.execute(tx);
  const { id } = rows[0]!;
  await tell(tx, context, command.guarantorId, id, '登记', `${levelTitles[level]}预警，处置期限 ${clock.dueOn}`);
  await audit(tx, context, 'raise-warning', command.guarantorId, id, {
    kind: command.kind,
    level,
    knownOn: command.knownOn,
  });
  return { id, dueOn: clock.dueOn };
}

type Rule = Awaited<ReturnType<typeof policyOn<'warning'>>>;

function clockOf(rule: Rule, kind: WarningKind, knownOn: Day): { level: Level; dueOn: Day; unverified: string | null } {
  const own = rule.body.kinds[kind] ?? rule.body.kinds.other;
  if (!own) throw new RangeError(`预警规则缺少 ${kind}`);
  const due = addWorkingDays(knownOn, own.workingDays);
  const marks = [rule.unverified, due.unverified].filter((mark) => mark);
  return { level: own.level, dueOn: due.value, unverified: marks.length > 0 ? marks.join('；') : null };
}

/**
 * What a bank's report means for warnings: a loan reported overdue has an early warning from the day the report came (知悉日), one at a
 * time. To be run once the report is in the book. One statement, one audit entry per guarantor.
 */
export async function warnFromReport(tx: Tx, context: Context, key: { bankId: number; id: bigint }): Promise<void> {
  const knownOn = context.clock.today();
  const clock = clockOf(await policyOn(tx, 'warning', knownOn), 'overdue', knownOn);
  const { rows } = await sql<{ guarantorId: number; guaranteeId: bigint; day: Day; days: number; amount: Fen }>`
    select l.guarantor_id as "guarantorId", l.guarantee_id as "guaranteeId", l.business_day as day, l.overdue_days as days, l.overdue_amount as amount
      from bankreports.line l
     where l.bank_id = ${key.bankId} and l.report_id = ${key.id} and l.overdue_days > 0
       and not exists (select from aftercare.warning w where w.guarantor_id = l.guarantor_id and w.guarantee_id = l.guarantee_id
                         and w.kind = 'overdue' and w.status <> 'closed')`.execute(tx);
  if (rows.length === 0) return;
  const made = JSON.stringify(
    rows.map((row) => {
      const began = addDays(row.day, 1 - row.days);
      const text = `银行 ${row.day} 报逾期 ${row.days} 天，逾期本金 ${formatYuan(row.amount)} 元`;
      return { g: row.guarantorId, id: String(row.guaranteeId), began: [began, knownOn].sort()[0], text };
    }),
  );
  const inserted = await sql<{ guarantorId: number; id: bigint }>`
    insert into aftercare.warning (guarantor_id, guarantee_id, bank_id, kind, level, occurred_on, known_on, due_on, due_unverified, description,
      source, raised_by)
    select x.g, x.id, ${key.bankId}, 'overdue', ${clock.level}, x.began, ${knownOn}::date, ${clock.dueOn}::date, ${clock.unverified}, x.text, 'bank-report',
           ${context.actor.userId}
      from jsonb_to_recordset(${made}::jsonb) as x(g integer, id bigint, began date, text text)
        on conflict do nothing
    returning guarantor_id as "guarantorId", id`.execute(tx);
  await sql`
    insert into aftercare.warning_event (guarantor_id, warning_id, seq, verb, note, by_user)
    select x.g, x.id, 1, '登记', '银行逐笔状态报逾期，自动登记', ${context.actor.userId}
      from jsonb_to_recordset(${JSON.stringify(inserted.rows.map((row) => ({ g: row.guarantorId, id: String(row.id) })))}::jsonb)
        as x(g integer, id bigint)`.execute(tx);
  for (const [guarantorId, own] of Map.groupBy(inserted.rows, (row) => row.guarantorId))
    await appendAudit(tx, context, {
      chain: guarantorId,
      action: 'aftercare.warn-from-report',
      subject: `bank-report:${key.bankId}/${key.id}`,
      detail: { count: own.length },
    });
}

export type OfWarning = { readonly guarantorId: number; readonly id: bigint };
type Task = { readonly title: string; readonly doer: 'guarantor' | 'bank'; readonly dueOn: Day };

/** The joint plan with the bank: what is to be done, by whom, until when. Replaces nothing: a later plan adds its tasks. */
export async function planWarning(
  tx: Tx,
  context: Context,
  command: OfWarning & { plan: string; tasks: readonly Task[] },
): Promise<void> {
  const { guarantorId, id } = command;
  await lockWarning(tx, command);
  const today = context.clock.today();
  const late = command.tasks.filter((task) => task.dueOn < today);
  if (late.length > 0)
    throw new Refused({
      code: 'task-past',
      field: 'tasks',
      message: `任务期限早于今天：${late.map((task) => task.title).join('、')}`,
    });
  await sql`
    insert into aftercare.warning_task (guarantor_id, warning_id, seq, title, doer, due_on)
    select ${guarantorId}, ${id}, coalesce((select max(seq) from aftercare.warning_task where guarantor_id = ${guarantorId} and warning_id = ${id}), 0) + x.at,
           x.title, x.doer, x.due
      from jsonb_to_recordset(${JSON.stringify(command.tasks.map((task, at) => ({ at: at + 1, title: task.title, doer: task.doer, due: task.dueOn })))}::jsonb)
        as x(at integer, title text, doer text, due date)`.execute(tx);
  await sql`
    update aftercare.warning set status = 'planned', plan = ${command.plan}, planned_on = ${today}, plan_agreed_on = null
     where guarantor_id = ${guarantorId} and id = ${id}`.execute(tx);
  await tell(tx, context, guarantorId, id, '制定方案', command.plan);
  await audit(tx, context, 'plan-warning', guarantorId, id, { tasks: command.tasks.length });
}

/** The bank agrees to the plan: from then on it is a joint one. Refused when there is no plan yet. */
export async function agreePlan(tx: Tx, context: Context, command: OfWarning): Promise<void> {
  const found = await lockWarning(tx, command);
  if (found.status !== 'planned') throw new Refused({ code: 'no-plan', message: '还没有处置方案，不能确认' });
  await sql`
    update aftercare.warning set plan_agreed_on = ${context.clock.today()}
     where guarantor_id = ${command.guarantorId} and id = ${command.id}`.execute(tx);
  await tell(tx, context, command.guarantorId, command.id, '银行确认方案', '');
  await audit(tx, context, 'agree-plan', command.guarantorId, command.id, {});
}

/** Raises or lowers the level, with the reason. */
export async function relevelWarning(
  tx: Tx,
  context: Context,
  command: OfWarning & { level: Level; note: string },
): Promise<void> {
  await lockWarning(tx, command);
  await sql`
    update aftercare.warning set level = ${command.level} where guarantor_id = ${command.guarantorId} and id = ${command.id}`.execute(
    tx,
  );
  await tell(tx, context, command.guarantorId, command.id, `调整为${levelTitles[command.level]}`, command.note);
  await audit(tx, context, 'relevel-warning', command.guarantorId, command.id, { level: command.level });
}

/** A task of the plan is done. Twice is refused (409). */
export async function finishTask(
  tx: Tx,
  context: Context,
  command: OfWarning & { seq: number; note: string },
): Promise<void> {
  await lockWarning(tx, command);
  const { numAffectedRows } = await sql`
    update aftercare.warning_task set done_on = ${context.clock.today()}, note = ${command.note}
     where guarantor_id = ${command.guarantorId} and warning_id = ${command.id} and seq = ${command.seq} and done_on is null`.execute(
    tx,
  );
  if (Number(numAffectedRows) !== 1)
    throw new Refused({ code: 'task-done', message: '这项任务已完成或不存在，请刷新' }, 409);
  await tell(tx, context, command.guarantorId, command.id, `完成任务 ${command.seq}`, command.note);
  await audit(tx, context, 'finish-task', command.guarantorId, command.id, { seq: command.seq });
}

/** Closes a warning with its reason; refused while tasks of its plan are open. It stays on file with everything that happened. */
export async function closeWarning(tx: Tx, context: Context, command: OfWarning & { reason: string }): Promise<void> {
  await lockWarning(tx, command);
  const { rows } = await sql<{ title: string; doneOn: Day | null }>`
    select title, done_on as "doneOn" from aftercare.warning_task where guarantor_id = ${command.guarantorId} and warning_id = ${command.id}`.execute(
    tx,
  );
  const refusals: Refusal[] = checkClosing(rows);
  if (refusals.length > 0) throw new Refused(refusals);
  await sql`
    update aftercare.warning set status = 'closed', closed_on = ${context.clock.today()}, close_reason = ${command.reason}
     where guarantor_id = ${command.guarantorId} and id = ${command.id}`.execute(tx);
  await tell(tx, context, command.guarantorId, command.id, '关闭', command.reason);
  await audit(tx, context, 'close-warning', command.guarantorId, command.id, {});
}

async function lockWarning(tx: Tx, { guarantorId, id }: OfWarning): Promise<{ status: string }> {
  const { rows } = await sql<{ status: string }>`
    select status from aftercare.warning where guarantor_id = ${guarantorId} and id = ${id} for update`.execute(tx);
  if (!rows[0]) throw new Refused({ code: 'warning-unknown', message: '没有这项预警，或不在您的权限范围内' }, 404);
  if (rows[0].status === 'closed')
    throw new Refused({ code: 'warning-closed', message: '这项预警已关闭，不能再改' }, 409);
  return rows[0];
}

const tell = (tx: Tx, context: Context, guarantorId: number, id: bigint, verb: string, note: string) =>
  sql`
    insert into aftercare.warning_event (guarantor_id, warning_id, seq, verb, note, by_user, recorded_at)
    select ${guarantorId}, ${id}, coalesce(max(seq), 0) + 1, ${verb}, ${note}, ${context.actor.userId}, ${context.clock.now()}
      from aftercare.warning_event where guarantor_id = ${guarantorId} and warning_id = ${id}`.execute(tx);

const audit = (tx: Tx, context: Context, verb: string, guarantorId: number, id: bigint, detail: object) =>
  appendAudit(tx, context, {
    chain: guarantorId,
    action: `aftercare.${verb}`,
    subject: `warning:${guarantorId}/${id}`,
    detail,
  });
