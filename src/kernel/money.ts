/**
 * Money. Stored and computed in 分 as bigint; shown in 元, 万元 or 亿元; never a float.
 * Kernel files import nothing outside this folder.
 */
import type { Ratio } from './ratio.ts';

declare const fenBrand: unique symbol;
/** An amount of money in 分 (1 元 = 100 分). Signed; may exceed 2^53. */
export type Fen = bigint & { readonly [fenBrand]: true };

/** How a quotient that is not a whole 分 is settled. Every multiplication names one; there is no default. */
export type Rounding = 'down' | 'up' | 'half-up' | 'half-even';

/** The display units of the 元/万元/亿元 switch. Storage never changes with them. */
export type MoneyUnit = '元' | '万元' | '亿元';

const fenPerUnit: Record<MoneyUnit, bigint> = { 元: 100n, 万元: 1_000_000n, 亿元: 10_000_000_000n };
const digitsOfUnit: Record<MoneyUnit, number> = { 元: 2, 万元: 6, 亿元: 10 };

export const zeroFen = 0n as Fen;

/** Brands a bigint (or a whole number of 分) as money. Throws RangeError on a fraction. */
export function fen(amount: bigint | number): Fen {
  if (typeof amount === 'number' && !Number.isSafeInteger(amount)) throw new RangeError(`不是整数分：${amount}`);
  return BigInt(amount) as Fen;
}

/**
 * Reads a decimal string in the given unit, exactly. `parseMoney('12.34', '万元')` is 12,340,000 分.
 * Returns undefined when the text is no plain decimal or is finer than one 分; never rounds.
 */
export function parseMoney(text: string, unit: MoneyUnit): Fen | undefined {
  const match = /^([+-]?)(\d{1,18})(?:\.(\d{1,12}))?$/.exec(text.trim());
  if (!match) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const digits = digitsOfUnit[unit];
  if (fraction.slice(digits).replace(/0/g, '') !== '') return undefined;
  const value = BigInt(whole) * fenPerUnit[unit] + BigInt(fraction.slice(0, digits).padEnd(digits, '0'));
  return (sign === '-' ? -value : value) as Fen;
}

/** `parseMoney(…, '元')` that throws: for literals in code, tests and wire values already checked by a contract. */
export function yuan(text: string): Fen {
  const value = parseMoney(text, '元');
  if (value === undefined) throw new RangeError(`不是元金额：${text}`);
  return value;
}

/** `parseMoney(…, '万元')` that throws: for the figures of the law, which speaks in 万元. */
export function wan(text: string | number): Fen {
  const value = parseMoney(String(text), '万元');
  if (value === undefined) throw new RangeError(`不是万元金额：${text}`);
  return value;
}

/** The decimal 元 string that crosses the wire and goes to CSV: two decimals, no separators. */
export function formatYuan(amount: Fen): string {
  const sign = amount < 0n ? '-' : '';
  const size = amount < 0n ? -amount : amount;
  return `${sign}${size / 100n}.${String(size % 100n).padStart(2, '0')}`;
}

/**
 * What people read: thousands separators, `decimals` places, rounded half-up for display only.
 * The unit is not appended: the caller prints it once, beside the figure or in the footer.
 */
export function showMoney(amount: Fen, unit: MoneyUnit, decimals = 2): string {
  const scale = 10n ** BigInt(decimals);
  const scaled = divide(amount * scale, fenPerUnit[unit], 'half-up');
  const size = scaled < 0n ? -scaled : scaled;
  const whole = String(size / scale).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const fraction = decimals === 0 ? '' : `.${String(size % scale).padStart(decimals, '0')}`;
  return `${scaled < 0n ? '-' : ''}${whole}${fraction}`;
}

export const plus = (...amounts: readonly Fen[]): Fen => amounts.reduce<bigint>((sum, each) => sum + each, 0n) as Fen;
export const minus = (from: Fen, amount: Fen): Fen => (from - amount) as Fen;
export const negate = (amount: Fen): Fen => -amount as Fen;
export const smaller = (a: Fen, b: Fen): Fen => (a < b ? a : b);
export const larger = (a: Fen, b: Fen): Fen => (a > b ? a : b);

/** amount × ratio, rounded as told. To split a sum among parties use `allocate`, never repeated `share`. */
export const share = (amount: Fen, ratio: Ratio, rounding: Rounding): Fen =>
  divide(amount * ratio.numerator, ratio.denominator, rounding) as Fen;

/** Integer division with a named rounding; 'down' and 'up' are toward and away from zero. */
export function divide(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  if (divisor === 0n) throw new RangeError('除数为零');
  const negative = dividend < 0n !== divisor < 0n;
  const a = dividend < 0n ? -dividend : dividend;
  const b = divisor < 0n ? -divisor : divisor;
  const quotient = a / b;
  const twice = (a % b) * 2n;
  const up =
    twice !== 0n &&
    (rounding === 'up' ||
      (rounding === 'half-up' && twice >= b) ||
      (rounding === 'half-even' && (twice > b || (twice === b && quotient % 2n === 1n))));
  const size = up ? quotient + 1n : quotient;
  return negative ? -size : size;
}
