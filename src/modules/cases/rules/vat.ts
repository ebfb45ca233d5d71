import { cite } from '../../../kernel/article.ts';
import type { Day } from '../../../kernel/day.ts';
import { type VatExemptParty, vatExemptParties } from '../../../law/mof-sta-2023-18-vat.ts';

export type VatMark = { readonly isExempt: boolean; readonly reason: string; readonly unverified: string | null };

const partyOf = (kind: string, sizeClass: string): VatExemptParty | undefined => {
  if (kind === 'farmer') return '农户';
  if (kind === 'individual-business') return '个体工商户';
  if (kind === 'enterprise' && sizeClass === '小型') return '小型企业';
  if (kind === 'enterprise' && sizeClass === '微型') return '微型企业';
  return undefined;
};

/** GOV-12 担保费免征增值税：Is the fee for this customer exempt on the day? 不可判定 and 小微企业主 are not: the notice does not name them. */
export function vatMark(customer: { kind: string; sizeClass: string }, on: Day): VatMark {
  if (!vatExemptParties.isInForce(on))
    return { isExempt: false, reason: `${on} 没有有效的免征规定，请核对税收政策`, unverified: null };
  const version = vatExemptParties.versionAt(on);
  const party = partyOf(customer.kind, customer.sizeClass);
  const isExempt = party !== undefined && version.value.includes(party);
  return {
    isExempt,
    reason: isExempt
      ? `被担保人为${party}，担保费免征增值税，须单独核算（${cite(version.source)}）`
      : `被担保人不属于${version.value.join('、')}，担保费应计增值税（${cite(version.source)}）`,
    unverified: version.unverified ?? null,
  };
}
