import { z } from 'zod';
import { dayOut, idWire, instantOut, moneyWire, ratioWire } from '../../../wire/wire.ts';
import { stepWire } from '../../approvals/contract.ts';
import { eligibilityFinding } from '../../products/contract.ts';
import { applicantKind, caseDraft, caseState, finding, frequency, scoreInputs } from '../contract.ts';

/** A piece of the memo: plain text, or a figure that leads to where it comes from. */
const memoPiece = z.union([z.string(), z.object({ text: z.string(), href: z.string() })]);
export const memoSection = z.object({ title: z.string(), lines: z.array(z.array(memoPiece)) });
export type MemoSection = z.infer<typeof memoSection>;

export const diligenceItem = z.object({
  code: z.string(),
  title: z.string(),
  clause: z.string(),
  unverified: z.string().nullable(),
  /** A finding of 不符合 stops the case. */
  binds: z.boolean(),
  finding: finding.nullable(),
  note: z.string(),
  attachments: z.array(idWire),
  recordedBy: z.string().nullable(),
  recordedAt: instantOut.nullable(),
});
const visit = z.object({
  seq: z.number().int(),
  visitedAt: instantOut,
  place: z.string(),
  lat: z.string().nullable(),
  lng: z.string().nullable(),
  met: z.string(),
  note: z.string(),
  attachments: z.array(idWire),
  recordedBy: z.string(),
});
const conclusion = z.object({
  part: z.enum(['A', 'B']),
  name: z.string(),
  agrees: z.boolean(),
  opinion: z.string(),
  recordedAt: instantOut,
});
const counterGuarantee = z.object({
  seq: z.number().int(),
  kind: z.number().int(),
  kindTitle: z.string(),
  provider: z.string(),
  title: z.string(),
  certificateNo: z.string().nullable(),
  appraised: moneyWire.nullable(),
  appraisedOn: dayOut.nullable(),
  legalVerdict: z.enum(['passed', 'failed']).nullable(),
  legalOpinion: z.string().nullable(),
  checkedBy: z.string().nullable(),
});
const review = z.object({
  seq: z.number().int(),
  verdict: z.enum(['support', 'conditional', 'oppose']),
  opinion: z.string(),
  conditions: z.string(),
  amount: moneyWire,
  termMonths: z.number().int(),
  feeRate: ratioWire,
  name: z.string(),
  recordedAt: instantOut,
});
const scorePart = z.object({
  code: z.string(),
  title: z.string(),
  input: z.string(),
  points: z.number().int(),
  most: z.number().int(),
  band: z.string(),
});
const score = z.object({
  seq: z.number().int(),
  model: z.string(),
  inputs: scoreInputs,
  parts: z.array(scorePart),
  score: z.number().int(),
  grade: z.string(),
  name: z.string(),
  recordedAt: instantOut,
});
const instalment = z.object({
  seq: z.number().int(),
  from: dayOut,
  to: dayOut,
  days: z.number().int(),
  dueOn: dayOut,
  amount: moneyWire,
  open: moneyWire.meta({ description: '尚未缴纳；收款先冲前期' }),
});
export const feePlan = z.object({
  version: z.number().int(),
  basis: z.enum(['guaranteed', 'principal']),
  base: moneyWire,
  rate: ratioWire,
  laterRates: z.array(ratioWire),
  dayCount: z.string(),
  startsOn: dayOut,
  endsOn: dayOut,
  frequency,
  total: moneyWire,
  vatExempt: z.boolean(),
  vatReason: z.string(),
  vatUnverified: z.string().nullable(),
  instalments: z.array(instalment),
});
export type FeePlanWire = z.infer<typeof feePlan>;
const receipt = z.object({
  seq: z.number().int(),
  amount: moneyWire,
  receivedOn: dayOut,
  reference: z.string(),
  isBooked: z.boolean(),
  name: z.string(),
});
const event = z.object({
  id: idWire,
  kind: z.string(),
  title: z.string(),
  fromState: caseState.nullable(),
  toState: caseState.nullable(),
  note: z.string(),
  name: z.string(),
  at: instantOut,
});
export const scorecardModel = z.object({
  version: z.string(),
  source: z.string(),
  unverified: z.string(),
  factors: z.array(
    z.object({
      code: z.string(),
      title: z.string(),
      unit: z.string(),
      most: z.number().int(),
      bands: z.array(z.object({ text: z.string(), points: z.number().int() })),
    }),
  ),
});

/** One case, as far as the caller may see it: what is the guarantor's own stays empty for a bank. */
export const caseDetail = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  number: z.string(),
  version: z.number().int().meta({ description: '与 ETag 相同，保存草稿时作 If-Match' }),
  state: caseState,
  stateAt: instantOut,
  applicantKind,
  applicant: z.string(),
  isOwnSide: z.boolean().meta({ description: '看的人属于担保机构（或省级）' }),
  bankId: z.number().int().nullable(),
  bankName: z.string().nullable(),
  draft: caseDraft,
  customerId: idWire.nullable(),
  customerName: z.string(),
  identityNo: z.string().nullable(),
  sizeClass: z.string().nullable(),
  productCode: z.string().nullable(),
  productName: z.string().nullable(),
  productVersion: z.number().int().nullable(),
  county: z.number().int().nullable(),
  countyName: z.string().nullable(),
  askedAmount: moneyWire.nullable(),
  amount: moneyWire.nullable(),
  guaranteed: moneyWire.nullable(),
  askedTermMonths: z.number().int().nullable(),
  termMonths: z.number().int().nullable(),
  feeRate: ratioWire.nullable(),
  tags: z.number().int(),
  primaryTag: z.number().int(),
  eligibility: z.array(eligibilityFinding),
  elsewhere: z.array(z.object({ who: z.string(), message: z.string() })),
  relatedParties: z.array(z.object({ relation: z.string(), name: z.string(), identityNo: z.string() })),
  checklist: z.array(z.object({ code: z.string(), title: z.string(), required: z.boolean(), clause: z.string() })),
  submittedOn: dayOut.nullable(),
  managerA: z.object({ id: z.number().int(), name: z.string() }).nullable(),
  managerB: z.object({ id: z.number().int(), name: z.string() }).nullable(),
  decidedOn: dayOut.nullable(),
  validUntil: dayOut.nullable(),
  guaranteeNo: z.string().nullable(),
  entrustNo: z.string().nullable(),
  loanNo: z.string().nullable(),
  guaranteeId: idWire.nullable(),
  disbursedOn: dayOut.nullable(),
  disburseReference: z.string().nullable(),
  diligence: z.object({ items: z.array(diligenceItem), visits: z.array(visit), conclusions: z.array(conclusion) }),
  counterGuarantees: z.array(counterGuarantee),
  counterPolicy: z.string().nullable(),
  reviews: z.array(review),
  scores: z.array(score),
  scorecard: scorecardModel.nullable(),
  memo: z.array(memoSection),
  approval: z
    .object({
      instanceId: idWire,
      status: z.enum(['open', 'approved', 'rejected', 'withdrawn', 'returned']),
      chainTitle: z.string(),
      steps: z.array(stepWire),
    })
    .nullable(),
  papers: z.array(
    z.object({
      documentId: idWire,
      template: z.string(),
      number: z.string(),
      issuedOn: dayOut,
      issuedBy: z.string(),
      isRevoked: z.boolean(),
      revokedWhy: z.string().nullable(),
    }),
  ),
  feePlan: feePlan.nullable(),
  receipts: z.array(receipt),
  events: z.array(event),
  /** What may be done now by the caller, by verb. */
  verbs: z.array(z.string()),
});
export type CaseDetail = z.infer<typeof caseDetail>;
