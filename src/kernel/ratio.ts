/** An exact fraction: rates, shares and multiples are never floats. */
export type Ratio = { readonly numerator: bigint; readonly denominator: bigint };

/** numerator ÷ denominator in lowest terms. Throws RangeError when the denominator is zero. */
export function ratio(numerator: bigint | number, denominator: bigint | number = 1n): Ratio {
  let n = BigInt(numerator);
  let d = BigInt(denominator);
  if (d === 0n) throw new RangeError('分母为零');
  if (d < 0n) {
    n = -n;
    d = -d;
  }
  const divisor = gcd(n < 0n ? -n : n, d);
  return { numerator: n / divisor, denominator: d / divisor };
}

export const zeroRatio = ratio(0);
export const wholeRatio = ratio(1);

/** Reads '12.5%', '3‰', '0.125' or '15' exactly; undefined when it is none of these. */
export function parseRatio(text: string): Ratio | undefined {
  const match = /^([+-]?\d{1,15})(?:\.(\d{1,12}))?\s*([%‰]?)$/.exec(text.trim());
  if (!match) return undefined;
  const [, whole = '', fraction = '', mark] = match;
  const scale = 10n ** BigInt(fraction.length) * (mark === '%' ? 100n : mark === '‰' ? 1000n : 1n);
  return ratio(BigInt(whole + fraction), scale);
}

/** `parseRatio` that throws; for the figures of the law: `percent('10%')`. */
export function percent(text: string): Ratio {
  const value = parseRatio(text);
  if (!value) throw new RangeError(`不是比率：${text}`);
  return value;
}

/** a ÷ b of two amounts in the same unit; null where b is zero: "no rate" is neither 0 nor infinite (IND edge rule). */
export const quotient = (a: bigint, b: bigint): Ratio | null => (b === 0n ? null : ratio(a, b));

/** −1, 0 or 1 as a is below, equal to or above b; exact. */
export function compareRatio(a: Ratio, b: Ratio): -1 | 0 | 1 {
  const left = a.numerator * b.denominator;
  const right = b.numerator * a.denominator;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** a + b, exact. */
export const addRatio = (a: Ratio, b: Ratio): Ratio =>
  ratio(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
/** a × b, exact. */
export const multiplyRatio = (a: Ratio, b: Ratio): Ratio =>
  ratio(a.numerator * b.numerator, a.denominator * b.denominator);

/** A plain decimal with at most `places` digits, rounded half-up: what is stored in numeric columns and crosses the wire. */
export function formatDecimal(value: Ratio, places = 8): string {
  const scale = 10n ** BigInt(places);
  const size = value.numerator < 0n ? -value.numerator : value.numerator;
  const scaled = (size * scale * 2n + value.denominator) / (value.denominator * 2n);
  const text = `${scaled / scale}.${String(scaled % scale).padStart(places, '0')}`.replace(/\.?0+$/, '');
  return value.numerator < 0n && scaled !== 0n ? `-${text}` : text;
}

/** '12.50%': what people read. */
export function showPercent(value: Ratio, places = 2): string {
  const [whole = '0', fraction = ''] = formatDecimal(multiplyRatio(value, ratio(100)), places).split('.');
  return places === 0 ? `${whole}%` : `${whole}.${fraction.padEnd(places, '0')}%`;
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
