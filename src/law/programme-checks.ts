import { addMonths, type Day } from '../kernel/day.ts';
import { type Fen, formatYuan } from '../kernel/money.ts';
import { addRatio, compareRatio, quotient, type Ratio, showPercent, wholeRatio, zeroRatio } from '../kernel/ratio.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { articleSciTechFees, type SciTechTier, sciTechAllowedCharges, sciTechAllowsMedium } from './mof-2024-60.ts';
import { articlePrivateEligibility, privateCleanYears } from './mof-2026-6.ts';
import { showLimit, showRatio, unverifiedOf } from './parameter.ts';
import { type Programme, programmeTerms, programmeTitles, type Term, termOf } from './programme.ts';
import {
  articleFees,
  articleRiskShares,
  bankShareShiftBanned,
  fundShareFloor,
  largeTicketFeeCeiling,
  provinceNotBelowFund,
  reguaranteeFeeBase,
  smallTicketFeeCeiling,
  smallTicketLimit,
} from './state-council-2019-6.ts';

/** Who carries which part of the risk; the five add up to 1. `direct` is the guarantor itself. */
export type RiskSplit = {
  readonly bank: Ratio;
  readonly direct: Ratio;
  readonly province: Ratio;
  readonly fund: Ratio;
  readonly others: Ratio;
};

/**
 * 风险分担比例检查：Does a risk split obey 国办发〔2019〕6号 and its programme? Every refusal that applies; an empty list means yes.
 *
 * The floors of fund and province bind only where the fund takes part (fund > 0); the plans replace "province not below
 * fund" by their own floors. `isShiftedBack`: the bank hands its share back by side agreement or deposit (GOV-7).
 */
export function checkRiskSplit(
  split: RiskSplit,
  programme: Programme,
  asOf: Day,
  { tier, isShiftedBack = false }: { readonly tier?: SciTechTier; readonly isShiftedBack?: boolean } = {},
): Refusal[] {
  const refusals: Refusal[] = [];
  const parts = [split.bank, split.direct, split.province, split.fund, split.others];
  if (compareRatio(parts.reduce(addRatio, zeroRatio), wholeRatio) !== 0 || parts.some((each) => each.numerator < 0n)) {
    refusals.push({
      code: 'risk-split-sum',
      message: '各方风险责任比例之和须为100%，且均不得为负',
      article: articleRiskShares,
      figures: { 合计: showPercent(parts.reduce(addRatio, zeroRatio)) },
    });
  }
  const terms = programmeTerms(programme, asOf, tier);
  const below = (code: string, actual: Ratio, floor: Term<Ratio>): void => {
    if (compareRatio(actual, floor.value) < 0) refusals.push(bounded(code, '低于', actual, floor));
  };
  const above = (code: string, actual: Ratio, ceiling: Term<Ratio>): void => {
    if (compareRatio(actual, ceiling.value) > 0) refusals.push(bounded(code, '高于', actual, ceiling));
  };
  below('bank-share-floor', split.bank, terms.bankShareFloor);
  const system = addRatio(addRatio(split.direct, split.province), split.fund);
  if (terms.systemShareCeiling) above('system-share-ceiling', system, terms.systemShareCeiling);
  if (split.fund.numerator > 0n) {
    above('fund-share-ceiling', split.fund, terms.fundShareCeiling);
    below('fund-share-floor', split.fund, termOf(fundShareFloor, asOf));
    if (terms.provinceShareFloor) below('province-share-floor', split.province, terms.provinceShareFloor);
    else if (programme === 'ordinary' && provinceNotBelowFund.at(asOf)) {
      below('province-below-fund', split.province, { ...termOf(provinceNotBelowFund, asOf), value: split.fund });
    }
  }
  if (isShiftedBack && bankShareShiftBanned.at(asOf)) {
    refusals.push({
      code: 'bank-share-shifted-back',
      message: '银行应分担的风险不得以抽屉协议、保证金等形式转回担保机构',
      article: articleRiskShares,
      ...marked(unverifiedOf(asOf, bankShareShiftBanned)),
    });
  }
  return refusals;
}

/** 单户上限检查：May a customer reach `amount` (分, on the basis `programmeTerms` names) within the programme? */
export function checkCustomerCap(programme: Programme, amount: Fen, asOf: Day, tier?: SciTechTier): Refusal[] {
  const cap = programmeTerms(programme, asOf, tier).customerCap;
  if (amount <= cap.value) return [];
  return [
    {
      code: 'programme-customer-cap',
      message: `${cap.basis}超过${programmeTitles[programme]}的上限${showLimit(cap.value)}，请减少金额或改走其他业务`,
      article: cap.article,
      figures: { [cap.basis]: formatYuan(amount), 上限: formatYuan(cap.value) },
      ...marked(cap.unverified),
    },
  ];
}

/** 代偿率 against its cap: null where nothing was released (no rate), and `isWithin` null with it. */
export type ClaimRatio = { readonly ratio: Ratio | null; readonly cap: Term<Ratio>; readonly isWithin: boolean | null };

/** 代偿率检查：担保代偿率 = 期间累计代偿额 ÷ 期间累计解除担保额 (RGU-4), against the programme's cap on the day. */
export function claimRatio(programme: Programme, paid: Fen, released: Fen, asOf: Day, tier?: SciTechTier): ClaimRatio {
  const cap = programmeTerms(programme, asOf, tier).claimRatioCap;
  const ratio = quotient(paid, released);
  return { ratio, cap, isWithin: ratio === null ? null : compareRatio(ratio, cap.value) <= 0 };
}

/** 再担保费率上限：The highest annual 再担保费率 for a guarantee of `amount` in 分, and what it is charged on. */
export function reguaranteeFeeCeiling(programme: Programme, amount: Fen, asOf: Day, tier?: SciTechTier) {
  const { small, large, boundary } = programmeTerms(programme, asOf, tier).reguaranteeFee;
  return { ceiling: amount <= boundary.value ? small : large, base: termOf(reguaranteeFeeBase, asOf) };
}

/** 担保费率检查：Is the annual 担保费率 for a customer guaranteed with `customerAmount` (分) within 国办发〔2019〕6号 (GOV-4)? */
export function checkFeeRate(customerAmount: Fen, annualRate: Ratio, asOf: Day): Refusal[] {
  const ceiling = customerAmount <= smallTicketLimit.at(asOf) ? smallTicketFeeCeiling : largeTicketFeeCeiling;
  if (compareRatio(annualRate, ceiling.at(asOf)) <= 0) return [];
  return [{ ...bounded('fee-rate-ceiling', '高于', annualRate, termOf(ceiling, asOf)), article: articleFees }];
}

/** 科创专项收费检查：Are only interest and guarantee fee charged in the sci-tech plan (GOV-25)? One refusal naming all others. */
export function checkSciTechCharges(charges: readonly string[], asOf: Day): Refusal[] {
  const allowed = sciTechAllowedCharges.at(asOf);
  const others = charges.filter((each) => !allowed.includes(each));
  if (others.length === 0) return [];
  return [
    {
      code: 'sci-tech-charges',
      message: `科创专项只可收取${allowed.join('、')}，不得收取${others.join('、')}`,
      article: articleSciTechFees,
    },
  ];
}

/** 科创专项中型企业准入：May a medium-sized enterprise be taken into the sci-tech plan? Only while the guarantor meets its 支小支农 share (GOV-26). */
export const acceptsMediumInSciTech = (meetsSupportShare: boolean, asOf: Day): boolean =>
  sciTechAllowsMedium.at(asOf) && meetsSupportShare;

/** What the private-investment plan asks of a borrower. */
export type PrivateBorrower = {
  readonly isListedAbnormal: boolean;
  readonly isListedDishonest: boolean;
  readonly isRestrictedIndustry: boolean;
  readonly lastMajorViolationOn?: Day;
};

/** 民间投资专项借款人条件：May this borrower enter the private-investment plan of 财金〔2026〕6号 on the day? Every reason against it. */
export function checkPrivateBorrower(borrower: PrivateBorrower, asOf: Day): Refusal[] {
  const years = privateCleanYears.at(asOf);
  const last = borrower.lastMajorViolationOn;
  const faults: readonly (readonly [boolean, string, string])[] = [
    [borrower.isListedAbnormal, 'abnormal', '列入经营异常名录'],
    [borrower.isListedDishonest, 'dishonest', '列入严重失信名单'],
    [borrower.isRestrictedIndustry, 'restricted-industry', '属于禁止、限制或淘汰类项目'],
    [
      last !== undefined && last <= asOf && addMonths(last, years * 12) > asOf,
      'violation',
      `近${years}年有重大安全、质量、环保或税务违法`,
    ],
  ];
  return faults
    .filter(([isFault]) => isFault)
    .map(([, code, fault]) => ({
      code: `private-plan-${code}`,
      message: `借款人${fault}，不符合民间投资专项担保计划条件`,
      article: articlePrivateEligibility,
    }));
}

function bounded(code: string, word: '低于' | '高于', actual: Ratio, bound: Term<Ratio>): Refusal {
  return {
    code,
    message: `${showPercent(actual)}${word}${bound.title}${showRatio(bound.value)}`,
    article: bound.article,
    figures: { 实际: showPercent(actual), 标准: showRatio(bound.value) },
    ...marked(bound.unverified),
  };
}

const marked = (unverified: string | undefined) => (unverified === undefined ? {} : { unverified });
