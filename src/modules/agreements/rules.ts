import type { Day } from '../../kernel/day.ts';
import {
  addRatio,
  compareRatio,
  formatDecimal,
  percent,
  type Ratio,
  showPercent,
  wholeRatio,
  zeroRatio,
} from '../../kernel/ratio.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import type { Programme } from '../../law/programme.ts';
import { checkRiskSplit } from '../../law/programme-checks.ts';
import { bankShareFloor } from '../../law/state-council-2019-6.ts';

export type VersionTerms = {
  readonly from: Day;
  readonly to: Day | null;
  readonly bankShare: string;
  readonly guarantorShare: string;
  readonly provinceShare: string;
  readonly fundShare: string;
  readonly otherShare: string;
  readonly feeRate: string;
  readonly claimRatioCap: string | null;
};

/** Do the shares make a whole, the days a span, and does the span leave the earlier versions alone? */
export function checkVersion(
  terms: VersionTerms,
  earlier: readonly { version: number; from: Day; to: Day | null }[],
): Refusal[] {
  const refusals: Refusal[] = [];
  const shares = [terms.bankShare, terms.guarantorShare, terms.provinceShare, terms.fundShare, terms.otherShare].map(
    (text) => percent(text),
  );
  const sum = shares.reduce<Ratio>((total, each) => addRatio(total, each), zeroRatio);
  if (shares.some((each) => each.numerator < 0n))
    refusals.push({ code: 'share-negative', field: 'shares', message: '分担比例不得为负' });
  if (compareRatio(sum, wholeRatio) !== 0) {
    refusals.push({
      code: 'shares-not-whole',
      field: 'shares',
      message: '各方分担比例之和须为100%',
      figures: { 合计: showPercent(sum) },
    });
  }
  if (terms.to !== null && terms.to < terms.from)
    refusals.push({ code: 'ends-before-start', field: 'to', message: '失效日早于生效日' });
  const clash = earlier.find(
    (each) =>
      (terms.to === null || each.from <= terms.to) &&
      (each.to === null || each.to >= terms.from) &&
      each.from >= terms.from,
  );
  if (clash) {
    const message = `与第 ${clash.version} 版（自 ${clash.from} 起）的期间重叠，请调整生效日`;
    refusals.push({ code: 'version-overlap', field: 'from', message });
  }
  return refusals;
}

/**
 * 分担比例合规：Do the shares obey 国办发〔2019〕6号 and the programme of the product on the day the version begins? Without a programme only the
 * bank's floor is asked. Sci-tech is asked at its highest tier: which tier a borrower is in is asked case by case. Before 2019 nothing.
 */
export function checkShares(terms: VersionTerms, programme: Programme | null): Refusal[] {
  if (!bankShareFloor.isInForce(terms.from)) return [];
  const split = {
    bank: percent(terms.bankShare),
    direct: percent(terms.guarantorShare),
    province: percent(terms.provinceShare),
    fund: percent(terms.fundShare),
    others: percent(terms.otherShare),
  };
  const refusals = checkRiskSplit(split, programme ?? 'ordinary', terms.from, { tier: 'specialized' });
  return refusals
    .filter(({ code }) => (programme === null ? code === 'bank-share-floor' : code !== 'risk-split-sum'))
    .map((each) => ({ ...each, field: 'shares' }));
}

/** A share as the ten-digit decimal its column holds. */
export const shareColumn = (text: string): string => formatDecimal(percent(text), 10);
