import type { Article } from '../kernel/article.ts';
import type { Day } from '../kernel/day.ts';
import { type Fen, formatYuan, minus } from '../kernel/money.ts';
import { compareRatio, formatDecimal, quotient, type Ratio, showPercent } from '../kernel/ratio.ts';
import type { Refusal } from '../kernel/refusal.ts';
import {
  articleRaisedCap,
  netAssetsDeduction,
  raisedCapBalanceShare,
  raisedCapHouseholdShare,
} from './cbirc-2018-1-liability-balance.ts';
import { showRatio, unverifiedOf } from './parameter.ts';
import { article15, ordinaryLeverageCap, raisedLeverageCap } from './state-council-order-683.ts';

/** Non-consolidated net assets and, within them, equity stakes in other guarantee and re-guarantee companies, in 分. */
export type NetAssetsFacts = { readonly netAssets: Fen; readonly stakesInGuarantors: Fen };

/** 计量净资产：The net assets that multiple and concentration are measured against (BAL-11), with what was deducted. */
export function countedNetAssets(facts: NetAssetsFacts, asOf: Day) {
  const unverified = unverifiedOf(asOf, netAssetsDeduction);
  return {
    counted: minus(facts.netAssets, facts.stakesInGuarantors),
    deducted: netAssetsDeduction.isInForce(asOf) ? netAssetsDeduction.at(asOf) : '对其他融资担保公司的股权投资',
    ...(unverified === undefined ? {} : { unverified }),
  };
}

/** 在保余额 (分) and 户数 of the financing book; `support` is 小微企业 and 农户 together, each customer once. */
export type SupportMix = {
  readonly supportBalance: Fen;
  readonly totalBalance: Fen;
  readonly supportHouseholds: number;
  readonly totalHouseholds: number;
};

export type LeverageCap = {
  readonly cap: Ratio;
  readonly isRaised: boolean;
  /** Null where the book is empty: no rate. */
  readonly balanceShare: Ratio | null;
  readonly householdShare: Ratio | null;
  /** Chinese: why this cap. */
  readonly reason: string;
  readonly articles: readonly Article[];
  readonly unverified?: string;
};

/**
 * 放大倍数上限：Which multiple may the guarantor reach: 10, or 15 when 小微企业 and 农户 hold ≥ 50% of the balance and ≥ 80% of the
 * customers (BAL-9)? Before those conditions existed (2018-04-02) it is 10. Throws NotInForce before the 条例.
 */
export function leverageCap(mix: SupportMix, asOf: Day): LeverageCap {
  const ordinary = ordinaryLeverageCap.at(asOf);
  const balanceShare = quotient(mix.supportBalance, mix.totalBalance);
  const householdShare = quotient(BigInt(mix.supportHouseholds), BigInt(mix.totalHouseholds));
  const shares = { balanceShare, householdShare };
  if (!raisedCapBalanceShare.isInForce(asOf)) {
    const reason = `提高倍数上限的条件尚未施行，上限为${showRatio(ordinary)}`;
    return { cap: ordinary, isRaised: false, ...shares, reason, articles: [article15] };
  }
  const needs = [
    { title: '在保余额占比', actual: balanceShare, floor: raisedCapBalanceShare.at(asOf) },
    { title: '户数占比', actual: householdShare, floor: raisedCapHouseholdShare.at(asOf) },
  ];
  const missed = needs.filter(({ actual, floor }) => actual === null || compareRatio(actual, floor) < 0);
  const told = (missed.length === 0 ? needs : missed)
    .map(
      ({ title, actual, floor }) =>
        `小微企业和农户${title}${actual === null ? '—' : showPercent(actual)}（须不低于${showRatio(floor)}）`,
    )
    .join('，');
  const cap = missed.length === 0 ? raisedLeverageCap.at(asOf) : ordinary;
  const unverified = unverifiedOf(asOf, raisedCapBalanceShare, raisedCapHouseholdShare);
  return {
    cap,
    isRaised: missed.length === 0,
    ...shares,
    reason: `${told}，上限为${showRatio(cap)}`,
    articles: [article15, articleRaisedCap],
    ...(unverified === undefined ? {} : { unverified }),
  };
}

/** 放大倍数：放大倍数 = 责任余额 ÷ counted net assets; null where net assets are nil or negative: no multiple, not infinity. */
export const leverageMultiple = (liability: Fen, counted: Fen): Ratio | null =>
  counted > 0n ? quotient(liability, counted) : null;

/**
 * 放大倍数检查：Does the 责任余额 stay within the cap of article 15? An empty list means yes. Any liability on nil or negative net assets is
 * refused. The mark of an unverified condition comes along, also where the ordinary cap applied because it was missed.
 */
export function checkLeverage(liability: Fen, assets: NetAssetsFacts, mix: SupportMix, asOf: Day): Refusal[] {
  const limit = leverageCap(mix, asOf);
  const { counted, unverified: assetsMark } = countedNetAssets(assets, asOf);
  const multiple = leverageMultiple(liability, counted);
  if (liability <= 0n || (multiple !== null && compareRatio(multiple, limit.cap) <= 0)) return [];
  const unverified = [limit.unverified, assetsMark].filter(Boolean).join('；');
  return [
    {
      code: 'leverage-cap',
      message: `融资担保责任余额超过净资产的${showRatio(limit.cap)}：${limit.reason}。须压降责任余额或补充资本`,
      article: article15,
      figures: {
        责任余额: formatYuan(liability),
        计量净资产: formatYuan(counted),
        放大倍数: multiple === null ? '—' : `${formatDecimal(multiple, 4)}倍`,
        上限: showRatio(limit.cap),
      },
      ...(unverified === '' ? {} : { unverified }),
    },
  ];
}
