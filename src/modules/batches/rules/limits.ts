import { cite } from '../../../kernel/article.ts';
import { type Day, yearOf } from '../../../kernel/day.ts';
import { type Fen, formatYuan, larger, minus, plus, share, smaller, zeroFen } from '../../../kernel/money.ts';
import { compareRatio, percent, type Ratio, showPercent } from '../../../kernel/ratio.ts';

import { showLimit, showRatio } from '../../../law/parameter.ts';
import { article16, relatedGroupCap, singleCustomerCap } from '../../../law/state-council-order-683.ts';
import type { Candidate, CapBasis, Cited } from './facts.ts';
import { claimRoom, isTripped, type Meter } from './meter.ts';
import type { RowReasons } from './reasons.ts';
import type { CustomerState, Weigher } from './weigh.ts';

/** One bound that many rows use up together; `used` moves with every accepted row. */
export type Bound = {
  readonly code: string;
  readonly title: string;
  readonly limit: Fen;
  used: Fen;
  readonly remedy: string;
} & Cited;

/** What a guarantor's rows are bounded by; amounts in 分. Bounds that are not set are null: nothing to ask. */
export type GuarantorRoom = {
  readonly guarantorId: number;
  /** Counted net assets with the mark they carry; null where none are recorded. */
  readonly counted: { readonly amount: Fen; readonly unverified?: string | undefined } | null;
  readonly leverage: Bound | null;
  readonly bankLine: Bound | null;
  /** The yearly line counts business that starts this year and is shared by the province. */
  readonly yearly: Bound | null;
  /** Claim meters of this bank and product: by year of start, and by agreement version. */
  readonly cohorts: ReadonlyMap<number, Meter>;
  readonly versions: ReadonlyMap<string, Meter>;
  /** The version's key in `versions`. */
  versionKey(agreementId: number, version: number): string;
};

const yuanText = (amount: Fen): string => `${formatYuan(amount)}元`;

/**
 * 额度与集中度：May the candidate be taken on after every accepted row before it? Adds each limit it would pass, with the room that is
 * left; when there is none, takes it in: customer, group and guarantor move. Limits: 单户与集团集中度, 放大倍数, 产品单户上限, 费率, 银行
 * 统一授信, 年度额度, 代偿率熔断.
 */
export function admit(
  row: Candidate,
  customer: CustomerState,
  room: GuarantorRoom,
  weigher: Weigher,
  today: Day,
  reasons: RowReasons,
): boolean {
  const cls = row.product.guaranteeClass;
  const after = weigher.withAdded(customer, cls, row.principal);
  checkConcentration(customer, after.exposure, room, today, reasons);
  checkCaps(row, customer, reasons);
  checkFee(row, customer, reasons);
  const liability = larger(zeroFen, minus(after.liability, customer.liability));
  const isYearly = isOfYearlyLine(row, today);
  checkBound(room.leverage, liability, reasons);
  checkBound(room.bankLine, row.principal, reasons);
  if (isYearly) checkBound(room.yearly, row.principal, reasons);
  checkClaims(row, room, reasons);
  if (!reasons.isEmpty) return false;
  const change = minus(after.exposure, customer.exposure);
  weigher.add(customer, cls, row.principal, after);
  if (customer.group) customer.group.exposure = plus(customer.group.exposure, change);
  customer.committed = plus(customer.committed, row.principal);
  customer.balance = plus(customer.balance, row.principal);
  if (room.leverage) room.leverage.used = plus(room.leverage.used, liability);
  if (room.bankLine) room.bankLine.used = plus(room.bankLine.used, row.principal);
  if (isYearly && room.yearly) room.yearly.used = plus(room.yearly.used, row.principal);
  return true;
}

const isOfYearlyLine = (row: Candidate, today: Day): boolean =>
  yearOf(row.startsOn) === yearOf(today) && row.agreement.split.province.numerator > 0n;

function checkBound(bound: Bound | null, added: Fen, reasons: RowReasons): void {
  if (!bound) return;
  const after = plus(bound.used, added);
  if (after <= bound.limit || added <= 0n) return;
  const left = larger(zeroFen, minus(bound.limit, bound.used));
  const figures = { 上限: formatYuan(bound.limit), 本行之前已用: formatYuan(bound.used), 本行: formatYuan(added) };
  const { source: clause, unverified } = bound;
  reasons.refuseOn(bound.code, 'principal', `超过${bound.title}，尚余${yuanText(left)}`, bound.remedy, {
    clause,
    unverified,
    figures,
  });
}

/** 条例第十六条, of the customer and of its group, on 合同口径; the law had no cap before 2017-10-01, and none without net assets. */
function checkConcentration(
  customer: CustomerState,
  exposureAfter: Fen,
  { counted }: GuarantorRoom,
  today: Day,
  reasons: RowReasons,
): void {
  if (!counted) return;
  const base = larger(zeroFen, counted.amount);
  const check = (code: string, title: string, cap: typeof singleCustomerCap, before: Fen, after: Fen) => {
    const limit = cap.isInForce(today) ? share(base, cap.at(today), 'down') : undefined;
    if (limit === undefined || after <= limit || after <= 0n) return;
    const left = larger(zeroFen, minus(limit, before));
    const message = `超过${title}（净资产的${showRatio(cap.at(today))}），本行最多可新增责任余额${yuanText(left)}`;
    const remedy = '请减少金额、等存量压降后重送，或改由其他机构承保';
    const figures = { 新增后责任余额: formatYuan(after), 上限: formatYuan(limit), 净资产: formatYuan(counted.amount) };
    const unverified = [counted.unverified, ...customer.notes].filter(Boolean).join('；');
    reasons.refuseOn(code, 'principal', message, remedy, {
      article: article16,
      clause: cite(article16),
      unverified,
      figures,
    });
  };
  const { exposure, group } = customer;
  check('single-customer-cap', '单一被担保人集中度上限', singleCustomerCap, exposure, exposureAfter);
  if (group) {
    const after = plus(group.exposure, minus(exposureAfter, exposure));
    check('related-group-cap', '被担保人及关联方集中度上限', relatedGroupCap, group.exposure, after);
  }
}

/** What the row brings the customer to on a basis: the same reading as in products and limits (合同口径, all products together). */
function measured(basis: CapBasis, customer: CustomerState, principal: Fen): Fen {
  if (basis === '单笔担保金额') return principal;
  const before = basis === '单户在保余额' ? customer.balance : customer.committed;
  return plus(before, customer.reserved, principal);
}

function checkCaps({ product, principal }: Candidate, customer: CustomerState, reasons: RowReasons): void {
  for (const { basis, amount, source: clause, unverified } of product.caps) {
    const after = measured(basis, customer, principal);
    if (after <= amount) continue;
    const left = larger(zeroFen, minus(amount, minus(after, principal)));
    const message = `${basis}将为${yuanText(after)}，超过产品「${product.title}」上限${showLimit(amount)}`;
    const remedy =
      left > 0n ? `本行不超过${yuanText(smaller(left, principal))}，或改走其他产品` : '请待存量压降，或改走其他产品';
    const figures = { [basis]: formatYuan(after), 上限: formatYuan(amount) };
    reasons.refuseOn(`product-cap-${basisCodes[basis]}`, 'principal', message, remedy, { clause, unverified, figures });
  }
}
const basisCodes: Readonly<Record<CapBasis, string>> = {
  单户担保金额: 'guaranteed',
  单户在保余额: 'balance',
  单户授信担保额度: 'credit',
  单笔担保金额: 'single',
};

/** The ceiling is chosen by what the customer's guarantees come to with this row (GOV-4). */
function checkFee({ product, principal, feeRate }: Candidate, customer: CustomerState, reasons: RowReasons): void {
  const total = plus(customer.committed, principal);
  const ceiling = product.feeCeilings.find(({ upTo }) => upTo === null || total <= upTo);
  if (!ceiling || compareRatio(rateOf(feeRate), ceiling.ceiling) <= 0) return;
  const message = `年担保费率 ${showPercent(rateOf(feeRate), 4)} 高于上限${showRatio(ceiling.ceiling)}`;
  const { source: clause, unverified } = ceiling;
  reasons.refuseOn('fee-ceiling', 'feeRate', message, `请把费率降到${showRatio(ceiling.ceiling)}以内`, {
    clause,
    unverified,
    figures: { 客户担保合计: formatYuan(total) },
  });
}

const rates = new Map<string, Ratio>();
function rateOf(text: string): Ratio {
  let rate = rates.get(text);
  if (!rate) {
    rate = percent(text);
    if (rates.size < 10_000) rates.set(text, rate);
  }
  return rate;
}

/** 熔断: while claims of the row's cohort, or of its agreement version, stand above what the releases allow, nothing new comes in. */
function checkClaims(row: Candidate, room: GuarantorRoom, reasons: RowReasons): void {
  const { claimCap } = row.product;
  const { agreement } = row;
  if (!claimCap?.suspends) return;
  const ratio = agreement.claimRatioCap ? percent(agreement.claimRatioCap) : claimCap.ratio;
  const source = agreement.claimRatioCap ? agreement.document : claimCap.source;
  const year = yearOf(row.startsOn);
  const checks = [
    ['claim-cap-cohort', `${year}年批次`, room.cohorts.get(year)],
    ['claim-cap-agreement', '本协议本版', room.versions.get(room.versionKey(agreement.agreementId, agreement.version))],
  ] as const;
  for (const [code, title, meter] of checks) {
    if (!meter || !isTripped(meter, ratio)) continue;
    const figures = {
      累计代偿: formatYuan(meter.paid),
      累计解除: formatYuan(meter.released),
      可代偿额度: formatYuan(claimRoom(meter, ratio).limit),
    };
    const message = `${title}代偿率已超过上限${showRatio(ratio)}，按约定熔断，暂停新增`;
    reasons.refuseOn(code, 'startsOn', message, '待追偿或解保使代偿率回落后重送；超出部分由银行承担', {
      clause: source,
      unverified: claimCap.unverified,
      figures,
    });
  }
}

/** A bound with nothing used yet is still a bound; used by those who set them up. */
export const boundOf = (made: Omit<Bound, 'unverified'> & { unverified?: string | null | undefined }): Bound => ({
  ...made,
  unverified: made.unverified ?? null,
});
