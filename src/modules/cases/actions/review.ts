import { sql } from 'kysely';
import type { z } from 'zod';
import { type Fen, formatYuan, yuan } from '../../../kernel/money.ts';
import { formatDecimal, percent } from '../../../kernel/ratio.ts';
import { Refused } from '../../../kernel/refusal.ts';
import type { Tx } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import { versionInForce } from '../../agreements/index.ts';
import { appendAudit } from '../../audit/index.ts';
import type { caseApplication, legalCheck, newReview } from '../contract.ts';
import { countersOf, nextSeq } from '../parts-store.ts';
import { guaranteedOf } from '../rules/application.ts';
import { checkRecommended } from '../rules/review.ts';
import { scorecardOn, scoreOf } from '../rules/scorecard.ts';
import { type CaseKey, lockCase, moveCase, subjectOf } from '../store.ts';

const notOwn = (message: string) => new Refused({ code: 'own-work', message }, 403);

/**
 * 风险意见：what the reviewer thinks and recommends. May lower amount, term and rate; the case goes on with what is recommended. Whoever did
 * the due diligence does not review it (403).
 */
export async function reviewCase(
  tx: Tx,
  context: Context,
  command: CaseKey & z.output<typeof newReview>,
): Promise<void> {
  const found = await lockCase(tx, command, 'review');
  if ([found.managerA, found.managerB].includes(context.actor.userId))
    throw notOwn('尽调人不能评审自己经办的项目，请由风控法务评审');
  const asked = {
    amount: found.askedAmount as Fen,
    termMonths: found.askedTermMonths as number,
    feeRate: found.feeRate as string,
  };
  const given = {
    amount: command.amount === undefined ? (found.amount as Fen) : yuan(command.amount),
    termMonths: command.termMonths ?? (found.termMonths as number),
    feeRate: formatDecimal(percent(command.feeRate ?? asked.feeRate), 6),
  };
  const refusals = checkRecommended(asked, given);
  if (refusals.length > 0) throw new Refused(refusals);
  const agreement = await versionInForce(tx, {
    guarantorId: command.guarantorId,
    bankId: found.bankId as number,
    productCode: found.productCode as string,
    on: context.clock.today(),
  });
  if (!agreement)
    throw new Refused({ code: 'agreement-not-in-force', message: '与该银行就此产品的合作协议已失效，请先续签' });
  const seq = await nextSeq(tx, command, 'review');
  await sql`insert into cases.review (guarantor_id, case_id, seq, verdict, opinion, conditions, amount, term_months, fee_rate, reviewed_by,
      recorded_at)
    values (${command.guarantorId}, ${command.id}, ${seq}, ${command.verdict}, ${command.opinion}, ${command.conditions}, ${given.amount},
            ${given.termMonths}, ${given.feeRate}, ${context.actor.userId}, ${context.clock.now()})`.execute(tx);
  await moveCase(tx, context, found, 'review', {
    amount: given.amount,
    guaranteed: guaranteedOf(given.amount, agreement.bankShare),
    term_months: given.termMonths,
    fee_rate: given.feeRate,
  });
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'cases.review',
    subject: subjectOf(command),
    detail: { number: found.number, verdict: command.verdict, amount: formatYuan(given.amount) },
  });
}

/** 评分 by the scorecard in force today; its version is kept with the score. */
export async function scoreCase(
  tx: Tx,
  context: Context,
  command: CaseKey & { inputs: Readonly<Record<string, string>> },
): Promise<{ score: number; grade: string }> {
  const found = await lockCase(tx, command, 'score');
  const model = scorecardOn(context.clock.today());
  if (!model) throw new Refused({ code: 'no-scorecard', message: '今天没有生效的评分模型' });
  const scored = scoreOf(model, command.inputs);
  if ('refusals' in scored) throw new Refused(scored.refusals);
  const seq = await nextSeq(tx, command, 'score');
  await sql`insert into cases.score (guarantor_id, case_id, seq, model, inputs, parts, score, grade, scored_by, recorded_at)
    values (${command.guarantorId}, ${command.id}, ${seq}, ${model.version}, ${JSON.stringify(command.inputs)}::jsonb,
            ${JSON.stringify(scored.parts)}::jsonb, ${scored.score}, ${scored.grade}, ${context.actor.userId}, ${context.clock.now()})`.execute(
    tx,
  );
  await moveCase(tx, context, found, 'score', {}, `${scored.score} 分，${scored.grade} 级（模型 ${model.version}）`);
  return { score: scored.score, grade: scored.grade };
}

/** 法务审查 of one counter-guarantee offered. Not by those who brought it (403). */
export async function checkCounter(
  tx: Tx,
  context: Context,
  command: CaseKey & { seq: number } & z.output<typeof legalCheck>,
): Promise<void> {
  const found = await lockCase(tx, command, 'legal-check');
  if ([found.managerA, found.managerB].includes(context.actor.userId))
    throw notOwn('尽调人不能审查自己经办项目的反担保，请由风控法务审查');
  const counter = (await countersOf(tx, command)).find((each) => each.seq === command.seq);
  if (!counter) throw new Refused({ code: 'counter-unknown', message: '没有这项反担保，可能已被移除' }, 404);
  await sql`update cases.counter_guarantee set legal_verdict = ${command.verdict}, legal_opinion = ${command.opinion},
      checked_by = ${context.actor.userId}, checked_at = ${context.clock.now()}
    where guarantor_id = ${command.guarantorId} and case_id = ${command.id} and seq = ${command.seq}`.execute(tx);
  await moveCase(
    tx,
    context,
    found,
    'legal-check',
    {},
    `${counter.title}：${command.verdict === 'passed' ? '通过' : '不通过'}`,
  );
}

type Offered = z.output<typeof caseApplication>['counterGuarantees'][number];

/** Adds a counter-guarantee during due diligence or review; legal looks at it afterwards. */
export async function offerCounter(
  tx: Tx,
  context: Context,
  command: CaseKey & { offered: Offered },
): Promise<{ seq: number }> {
  const found = await lockCase(tx, command, 'offer-counter');
  const { offered } = command;
  const seq = await nextSeq(tx, command, 'counter_guarantee');
  await sql`insert into cases.counter_guarantee (guarantor_id, case_id, seq, kind, provider, provider_identity_no, title, certificate_no, appraised, appraised_on,
      recorded_by, recorded_at)
    values (${command.guarantorId}, ${command.id}, ${seq}, ${offered.kind}, ${offered.provider}, ${offered.providerIdentityNo ?? null}, ${offered.title},
            ${offered.certificateNo ?? null}, ${offered.appraised === undefined ? null : yuan(offered.appraised)},
            ${offered.appraisedOn ?? null}, ${context.actor.userId}, ${context.clock.now()})`.execute(tx);
  await moveCase(tx, context, found, 'offer-counter', {}, offered.title);
  return { seq };
}

/** Takes a counter-guarantee out again; it stays on record. */
export async function removeCounter(
  tx: Tx,
  context: Context,
  command: CaseKey & { seq: number; reason: string },
): Promise<void> {
  const found = await lockCase(tx, command, 'remove-counter');
  await sql`update cases.counter_guarantee set removed_at = ${context.clock.now()}
    where guarantor_id = ${command.guarantorId} and case_id = ${command.id} and seq = ${command.seq} and removed_at is null`.execute(
    tx,
  );
  await moveCase(tx, context, found, 'remove-counter', {}, command.reason);
}

/** Back to 尽调 for another round. */
export async function backToDiligence(tx: Tx, context: Context, command: CaseKey & { reason: string }): Promise<void> {
  const found = await lockCase(tx, command, 'back-to-diligence');
  await moveCase(tx, context, found, 'back-to-diligence', {}, command.reason);
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'cases.back-to-diligence',
    subject: subjectOf(command),
    detail: { number: found.number },
  });
}
