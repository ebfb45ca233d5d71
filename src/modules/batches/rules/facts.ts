import type { Day } from '../../../kernel/day.ts';
import type { Fen } from '../../../kernel/money.ts';
import type { Ratio } from '../../../kernel/ratio.ts';
import type { GuaranteeClass } from '../../../law/liability-weights.ts';
import type { Programme, Term } from '../../../law/programme.ts';
import type { RiskSplit } from '../../../law/programme-checks.ts';
import type { CustomerKind, StatedCustomer } from '../../../law/stated-party.ts';
import type { RowReason } from './reasons.ts';

/** A version of the agreement between bank and guarantor on the batch's product. */
export type AgreementTerms = {
  readonly agreementId: number;
  readonly version: number;
  readonly from: Day;
  readonly to: Day | null;
  readonly split: RiskSplit;
  readonly claimRatioCap: string | null;
  readonly document: string;
};

export type Cited = { readonly source: string; readonly unverified: string | null };
export type CapBasis = '单户担保金额' | '单户在保余额' | '单户授信担保额度' | '单笔担保金额';

/** What the product asks of a row that starts on one day: its version in force, else the law of its programme. */
export type ProductRules = {
  readonly title: string;
  readonly guaranteeClass: GuaranteeClass;
  readonly programme: Programme | null;
  /** Null: the product has no version on that day; then only the law's figures apply. */
  readonly version: number | null;
  readonly termMonths: ({ readonly least: number; readonly most: number } & Cited) | null;
  readonly caps: readonly ({ readonly basis: CapBasis; readonly amount: Fen } & Cited)[];
  readonly feeCeilings: readonly ({ readonly upTo: Fen | null; readonly ceiling: Ratio } & Cited)[];
  /** 总对总: no row above this, whatever the amount. */
  readonly batchFeeCeiling: Term<Ratio> | null;
  readonly claimCap: ({ readonly ratio: Ratio; readonly suspends: boolean } & Cited) | null;
};

/** What the conditions of the product are asked about. */
export type ConditionFacts = {
  readonly customerKind: CustomerKind;
  readonly sizeClass: string;
  readonly tags: number;
  readonly industryCode: string;
  readonly county: number;
  readonly flags: readonly string[];
};

/** What single rows are judged against, read once for the batch. */
export type RowFacts = {
  readonly today: Day;
  /** The guarantor of the whole batch; undefined where rows name their own. */
  readonly ownGuarantor: { readonly id: number; readonly code: string } | undefined;
  guarantorOf(code: string): { readonly id: number; readonly isActive: boolean } | undefined;
  countyOf(text: string): number | undefined;
  agreementOf(guarantorId: number, on: Day): AgreementTerms | undefined;
  /** Undefined before the programme began. */
  productOn(on: Day): ProductRules | undefined;
  sizeOf(customer: StatedCustomer): string;
  /** Conditions of the product's version that are not met. */
  unmetConditions(on: Day, facts: ConditionFacts): readonly RowReason[];
  /** What the law has against a split on a day, with the programme it was asked for. */
  splitReasons(agreement: AgreementTerms, on: Day): readonly RowReason[];
};

/** A row that is well formed and meets every rule that looks at it alone. */
export type Candidate = {
  readonly line: number;
  readonly guarantorId: number;
  readonly contractNo: string;
  readonly loanContractNo: string;
  /** Loan contract and drawdown: what may be covered once. */
  readonly loanKey: string;
  readonly customer: StatedCustomer;
  readonly sizeClass: string;
  readonly agreement: AgreementTerms;
  readonly product: ProductRules;
  readonly principal: Fen;
  readonly guaranteed: Fen;
  readonly feeRate: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly disbursedOn: Day;
  readonly disbursed: Fen;
  readonly feeOn?: Day | undefined;
  readonly fee?: Fen | undefined;
  readonly tags: number;
  readonly primaryTag: number;
};
