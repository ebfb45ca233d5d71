import type { Day } from '../kernel/day.ts';
import { readAsSmallMicro } from './cbirc-2018-1-liability-balance.ts';
import type { GuaranteedKind } from './liability-weights.ts';
import { unverifiedOf } from './parameter.ts';

/** A guaranteed party as the book knows it: 企业, 个体工商户, 农户, 小微企业主. */
export type GuaranteedParty = {
  readonly kind: 'enterprise' | 'individual-business' | 'farmer' | 'business-owner';
  readonly sizeClass: string;
};

/** Sizes that make an enterprise 小微; 不可判定 is not among them: the heavier weight applies. */
export const smallMicroSizes = ['小型', '微型'] as const;

/**
 * 被担保人类别：As whom do the weights count this party (BAL-1, 2)? 个体工商户 and 小微企业主 count as 小微 by our reading, with its mark.
 * An enterprise that is not 小微 or 不可判定 counts as 其他; `note` says so of the latter. Throws NotInForce before 2018-04-02.
 */
export function guaranteedKind(
  { kind, sizeClass }: GuaranteedParty,
  asOf: Day,
): { readonly kind: GuaranteedKind; readonly note?: string } {
  if (kind === 'farmer') return { kind: 'farmer' };
  if (kind === 'enterprise') {
    if (smallMicroSizes.some((size) => size === sizeClass)) return { kind: 'small-micro' };
    return sizeClass === '不可判定' ? { kind: 'other', note: '企业划型不可判定，从严按其他计' } : { kind: 'other' };
  }
  const note = unverifiedOf(asOf, readAsSmallMicro);
  const counts = readAsSmallMicro.at(asOf).includes(kind);
  return { kind: counts ? 'small-micro' : 'other', ...(note === undefined ? {} : { note }) };
}
