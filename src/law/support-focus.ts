import type { Day } from '../kernel/day.ts';
import type { Fen } from '../kernel/money.ts';
import { compareRatio, quotient, type Ratio } from '../kernel/ratio.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { focusCustomerLimit, type SmallMicroStatus, smallMicroScope } from './mof-2025-11.ts';
import { type Parameter, showLimit } from './parameter.ts';
import { type Term, termOf } from './programme.ts';
import type { SizeClass } from './size-class.ts';
import {
  articleProhibitions,
  averageFeeCeiling,
  type Purpose,
  policyAims,
  prohibitedPurposes,
  purposeTitles,
  smallTicketLimit,
  smallTicketShareFloor,
  supportShareFloor,
} from './state-council-2019-6.ts';

/** 政策口径小微认定：Is this customer 小微 for policy on the day? 个体工商户 and 小微企业主 count since 2025-03-01 only (CLS-3). */
export function isSmallMicroForPolicy(
  customer: { readonly size: SizeClass } | { readonly status: '个体工商户' | '小微企业主' },
  asOf: Day,
): boolean {
  const statusOfSize: Partial<Record<SizeClass, SmallMicroStatus>> = { 小型: '小型企业', 微型: '微型企业' };
  const status = 'status' in customer ? customer.status : statusOfSize[customer.size];
  return status !== undefined && smallMicroScope.at(asOf).includes(status);
}

/** An indicator against its bound: `actual` and `isMet` are null where there is no rate. */
export type FocusMeasure = {
  readonly code: 'support-share' | 'small-ticket-share' | 'average-fee';
  readonly actual: Ratio | null;
  readonly bound: Term<Ratio>;
  readonly isMet: boolean | null;
};

/**
 * Guarantee amounts in 分, each customer's business counted once though it be 小微 and 三农 both. `smallTicket` is the part of
 * `support` with customers up to 500 万元.
 */
export type FocusFacts = {
  readonly support: Fen;
  readonly smallTicket: Fen;
  readonly total: Fen;
  readonly averageFee: Ratio | null;
};

/** 支小支农主业指标：How does a guarantor stand against 支小支农 ≥ 80%, 500万元以下 ≥ 50% of that, average fee ≤ 1%? Throws NotInForce before 2019-01-22. */
export function focusMeasures(facts: FocusFacts, asOf: Day): readonly FocusMeasure[] {
  const measure = (
    code: FocusMeasure['code'],
    actual: Ratio | null,
    bound: Parameter<Ratio>,
    meets: (order: number) => boolean,
  ): FocusMeasure => ({
    code,
    actual,
    bound: termOf(bound, asOf),
    isMet: actual === null ? null : meets(compareRatio(actual, bound.at(asOf))),
  });
  const atLeast = (order: number) => order >= 0;
  return [
    measure('support-share', quotient(facts.support, facts.total), supportShareFloor, atLeast),
    measure('small-ticket-share', quotient(facts.smallTicket, facts.support), smallTicketShareFloor, atLeast),
    measure('average-fee', facts.averageFee, averageFeeCeiling, (order) => order <= 0),
  ];
}

/**
 * 单户金额分档：Which size band of policy a customer's guarantee amount (分) falls into: at most 500 万元, at most 1000 万元 (the focus since
 * 2025-03-01), or above. Before 2025-03-01 there is no middle band.
 */
export function ticketBand(customerAmount: Fen, asOf: Day): { readonly band: 1 | 2 | 3; readonly title: string } {
  const small = smallTicketLimit.at(asOf);
  const focus = focusCustomerLimit.isInForce(asOf) ? focusCustomerLimit.at(asOf) : small;
  if (customerAmount <= small) return { band: 1, title: `单户${showLimit(small)}及以下` };
  if (customerAmount <= focus) return { band: 2, title: `单户${showLimit(small)}至${showLimit(focus)}` };
  return { band: 3, title: `单户${showLimit(focus)}以上` };
}

/** 禁止业务检查：Is the purpose among what a government-backed guarantor must not do (GOV-8)? */
export function checkPurpose(purposes: readonly Purpose[], asOf: Day): Refusal[] {
  const banned = prohibitedPurposes.at(asOf);
  return purposes
    .filter((each) => banned.includes(each))
    .map((each) => ({
      code: `prohibited-${each}`,
      message: `政府性融资担保机构不得${purposeTitles[each]}`,
      article: articleProhibitions,
    }));
}

/** 原则性要求：The aims that bind no single case (fewer counter-guarantees, 尽职免责, no profit target), for approval and evaluation pages. */
export const aimsOn = (asOf: Day): Term<readonly string[]> => termOf(policyAims, asOf);
