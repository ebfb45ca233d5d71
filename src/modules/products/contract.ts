import { z } from 'zod';
import { dayOut, dayWire, moneyWire, ratioWire } from '../../wire/wire.ts';

/** Where a figure comes from and the mark it carries while nobody has compared it with the original. */
const cited = { source: z.string().min(1), unverified: z.string().nullable() };

/** What a cap limits: four bases that must never be mixed. */
export const capBasis = z.enum(['单户担保金额', '单户在保余额', '单户授信担保额度', '单笔担保金额']);
export type CapBasis = z.infer<typeof capBasis>;

const share = z.object({
  party: z.enum(['bank', 'guarantor', 'province', 'fund', 'system']),
  bound: z.enum(['floor', 'ceiling']),
  ratio: ratioWire,
  /** Only for borrowers of this tier of the sci-tech plan; null for all. */
  tier: z.string().nullable(),
  ...cited,
});

/** What a borrower must be or must not be. `unless` reads in the message. */
export const condition = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('customer-kind'), title: z.string(), allowed: z.array(z.string()), ...cited }),
  z.object({ kind: z.literal('size-class'), title: z.string(), allowed: z.array(z.string()), ...cited }),
  z.object({ kind: z.literal('tag'), title: z.string(), anyOf: z.number().int(), ...cited }),
  z.object({ kind: z.literal('tier'), title: z.string(), allowed: z.array(z.string()), ...cited }),
  z.object({ kind: z.literal('industry'), title: z.string(), banned: z.array(z.string()), ...cited }),
  z.object({ kind: z.literal('county'), title: z.string(), allowed: z.array(z.number().int()), ...cited }),
  /** Facts somebody states about the borrower; the condition holds while none of the flags is raised. */
  z.object({ kind: z.literal('no-flag'), title: z.string(), flag: z.string(), ...cited }),
  z.object({ kind: z.literal('needs-flag'), title: z.string(), flag: z.string(), ...cited }),
]);
export type Condition = z.infer<typeof condition>;

/** One document asked for; `required` ones block the next step. */
export const checklistItem = z.object({
  code: z.string().min(1),
  title: z.string().min(1),
  required: z.boolean(),
  clause: z.string(),
});
export type ChecklistItem = z.infer<typeof checklistItem>;

/** Everything a version of a product demands. */
export const productTerms = z.object({
  programme: z.enum(['ordinary', 'batch', 'sci-tech', 'private-investment']).nullable(),
  feeRate: z.object({ rate: ratioWire, ...cited }),
  /** By 单户担保金额; `upTo` null is "above the last". */
  feeCeilings: z.array(z.object({ upTo: moneyWire.nullable(), ceiling: ratioWire, ...cited })),
  termMonths: z.object({
    least: z.number().int().min(0),
    most: z.number().int().min(1),
    ...cited,
  }),
  caps: z.array(z.object({ basis: capBasis, amount: moneyWire, ...cited })),
  shares: z.array(share),
  claimRatioCap: z
    .object({
      ratio: ratioWire,
      /** suspend: no new business while over it (熔断); tell: the excess is not compensated, new business goes on. */
      whenReached: z.enum(['suspend', 'tell']),
      ...cited,
    })
    .nullable(),
  checklist: z.array(checklistItem).max(60),
  conditions: z.array(condition).max(60),
  counterGuarantee: z.object({ policy: z.enum(['none', 'reduced', 'required']), text: z.string(), ...cited }),
  approvalChain: z.string().min(1),
});
export type ProductTerms = z.infer<typeof productTerms>;

export const productVersion = z.object({
  code: z.string(),
  name: z.string(),
  class: z.string(),
  version: z.number().int(),
  from: dayOut,
  to: dayOut.nullable(),
  terms: productTerms,
  document: z.string(),
  unverified: z.string().nullable(),
});
export type ProductVersionWire = z.infer<typeof productVersion>;

export const productListRow = z.object({
  code: z.string(),
  name: z.string(),
  class: z.string(),
  source: z.string(),
  unverified: z.string().nullable(),
  versions: z.number().int(),
  current: productVersion.nullable(),
});
export type ProductListRow = z.infer<typeof productListRow>;
export const productList = z.object({ rows: z.array(productListRow) });
export const productDetail = productListRow.extend({ history: z.array(productVersion) });

export const newProductVersion = z.object({
  from: dayWire,
  to: dayWire.nullable().default(null),
  terms: productTerms,
  document: z.string().min(1).max(200),
  unverified: z.string().max(200).nullable().default(null),
});

/** One difference between two versions; null where one of them says nothing. */
export const termDifference = z.object({
  title: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type TermDifference = z.infer<typeof termDifference>;
export const versionDiff = z.object({ rows: z.array(termDifference) });
export const diffQuery = z.object({ from: z.coerce.number().int(), to: z.coerce.number().int() });

/** What is asked of the simulator; a fact left out is unknown, and conditions on it say so. */
export const eligibilityFacts = z.object({
  on: dayWire.optional(),
  customerKind: z.enum(['enterprise', 'individual-business', 'farmer', 'business-owner']),
  sizeClass: z.enum(['大型', '中型', '小型', '微型', '不可判定']),
  tags: z.number().int().min(0).max(15).default(0),
  tier: z.enum(['specialized', 'high-tech', 'tech-small']).nullable().default(null),
  industryCode: z.string().max(4).default(''),
  county: z.number().int().nullable().default(null),
  amount: moneyWire,
  termMonths: z.number().int().min(1).max(600),
  feeRate: ratioWire.nullable().default(null),
  /** What the customer has outstanding, and what its contracts in force amount to, before this case. */
  balance: moneyWire.default('0'),
  committed: moneyWire.default('0'),
  flags: z.array(z.string()).default([]),
});
export type EligibilityFacts = z.output<typeof eligibilityFacts>;

export const eligibilityFinding = z.object({
  code: z.string(),
  title: z.string(),
  passes: z.boolean(),
  message: z.string(),
  clause: z.string(),
  unverified: z.string().nullable(),
  wouldPass: z.string().nullable(),
});
export type EligibilityFinding = z.infer<typeof eligibilityFinding>;
export const eligibilityAnswer = z.object({
  on: dayOut,
  products: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      version: z.number().int(),
      passes: z.boolean(),
      findings: z.array(eligibilityFinding),
    }),
  ),
});
export type EligibilityAnswer = z.infer<typeof eligibilityAnswer>;
