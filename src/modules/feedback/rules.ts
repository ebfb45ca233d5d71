import { type Fen, formatYuan } from '../../kernel/money.ts';
import { formatDecimal, type Ratio, ratio } from '../../kernel/ratio.ts';

/** What may be done with a metric: amounts and counts add up; distinct counts and ratios never do. */
export type Additivity = 'amount' | 'count' | 'distinct' | 'ratio';
type Unit = '元' | '户' | '笔' | '比例' | '无';

/** One figure of a certificate: what it is, its unit, how it is worked out. */
export type Metric<A extends Additivity = Additivity> = {
  readonly additivity: A;
  readonly title: string;
  readonly unit: Unit;
  readonly formula: string;
};
const amount = (title: string, formula: string, unit: Unit = '元'): Metric<'amount'> => ({
  additivity: 'amount',
  title,
  unit,
  formula,
});
const count = (title: string, formula: string): Metric<'count'> => ({
  additivity: 'count',
  title,
  unit: '笔',
  formula,
});
const distinct = (title: string, formula: string): Metric<'distinct'> => ({
  additivity: 'distinct',
  title,
  unit: '户',
  formula,
});
const rate = (title: string, formula: string): Metric<'ratio'> => ({
  additivity: 'ratio',
  title,
  unit: '比例',
  formula,
});

/** Every figure of a certificate, in the order pages show them; contract.ts has the same keys. */
export const metrics = {
  guaranteeCount: count('在保笔数', '季末在保余额大于零的保函笔数'),
  households: distinct('在保户数', '季末在保的客户按证件摘要去重（跨机构只计一户）'),
  outstanding: amount('在保余额（合同口径）', 'Σ 季末未解除的主债权本金'),
  outstandingActual: amount(
    '在保余额（实际承担口径）',
    'Σ 逐笔（在保余额 × 担保责任金额 ÷ 主债权金额），每笔四舍五入到分',
  ),
  newCount: count('新增笔数', '季内放款（减冲正）大于零的保函笔数'),
  newHouseholds: distinct('新增户数', '季内有放款的客户按证件摘要去重'),
  newAmount: amount('新增担保额（合同口径）', 'Σ 季内放款本金 − 冲正'),
  newActual: amount('新增担保额（实际承担口径）', 'Σ 逐笔（季内放款 × 担保责任金额 ÷ 主债权金额），每笔四舍五入到分'),
  claimCount: count('代偿笔数', '季内代偿本金大于零的保函笔数'),
  claimAmount: amount('代偿本金（合同口径）', 'Σ 季内代偿涉及的主债权本金 − 冲正'),
  claimCash: amount('代偿金额（实际支付）', 'Σ 季内担保机构实际支付的代偿款 − 冲正'),
  recoveryAmount: amount('追偿回收', 'Σ 季内追偿回收 − 冲正'),
  feeIncome: amount('担保费收入（减退费）', 'Σ 季内收取担保费 − 退费 − 冲正'),
  releasedAmount: amount('解除担保额', 'Σ 季内还款、解保、代偿解除的本金 − 冲正'),
  yearClaimAmount: amount('本年累计代偿本金', 'Σ 年初至季末代偿涉及的主债权本金 − 冲正'),
  yearReleasedAmount: amount('本年累计解除担保额', 'Σ 年初至季末还款、解保、代偿解除的本金 − 冲正'),
  balanceDays: amount('季内余额积数（分·天）', 'Σ 逐日在保余额（合同口径）', '无'),
  focusOutstanding: amount('支小支农在保余额', 'Σ 标签含支小或支农的在保余额（合同口径）'),
  focusSmallOutstanding: amount('其中单户500万元及以下', 'Σ 同上，且该户全省在保余额不超过500万元'),
  feeTermAmount: amount('费率权数（分·天）', 'Σ 新增担保额 × 担保天数', '无'),
  feeWeighted: amount('费率加权数（分·天·百万分之一）', 'Σ 新增担保额 × 担保天数 × 年费率 × 1000000', '无'),
  averageFeeRate: rate('年化平均担保费率', 'Σ(担保额×年化费率×期限) ÷ Σ(担保额×期限)'),
  claimRatio: rate('担保代偿率（本年）', '本年累计代偿本金 ÷ 本年累计解除担保额'),
  smallShare: rate('单户500万元及以下占比', '单户500万元及以下支小支农在保余额 ÷ 支小支农在保余额'),
} as const satisfies Record<string, Metric>;

export type MetricKey = keyof typeof metrics;
type KeysOf<A extends Additivity> = {
  [K in MetricKey]: (typeof metrics)[K]['additivity'] extends A ? K : never;
}[MetricKey];
/** Keys of metrics that may be added: the only ones `sumValues` takes. */
export type AdditiveKey = KeysOf<'amount' | 'count'>;
/** Keys of metrics that must be counted anew at every level. */
export type DistinctKey = KeysOf<'distinct'>;
/** Keys of metrics that must be divided anew at every level. */
export type RatioKey = KeysOf<'ratio'>;

const keysOf = <K extends MetricKey>(...kinds: Additivity[]): readonly K[] =>
  (Object.keys(metrics) as MetricKey[]).filter((key) => kinds.includes(metrics[key].additivity)) as K[];
export const metricKeys = Object.keys(metrics) as readonly MetricKey[];
export const additiveKeys = keysOf<AdditiveKey>('amount', 'count');
export const distinctKeys = keysOf<DistinctKey>('distinct');
export const ratioKeys = keysOf<RatioKey>('ratio');

/** The lines: p… by primary tag, which add up to total; a… by any tag, which overlap. */
export const lines = ['total', 'p1', 'p2', 'p4', 'p8', 'p0', 'a1', 'a2', 'a4', 'a8'] as const;
export type Line = (typeof lines)[number];
/** Lines that overlap one another and must not be added. */
export const isOverlapping = (line: Line): boolean => line.startsWith('a');

/** What a certificate states: per line, additive and distinct values (分 or counts). Ratios are derived by `ratioOf`. */
export type LineValues = Readonly<Record<AdditiveKey | DistinctKey, bigint>>;
export type Figures = Readonly<Record<Line, LineValues>>;

/** The additive values of a larger region out of its parts; distinct ones cannot be had this way and are asked for. */
export function sumFigures(parts: readonly Figures[], distinctOf: (line: Line, key: DistinctKey) => bigint): Figures {
  return mapLines((line) => ({
    ...valuesOf(additiveKeys, (key) => sumValues(parts, line, key)),
    ...valuesOf(distinctKeys, (key) => distinctOf(line, key)),
  }));
}

/** Σ of an additive metric over parts that do not overlap. */
export const sumValues = (parts: readonly Figures[], line: Line, key: AdditiveKey): bigint =>
  parts.reduce((sum, part) => sum + part[line][key], 0n);

/** Nothing at all: an honest zero in every place. */
export const nilFigures: Figures = mapLines(() => ({
  ...valuesOf(additiveKeys, () => 0n),
  ...valuesOf(distinctKeys, () => 0n),
}));

/** What a restatement changed, additive metrics only (a difference of distinct counts or ratios has no records behind it). */
export type Delta = Readonly<Record<Line, Readonly<Record<AdditiveKey, bigint>>>>;
/** After less before, line by line. */
export const deltaOf = (before: Figures, after: Figures): Delta =>
  mapLines((line) => valuesOf(additiveKeys, (key) => after[line][key] - before[line][key]));

const parts: Readonly<Record<RatioKey, readonly [over: AdditiveKey, under: AdditiveKey, scale: bigint]>> = {
  averageFeeRate: ['feeWeighted', 'feeTermAmount', 1_000_000n],
  claimRatio: ['yearClaimAmount', 'yearReleasedAmount', 1n],
  smallShare: ['focusSmallOutstanding', 'focusOutstanding', 1n],
};

/** Numerator and denominator of a ratio, for 怎么算的. */
export const partsOf = (key: RatioKey): { over: AdditiveKey; under: AdditiveKey } => ({
  over: parts[key][0],
  under: parts[key][1],
});

/** A ratio from the exact sums of its own level; null where there is nothing to divide by: neither 0 nor infinite (IND edge rule). */
export function ratioOf(key: RatioKey, values: Readonly<Record<AdditiveKey, bigint>>): Ratio | null {
  const [over, under, scale] = parts[key];
  return values[under] === 0n ? null : ratio(values[over], values[under] * scale);
}

export const isRatio = (key: MetricKey): key is RatioKey => metrics[key].additivity === 'ratio';

/** A figure as it crosses the wire: 元 with two decimals, digits, or a decimal ratio; null where there is no such ratio. */
export function wireValue(key: MetricKey, values: LineValues): string | null {
  if (isRatio(key)) {
    const value = ratioOf(key, values);
    return value && formatDecimal(value);
  }
  return metrics[key].unit === '元' ? formatYuan(values[key] as Fen) : String(values[key]);
}

/** Which tags make a loan count in a line; undefined for the total. Bits: 1 支小 2 支农 4 支新 8 支创. */
export function tagOf(line: Line): { readonly primary: boolean; readonly tag: number } | undefined {
  return line === 'total' ? undefined : { primary: line.startsWith('p'), tag: Number(line.slice(1)) };
}

/** 'SX-2026Q3-140105-01': province, quarter, region, version. */
export const certificateNumber = (quarter: string, regionCode: number, version: number): string =>
  `${provinceMarks[Math.floor(regionCode / 10000)] ?? 'CN'}-${quarter.replace('-', '')}-${regionCode}-${String(version).padStart(2, '0')}`;
const provinceMarks: Readonly<Record<number, string>> = { 14: 'SX' };

/** What stands in the way of making a certificate final. `today` after the last day of objections; nothing left open. */
export type FinalityFacts = {
  readonly number: string;
  readonly status: string;
  readonly objectionUntil: string;
  readonly openObjections: number;
  readonly unsettledObjections: number;
  readonly unfinishedParts: number;
  /** Parties of the region that have not confirmed; null where the region has none. */
  readonly unconfirmed: readonly string[] | null;
};

/** May it be made final on `asOf`? Every reason against; empty means yes. */
export function finality(facts: FinalityFacts, asOf: string): { code: string; message: string }[] {
  const no = (applies: boolean, code: string, message: string) =>
    applies ? [{ code, message: `${facts.number}：${message}` }] : [];
  if (facts.status !== 'published')
    return no(true, 'not-published', facts.status === 'final' ? '已经定稿' : '已被更正凭证取代');
  return [
    ...no(
      asOf <= facts.objectionUntil && (facts.unconfirmed === null || facts.unconfirmed.length > 0),
      'window-open',
      `异议期至 ${facts.objectionUntil}（含当日）未满，次日起可定稿；${facts.unconfirmed?.join('、') ?? '各方'}确认无异议后可提前定稿`,
    ),
    ...no(facts.openObjections > 0, 'objections-open', `还有 ${facts.openObjections} 件异议未答复，请先答复`),
    ...no(
      facts.unsettledObjections > 0,
      'objections-unsettled',
      `有 ${facts.unsettledObjections} 件成立的异议尚未出具更正凭证`,
    ),
    ...no(facts.unfinishedParts > 0, 'parts-not-final', `所辖还有 ${facts.unfinishedParts} 个县区凭证未定稿`),
  ];
}

function mapLines<T>(of: (line: Line) => T): Record<Line, T> {
  return Object.fromEntries(lines.map((line) => [line, of(line)])) as Record<Line, T>;
}
function valuesOf<K extends string>(keys: readonly K[], of: (key: K) => bigint): Record<K, bigint> {
  return Object.fromEntries(keys.map((key) => [key, of(key)])) as Record<K, bigint>;
}
