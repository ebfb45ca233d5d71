import { addDays, addMonths, type Day, day, daysInMonth } from './day.ts';

declare const monthBrand: unique symbol;
declare const quarterBrand: unique symbol;
/** 'YYYY-MM'. */
export type Month = string & { readonly [monthBrand]: true };
/** 'YYYY-Q1' … 'YYYY-Q4': the period of 季度反馈. */
export type Quarter = string & { readonly [quarterBrand]: true };

/** The month a day lies in. */
export const monthOf = (of: Day): Month => of.slice(0, 7) as Month;
/** The 1st. */
export const firstDayOfMonth = (of: Month): Day => day(`${of}-01`);
/** The 28th to the 31st. */
export const lastDayOfMonth = (of: Month): Day =>
  day(`${of}-${daysInMonth(Number(of.slice(0, 4)), Number(of.slice(5, 7)))}`);

/** Reads 'YYYY-Qn'; undefined when it is none. */
export const parseQuarter = (text: string): Quarter | undefined =>
  /^(19|20|21)\d{2}-Q[1-4]$/.test(text) ? (text as Quarter) : undefined;

/** `parseQuarter` that throws RangeError. */
export function quarter(text: string): Quarter {
  const value = parseQuarter(text);
  if (!value) throw new RangeError(`不是季度：${text}`);
  return value;
}

export const quarterOf = (of: Day): Quarter => `${of.slice(0, 4)}-Q${Math.ceil(Number(of.slice(5, 7)) / 3)}` as Quarter;

/** First and last day of the quarter, both included. */
export function quarterSpan(of: Quarter): { readonly from: Day; readonly to: Day } {
  const from = day(`${of.slice(0, 4)}-${String((Number(of.slice(6)) - 1) * 3 + 1).padStart(2, '0')}-01`);
  return { from, to: addDays(addMonths(from, 3), -1) };
}

/** 2024年第三季度. */
export const showQuarter = (of: Quarter): string => `${of.slice(0, 4)}年第${'一二三四'[Number(of.slice(6)) - 1]}季度`;
