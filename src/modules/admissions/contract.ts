import { z } from 'zod';
import { dayOut, dayWire, idWire, instantOut, pageOf, pageQuery } from '../../wire/wire.ts';

const checklistItem = z.object({
  code: z.string().min(1),
  title: z.string().min(1),
  required: z.boolean(),
  clause: z.string(),
});
/** What is scored: points of each criterion up to its maximum (together 100), the lines, terms and documents. */
export const scorecardTerms = z.object({
  criteria: z
    .array(z.object({ code: z.string(), title: z.string(), maximum: z.number().int().min(1), guide: z.string() }))
    .min(1)
    .max(60),
  /** Highest first; the last should reach down to 0. */
  grades: z.array(z.object({ grade: z.string(), least: z.number().int() })).min(1),
  admitFrom: z.number().int(),
  keepFrom: z.number().int(),
  validMonths: z.number().int().min(1).max(120),
  reviewMonths: z.number().int().min(1).max(60),
  checklist: z.array(checklistItem).max(60),
});
export type ScorecardTerms = z.infer<typeof scorecardTerms>;
export const scorecard = z.object({
  version: z.number().int(),
  from: dayOut,
  terms: scorecardTerms,
  source: z.string(),
  unverified: z.string().nullable(),
});
export type ScorecardWire = z.infer<typeof scorecard>;
export const scorecardList = z.object({ rows: z.array(scorecard) });
export const newScorecard = z.object({
  from: dayWire,
  terms: scorecardTerms,
  source: z.string().trim().min(1).max(200),
  unverified: z.string().trim().max(400).nullable().default(null),
});

/** As a page shows it: 'suspended', 'expired' and 'not-yet' are in-force admissions seen on a day. */
export const admissionState = z.enum([
  'applied',
  'evaluated',
  'approving',
  'in-force',
  'not-yet',
  'suspended',
  'expired',
  'refused',
  'exited',
]);
export type AdmissionState = z.infer<typeof admissionState>;
export const admissionRow = z.object({
  id: idWire,
  bankId: z.number().int(),
  bankName: z.string(),
  products: z.array(z.string()),
  state: admissionState,
  appliedOn: dayOut,
  score: z.number().int().nullable(),
  grade: z.string().nullable(),
  from: dayOut.nullable(),
  to: dayOut.nullable(),
  reviewDueOn: dayOut.nullable(),
});
export type AdmissionRow = z.infer<typeof admissionRow>;
export const admissionPage = pageOf(admissionRow);
export const admissionQuery = pageQuery.extend({
  bankId: z.coerce.number().int().optional(),
  state: admissionState.optional(),
});

const rating = z.object({
  code: z.string(),
  points: z.number().int().min(0),
  evidence: z.string().max(400).default(''),
});
export type Rating = z.output<typeof rating>;
export const admissionDetail = admissionRow.extend({
  guarantorId: z.number().int(),
  summary: z.string(),
  document: z.string().nullable(),
  decidedOn: dayOut.nullable(),
  exitedOn: dayOut.nullable(),
  revision: z.number().int(),
  scorecard,
  documents: z.array(checklistItem.extend({ reference: z.string().nullable(), receivedOn: dayOut.nullable() })),
  evaluations: z.array(
    z.object({
      round: z.number().int(),
      kind: z.enum(['admission', 'review']),
      scorecardVersion: z.number().int(),
      ratings: z.array(rating),
      score: z.number().int(),
      grade: z.string(),
      conclusion: z.string(),
      evaluatedOn: dayOut,
      evaluatedBy: z.string(),
    }),
  ),
  suspensions: z.array(
    z.object({ from: dayOut, to: dayOut.nullable(), reason: z.string(), lifted: z.string().nullable() }),
  ),
  events: z.array(z.object({ kind: z.string(), on: dayOut, note: z.string(), by: z.string(), recordedAt: instantOut })),
});
export type AdmissionDetail = z.infer<typeof admissionDetail>;

const reason = z.string().trim().min(2, '请写明原因').max(400);
export const newApplication = z.object({
  bankId: z.number().int(),
  products: z.array(z.string()).max(40).default([]),
  summary: z.string().trim().min(2, '请写明申请情况').max(1000),
});
export const newDocument = z.object({
  code: z.string(),
  reference: z.string().trim().min(1, '请写明文件名或文号').max(200),
  receivedOn: dayWire,
});
export const newEvaluation = z.object({ ratings: z.array(rating).max(60), conclusion: reason });
export const newReview = newEvaluation.extend({ isKept: z.boolean() });
export const newSubmission = z.object({ from: dayWire, document: z.string().trim().min(1).max(200) });
export const newDecision = z.object({ outcome: z.enum(['approved', 'rejected', 'returned']), reason });
export const newSpan = z.object({ on: dayWire, reason });
export const done = z.object({ revision: z.number().int() });
