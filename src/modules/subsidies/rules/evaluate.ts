import { divide } from '../../../kernel/money.ts';
import { compareRatio, type Ratio, ratio } from '../../../kernel/ratio.ts';
import { type Comparison, type Expression, type Settling, settlings, type Test } from './formula.ts';
import { showUnit, showValue } from './units.ts';

/** The values of a loan's inputs by name, in the units `inputs.ts` states. */
export type Values = Readonly<Record<string, Ratio>>;
/** One operation with its numbers, for 怎么算的. */
export type Step = { readonly text: string; readonly value: string };

/** The exact value of a checked formula. With `steps`, every operation is added in the order it is done. */
export function evaluate(of: Expression, values: Values, steps?: Step[]): Ratio {
  switch (of.kind) {
    case 'value':
      return of.value;
    case 'name':
      return of.constant ?? inputOf(of.name, values);
    case 'arithmetic': {
      const left = evaluate(of.left, values, steps);
      const right = evaluate(of.right, values, steps);
      const value = compute(of.operator, of.settling, left, right);
      steps?.push({
        text: `${describe(of.left, left)} ${of.operator}${settlingText(of.operator, of.settling)} ${describe(of.right, right)}`,
        value: showValue(value, of.unit),
      });
      return value;
    }
    case 'choice': {
      const found = of.of.map((each) => evaluate(each, values, steps));
      const isBetter = (a: Ratio, b: Ratio) => compareRatio(a, b) === (of.pick === 'min' ? -1 : 1);
      const value = found.reduce((best, each) => (isBetter(each, best) ? each : best));
      steps?.push({
        text: `${of.pick === 'min' ? '取小' : '取大'}（${of.of.map((each, index) => describe(each, found[index]!)).join('，')}）`,
        value: showValue(value, of.unit),
      });
      return value;
    }
    case 'if': {
      const isYes = holds(of.condition, values);
      steps?.push({ text: `若 ${describeTest(of.condition, values)}`, value: isYes ? '成立' : '不成立' });
      return evaluate(isYes ? of.yes : of.no, values, steps);
    }
  }
}

/** Does a checked condition hold? */
export function holds(test: Test, values: Values): boolean {
  if (test.kind !== 'compare') {
    return test.kind === 'all'
      ? test.of.every((each) => holds(each, values))
      : test.of.some((each) => holds(each, values));
  }
  return isMet(test.operator, compareRatio(evaluate(test.left, values), evaluate(test.right, values)));
}

/** The condition with the loan's numbers in it: 单户在保余额 3,000,000.00元 ≤ 5,000,000.00元. */
export function describeTest(test: Test, values: Values): string {
  if (test.kind !== 'compare')
    return test.of.map((each) => describeTest(each, values)).join(test.kind === 'all' ? ' 且 ' : ' 或 ');
  return `${describe(test.left, evaluate(test.left, values))} ${test.operator} ${describe(test.right, evaluate(test.right, values))}`;
}

const describe = (of: Expression, value: Ratio): string =>
  of.kind === 'name' ? `${of.name} ${showValue(value, of.unit)}` : showValue(value, of.unit);

const settlingText = (operator: string, settling: Settling): string =>
  operator === '×' || operator === '÷'
    ? `[${Object.entries(settlings).find(([, each]) => each === settling)?.[0]}]`
    : '';

function inputOf(name: string, values: Values): Ratio {
  const value = values[name];
  if (!value) throw new Error(`公式缺少输入项：${name}`);
  return value;
}

function compute(operator: '+' | '−' | '×' | '÷', settling: Settling, a: Ratio, b: Ratio): Ratio {
  const [numerator, denominator] =
    operator === '×'
      ? [a.numerator * b.numerator, a.denominator * b.denominator]
      : operator === '÷'
        ? [a.numerator * b.denominator, a.denominator * b.numerator]
        : [
            a.numerator * b.denominator + (operator === '+' ? 1n : -1n) * b.numerator * a.denominator,
            a.denominator * b.denominator,
          ];
  if (settling !== 'exact') return { numerator: divide(numerator, denominator, settling), denominator: 1n };
  return denominator === 1n ? { numerator, denominator } : ratio(numerator, denominator);
}

function isMet(operator: Comparison, order: -1 | 0 | 1): boolean {
  if (operator === '=') return order === 0;
  if (operator === '≥') return order >= 0;
  if (operator === '≤') return order <= 0;
  return operator === '>' ? order > 0 : order < 0;
}

/** The unit of a formula's result, as people read it. */
export const unitTextOf = (of: Expression): string => showUnit(of.unit);
