import type { Portion } from '../../../kernel/allocate.ts';
import type { Article } from '../../../kernel/article.ts';
import type { Day } from '../../../kernel/day.ts';
import { type Fen, parseMoney } from '../../../kernel/money.ts';
import { addRatio, compareRatio, parseRatio, wholeRatio } from '../../../kernel/ratio.ts';
import type { Refusal } from '../../../kernel/refusal.ts';
import type { Condition, NewVersion, Payer, SchemeKind } from '../contract.ts';
import { type Expression, inputsOf, type Name, type Names, parseAmount, parseTest, type Test } from './formula.ts';
import { inputs } from './inputs.ts';
import { FormulaError } from './tokens.ts';
import { isSameUnit, moneyUnit, parseLiteral, showUnit } from './units.ts';

/** A scheme version as stored: text, not yet checked. */
export type VersionText = NewVersion;
/** A condition ready to be asked. */
export type CheckedCondition =
  | { readonly kind: 'tag'; readonly title: string; readonly anyOf: readonly string[]; readonly mask: number }
  | { readonly kind: 'size'; readonly title: string; readonly anyOf: readonly string[] }
  | { readonly kind: 'expression'; readonly title: string; readonly expression: string; readonly test: Test };

/** A version checked and ready to run over any number of loans. */
export type Checked = {
  readonly formula: Expression;
  readonly formulaText: string;
  readonly conditions: readonly CheckedCondition[];
  /** Names of inputs the formula and the conditions use, in order of first use. */
  readonly inputNames: readonly string[];
  readonly loanCap: Fen | null;
  readonly guarantorCap: Fen | null;
  readonly portions: readonly Portion<Payer>[];
  readonly remainderTo: Payer;
  readonly overlap: 'refuse' | 'offset';
  readonly priority: number;
  readonly isPlaceholder: boolean;
};
/** A version with whose it is and when it holds. */
export type Scheme = Checked & {
  readonly schemeId: number;
  readonly versionId: number;
  readonly code: string;
  readonly title: string;
  readonly kind: SchemeKind;
  readonly purpose: string;
  readonly from: Day;
  readonly to: Day | null;
  readonly article: Article;
  readonly document: string;
  readonly contentHash: string;
};

export const tagBits: Readonly<Record<string, number>> = { 支小: 1, 支农: 2, 支新: 4, 支创: 8 };

/** May this version be entered? Every reason against it, or the version ready to run. */
export function checkVersion(version: VersionText): { checked: Checked } | { refusals: readonly Refusal[] } {
  const refusals: Refusal[] = [];
  const refuse = (code: string, message: string, field: string) => refusals.push({ code, message, field });
  const names = namesOf(version, refuse);
  const formula = attempt(() => parseAmount(version.formula, names), 'formula', '公式', refuse);
  if (formula && !isSameUnit(formula.unit, moneyUnit)) {
    refuse('formula-not-money', `公式的结果须为金额（元），现为${showUnit(formula.unit)}`, 'formula');
  } else if (formula && !formula.isWhole) {
    refuse('formula-not-rounded', '公式的结果可能不足一分：请为最后一次乘除写明取整方式，如 ×[四舍五入]', 'formula');
  }
  const conditions = version.conditions.map((each, index) => checkCondition(each, index, names, refuse));
  const shares = (['province', 'city', 'county'] as const).map((party) => ({
    party,
    ratio: parseRatio(version.shares[party]) ?? wholeRatio,
  }));
  const sum = shares.reduce((all, each) => addRatio(all, each.ratio), { numerator: 0n, denominator: 1n });
  if (compareRatio(sum, wholeRatio) !== 0 || shares.some((each) => each.ratio.numerator < 0n)) {
    refuse('shares-not-whole', '省、市、县三级分担比例须均不为负，且合计100%', 'shares');
  }
  if (refusals.length > 0 || !formula) return { refusals };
  const tests = conditions.flatMap((each) => (each?.kind === 'expression' ? [each.test] : []));
  return {
    checked: {
      formula,
      formulaText: version.formula,
      conditions: conditions.filter((each) => each !== undefined),
      inputNames: [...new Set([...inputsOf(formula), ...tests.flatMap(inputsOf)])],
      loanCap: version.loanCap === null ? null : (parseMoney(version.loanCap, '元') ?? null),
      guarantorCap: version.guarantorCap === null ? null : (parseMoney(version.guarantorCap, '元') ?? null),
      portions: shares,
      remainderTo: version.remainderTo,
      overlap: version.overlap,
      priority: version.priority,
      isPlaceholder: version.placeholder,
    },
  };
}

type Refuse = (code: string, message: string, field: string) => void;

function namesOf(version: VersionText, refuse: Refuse): Names {
  const names = new Map<string, Name>(inputs);
  version.constants.forEach(({ name, value }, index) => {
    const field = `constants.${index}`;
    const literal = parseLiteral(value);
    if (!/^[\p{Script=Han}A-Za-z_][\p{Script=Han}A-Za-z0-9_]*$/u.test(name)) {
      refuse('constant-name', `常数名“${name}”只能用汉字、字母、数字和下划线，且不以数字开头`, field);
    } else if (names.has(name) || ['且', '或', '若', '取小', '取大'].includes(name)) {
      refuse('constant-name-taken', `“${name}”已是输入项、常数或运算的名称，请换一个`, field);
    } else if (!literal) {
      refuse(
        'constant-value',
        `常数“${name}”的值“${value}”须为数值加单位（元、万元、%、‰、天、户、元/户），金额不细于一分`,
        field,
      );
    } else {
      const isPositive = literal.value.numerator > 0n;
      names.set(name, {
        unit: literal.unit,
        isPositive,
        isWhole: literal.value.denominator === 1n,
        constant: literal.value,
      });
    }
  });
  return names;
}

function checkCondition(
  condition: Condition,
  index: number,
  names: Names,
  refuse: Refuse,
): CheckedCondition | undefined {
  const { title } = condition;
  if (condition.kind === 'tag') {
    const mask = condition.anyOf.reduce((bits, each) => bits | (tagBits[each] ?? 0), 0);
    return { kind: 'tag', title, anyOf: condition.anyOf, mask };
  }
  if (condition.kind === 'size') return { kind: 'size', title, anyOf: condition.anyOf };
  const field = `conditions.${index}`;
  const test = attempt(() => parseTest(condition.expression, names), field, `条件“${title}”`, refuse);
  return test && { kind: 'expression', title, expression: condition.expression, test };
}

function attempt<T>(parse: () => T, field: string, what: string, refuse: Refuse): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    refuse('formula-malformed', `${what}${error.message}`, field);
    return undefined;
  }
}
