import { type Fen, showMoney } from '../../../kernel/money.ts';
import { formatDecimal, multiplyRatio, type Ratio, ratio } from '../../../kernel/ratio.ts';

type Power = number;
/** A unit as exponents of 元, 天 and 户; all zero is a ratio. Money is counted in 分. */
export type Unit = { readonly money: Power; readonly day: number; readonly household: number };

export const unit = (ofMoney: Power, day = 0, household = 0): Unit => ({ money: ofMoney, day, household });
export const ratioUnit = unit(0);
export const moneyUnit = unit(1);

/** Are these the same unit? */
export const isSameUnit = (a: Unit, b: Unit): boolean =>
  a.money === b.money && a.day === b.day && a.household === b.household;
/** The unit of a product (sign 1) or of a quotient (sign −1). */
export const combineUnits = (a: Unit, b: Unit, sign: 1 | -1): Unit =>
  unit(a.money + sign * b.money, a.day + sign * b.day, a.household + sign * b.household);

/** 元, 天, 户, 比例, 元·天, 元/户. */
export function showUnit({ money, day, household }: Unit): string {
  const parts = (
    [
      ['元', money],
      ['天', day],
      ['户', household],
    ] as const
  ).filter(([, power]) => power !== 0);
  const above = parts.filter(([, power]) => power > 0).map(([name, power]) => name.repeat(power));
  const below = parts.filter(([, power]) => power < 0).map(([name, power]) => name.repeat(-power));
  if (parts.length === 0) return '比例';
  return `${above.join('·') || '1'}${below.length > 0 ? `/${below.join('·')}` : ''}`;
}

/** A value as people read it: 1,234.50元, 40%, 92天. */
export function showValue(value: Ratio, of: Unit): string {
  if (isSameUnit(of, ratioUnit)) return `${formatDecimal(multiplyRatio(value, ratio(100)), 6)}%`;
  if (of.money === 1 && value.numerator % value.denominator === 0n) {
    return `${showMoney((value.numerator / value.denominator) as Fen, '元')}${showUnit(of)}`;
  }
  const scale = of.money > 0 ? ratio(1n, 100n ** BigInt(of.money)) : ratio(1);
  return `${formatDecimal(multiplyRatio(value, scale), 6)}${showUnit(of)}`;
}

const scales: Readonly<Record<string, { readonly unit: Unit; readonly scale: Ratio }>> = {
  '': { unit: ratioUnit, scale: ratio(1) },
  '%': { unit: ratioUnit, scale: ratio(1, 100) },
  '‰': { unit: ratioUnit, scale: ratio(1, 1000) },
  元: { unit: moneyUnit, scale: ratio(100) },
  万元: { unit: moneyUnit, scale: ratio(1_000_000) },
  亿元: { unit: moneyUnit, scale: ratio(10_000_000_000n) },
  天: { unit: unit(0, 1), scale: ratio(1) },
  户: { unit: unit(0, 0, 1), scale: ratio(1) },
  '元/户': { unit: unit(1, 0, -1), scale: ratio(100) },
  '万元/户': { unit: unit(1, 0, -1), scale: ratio(1_000_000) },
};

/** What a figure with its unit looks like inside a formula. */
export const literalPattern = /\d{1,15}(?:\.\d{1,12})?(?:[万亿]?元(?:\/户)?|[%‰天户])?/y;

/** Reads 500万元, 0.5%, 360天, 2000元/户; undefined when it is none, or money finer than one 分. */
export function parseLiteral(text: string): { readonly value: Ratio; readonly unit: Unit } | undefined {
  const match = /^(-?\d{1,15})(?:\.(\d{1,12}))?\s*(.*)$/.exec(text.trim());
  const found = match && scales[match[3] ?? ''];
  if (!match || !found) return undefined;
  const [, whole = '', fraction = ''] = match;
  const value = multiplyRatio(ratio(BigInt(whole + fraction), 10n ** BigInt(fraction.length)), found.scale);
  return found.unit.money !== 0 && value.denominator !== 1n ? undefined : { value, unit: found.unit };
}
