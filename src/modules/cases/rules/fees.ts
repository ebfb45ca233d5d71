import { allocate } from '../../../kernel/allocate.ts';
import { addMonths, type Day, daysBetween } from '../../../kernel/day.ts';
import { divide, type Fen, fen, formatYuan, larger, minus, zeroFen } from '../../../kernel/money.ts';
import { percent, type Ratio, ratio } from '../../../kernel/ratio.ts';
import type { Refusal } from '../../../kernel/refusal.ts';

/** 计息天数惯例 ACT/365: calendar days, the first counted and the last not (算头不算尾), over 365 in leap years too. */
export const dayCount = 'ACT/365';
const yearDays = 365n;

/** What a fee is worked out from; `rate` a year, amounts in 分. */
export type FeeTerms = { readonly base: Fen; readonly rate: string; readonly startsOn: Day; readonly endsOn: Day };
export type Frequency = 'once' | 'yearly' | 'half-yearly' | 'quarterly';
export type Instalment = {
  readonly seq: number;
  readonly from: Day;
  readonly to: Day;
  readonly days: number;
  readonly dueOn: Day;
  readonly amount: Fen;
};

/** 担保费 = 计费基数 × 年费率 × 天数 ÷ 365, rounded half-up to the 分; nothing for no days. */
export function feeFor({ base, rate }: Pick<FeeTerms, 'base' | 'rate'>, days: number): Fen {
  const { numerator, denominator }: Ratio = percent(rate);
  return fen(divide(base * numerator * BigInt(Math.max(0, days)), denominator * yearDays, 'half-up'));
}

/** Days of a period: the first counted, the last not. */
export const feeDays = (from: Day, to: Day): number => Math.max(0, daysBetween(from, to));

const monthsOf: Readonly<Record<Frequency, number | undefined>> = {
  once: undefined,
  yearly: 12,
  'half-yearly': 6,
  quarterly: 3,
};

/**
 * 收费计划：the whole fee, and its instalments paid ahead at the start of each period, shared by days; the rounding left over falls on
 * the last. The instalments always add up to the whole.
 */
export function feeSchedule(terms: FeeTerms, frequency: Frequency): { total: Fen; instalments: Instalment[] } {
  const days = feeDays(terms.startsOn, terms.endsOn);
  if (days === 0) throw new RangeError('收费期间没有天数');
  const total = feeFor(terms, days);
  const periods = periodsOf(terms.startsOn, terms.endsOn, monthsOf[frequency]);
  const keys = periods.map((_, at) => String(at));
  const parts = allocate(
    total,
    periods.map(({ from, to }, at) => ({ party: String(at), ratio: ratio(feeDays(from, to), days) })),
    keys.at(-1) as string,
  );
  const instalments = periods.map(({ from, to }, at) => ({
    seq: at + 1,
    from,
    to,
    days: feeDays(from, to),
    dueOn: from,
    amount: parts.get(String(at)) as Fen,
  }));
  return { total, instalments };
}

/** Each period begins so many months after the start, not after the one before: month-ends do not drift. */
function periodsOf(start: Day, end: Day, months: number | undefined): { from: Day; to: Day }[] {
  if (months === undefined) return [{ from: start, to: end }];
  const periods: { from: Day; to: Day }[] = [];
  for (let at = 0; at < 600; at += 1) {
    const from = addMonths(start, at * months);
    if (from >= end) break;
    const next = addMonths(start, (at + 1) * months);
    periods.push({ from, to: next < end ? next : end });
  }
  return periods;
}

/** 提前解除时应退的担保费：received − earned up to the day; when less was received than earned, what is still owed. */
export function refundOf(terms: FeeTerms, received: Fen, releasedOn: Day) {
  const until = releasedOn < terms.startsOn ? terms.startsOn : releasedOn > terms.endsOn ? terms.endsOn : releasedOn;
  const days = feeDays(terms.startsOn, until);
  const earned = feeFor(terms, days);
  const refund = larger(zeroFen, minus(received, earned));
  const owed = larger(zeroFen, minus(earned, received));
  const formula = `已收 ${formatYuan(received)} − 计费基数 ${formatYuan(terms.base)} × 年费率 ${terms.rate} × ${days} 天 ÷ 365（${dayCount}，算头不算尾）`;
  return { releasedOn: until, days, received, earned, refund, owed, formula };
}

/** Why money received cannot be entered: not positive, in the future, or more than the plan still asks for. */
export function checkReceipt(
  receipt: { readonly amount: Fen; readonly receivedOn: Day },
  plan: { readonly total: Fen; readonly received: Fen },
  today: Day,
): Refusal[] {
  const refusals: Refusal[] = [];
  if (receipt.amount <= 0n)
    refusals.push({ code: 'amount-not-positive', field: 'amount', message: '收款金额须大于零' });
  if (receipt.receivedOn > today)
    refusals.push({ code: 'in-the-future', field: 'receivedOn', message: '收款日不能晚于今天' });
  const left = minus(plan.total, plan.received);
  if (receipt.amount > left)
    refusals.push({
      code: 'above-fee-plan',
      field: 'amount',
      message: '收款超过收费计划的未收金额，请核对金额，或先重订收费计划',
      figures: { 本次: formatYuan(receipt.amount), 未收: formatYuan(left) },
    });
  return refusals;
}
