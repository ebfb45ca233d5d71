import { allocate } from '../../../kernel/allocate.ts';
import type { Fen } from '../../../kernel/money.ts';
import type { Payer } from '../contract.ts';
import { describeTest, evaluate, holds, type Step, type Values } from './evaluate.ts';
import { type LoanFacts, snapshotOf, valuesOf } from './inputs.ts';
import type { CheckedCondition, Scheme } from './scheme.ts';

/** What of a loan the conditions that are no formula look at; kept with the entitlement. */
export type Kind = { readonly primaryTag: number; readonly sizeClass: string };

/** One certificate row under one scheme. `failed`: null eligible; 0 another scheme of the purpose pays; n the n-th condition. */
export type Entitled = {
  readonly scheme: Scheme;
  readonly failed: number | null;
  readonly inputs: Readonly<Record<string, string>>;
  readonly computed: bigint;
  readonly overlapCut: bigint;
  readonly capCut: bigint;
  readonly amount: bigint;
  readonly split: Readonly<Record<Payer, bigint>>;
};

/** What earlier rows of the same year have used of the caps; one per run and year. */
export class YearSoFar {
  readonly #paid = new Map<string, bigint>();
  readonly #households = new Set<string>();

  /** 1 the first time a newly disbursed loan of this customer is met at this guarantor. */
  newHousehold(loan: Pick<LoanFacts, 'guarantorId' | 'identityHash' | 'newAmount'>): 0 | 1 {
    if (loan.newAmount <= 0n) return 0;
    const key = `${loan.guarantorId}/${loan.identityHash}`;
    if (this.#households.has(key)) return 0;
    this.#households.add(key);
    return 1;
  }

  /**
   * What of `wanted` fits: the loan's sum of the year stays between 0 and the cap, so that a claim reversed later in the
   * year takes back what it gave and no more.
   */
  take(
    loan: Pick<LoanFacts, 'guarantorId' | 'guaranteeId'>,
    schemeId: number,
    wanted: bigint,
    cap: bigint | null,
  ): bigint {
    if (wanted === 0n) return 0n;
    const key = `${loan.guarantorId}/${loan.guaranteeId}/${schemeId}`;
    const before = this.#paid.get(key) ?? 0n;
    const raw = before + wanted;
    const after = raw < 0n ? 0n : cap !== null && raw > cap ? cap : raw;
    if (after !== before) this.#paid.set(key, after);
    return after - before;
  }
}

/** What every scheme gives for one certificate row; `schemes` in order of priority, so that overlap is decided one way only. */
export function entitle(loan: LoanFacts, schemes: readonly Scheme[], year: YearSoFar): Entitled[] {
  const paidFor = new Map<string, bigint>();
  return schemes.map((scheme) => {
    const values = valuesOf(scheme.inputNames, loan);
    const inputs = {
      ...snapshotOf(scheme.inputNames, loan),
      主标签: String(loan.primaryTag),
      划型: loan.sizeClass,
    };
    const none = { scheme, inputs, computed: 0n, overlapCut: 0n, capCut: 0n, amount: 0n, split: nothing };
    const failed = firstFailed(scheme.conditions, values, loan);
    if (failed !== null) return { ...none, failed };
    const computed = wholeOf(evaluate(scheme.formula, values));
    const other = paidFor.get(scheme.purpose) ?? 0n;
    if (other !== 0n && scheme.overlap === 'refuse') return { ...none, computed, overlapCut: computed, failed: 0 };
    const wanted = other === 0n || computed < 0n ? computed : computed > other ? computed - other : 0n;
    const amount = year.take(loan, scheme.schemeId, wanted, scheme.loanCap);
    paidFor.set(scheme.purpose, other + amount);
    return {
      ...none,
      failed: null,
      computed,
      overlapCut: computed - wanted,
      capCut: wanted - amount,
      amount,
      split: splitOf(amount, scheme),
    };
  });
}

/** Who pays how much of one loan's amount; the parts sum to it. */
export function splitOf(amount: bigint, scheme: Pick<Scheme, 'portions' | 'remainderTo'>): Record<Payer, bigint> {
  if (amount === 0n) return nothing;
  const parts = allocate(amount as Fen, scheme.portions, scheme.remainderTo);
  return { province: parts.get('province')!, city: parts.get('city')!, county: parts.get('county')! };
}
const nothing: Record<Payer, bigint> = { province: 0n, city: 0n, county: 0n };

/** The number (from 1) of the first condition the loan does not meet; null when it meets all. */
export function firstFailed(conditions: readonly CheckedCondition[], values: Values, kind: Kind): number | null {
  const index = conditions.findIndex((each) => !isMet(each, values, kind));
  return index < 0 ? null : index + 1;
}

/** Every condition with the loan's own figures in it, and whether it holds. */
export const describeConditions = (conditions: readonly CheckedCondition[], values: Values, kind: Kind) =>
  conditions.map((each) => ({
    title: each.title,
    text: describeCondition(each, values, kind),
    holds: isMet(each, values, kind),
  }));

/** The formula's result again with its steps. */
export function explainFormula(scheme: Pick<Scheme, 'formula'>, values: Values): { computed: bigint; steps: Step[] } {
  const steps: Step[] = [];
  return { computed: wholeOf(evaluate(scheme.formula, values, steps)), steps };
}

export const tagTitles: Readonly<Record<number, string>> = { 0: '其他', 1: '支小', 2: '支农', 4: '支新', 8: '支创' };

function isMet(condition: CheckedCondition, values: Values, kind: Kind): boolean {
  if (condition.kind === 'tag') return (kind.primaryTag & condition.mask) !== 0;
  if (condition.kind === 'size') return condition.anyOf.includes(kind.sizeClass);
  return holds(condition.test, values);
}

function describeCondition(condition: CheckedCondition, values: Values, kind: Kind): string {
  if (condition.kind === 'tag')
    return `主标签为${tagTitles[kind.primaryTag] ?? '未知'}，要求${condition.anyOf.join('、')}`;
  if (condition.kind === 'size') return `划型为${kind.sizeClass}，要求${condition.anyOf.join('、')}`;
  return describeTest(condition.test, values);
}

function wholeOf(value: { numerator: bigint; denominator: bigint }): bigint {
  if (value.numerator % value.denominator !== 0n) throw new Error('公式的结果不足一分');
  return value.numerator / value.denominator;
}
