import type { Day } from '../../kernel/day.ts';
import { type Fen, formatYuan, showMoney } from '../../kernel/money.ts';
import { percent, showPercent } from '../../kernel/ratio.ts';
import { textOfInstant } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import { createPaper } from '../../platform/papers/index.ts';
import { identityHash } from '../customers/index.ts';
import type { HeadroomLine } from '../limits/index.ts';
import type { MemoSection } from './contract/detail.ts';
import { customerKindTitles } from './contract.ts';
import { sizeOfApplicant } from './gather.ts';
import { conclusionsOf, countersOf, itemsOf, relatedOf, reviewsOf, scoresOf, visitsOf } from './parts-store.ts';
import { elsewhereText } from './rules/application.ts';
import { diligenceLines } from './rules/diligence.ts';
import { memoOf, plainLines } from './rules/memo.ts';
import { scorecards } from './rules/scorecard.ts';
import { elsewhereOf, type StoredCase } from './store.ts';

const money = (amount: Fen) => showMoney(amount, '元');

/** What other institutions have of the applicant and its related parties, in words. */
export async function elsewhereNow(tx: Tx, found: StoredCase): Promise<{ who: string; message: string }[]> {
  if (!found.application) return [];
  const { identityKind, identityNo, relatedParties } = found.application;
  const all = [
    { who: '该客户', hash: identityHash(identityKind, identityNo) },
    ...relatedParties.map((each) => ({
      who: `关联方${each.name}`,
      hash: identityHash(each.identityKind, each.identityNo),
    })),
  ];
  const counts = await elsewhereOf(
    tx,
    found.guarantorId,
    all.map((each) => each.hash),
  );
  const nothing = { openCases: 0, relatedCases: 0, inForce: 0 };
  return elsewhereText(all.map(({ who, hash }) => ({ who, ...(counts.get(hash) ?? nothing) })));
}

/** The memo of a submitted case from what has been entered so far; `lines` of the headroom where they have been asked for. */
export async function memoNow(
  tx: Tx,
  found: StoredCase,
  on: Day,
  lines: readonly HeadroomLine[] = [],
): Promise<MemoSection[]> {
  const { application } = found;
  if (!application) return [];
  const [review] = await reviewsOf(tx, found);
  const { evidence } = sizeOfApplicant(application, on);
  return memoOf({
    href: `/cases/${found.guarantorId}/${found.id}`,
    customerHref: found.customerId === null ? null : `/customers/${found.guarantorId}/${found.customerId}`,
    state: found.state,
    number: found.number,
    applicantKind: found.applicantKind,
    customer: {
      name: application.customerName,
      kind: customerKindTitles[application.customerKind],
      sizeClass: found.sizeClass ?? '不可判定',
      sizeReason: (evidence as { reason?: string }).reason ?? '',
      address: application.address,
      industryCode: application.industryCode ?? '',
    },
    bankName: found.bankName ?? '',
    productName: found.productName ?? '',
    productVersion: found.productVersion ?? 0,
    askedAmount: money(found.askedAmount as Fen),
    amount: money(found.amount as Fen),
    guaranteed: money(found.guaranteed as Fen),
    termMonths: found.termMonths ?? 0,
    feeRate: showPercent(percent(found.feeRate ?? '0')),
    purpose: application.purpose,
    repayment: application.repayment,
    eligibility: found.eligibility ?? [],
    elsewhere: await elsewhereNow(tx, found),
    related: await relatedOf(tx, found),
    ...(await workOf(tx, found)),
    score: await scoreOfCase(tx, found),
    review: review ?? null,
    headroom: lines.map((each) => ({
      title: each.title,
      limit: each.limit === null ? '未设' : `${formatYuan(each.limit)} 元`,
      after: `${formatYuan(each.after)} 元`,
      isBreached: each.isBreached,
      source: each.source,
    })),
  });
}

/** What was done to the case: findings, visits, conclusions of the last round, counter-guarantees. */
async function workOf(tx: Tx, found: StoredCase) {
  const items = new Map((await itemsOf(tx, found)).map((each) => [each.code, each]));
  const conclusions = await conclusionsOf(tx, found);
  const lastRound = Math.max(0, ...conclusions.map((each) => each.round));
  return {
    items: diligenceLines.map(({ code, title, clause }) => ({
      title,
      clause,
      finding: items.get(code)?.finding ?? null,
      note: items.get(code)?.note ?? '',
    })),
    visits: (await visitsOf(tx, found)).map((each) => ({
      at: textOfInstant(each.visitedAt).slice(0, 16),
      place: each.place,
      met: each.met,
      note: each.note,
      by: each.recordedBy,
      photos: each.attachments.length,
    })),
    conclusions: conclusions.filter((each) => each.round === lastRound),
    counters: (await countersOf(tx, found)).map((each) => ({
      kind: each.kind,
      provider: each.provider,
      title: each.title,
      appraised: each.appraised === null ? null : money(each.appraised),
      verdict: each.legalVerdict,
      opinion: each.legalOpinion,
    })),
  };
}

async function scoreOfCase(tx: Tx, found: StoredCase) {
  const [score] = await scoresOf(tx, found);
  if (!score) return null;
  const unverified = scorecards.find((each) => each.version === score.model)?.unverified ?? '';
  return { model: score.model, score: score.score, grade: score.grade, unverified };
}

/** The memo as PDF. */
export async function memoPaper(found: StoredCase, sections: readonly MemoSection[], at: Date): Promise<Buffer> {
  const paper = createPaper({
    title: '担保项目评审报告',
    subtitle: `${found.customerName ?? ''}　${found.number}`,
    createdAt: at,
    footerNote: `由录入数据自动生成　${textOfInstant(at)}　单位：元`,
  });
  for (const section of sections) {
    paper.heading(section.title, 1);
    for (const text of plainLines(section)) paper.paragraph(text);
  }
  return paper.toBuffer();
}
