import { sql } from 'kysely';
import type { z } from 'zod';
import { day } from '../../kernel/day.ts';
import { type Fen, formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { approvalOf, type OutcomeHandler, startApproval } from '../approvals/index.ts';
import { appendAudit } from '../audit/index.ts';
import type { LineFormula, lineDecision, newGuarantorLine } from './contract.ts';
import { measureYear } from './measure.ts';
import { leadOf } from './proposals.ts';
import { yearlyLine } from './rules.ts';

/**
 * Works out the line of a guarantor for a year by the formula in force on its first day and proposes it; an earlier proposal is replaced.
 * Handed in for approval by chain 'line' unless the program itself proposes.
 */
export async function proposeLine(
  tx: Tx,
  context: Context,
  command: z.output<typeof newGuarantorLine>,
): Promise<{ id: bigint; amount: string }> {
  const { guarantorId, year } = command;
  const { rows: parties } = await sql`
    select from institutions.institution where id = ${guarantorId} and kind = 'guarantor' and status = 'active'`.execute(
    tx,
  );
  if (parties.length === 0)
    throw new Refused({ code: 'guarantor-unknown', field: 'guarantorId', message: '没有这家担保机构' });
  const { rows: formulas } = await sql<{ version: number; terms: LineFormula }>`
    select version, terms from limits.line_formula where from_on <= ${day(`${year}-01-01`)} order by from_on desc limit 1`.execute(
    tx,
  );
  const formula = formulas[0];
  if (!formula)
    throw new Refused({ code: 'no-formula', field: 'year', message: `${year} 年没有生效的额度公式，请先登记公式` });
  const facts = await measureYear(tx, guarantorId, year, command);
  const { amount, working } = yearlyLine(facts, formula.terms);
  await sql`update limits.guarantor_line set status = 'replaced'
    where guarantor_id = ${guarantorId} and year = ${year} and status = 'proposed'`.execute(tx);
  const { rows } = await sql<{ id: bigint }>`
    insert into limits.guarantor_line (guarantor_id, year, formula_version, amount, working, document, recorded_by)
    values (${guarantorId}, ${year}, ${formula.version}, ${amount}, ${JSON.stringify(working)}::jsonb, ${command.document}, ${context.actor.userId})
    returning id`.execute(tx);
  const { id } = rows[0] as { id: bigint };
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'limits.propose-line',
    subject: `line:${guarantorId}/${id}`,
    detail: { year, amount: formatYuan(amount), document: command.document },
  });
  if (context.actor.userId !== 0) await submitLine(tx, context, id);
  return { id, amount: formatYuan(amount) };
}

/**
 * Hands a proposed line in for approval by chain 'line'; in again when it was returned to who proposed it. Refused (409) while an approval
 * is under way, or when the line is no longer proposed.
 */
export async function submitLine(tx: Tx, context: Context, id: bigint): Promise<void> {
  const { guarantorId, guarantorName, year, amount } = await lockedLine(tx, id);
  const lead = await leadOf(tx);
  await startApproval(tx, context, {
    guarantorId: lead,
    chain: 'line',
    subject: lineSubject(lead, id),
    title: `${guarantorName}${year}年度额度`,
    href: `/limits/lines/${guarantorId}/${id}`,
    amount,
  });
}

const lineSubject = (lead: number, id: bigint): string => `line:${lead}/${id}`;

/** Where the approval of a line stands; undefined when it never had one, or the caller may not see it. */
export async function approvalOfLine(tx: Tx, id: bigint): ReturnType<typeof approvalOf> {
  const lead = await leadOf(tx);
  return approvalOf(tx, lead, lineSubject(lead, id));
}

type Decision = z.output<typeof lineDecision> & { readonly id: bigint };

/** Decides a proposed line without the approval engine; who proposed it does not decide. Refused (409) while an approval is under way. */
export async function decideLine(tx: Tx, context: Context, command: Decision): Promise<void> {
  const found = await lockedLine(tx, command.id);
  const approval = context.actor.userId === 0 ? undefined : await approvalOfLine(tx, found.id);
  if (approval?.status === 'open')
    throw new Refused({ code: 'approval-open', message: '该额度正在审批流程中，请在待办中办理' }, 409);
  if (context.actor.userId !== 0 && context.actor.userId === found.recordedBy)
    throw new Refused({ code: 'decided-by-other', message: '测算的人不能自己核定，请由另一人办理' }, 403);
  await settle(tx, context, found, command);
}

/** What follows when the approval of a line ends; withdrawn or returned leaves it proposed. */
export const lineDecided: OutcomeHandler = async (tx, context, event) => {
  if (event.outcome === 'withdrawn' || event.outcome === 'returned') return;
  const found = await lockedLine(tx, BigInt(event.subject.split('/')[1] ?? '0'));
  const outcome = event.outcome === 'approved' ? 'approved' : 'refused';
  await settle(tx, context, found, {
    outcome,
    reason: event.reason ?? (outcome === 'approved' ? '审批通过' : '审批未通过'),
  });
};

type Line = {
  id: bigint;
  guarantorId: number;
  guarantorName: string;
  year: number;
  amount: Fen;
  status: string;
  recordedBy: number;
};

async function lockedLine(tx: Tx, id: bigint): Promise<Line> {
  const { rows } = await sql<Line>`
    select l.id, l.guarantor_id as "guarantorId", g.short_name as "guarantorName", l.year::integer as year, l.amount, l.status,
           l.recorded_by as "recordedBy"
      from limits.guarantor_line l join institutions.institution g on g.id = l.guarantor_id
     where l.id = ${id} for update of l`.execute(tx);
  const found = rows[0];
  if (!found) throw new Refused({ code: 'line-unknown', message: '没有这份额度测算，或不在您的权限范围内' }, 404);
  if (found.status !== 'proposed')
    throw new Refused({ code: 'wrong-state', message: '该额度测算已核定或已被新的测算取代' }, 409);
  return found;
}

async function settle(tx: Tx, context: Context, found: Line, { outcome, reason }: Omit<Decision, 'id'>): Promise<void> {
  if (outcome === 'approved')
    await sql`update limits.guarantor_line set status = 'replaced'
      where guarantor_id = ${found.guarantorId} and year = ${found.year} and status = 'approved'`.execute(tx);
  await sql`update limits.guarantor_line set status = ${outcome}, decided_by = ${context.actor.userId}, decided_on = ${context.clock.today()},
           decision = ${reason}
     where id = ${found.id}`.execute(tx);
  await appendAudit(tx, context, {
    chain: found.guarantorId,
    action: 'limits.decide-line',
    subject: `line:${found.guarantorId}/${found.id}`,
    detail: { outcome, reason },
  });
}
