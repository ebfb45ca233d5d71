import { sql } from 'kysely';
import type { z } from 'zod';
import { addDays, addMonths, type Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { approvalOf, type OutcomeHandler, startApproval } from '../approvals/index.ts';
import { appendAudit } from '../audit/index.ts';
import type { newApplication, newDecision, newDocument, newEvaluation, newSubmission } from './contract.ts';
import { checkSubmission, scoreOf, termOf } from './rules.ts';
import {
  admissionById,
  documentsOf,
  evaluationsOf,
  type Scorecard,
  type StoredAdmission,
  scorecardOn,
} from './store.ts';

type OfAdmission = { readonly admissionId: bigint };

/** Takes in a bank's application. Refused when it is no active bank, or another application of it is under way. */
export async function applyAdmission(
  tx: Tx,
  context: Context,
  command: z.output<typeof newApplication>,
): Promise<{ id: bigint }> {
  const { rows: parties } = await sql<{ id: number; kind: string }>`
    select id, kind from institutions.institution
     where status = 'active' and (kind = 'reguarantor' or id = ${command.bankId} and kind = 'bank') order by id`.execute(
    tx,
  );
  const lead = parties.find((each) => each.kind === 'reguarantor');
  if (!parties.some((each) => each.kind === 'bank'))
    throw new Refused({ code: 'not-a-bank', field: 'bankId', message: '没有这家银行，请先在机构中登记' });
  if (!lead) throw new Refused({ code: 'no-reguarantor', message: '尚未登记省级再担保机构，无人受理准入' });
  const { rows } = await sql<{ id: bigint }>`
    insert into admissions.admission (guarantor_id, bank_id, products, applied_on, summary, recorded_by)
    values (${lead.id}, ${command.bankId}, ${command.products}, ${context.clock.today()}, ${command.summary}, ${context.actor.userId})
    on conflict (bank_id) where state in ('applied', 'evaluated', 'approving') do nothing
    returning id`.execute(tx);
  const row = rows[0];
  if (!row)
    throw new Refused(
      { code: 'application-under-way', field: 'bankId', message: '该银行已有准入申请在办，请在原申请上继续' },
      409,
    );
  await note(tx, context, { id: row.id, guarantorId: lead.id }, 'apply', command.summary);
  return row;
}

/** Records that a document of the checklist came in; a later one replaces it. */
export async function recordDocument(
  tx: Tx,
  context: Context,
  command: z.output<typeof newDocument> & OfAdmission,
): Promise<{ revision: number }> {
  const found = await locked(tx, command.admissionId);
  const { terms } = await scorecardFor(tx, found.appliedOn);
  const item = terms.checklist.find((each) => each.code === command.code);
  if (!item) throw new Refused({ code: 'document-unknown', field: 'code', message: '资料清单里没有这一项' });
  if (command.receivedOn > context.clock.today())
    throw new Refused({ code: 'in-the-future', field: 'receivedOn', message: '收到日不得晚于今天' });
  await sql`insert into admissions.document (admission_id, code, reference, received_on, recorded_by)
    values (${found.id}, ${command.code}, ${command.reference}, ${command.receivedOn}, ${context.actor.userId})
    on conflict (admission_id, code, recorded_at) do nothing`.execute(tx);
  return change(tx, context, found, {}, 'document', `${item.title}：${command.reference}`);
}

/** Scores an application by the scorecard of its day; again as often as needed until it is submitted. */
export async function evaluateAdmission(
  tx: Tx,
  context: Context,
  command: z.output<typeof newEvaluation> & OfAdmission,
): Promise<{ score: number; grade: string; revision: number }> {
  const found = await locked(tx, command.admissionId);
  mustBe(found, ['applied', 'evaluated'], '只有受理中的申请可以评估');
  const card = await scorecardFor(tx, found.appliedOn);
  const { score, grade } = await recordEvaluation(tx, context, found, card, { ...command, kind: 'admission' });
  const changed = await change(
    tx,
    context,
    found,
    { state: 'evaluated', score, grade },
    'evaluate',
    `${score} 分（${grade}）`,
  );
  return { score, grade, ...changed };
}

/** Writes one evaluation; refused when the ratings do not fit the scorecard. */
export async function recordEvaluation(
  tx: Tx,
  context: Context,
  found: StoredAdmission,
  card: Scorecard,
  given: Pick<z.output<typeof newEvaluation>, 'ratings' | 'conclusion'> & { kind: 'admission' | 'review' },
): Promise<{ score: number; grade: string }> {
  const { score, grade, refusals } = scoreOf(card.terms, given.ratings);
  if (refusals.length > 0) throw new Refused(refusals);
  await sql`insert into admissions.evaluation (admission_id, round, kind, scorecard_version, ratings, score, grade, conclusion, evaluated_on, evaluated_by)
    select ${found.id}, coalesce(max(round), 0) + 1, ${given.kind}, ${card.version}, ${JSON.stringify(given.ratings)}::jsonb, ${score}, ${grade},
           ${given.conclusion}, ${context.clock.today()}, ${context.actor.userId}
      from admissions.evaluation where admission_id = ${found.id}`.execute(tx);
  return { score, grade };
}

/**
 * Puts an evaluated application to decision, with the day it would take effect: handed in for approval by chain 'admission' unless the
 * program itself submits. Refused by name of what is missing.
 */
export async function submitAdmission(
  tx: Tx,
  context: Context,
  command: z.output<typeof newSubmission> & OfAdmission,
): Promise<{ revision: number }> {
  const found = await locked(tx, command.admissionId);
  mustBe(found, ['evaluated'], '请先完成评估');
  const { terms } = await scorecardFor(tx, found.appliedOn);
  const received = (await documentsOf(tx, found.id)).map((each) => each.code);
  const refusals = checkSubmission(terms, { score: found.score ?? 0, received });
  if (refusals.length > 0) throw new Refused(refusals);
  const { to, reviewDueOn } = termOf(terms, command.from);
  const planned = {
    from: command.from,
    to,
    reviewDueOn,
    document: command.document,
    submittedBy: context.actor.userId,
  };
  const answer = await change(
    tx,
    context,
    found,
    { state: 'approving', ...planned },
    'submit',
    `拟自 ${command.from} 至 ${to}`,
  );
  if (context.actor.userId !== 0) {
    const title = `${found.bankName}准入：${found.score} 分（${found.grade}）`;
    const about = { guarantorId: found.guarantorId, subject: subjectOf(found), href: `/admissions/${found.id}` };
    await startApproval(tx, context, { ...about, chain: 'admission', title });
  }
  return answer;
}

const subjectOf = ({ guarantorId, id }: Pick<StoredAdmission, 'guarantorId' | 'id'>) =>
  `admission:${guarantorId}/${id}`;

/** What follows when the approval of an admission ends: in force, refused, or back to be completed. */
export const admissionDecided: OutcomeHandler = async (tx, context, event) => {
  const found = await locked(tx, BigInt(event.subject.split('/')[1] ?? '0'));
  mustBe(found, ['approving'], '该准入申请不在审批中');
  const outcome = event.outcome === 'withdrawn' ? 'returned' : event.outcome;
  await settle(tx, context, found, { outcome, reason: event.reason ?? outcomeTitles[event.outcome] });
};
const outcomeTitles = {
  approved: '审批通过',
  rejected: '审批未通过',
  withdrawn: '已撤回',
  returned: '退回补充',
} as const;

/**
 * Decides without the approval engine: in force for the planned term, refused, or returned to be evaluated again. Who evaluated or
 * submitted it does not decide; refused (409) while an approval is under way. An admission of the bank that still runs ends the day
 * before the new one begins.
 */
export async function decideAdmission(
  tx: Tx,
  context: Context,
  command: z.output<typeof newDecision> & OfAdmission,
): Promise<{ revision: number }> {
  const found = await locked(tx, command.admissionId);
  mustBe(found, ['approving'], '该申请不在审批中');
  const approval = await approvalOf(tx, found.guarantorId, subjectOf(found));
  if (approval?.status === 'open')
    throw new Refused({ code: 'approval-open', message: '该申请正在审批流程中，请在待办中办理' }, 409);
  const involved = [found.submittedBy, ...(await evaluationsOf(tx, found.id)).map((each) => each.evaluatedById)];
  if (context.actor.userId !== 0 && involved.includes(context.actor.userId))
    throw new Refused({ code: 'decided-by-other', message: '评估或提交的人不能自己审批，请由另一人办理' }, 403);
  return settle(tx, context, found, command);
}

async function settle(
  tx: Tx,
  context: Context,
  found: StoredAdmission,
  { outcome, reason }: z.output<typeof newDecision>,
): Promise<{ revision: number }> {
  const decided = { decidedBy: context.actor.userId, decidedOn: context.clock.today() };
  if (outcome === 'returned') return change(tx, context, found, { state: 'evaluated' }, 'return', reason);
  if (outcome === 'rejected') return change(tx, context, found, { state: 'refused', ...decided }, 'refuse', reason);
  const from = found.from as Day;
  const { rows: former } = await sql<{ id: bigint }>`
    select id from admissions.admission
     where bank_id = ${found.bankId} and id <> ${found.id} and state = 'in-force' and to_on >= ${from} order by id for update`.execute(
    tx,
  );
  for (const { id } of former) {
    const old = await locked(tx, id);
    const isBefore = old.from !== null && old.from < from;
    const ended = isBefore ? { to: addDays(from, -1) } : { state: 'exited' as const, exitedOn: old.from as Day };
    await change(tx, context, old, ended, 'renew', `由第 ${found.id} 号准入接替`);
  }
  return change(tx, context, found, { state: 'in-force', ...decided }, 'admit', reason);
}

type Changed = Partial<
  Pick<
    StoredAdmission,
    'state' | 'score' | 'grade' | 'from' | 'to' | 'document' | 'reviewDueOn' | 'submittedBy' | 'decidedOn' | 'exitedOn'
  >
> & { readonly decidedBy?: number };

/** Writes what changed, counts the revision up, notes the event and the audit entry. */
export async function change(
  tx: Tx,
  context: Context,
  found: StoredAdmission,
  changed: Changed,
  kind: string,
  text: string,
  on: Day = context.clock.today(),
): Promise<{ revision: number }> {
  const now = { ...found, ...changed };
  const { rows } = await sql<{ revision: number }>`
    update admissions.admission set state = ${now.state}, score = ${now.score}, grade = ${now.grade}, from_on = ${now.from}, to_on = ${now.to},
           document = ${now.document}, review_due_on = ${now.reviewDueOn}, submitted_by = ${now.submittedBy}, decided_on = ${now.decidedOn},
           decided_by = coalesce(${changed.decidedBy ?? null}, decided_by), exited_on = ${now.exitedOn}, revision = revision + 1
     where id = ${found.id} returning revision`.execute(tx);
  await note(tx, context, found, kind, text, on);
  return { revision: rows[0]?.revision ?? found.revision };
}

async function note(
  tx: Tx,
  context: Context,
  { id, guarantorId }: { id: bigint; guarantorId: number },
  kind: string,
  text: string,
  on: Day = context.clock.today(),
): Promise<void> {
  await sql`insert into admissions.event (admission_id, seq, kind, happened_on, note, recorded_by)
    select ${id}, coalesce(max(seq), 0) + 1, ${kind}, ${on}, ${text}, ${context.actor.userId} from admissions.event where admission_id = ${id}`.execute(
    tx,
  );
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: `admissions.${kind}`,
    subject: `admission:${guarantorId}/${id}`,
    detail: { on, reason: text },
  });
}

/** The admission, locked until commit; refused (404) when there is none the caller may see. */
export async function locked(tx: Tx, id: bigint): Promise<StoredAdmission> {
  const found = await admissionById(tx, id, true);
  if (!found) throw new Refused({ code: 'admission-unknown', message: '没有这项准入，或不在您的权限范围内' }, 404);
  return found;
}

/** Refused (409) unless the admission is in one of the states. */
export function mustBe(found: StoredAdmission, states: readonly StoredAdmission['state'][], message: string): void {
  if (!states.includes(found.state)) throw new Refused({ code: 'wrong-state', message }, 409);
}

/** The scorecard of a day; refused when none is in force. */
export async function scorecardFor(tx: Tx, on: Day): Promise<Scorecard> {
  const card = await scorecardOn(tx, on);
  if (!card) throw new Refused({ code: 'no-scorecard', message: `${on} 没有生效的准入评分卡，请先登记评分卡` });
  return card;
}

/** The day a yearly review after `from` is due. */
export const nextReview = (card: Scorecard, from: Day): Day => addMonths(from, card.terms.reviewMonths);
