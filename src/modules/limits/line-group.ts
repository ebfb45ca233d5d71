import { compareRatio, percent } from '../../kernel/ratio.ts';

/** The four groups of a yearly line: with or without a bank share, and of either the part of state-owned borrowers. */
export type LineGroup = 'sharing-state' | 'sharing-other' | 'non-sharing-state' | 'non-sharing-other';
export const lineGroups = ['sharing-state', 'sharing-other', 'non-sharing-state', 'non-sharing-other'] as const;

const sharingFrom = percent('0.2');

/** 分配组：The group a business falls under; the same answer as `limits.line_group` of the database. Null: the province does not share it. */
export function lineGroupOf(
  agreement: { readonly provinceShare: string; readonly bankShare: string },
  isStateOwned: boolean | null,
): LineGroup | null {
  if (percent(agreement.provinceShare).numerator <= 0n) return null;
  const part = compareRatio(percent(agreement.bankShare), sharingFrom) >= 0 ? 'sharing' : 'non-sharing';
  return `${part}-${isStateOwned ? 'state' : 'other'}`;
}
