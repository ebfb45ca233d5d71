import { sql } from 'kysely';
import type { z } from 'zod';
import { addDays, type Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { change, locked, mustBe, nextReview, recordEvaluation, scorecardFor } from './actions.ts';
import type { newReview, newSpan } from './contract.ts';

type OfAdmission = { readonly admissionId: bigint };
type Span = z.output<typeof newSpan> & OfAdmission;

/** The yearly review: scored by the scorecard of its day. Below the line the bank is not kept: suspended from today until it is lifted. */
export async function reviewAdmission(
  tx: Tx,
  context: Context,
  command: z.output<typeof newReview> & OfAdmission,
): Promise<{ score: number; grade: string; revision: number }> {
  const today = context.clock.today();
  const found = await locked(tx, command.admissionId);
  mustBe(found, ['in-force'], '只有有效的准入可以复审');
  const card = await scorecardFor(tx, today);
  const { score, grade } = await recordEvaluation(tx, context, found, card, { ...command, kind: 'review' });
  if (command.isKept && score < card.terms.keepFrom) {
    const message = `复审 ${score} 分，低于保留分数线 ${card.terms.keepFrom} 分，结论只能是暂停`;
    throw new Refused({ code: 'review-too-low', field: 'isKept', message });
  }
  const text = `${score} 分（${grade}），${command.isKept ? '继续合作' : '暂停合作'}：${command.conclusion}`;
  const changed = { score, grade, reviewDueOn: nextReview(card, today) };
  const { revision } = await change(tx, context, found, changed, 'review', text);
  if (command.isKept || found.suspensions.some((each) => each.to === null)) return { score, grade, revision };
  const span = { admissionId: found.id, on: today, reason: `复审未通过：${command.conclusion}` };
  return { score, grade, ...(await suspendAdmission(tx, context, span)) };
}

/** Suspends from a day on; nothing new is taken from the bank from that day. Refused when already suspended or outside the term. */
export async function suspendAdmission(tx: Tx, context: Context, command: Span): Promise<{ revision: number }> {
  const found = await locked(tx, command.admissionId);
  mustBe(found, ['in-force'], '只有有效的准入可以暂停');
  if (found.suspensions.some((each) => each.to === null || each.to >= command.on))
    throw new Refused({ code: 'already-suspended', message: '该准入已在暂停中，或所选日期在已有的暂停期内' }, 409);
  if (command.on < (found.from as Day) || command.on > (found.to as Day))
    throw new Refused({
      code: 'outside-term',
      field: 'on',
      message: `暂停日须在准入期内（${found.from} 至 ${found.to}）`,
    });
  await sql`insert into admissions.suspension (admission_id, from_on, reason, recorded_by)
    values (${found.id}, ${command.on}, ${command.reason}, ${context.actor.userId})`.execute(tx);
  return change(tx, context, found, {}, 'suspend', command.reason, command.on);
}

/** Lifts the suspension: `on` is the first day the bank may be worked with again. */
export async function resumeAdmission(tx: Tx, context: Context, command: Span): Promise<{ revision: number }> {
  const found = await locked(tx, command.admissionId);
  mustBe(found, ['in-force'], '只有有效的准入可以恢复');
  const open = found.suspensions.find((each) => each.to === null);
  if (!open) throw new Refused({ code: 'not-suspended', message: '该准入不在暂停中' }, 409);
  if (command.on <= open.from)
    throw new Refused({ code: 'resumes-too-early', field: 'on', message: `恢复日须晚于暂停日 ${open.from}` });
  await sql`update admissions.suspension set to_on = ${addDays(command.on, -1)}, lifted = ${command.reason}
    where admission_id = ${found.id} and to_on is null`.execute(tx);
  return change(tx, context, found, {}, 'resume', command.reason, command.on);
}

/** Ends the admission: from `on` it counts no more. What is in force with the bank runs on by its own contracts. */
export async function exitAdmission(tx: Tx, context: Context, command: Span): Promise<{ revision: number }> {
  const found = await locked(tx, command.admissionId);
  mustBe(found, ['in-force'], '只有有效的准入可以退出');
  if (command.on < (found.from as Day))
    throw new Refused({ code: 'outside-term', field: 'on', message: `退出日不得早于准入起始日 ${found.from}` });
  return change(tx, context, found, { state: 'exited', exitedOn: command.on }, 'exit', command.reason, command.on);
}
