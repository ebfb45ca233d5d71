import { allocate } from '../../../kernel/allocate.ts';
import { addMonths, type Day, daysBetween } from '../../../kernel/day.ts';
import { divide, type Fen, fen, formatYuan, larger, minus, smaller, zeroFen } from '../../../kernel/money.ts';
import {
  addRatio,
  compareRatio,
  multiplyRatio,
  percent,
  type Ratio,
  ratio,
  showPercent,
  wholeRatio,
  zeroRatio,
} from '../../../kernel/ratio.ts';
import type { Refusal } from '../../../kernel/refusal.ts';

/** 计息天数惯例 ACT/365: calendar days, the first counted and the last not (算头不算尾), over 365 in leap years too. */
export const dayCount = 'ACT/365';
const yearDays = 365n;

/** What a fee is worked out from; rates a year, amounts in 分. `laterRates`: of the second year, the third …; the last one stays. */
export type FeeTerms = {
  readonly base: Fen;
  readonly rate: string;
  readonly laterRates?: readonly string[];
  readonly startsOn: Day;
  readonly endsOn: Day;
};
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
export const feeFor = ({ base, rate }: Pick<FeeTerms, 'base' | 'rate'>, days: number): Fen =>
  feeOf(base, multiplyRatio(percent(rate), ratio(Math.max(0, days), yearDays)));

/** Days of a period: the first counted, the last not. */
export const feeDays = (from: Day, to: Day): number => Math.max(0, daysBetween(from, to));

const feeOf = (base: Fen, part: Ratio): Fen => fen(divide(base * part.numerator, part.denominator, 'half-up'));

/** Which part of the base the days from one to another cost, each day at the rate of its year: exact. */
function partOf({ rate, laterRates = [], startsOn }: Omit<FeeTerms, 'base' | 'endsOn'>, from: Day, to: Day): Ratio {
  const rates = [rate, ...laterRates];
  return rates.reduce((sum, each, year) => {
    const begins = addMonths(startsOn, 12 * year);
    const ends = year === rates.length - 1 ? to : addMonths(startsOn, 12 * (year + 1));
    const days = feeDays(begins > from ? begins : from, ends < to ? ends : to);
    return addRatio(sum, multiplyRatio(percent(each), ratio(days, yearDays)));
  }, zeroRatio);
}

const monthsOf: Readonly<Record<Frequency, number | undefined>> = {
  once: undefined,
  yearly: 12,
  'half-yearly': 6,
  quarterly: 3,
};

/**
 * 收费计划：the whole fee, and its instalments paid ahead at the start of each period, shared by what their days cost; the rounding left
 * over falls on the last. The instalments always add up to the whole.
 */
export function feeSchedule(terms: FeeTerms, frequency: Frequency): { total: Fen; instalments: Instalment[] } {
  const days = feeDays(terms.startsOn, terms.endsOn);
  if (days === 0) throw new RangeError('收费期间没有天数');
  const whole = partOf(terms, terms.startsOn, terms.endsOn);
  const total = feeOf(terms.base, whole);
  const periods = periodsOf(terms.startsOn, terms.endsOn, monthsOf[frequency]);
  const keys = periods.map((_, at) => String(at));
  const parts = allocate(
    total,
    periods.map(({ from, to }, at) => ({
      party: String(at),
      ratio:
        whole.numerator === 0n
          ? ratio(feeDays(from, to), days)
          : multiplyRatio(partOf(terms, from, to), ratio(whole.denominator, whole.numerator)),
    })),
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

/** How much of the debt is released before its time. */
export type Released = { readonly amount: Fen; readonly principal: Fen };

/**
 * 提前解除时应退的担保费：what the released part of the base would still have cost until the end, but never more than was received and is not
 * earned by then on the whole base; when less was received than earned, what is still owed. Without `released` all of it is.
 */
export function refundOf(terms: FeeTerms, received: Fen, releasedOn: Day, released?: Released) {
  const until = releasedOn < terms.startsOn ? terms.startsOn : releasedOn > terms.endsOn ? terms.endsOn : releasedOn;
  const days = feeDays(terms.startsOn, until);
  const earned = feeOf(terms.base, partOf(terms, terms.startsOn, until));
  const left = larger(zeroFen, minus(received, earned));
  const ahead = partOf(terms, until, terms.endsOn);
  const part = released ? ratio(released.amount, released.principal) : wholeRatio;
  const unexpired = feeOf(terms.base, multiplyRatio(ahead, part));
  // All of it: what is not earned goes back, whatever rounding says of the days ahead.
  const refund = released ? smaller(unexpired, left) : left;
  const owed = larger(zeroFen, minus(earned, received));
  const rates = [terms.rate, ...(terms.laterRates ?? [])].map((each) => showPercent(percent(each))).join('、');
  const earnedText = `已赚 = 计费基数 ${formatYuan(terms.base)} × 年费率 ${rates} × ${days} 天 ÷ 365（${dayCount}，算头不算尾）`;
  const formula = released
    ? `解除部分 ${formatYuan(released.amount)} ÷ ${formatYuan(released.principal)} 的未到期费用 ${formatYuan(unexpired)}，不超过已收 − 已赚；${earnedText}`
    : `已收 − 已赚；${earnedText}`;
  return { releasedOn: until, days, received, earned, unexpired, refund, owed, formula };
}

/** Why the part to be released cannot be worked with: nothing, or not less than the whole debt. */
export function checkReleased({ amount, principal }: Released): Refusal[] {
  if (amount > 0n && amount < principal) return [];
  const message = '部分解除的金额须大于零且小于主债权金额；全部解除请不填金额';
  return [
    {
      ...{ code: 'not-a-part', field: 'amount', message },
      figures: { 解除: formatYuan(amount), 主债权: formatYuan(principal) },
    },
  ];
}

/** Why the rates of later years cannot be: more years than the term has, or above what was approved. */
export function checkLaterRates(laterRates: readonly string[], approved: string, termMonths: number): Refusal[] {
  const years = Math.ceil(termMonths / 12);
  const tooHigh = laterRates.findIndex((each) => compareRatio(percent(each), percent(approved)) > 0);
  return [
    ...(laterRates.length < years
      ? []
      : [{ code: 'more-years-than-term', field: 'laterRates', message: `期限只有 ${years} 年，后续年度的费率填多了` }]),
    ...(tooHigh < 0
      ? []
      : [
          {
            ...{ code: 'above-approved-rate', field: 'laterRates' },
            message: `第 ${tooHigh + 2} 年的费率高于批准的年费率，请改低或重新报批`,
            figures: { 费率: showPercent(percent(laterRates[tooHigh]!)), 批准: showPercent(percent(approved)) },
          },
        ]),
  ];
}

/** What of each instalment is paid and what is open: money received pays them in their order. */
export function openInstalments(
  instalments: readonly Instalment[],
  received: Fen,
): (Instalment & { readonly open: Fen })[] {
  let left = received;
  return instalments.map((each) => {
    const paid = smaller(left, each.amount);
    left = minus(left, paid);
    return { ...each, open: minus(each.amount, paid) };
  });
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
