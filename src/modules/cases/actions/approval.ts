import { sql } from 'kysely';
import { addDays, addMonths, type Day } from '../../../kernel/day.ts';
import { type Fen, formatYuan, showMoney } from '../../../kernel/money.ts';
import { type Refusal, Refused } from '../../../kernel/refusal.ts';
import type { Tx } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import { type OutcomeEvent, startApproval } from '../../approvals/index.ts';
import { appendAudit } from '../../audit/index.ts';
import { type HeadroomLine, releaseReservation, reserve } from '../../limits/index.ts';
import { productVersionOn } from '../../products/index.ts';
import { memoNow } from '../memo.ts';
import { conclusionsOf, countersOf, reviewsOf, scoresOf } from '../parts-store.ts';
import { checkReady } from '../rules/review.ts';
import {
  atCounter,
  type CaseKey,
  caseById,
  lockCase,
  moveCase,
  type StoredCase,
  subjectOf,
  unknownCase,
} from '../store.ts';
import { partOf, roundOf } from './diligence.ts';
import { markWithdrawn } from './draft.ts';

/** Days room is held while a case is being decided, and months an intent letter stands: our own habit, no rule of law. */
const approvalHoldDays = 60;
const intentValidMonths = 3;

/** Holds (or holds again) the room a case needs until a day; refused with every limit that is breached by now. */
export const holdRoom = (tx: Tx, context: Context, found: StoredCase, until: Day): Promise<HeadroomLine[]> =>
  reserve(tx, context, {
    guarantorId: found.guarantorId,
    subject: subjectOf(found),
    customerId: found.customerId as bigint,
    bankId: found.bankId as number,
    productCode: found.productCode as string,
    county: found.county as number,
    amount: found.amount as Fen,
    guaranteed: found.guaranteed as Fen,
    until,
  });

/**
 * 提交审批 by the A角: with a risk opinion, a score, every counter-guarantee checked and nobody dissenting. Holds the room, freezes the memo,
 * and starts the chain the product names. Refused with all that is missing, or with the limits that are breached.
 */
export async function askApproval(tx: Tx, context: Context, key: CaseKey): Promise<{ instanceId: bigint }> {
  const found = await lockCase(tx, key, 'ask-approval');
  if (partOf(found, context) !== 'A')
    throw new Refused({ code: 'not-manager-a', message: `请由A角${found.managerAName ?? ''}提交审批` }, 403);
  const today = context.clock.today();
  const product = await productVersionOn(tx, found.productCode as string, found.submittedOn as Day);
  if (!product) throw new Error(`产品 ${found.productCode} 在 ${found.submittedOn} 没有版本`);
  const refusals = await readiness(tx, found, product.terms.counterGuarantee.policy);
  if (refusals.length > 0) throw new Refused(refusals);
  const lines = await holdRoom(tx, context, found, addDays(today, approvalHoldDays));
  const memo = await memoNow(tx, found, today, lines);
  await moveCase(tx, context, found, 'ask-approval', { memo: JSON.stringify(memo) });
  const [score] = await scoresOf(tx, key);
  const [review] = await reviewsOf(tx, key);
  return startApproval(tx, context, {
    guarantorId: key.guarantorId,
    chain: product.terms.approvalChain,
    subject: subjectOf(key),
    title: `${found.customerName} ${showMoney(found.amount as Fen, '万元')}万元担保项目`,
    href: `/cases/${key.guarantorId}/${key.id}`,
    amount: found.amount as Fen,
    facts: {
      项目编号: found.number,
      银行: found.bankName ?? '',
      产品: `${found.productName}第 ${found.productVersion} 版`,
      期限: `${found.termMonths} 个月`,
      评分: score ? `${score.score} 分，${score.grade} 级` : '',
      风险意见: review?.conditions ? `附条件：${review.conditions}` : '同意',
    },
  });
}

async function readiness(
  tx: Tx,
  found: StoredCase,
  counterPolicy: 'none' | 'reduced' | 'required',
): Promise<Refusal[]> {
  const [review] = await reviewsOf(tx, found);
  const round = await roundOf(tx, found);
  const dissent = (await conclusionsOf(tx, found)).filter((each) => each.round === round && !each.agrees);
  const counters = await countersOf(tx, found);
  return [
    ...checkReady({
      verdict: review?.verdict ?? null,
      isScored: (await scoresOf(tx, found)).length > 0,
      counters: counters.map((each) => ({ title: each.title, verdict: each.legalVerdict })),
      counterPolicy,
    }),
    ...dissent.map((each) => ({
      code: 'manager-dissents',
      message: `${each.part}角${each.name}的尽调结论为不同意，不能提交审批；请退回尽调或不予担保`,
    })),
  ];
}

const keyOf = (subject: string): CaseKey => {
  const [, guarantor, id] = /^case:(\d+)\/(\d+)$/.exec(subject) ?? [];
  return { guarantorId: Number(guarantor), id: BigInt(id ?? '0') };
};

/**
 * What the approval of a case leads to, in the transaction of its last decision. Approved: the limits are asked once more, for the intent's
 * whole term, and a breach takes the decision back with its figures. Rejected: the room is given back. Returned or withdrawn: review again.
 */
export async function caseDecided(tx: Tx, context: Context, event: OutcomeEvent): Promise<void> {
  const key = keyOf(event.subject);
  const { outcome, decidedOn, reason = '' } = event;
  const verb = outcome === 'approved' ? 'approve' : outcome === 'rejected' ? 'reject' : 'return-from-approval';
  const found = await lockCase(tx, key, verb);
  if (outcome === 'approved') {
    const validUntil = addMonths(decidedOn, intentValidMonths);
    await holdRoom(tx, context, found, validUntil);
    await moveCase(tx, context, found, verb, { decided_on: decidedOn, valid_until: validUntil }, reason);
  } else {
    if (outcome !== 'returned')
      await releaseReservation(tx, context, { guarantorId: key.guarantorId, subject: event.subject });
    await moveCase(tx, context, found, verb, outcome === 'rejected' ? { decided_on: decidedOn } : {}, reason);
  }
  await appendAudit(tx, context, {
    chain: key.guarantorId,
    action: 'cases.decided',
    subject: subjectOf(key),
    detail: { number: found.number, outcome, amount: formatYuan(found.amount as Fen) },
  });
}

/** 撤回申请, giving back the room held for it. Not while it is being decided: take the approval back first. */
export async function withdrawCase(tx: Tx, context: Context, command: CaseKey & { reason: string }): Promise<void> {
  if (!(await caseById(tx, command))) throw unknownCase();
  const found = await markWithdrawn(tx, context, command);
  await atCounter(tx, command.guarantorId, null);
  await releaseReservation(tx, context, { guarantorId: command.guarantorId, subject: subjectOf(command) });
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'cases.withdraw',
    subject: subjectOf(command),
    detail: { number: found.number },
  });
}

const lapsedAtOnceMax = 200;

/** Ends approved cases whose intent has run out, and gives their room back. Called once a day; answers how many. */
export async function lapseDue(tx: Tx, context: Context): Promise<number> {
  const { rows } = await sql<CaseKey>`
    select guarantor_id as "guarantorId", id from cases.case
     where state in ('approved', 'papers') and valid_until < ${context.clock.today()}
     order by valid_until, guarantor_id, id limit ${lapsedAtOnceMax}`.execute(tx);
  for (const key of rows) {
    const found = await lockCase(tx, key, 'lapse');
    await releaseReservation(tx, context, { guarantorId: key.guarantorId, subject: subjectOf(key) });
    await moveCase(tx, context, found, 'lapse', {}, `意向有效期至 ${found.validUntil}`);
    await appendAudit(tx, context, {
      chain: key.guarantorId,
      action: 'cases.lapse',
      subject: subjectOf(key),
      detail: { number: found.number },
    });
  }
  return rows.length;
}
