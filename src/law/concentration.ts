import type { Day } from '../kernel/day.ts';
import { type Fen, formatYuan, plus, share, zeroFen } from '../kernel/money.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { netAssetsDeduction, ratedBondConcentrationWeight } from './cbirc-2018-1-liability-balance.ts';
import { showRatio, unverifiedOf } from './parameter.ts';
import { article16, relatedGroupCap, singleCustomerCap } from './state-council-order-683.ts';

/**
 * In 分: counted net assets (see `countedNetAssets`), and the 责任余额 the guarantor already carries for the customer and for
 * its related group (which includes the customer), measured by the concentration weights of `liabilityOfCustomer`.
 */
export type Exposure = { readonly netAssets: Fen; readonly toCustomer: Fen; readonly toGroup: Fen };

/**
 * 集中度检查：May `added` be taken on without breaching the concentration caps of article 16?
 *
 * asOf: the day the guarantee takes effect. Returns every refusal that applies; an empty list means allowed. On nil or negative
 * net assets any exposure is refused. Throws NotInForce before 2017-10-01.
 */
export function concentration(added: Fen, exposure: Exposure, asOf: Day): Refusal[] {
  const base = exposure.netAssets < 0n ? zeroFen : exposure.netAssets;
  const unverified = unverifiedOf(asOf, netAssetsDeduction);
  const check = (code: string, cap: typeof singleCustomerCap, carried: Fen): Refusal[] => {
    const after = plus(carried, added);
    const limit = share(base, cap.at(asOf), 'down');
    if (after <= limit || after <= 0n) return [];
    const room = limit > carried ? formatYuan((limit - carried) as Fen) : '0.00';
    return [
      {
        code,
        message: `超过${cap.title}（净资产的${showRatio(cap.at(asOf))}），本次最多可新增责任余额${room}元`,
        article: article16,
        figures: { 新增后责任余额: formatYuan(after), 上限: formatYuan(limit), 净资产: formatYuan(exposure.netAssets) },
        ...(unverified === undefined ? {} : { unverified }),
      },
    ];
  };
  return [
    ...check('single-customer-cap', singleCustomerCap, exposure.toCustomer),
    ...check('related-group-cap', relatedGroupCap, exposure.toGroup),
  ];
}

/** 债券担保集中度折算：What a bond of an issuer rated AA or better counts for the concentration test (BAL-10), with the mark it carries. */
export function ratedBondExposure(outstanding: Fen, asOf: Day): { readonly amount: Fen; readonly unverified?: string } {
  const unverified = unverifiedOf(asOf, ratedBondConcentrationWeight);
  return {
    amount: share(outstanding, ratedBondConcentrationWeight.at(asOf), 'half-up'),
    ...(unverified === undefined ? {} : { unverified }),
  };
}
