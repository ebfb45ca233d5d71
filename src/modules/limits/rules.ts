import { allocate } from '../../kernel/allocate.ts';
import { type Fen, formatYuan, minus, share, showMoney, smaller } from '../../kernel/money.ts';
import {
  addRatio,
  compareRatio,
  formatDecimal,
  multiplyRatio,
  percent,
  type Ratio,
  ratio,
  showPercent,
  wholeRatio,
  zeroRatio,
} from '../../kernel/ratio.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { showRatio } from '../../law/parameter.ts';
import type { IndicatorCode, LineFormula, LineWorking } from './contract.ts';

/** What is known of an indicator: its value (a grade's letter as text), where it comes from. Null: not known. */
export type IndicatorFact = { readonly value: Ratio | string | null; readonly source: string };
/** Facts behind a yearly line: last year's re-guaranteed volume in 分, the part of it without a bank share, and the eight indicators. */
export type LineFacts = {
  readonly lastVolume: Fen;
  readonly lastNonSharing: Fen;
  readonly indicators: Readonly<Record<IndicatorCode, IndicatorFact>>;
};

/**
 * 年度额度：授信额度 = 上年度再担保规模 × (1 + 增长率) × 额度系数, rounded down to the 分. 系数 = least + (most − least) × Σ weight × score;
 * a score lies between 0 and 1. An indicator that is not known is left out and its weight spread over the others (N/A is not 0).
 * Four groups: with or without a bank share, each with the part for state-owned borrowers; they add up to the line.
 */
export function yearlyLine(facts: LineFacts, formula: LineFormula): { amount: Fen; working: LineWorking } {
  const scored = formula.indicators.map((each) => {
    const fact = facts.indicators[each.code];
    return { ...each, fact, ...scoreOf(each, fact) };
  });
  const known = scored.filter((each) => each.score !== null);
  const weights = sum(known.map((each) => percent(each.weight)));
  const points = sum(known.map((each) => multiplyRatio(percent(each.weight), each.score as Ratio)));
  const weightedScore =
    weights.numerator === 0n
      ? zeroRatio
      : ratio(points.numerator * weights.denominator, points.denominator * weights.numerator);
  const [least, most] = [percent(formula.coefficient.least), percent(formula.coefficient.most)];
  const spread = addRatio(most, ratio(-least.numerator, least.denominator));
  const coefficient = addRatio(least, multiplyRatio(spread, weightedScore));
  const growth = percent(formula.growth);
  const amount = share(facts.lastVolume, multiplyRatio(addRatio(wholeRatio, growth), coefficient), 'down');
  const left = scored.filter((each) => each.score === null).map((each) => each.title);
  return {
    amount,
    working: {
      lastVolume: formatYuan(facts.lastVolume),
      lastNonSharing: formatYuan(facts.lastNonSharing),
      growth: formula.growth,
      indicators: scored.map((each) => ({
        code: each.code,
        title: each.title,
        value:
          each.fact.value === null || typeof each.fact.value === 'string'
            ? each.fact.value
            : formatDecimal(each.fact.value, 6),
        target: each.target,
        weight: each.weight,
        score: each.score === null ? null : formatDecimal(each.score, 6),
        text: each.text,
        source: each.fact.source,
      })),
      weightedScore: formatDecimal(weightedScore, 6),
      coefficient: formatDecimal(coefficient, 6),
      text:
        `额度 = 上年再担保规模 ${shown(facts.lastVolume)} × (1 + ${showRatio(growth)}) × 系数 ${formatDecimal(coefficient, 6)} = ${shown(amount)} 元；` +
        `系数 = ${formula.coefficient.least} + (${formula.coefficient.most} − ${formula.coefficient.least}) × 综合得分 ${formatDecimal(weightedScore, 6)}` +
        (left.length > 0 ? `；${left.join('、')}缺数据，权重由其余指标按比例承担` : ''),
      groups: groupsOf(amount, facts, formula),
    },
  };
}

function scoreOf(
  indicator: LineFormula['indicators'][number],
  { value }: IndicatorFact,
): { score: Ratio | null; text: string } {
  if (value === null) return { score: null, text: '没有数据，不计分' };
  if (typeof value === 'string') {
    const found = indicator.grades?.[value];
    return found === undefined
      ? { score: null, text: `等级 ${value} 不在评分表中，不计分` }
      : { score: percent(found), text: `等级 ${value} 得 ${found}` };
  }
  const target = percent(indicator.target ?? '1');
  const valueText = (each: Ratio) =>
    indicator.code === 'leverage' ? `${formatDecimal(each, 4)}倍` : showPercent(each);
  const part = ratio(value.numerator * target.denominator, value.denominator * target.numerator);
  const score =
    indicator.kind === 'floor' ? clamp(part) : clamp(addRatio(ratio(2), ratio(-part.numerator, part.denominator)));
  const how =
    indicator.kind === 'floor'
      ? `${valueText(value)} ÷ 目标 ${valueText(target)}`
      : `2 − ${valueText(value)} ÷ 上限 ${valueText(target)}`;
  return { score, text: `${how}，限于 0–1，得 ${formatDecimal(score, 4)}` };
}

const shown = (amount: Fen): string => showMoney(amount, '元');
const clamp = (value: Ratio): Ratio =>
  compareRatio(value, zeroRatio) < 0 ? zeroRatio : compareRatio(value, wholeRatio) > 0 ? wholeRatio : value;
const sum = (all: readonly Ratio[]): Ratio => all.reduce(addRatio, zeroRatio);

/** 四组: 非分险 first (last year's × the given part, at most the whole line), 分险 is the rest; each with its 国企 sub-limit. */
function groupsOf(amount: Fen, { lastNonSharing }: LineFacts, formula: LineFormula): LineWorking['groups'] {
  const nonSharing = smaller(amount, share(lastNonSharing, percent(formula.nonSharing), 'down'));
  const sharing = minus(amount, nonSharing);
  const owned = percent(formula.stateOwned);
  const rest = addRatio(wholeRatio, ratio(-owned.numerator, owned.denominator));
  const part = (title: string, code: string, whole: Fen, why: string) => {
    const parts = allocate(
      whole,
      [
        { party: 'owned', ratio: owned },
        { party: 'others', ratio: rest },
      ],
      'others',
    );
    return [
      {
        code: `${code}-state`,
        title: `${title}（国企子限额）`,
        amount: formatYuan(parts.get('owned') as Fen),
        text: `${shown(whole)} × ${showRatio(owned)}`,
      },
      { code: `${code}-other`, title: `${title}（其他）`, amount: formatYuan(parts.get('others') as Fen), text: why },
    ];
  };
  return [
    ...part('银担分险额度', 'sharing', sharing, `额度 ${shown(amount)} − 非分险 ${shown(nonSharing)} − 国企子限额`),
    ...part(
      '非银担分险额度',
      'non-sharing',
      nonSharing,
      `上年非分险 ${shown(lastNonSharing)} × ${showRatio(percent(formula.nonSharing))}（不超过额度） − 国企子限额`,
    ),
  ];
}

/** Is a formula whole: weights adding up to 1, the coefficient's ends in order, a target or grades for each indicator? */
export function checkFormula(formula: LineFormula): Refusal[] {
  const weights = sum(formula.indicators.map((each) => percent(each.weight)));
  const bare = formula.indicators.filter((each) =>
    each.kind === 'grade' ? !each.grades : each.target === null || percent(each.target).numerator <= 0n,
  );
  const isUpsideDown = compareRatio(percent(formula.coefficient.least), percent(formula.coefficient.most)) > 0;
  return [
    ...(compareRatio(weights, wholeRatio) === 0
      ? []
      : [{ code: 'weights-not-whole', field: 'terms', message: `各指标权重合计 ${showPercent(weights)}，须为 100%` }]),
    ...(isUpsideDown ? [{ code: 'coefficient-upside-down', field: 'terms', message: '系数下限大于上限' }] : []),
    ...bare.map((each) => ({ code: 'indicator-bare', field: 'terms', message: `「${each.title}」没有目标值或等级表` })),
  ];
}

/** A bank line and its allocation as asked for; amounts in 分. */
export type LineCommand = {
  readonly amount: Fen;
  readonly allocations: readonly { guarantorId: number; productCode: string | null; amount: Fen }[];
};

/** 统一授信分配：Do the allocations stay within the line, each party and product once? Every refusal, with the figures. */
export function checkAllocation({ amount, allocations }: LineCommand): Refusal[] {
  const total = allocations.reduce((all, each) => all + each.amount, 0n) as Fen;
  const keys = allocations.map((each) => `${each.guarantorId} ${each.productCode ?? ''}`);
  return [
    ...(amount > 0n ? [] : [{ code: 'amount-not-positive', field: 'amount', message: '授信额度须大于零' }]),
    ...(total <= amount
      ? []
      : [
          {
            code: 'allocated-above-line',
            field: 'allocations',
            message: `分配合计超过授信额度 ${formatYuan(minus(total, amount))} 元，请调减`,
            figures: { 授信额度: formatYuan(amount), 分配合计: formatYuan(total) },
          },
        ]),
    ...(new Set(keys).size === keys.length
      ? []
      : [{ code: 'allocated-twice', field: 'allocations', message: '同一机构、同一产品分配了两次，请合并为一行' }]),
    ...(allocations.some((each) => each.amount < 0n)
      ? [{ code: 'allocation-negative', field: 'allocations', message: '分配额度不得为负' }]
      : []),
  ];
}
