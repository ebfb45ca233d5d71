import type { Day } from '../kernel/day.ts';
import { type Fen, minus, plus, share, zeroFen } from '../kernel/money.ts';
import type { Ratio } from '../kernel/ratio.ts';
import { deductReguarantee, reportedBasis } from './cbirc-2018-1-liability-balance.ts';
import {
  type GuaranteeClass,
  type GuaranteedKind,
  type LiabilityLine,
  type LiabilityWeight,
  liabilityWeightsAt,
  weightFor,
} from './liability-weights.ts';
import type { Parameter } from './parameter.ts';
import { unverifiedOf } from './parameter.ts';

/** 合同口径: the sum of the contracts; 实际承担口径: the guarantor's own share of it. Both are always stored (BAL-12). */
export type LiabilityBasis = 'contract' | 'borne';

/** Outstanding balances of one customer in one class, in 分. `ceded` is what a re-guarantor carries of `borne`. */
export type ClassBalance = {
  readonly guaranteeClass: GuaranteeClass;
  readonly issuerRating?: string | undefined;
  readonly contract: Fen;
  readonly borne: Fen;
  readonly ceded?: Fen | undefined;
};

/** One customer (one certificate number) with the balances of all contracts summed by class. */
export type CustomerBalances = {
  readonly customer: string;
  readonly kind: GuaranteedKind;
  readonly balances: readonly ClassBalance[];
};

export type LiabilityPart = {
  readonly customer: string;
  readonly line: LiabilityLine;
  readonly title: string;
  readonly rule: string;
  readonly weight: Ratio;
  readonly outstanding: Fen;
  readonly liability: Fen;
  /** What counts for the 10%/15% concentration test. */
  readonly concentration: Fen;
  readonly concentrationWeight: Ratio;
  /** The mark of `concentrationWeight` where that differs from `weight`. */
  readonly concentrationUnverified?: string;
  readonly reason: string;
  readonly unverified?: string;
};

export type LiabilityTotal = {
  readonly outstanding: Fen;
  readonly liability: Fen;
  readonly lines: readonly Pick<LiabilityPart, 'line' | 'title' | 'rule' | 'weight' | 'outstanding' | 'liability'>[];
  readonly parts: readonly LiabilityPart[];
};

/** Both bases, and which of them the law asks to be reported. */
export type LiabilityStatement = {
  readonly asOf: Day;
  readonly contract: LiabilityTotal;
  readonly borne: LiabilityTotal;
  readonly reported: LiabilityBasis;
  readonly unverified?: string;
};

/** Where a province lets the re-guaranteed part be deducted, its own dated rule stands in for BAL-13. */
export type LocalLiabilityPolicy = { readonly deductReguarantee?: Parameter<boolean> };

/**
 * 融资担保责任余额表：What is the 融资担保责任余额 of a book on a day: Σ 在保余额 × weight, on both bases?
 *
 * The 单户 limits are tested on the customer's whole financing balance on the same basis; over the limit the whole
 * customer moves. Each part is rounded half-up to the 分, so totals equal their parts. 非融资 parts are listed at nil
 * and left out of `outstanding`. Throws NotInForce before 2018-04-02.
 */
export function liabilityStatement(
  book: readonly CustomerBalances[],
  asOf: Day,
  policy: LocalLiabilityPolicy = {},
): LiabilityStatement {
  const deduct = policy.deductReguarantee ?? deductReguarantee;
  const unverified = unverifiedOf(asOf, reportedBasis, deduct);
  const terms = { weights: liabilityWeightsAt(asOf), isDeducted: deduct.at(asOf), asOf };
  const total = (basis: LiabilityBasis) => totalOf(book.flatMap((customer) => partsOf(customer, basis, terms)));
  return {
    asOf,
    contract: total('contract'),
    borne: total('borne'),
    reported: reportedBasis.at(asOf),
    ...(unverified === undefined ? {} : { unverified }),
  };
}

/** 单户责任余额：The weighted parts of one customer on one basis, each with weight and reason; see `liabilityStatement`. */
export function liabilityOfCustomer(
  customer: CustomerBalances,
  basis: LiabilityBasis,
  asOf: Day,
  policy: LocalLiabilityPolicy = {},
): readonly LiabilityPart[] {
  const isDeducted = (policy.deductReguarantee ?? deductReguarantee).at(asOf);
  return partsOf(customer, basis, { weights: liabilityWeightsAt(asOf), isDeducted, asOf });
}

type Terms = { readonly weights: readonly LiabilityWeight[]; readonly isDeducted: boolean; readonly asOf: Day };

function partsOf(
  { customer, kind, balances }: CustomerBalances,
  basis: LiabilityBasis,
  { weights, isDeducted, asOf }: Terms,
): readonly LiabilityPart[] {
  const counted = (each: ClassBalance): Fen =>
    basis === 'contract' ? each.contract : isDeducted ? minus(each.borne, each.ceded ?? zeroFen) : each.borne;
  const customerBalance = plus(...balances.filter(isFinancing).map(counted));
  return balances.map((each) => {
    const outstanding = counted(each);
    const { row, reason, unverified } = weightFor({ ...each, kind, customerBalance }, weights, asOf);
    return {
      customer,
      line: row.line,
      title: row.title,
      rule: row.rule,
      weight: row.weight,
      outstanding,
      liability: share(outstanding, row.weight, 'half-up'),
      concentration: share(outstanding, row.concentrationWeight, 'half-up'),
      concentrationWeight: row.concentrationWeight,
      ...(row.concentrationUnverified ? { concentrationUnverified: row.concentrationUnverified } : {}),
      reason,
      ...(unverified === undefined ? {} : { unverified }),
    };
  });
}

/** What counts towards 单户在保余额: every financing guarantee; 非融资 and 保本基金 before the 条例 are outside. */
export const isFinancing = ({ guaranteeClass }: Pick<ClassBalance, 'guaranteeClass'>): boolean =>
  guaranteeClass !== 'non-financing' && guaranteeClass !== 'legacy-fund';

function totalOf(parts: readonly LiabilityPart[]): LiabilityTotal {
  const lines = new Map<LiabilityLine, LiabilityTotal['lines'][number]>();
  for (const { line, title, rule, weight, outstanding, liability } of parts) {
    const sum = lines.get(line);
    lines.set(line, {
      line,
      title,
      rule,
      weight,
      outstanding: plus(sum?.outstanding ?? zeroFen, outstanding),
      liability: plus(sum?.liability ?? zeroFen, liability),
    });
  }
  const financing = [...lines.values()].filter(({ line }) => line !== 'non-financing' && line !== 'legacy-fund');
  return {
    outstanding: plus(...financing.map((each) => each.outstanding)),
    liability: plus(...[...lines.values()].map((each) => each.liability)),
    lines: [...lines.values()],
    parts,
  };
}
