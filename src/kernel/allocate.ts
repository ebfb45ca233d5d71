import { divide, type Fen } from './money.ts';
import type { Ratio } from './ratio.ts';
import { addRatio, compareRatio, wholeRatio, zeroRatio } from './ratio.ts';

/** One party's claim on a sum, as an exact ratio. */
export type Portion<Party extends string> = { readonly party: Party; readonly ratio: Ratio };

/**
 * Splits a sum among parties whose ratios add up to exactly 1; the parts always add up to the sum.
 *
 * Every share is rounded half-up to the 分; what rounding leaves over or takes too much goes to
 * `remainderTo`, who is named by the contract (regulations B6). Works for negative sums (claw-backs) alike.
 * Throws RangeError when ratios do not sum to 1, a ratio is negative, or the remainder party is not among the parties.
 */
export function allocate<Party extends string>(
  sum: Fen,
  portions: readonly Portion<Party>[],
  remainderTo: Party,
): ReadonlyMap<Party, Fen> {
  const total = portions.reduce((all, each) => addRatio(all, each.ratio), zeroRatio);
  if (compareRatio(total, wholeRatio) !== 0) throw new RangeError('各方比例之和不等于100%');
  if (portions.some((each) => each.ratio.numerator < 0n)) throw new RangeError('比例不得为负');
  const parts = new Map<Party, Fen>();
  for (const { party, ratio } of portions) {
    if (parts.has(party)) throw new RangeError(`分担方重复：${party}`);
    parts.set(party, divide(sum * ratio.numerator, ratio.denominator, 'half-up') as Fen);
  }
  const own = parts.get(remainderTo);
  if (own === undefined) throw new RangeError(`尾差方不在分担方之列：${remainderTo}`);
  const given = [...parts.values()].reduce<bigint>((all, each) => all + each, 0n);
  parts.set(remainderTo, (own + sum - given) as Fen);
  return parts;
}
