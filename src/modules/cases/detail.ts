import type { z } from 'zod';
import type { Day } from '../../kernel/day.ts';
import { type Fen, formatYuan, plus } from '../../kernel/money.ts';
import { formatDecimal, percent } from '../../kernel/ratio.ts';
import type { Tx } from '../../platform/db.ts';
import type { Caller } from '../../platform/http.ts';
import { approvalOf } from '../approvals/index.ts';
import { maskIdentity } from '../customers/index.ts';
import { documentsOf } from '../documents/index.ts';
import { productVersionOn } from '../products/index.ts';
import type { caseDetail, scorecardModel } from './contract/detail.ts';
import { type CaseDraft, counterKinds } from './contract.ts';
import { elsewhereNow, memoNow } from './memo.ts';
import {
  conclusionsOf,
  countersOf,
  eventsOf,
  feePlanOf,
  itemsOf,
  receiptsOf,
  relatedOf,
  reviewsOf,
  scoresOf,
  visitsOf,
} from './parts-store.ts';
import { diligenceLines } from './rules/diligence.ts';
import { openInstalments } from './rules/fees.ts';
import { mostOf, scorecardOn } from './rules/scorecard.ts';
import { type VerbName, verbs, verbTitle } from './rules/states.ts';
import { type CaseKey, callerSide, caseById, type StoredCase, subjectOf, unknownCase } from './store.ts';

type Wire = z.input<typeof caseDetail>;
const yuanOrNull = (amount: Fen | null) => (amount === null ? null : formatYuan(amount));
const rateText = (rate: string) => formatDecimal(percent(rate), 6);
const person = (id: number | null, name: string | null) => (id === null ? null : { id, name: name ?? '' });

/** Everything of one case for its page, as far as the caller may see it. */
export async function detailOf(tx: Tx, key: CaseKey, caller: Caller, today: Day): Promise<Wire> {
  const found = await caseById(tx, key);
  if (!found) throw unknownCase();
  const side = await callerSide(tx);
  const isOwnSide = side.bankId === 0;
  const product =
    found.productCode === null ? undefined : await productVersionOn(tx, found.productCode, found.submittedOn ?? today);
  const shown = (text: string) => (caller.seesIdentity || !isOwnSide ? text : maskIdentity(text));
  return {
    ...headOf(found),
    isOwnSide,
    draft: isOwnSide && !caller.seesIdentity ? maskedDraft(found.draft) : found.draft,
    identityNo: found.identityNo === null ? null : shown(found.identityNo),
    elsewhere: isOwnSide ? await elsewhereNow(tx, found) : [],
    relatedParties: (await relatedOf(tx, key)).map(({ relation, name, identityNo }) => ({
      ...{ relation, name },
      identityNo: shown(identityNo),
    })),
    checklist: [...(product?.terms.checklist ?? [])],
    counterPolicy: product?.terms.counterGuarantee.text ?? null,
    diligence: isOwnSide ? await diligenceOf(tx, key) : { items: [], visits: [], conclusions: [] },
    counterGuarantees: (await countersOf(tx, key)).map((each) => ({
      ...each,
      kindTitle: counterKinds[String(each.kind)] ?? String(each.kind),
      appraised: yuanOrNull(each.appraised),
    })),
    ...(await judgedOf(tx, found, isOwnSide, today)),
    approval: isOwnSide ? await approvalWire(tx, key) : null,
    papers: await papersWire(tx, key),
    ...(await feesOf(tx, key)),
    events: (await eventsOf(tx, key)).map((each) => ({
      ...each,
      id: String(each.id),
      title: verbTitle(each.kind),
      at: each.at.toISOString(),
    })),
    verbs: verbsFor(found, caller, side),
  };
}

/** A draft for people who may not read identity numbers: they cannot save it either. */
function maskedDraft(draft: CaseDraft): CaseDraft {
  const mask = (text: string | null | undefined) => (text ? maskIdentity(text) : '');
  return {
    ...draft,
    ...(draft.identityNo ? { identityNo: mask(draft.identityNo) } : {}),
    ...(draft.relatedParties
      ? { relatedParties: draft.relatedParties.map((each) => ({ ...each, identityNo: mask(each.identityNo) })) }
      : {}),
    ...(draft.counterGuarantees
      ? {
          counterGuarantees: draft.counterGuarantees.map((each) => ({
            ...each,
            providerIdentityNo: mask(each.providerIdentityNo),
          })),
        }
      : {}),
  };
}

function headOf(found: StoredCase) {
  const { guarantorId, guarantorName, number, version, state, applicantKind, applicant, bankId, bankName } = found;
  return {
    ...{ guarantorId, guarantorName, number, version, state, applicantKind, applicant, bankId, bankName },
    id: String(found.id),
    stateAt: found.stateAt.toISOString(),
    customerId: found.customerId === null ? null : String(found.customerId),
    customerName: found.customerName ?? found.draft.customerName ?? '（未填）',
    sizeClass: found.sizeClass,
    productCode: found.productCode,
    productName: found.productName,
    productVersion: found.productVersion,
    county: found.county,
    countyName: found.countyName,
    askedAmount: yuanOrNull(found.askedAmount),
    amount: yuanOrNull(found.amount),
    guaranteed: yuanOrNull(found.guaranteed),
    askedTermMonths: found.askedTermMonths,
    termMonths: found.termMonths,
    feeRate: found.feeRate === null ? null : rateText(found.feeRate),
    tags: found.tags,
    primaryTag: found.primaryTag,
    eligibility: found.eligibility ?? [],
    submittedOn: found.submittedOn,
    managerA: person(found.managerA, found.managerAName),
    managerB: person(found.managerB, found.managerBName),
    decidedOn: found.decidedOn,
    validUntil: found.validUntil,
    guaranteeNo: found.guaranteeNo,
    entrustNo: found.entrustNo,
    loanNo: found.loanNo,
    guaranteeId: found.guaranteeId === null ? null : String(found.guaranteeId),
    disbursedOn: found.disbursedOn,
    disburseReference: found.disburseReference,
  };
}

async function diligenceOf(tx: Tx, key: CaseKey): Promise<Wire['diligence']> {
  const found = new Map((await itemsOf(tx, key)).map((each) => [each.code, each]));
  return {
    items: diligenceLines.map((line) => {
      const item = found.get(line.code);
      return {
        ...line,
        finding: item?.finding ?? null,
        note: item?.note ?? '',
        attachments: (item?.attachments ?? []).map(String),
        recordedBy: item?.recordedBy ?? null,
        recordedAt: item?.recordedAt.toISOString() ?? null,
      };
    }),
    visits: (await visitsOf(tx, key)).map((each) => ({
      ...each,
      visitedAt: each.visitedAt.toISOString(),
      attachments: each.attachments.map(String),
    })),
    conclusions: (await conclusionsOf(tx, key)).map((each) => ({ ...each, recordedAt: each.recordedAt.toISOString() })),
  };
}

async function judgedOf(
  tx: Tx,
  found: StoredCase,
  isOwnSide: boolean,
  today: Day,
): Promise<Pick<Wire, 'reviews' | 'scores' | 'scorecard' | 'memo'>> {
  if (!isOwnSide) return { reviews: [], scores: [], scorecard: null, memo: [] };
  return {
    reviews: (await reviewsOf(tx, found)).map((each) => ({
      ...each,
      amount: formatYuan(each.amount),
      feeRate: rateText(each.feeRate),
      recordedAt: each.recordedAt.toISOString(),
    })),
    scores: (await scoresOf(tx, found)).map((each) => ({ ...each, recordedAt: each.recordedAt.toISOString() })),
    scorecard: modelWire(today),
    memo: found.memo ?? (await memoNow(tx, found, today)),
  };
}

async function approvalWire(tx: Tx, key: CaseKey): Promise<Wire['approval']> {
  const found = await approvalOf(tx, key.guarantorId, subjectOf(key));
  return found ? { ...found, instanceId: String(found.instanceId) } : null;
}

const papersWire = async (tx: Tx, key: CaseKey): Promise<Wire['papers']> =>
  (await documentsOf(tx, key.guarantorId, subjectOf(key))).map((each) => ({
    documentId: String(each.documentId),
    template: each.template,
    number: each.number,
    issuedOn: each.issuedOn,
    issuedBy: each.issuedBy,
    isRevoked: each.status === 'revoked',
    revokedWhy: each.revokedWhy,
  }));

function modelWire(today: Day): z.input<typeof scorecardModel> | null {
  const model = scorecardOn(today);
  if (!model) return null;
  return {
    version: model.version,
    source: model.source,
    unverified: model.unverified,
    factors: model.factors.map((factor) => ({
      code: factor.code,
      title: factor.title,
      unit: factor.unit,
      most: mostOf(factor),
      bands: factor.bands.map(({ text, points }) => ({ text, points })),
    })),
  };
}

async function feesOf(tx: Tx, key: CaseKey): Promise<Pick<Wire, 'feePlan' | 'receipts'>> {
  const plan = await feePlanOf(tx, key);
  const receipts = await receiptsOf(tx, key);
  const received = plus(...receipts.map((each) => each.amount));
  return {
    feePlan: plan
      ? {
          ...plan,
          base: formatYuan(plan.base),
          rate: rateText(plan.rate),
          laterRates: plan.laterRates.map(rateText),
          total: formatYuan(plan.total),
          instalments: openInstalments(plan.instalments, received).map((each) => ({
            ...each,
            amount: formatYuan(each.amount),
            open: formatYuan(each.open),
          })),
        }
      : null,
    receipts: receipts.map(({ seq, amount, receivedOn, reference, movementSeq, name }) => ({
      ...{ seq, receivedOn, reference, name },
      amount: formatYuan(amount),
      isBooked: movementSeq !== null,
    })),
  };
}

const byApplicant: readonly VerbName[] = ['save', 'submit', 'withdraw'];
const byManagers: readonly VerbName[] = ['check', 'visit', 'conclude'];
const byReviewers: readonly VerbName[] = ['review', 'legal-check', 'back-to-diligence'];
const fromElsewhere: readonly VerbName[] = [
  'create',
  'to-review',
  'approve',
  'reject',
  'return-from-approval',
  'lapse',
];

/** Which buttons the page shows; the actions decide for themselves. */
function verbsFor(
  found: StoredCase,
  caller: Caller,
  side: { bankId: number; guarantors: number[]; seesAll: boolean },
): string[] {
  const { permissions, userId } = caller;
  const isBank = side.bankId !== 0;
  const isOwn = side.guarantors.includes(found.guarantorId);
  const isManager = userId === found.managerA || userId === found.managerB;
  const may = (name: VerbName): boolean => {
    if (fromElsewhere.includes(name)) return false;
    if (isBank || name === 'save' || name === 'submit') {
      const isApplicants = byApplicant.includes(name) && isBank === (found.applicantKind === 'bank');
      return permissions.has('cases.apply') && (isBank || isOwn) && (isApplicants || name === 'disburse');
    }
    if (!isOwn) return false;
    if (name === 'receive-fee') return permissions.has('book.write');
    if (name === 'disburse' || name === 'withdraw') return permissions.has('cases.apply');
    if (['issue-intent', 'issue-paper', 'notify-fee'].includes(name)) return permissions.has('documents.issue');
    if (!permissions.has('cases.write')) return false;
    if (byManagers.includes(name)) return isManager;
    if (name === 'ask-approval') return userId === found.managerA;
    return byReviewers.includes(name) ? !isManager : true;
  };
  return (Object.keys(verbs) as VerbName[]).filter(
    (name) => (verbs[name].from as readonly string[]).includes(found.state) && may(name),
  );
}
