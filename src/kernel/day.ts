declare const dayBrand: unique symbol;
/** A calendar day in Asia/Shanghai, 'YYYY-MM-DD'. Compares with < and >. Never a JS Date. */
export type Day = string & { readonly [dayBrand]: true };

/** Reads 'YYYY-MM-DD'; undefined for a day that does not exist (2023-02-31) or lies outside 1900–2199. */
export function parseDay(text: string): Day | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return undefined;
  return dayOf(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** The day of a year, month (1–12) and day of month; undefined where the calendar has none. */
export function dayOf(year: number, month: number, dayOfMonth: number): Day | undefined {
  if (year < 1900 || year > 2199 || month < 1 || month > 12 || dayOfMonth < 1) return undefined;
  if (dayOfMonth > daysInMonth(year, month)) return undefined;
  return `${year}-${pad(month)}-${pad(dayOfMonth)}` as Day;
}

/** `parseDay` that throws RangeError: for literals and values already checked. */
export function day(text: string): Day {
  const value = parseDay(text);
  if (value === undefined) throw new RangeError(`不是日期：${text}`);
  return value;
}

/** The day `count` days later (earlier when negative). */
export const addDays = (from: Day, count: number): Day => fromEpoch(toEpoch(from) + count);

/** Days from `from` to `to`; negative when `to` is earlier. The same day is 0. */
export const daysBetween = (from: Day, to: Day): number => toEpoch(to) - toEpoch(from);

/** The same day of month `count` months later, or that month's last day where it is shorter (01-31 + 1 = 02-28). */
export function addMonths(from: Day, count: number): Day {
  const [year, month, dayOfMonth] = parts(from);
  const index = year * 12 + (month - 1) + count;
  const targetYear = Math.floor(index / 12);
  const targetMonth = (index % 12) + 1;
  return day(`${targetYear}-${pad(targetMonth)}-${pad(Math.min(dayOfMonth, daysInMonth(targetYear, targetMonth)))}`);
}

/** [year, month 1–12, day of month]. */
export function parts(of: Day): readonly [number, number, number] {
  return [Number(of.slice(0, 4)), Number(of.slice(5, 7)), Number(of.slice(8, 10))];
}

/** The calendar year. */
export const yearOf = (of: Day): number => Number(of.slice(0, 4));

/** Days of a month (1–12), leap years counted. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** 2024年9月30日, as people write it. */
export function showDay(of: Day): string {
  const [year, month, dayOfMonth] = parts(of);
  return `${year}年${month}月${dayOfMonth}日`;
}

const pad = (value: number): string => String(value).padStart(2, '0');
const toEpoch = (of: Day): number => Date.parse(`${of}T00:00:00Z`) / 86_400_000;
const fromEpoch = (days: number): Day => new Date(days * 86_400_000).toISOString().slice(0, 10) as Day;
