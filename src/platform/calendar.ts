import table from 'chinese-days/dist/chinese-days.json' with { type: 'json' };
import { addDays, type Day, parts, yearOf } from '../kernel/day.ts';

/**
 * Chinese working days: weekends off, statutory holidays off, 调休 weekends worked (国务院办公厅 each year's notice).
 * The table comes from the package chinese-days; its functions are not used, because they read a day in the time zone
 * of the machine and err by one west of Greenwich. Beyond its years only weekends are known, and the answer says so.
 */
export type WorkingDayAnswer = {
  readonly working: boolean;
  /** The holiday or 调休 that decided, in Chinese; absent on ordinary days. */
  readonly reason?: string;
  /** Why the answer may change: the year's arrangement is not in the table. */
  readonly unverified?: string;
};

/** What a count of working days rests on. `unverified` is set when it passes through a year without arrangements. */
export type WorkingDayCount<T> = { readonly value: T; readonly unverified?: string };

/** First and last year whose holiday arrangements are in the table. */
export const holidayYears: { readonly from: number; readonly to: number } = (() => {
  const years = Object.keys(table.holidays).map((each) => Number(each.slice(0, 4)));
  return { from: Math.min(...years), to: Math.max(...years) };
})();

const holidays: Readonly<Record<string, string>> = table.holidays;
const workdays: Readonly<Record<string, string>> = table.workdays;

/** Is this day worked in China, and how sure is that? */
export function workingDay(of: Day): WorkingDayAnswer {
  const unverified = unverifiedYears(yearOf(of), yearOf(of));
  if (unverified !== undefined) return { working: isWeekday(of), unverified };
  const worked = workdays[of];
  if (worked !== undefined) return { working: true, reason: `${titleOf(worked)}调休上班` };
  const holiday = holidays[of];
  if (holiday !== undefined) return { working: false, reason: titleOf(holiday) };
  return { working: isWeekday(of) };
}

/** Is this day worked? Beyond the table's years only weekends count: ask `workingDay` where that matters. */
export const isWorkingDay = (of: Day): boolean => workingDay(of).working;

/**
 * The `count`-th working day after (before, when negative) `from`; `from` itself is not counted, so day 1 is the next
 * working day. With 0: `from` itself, worked or not.
 */
export function addWorkingDays(from: Day, count: number): WorkingDayCount<Day> {
  if (!Number.isInteger(count)) throw new RangeError(`工作日数不是整数：${count}`);
  const step = count < 0 ? -1 : 1;
  let at = from;
  for (let left = Math.abs(count); left > 0; ) {
    at = addDays(at, step);
    if (isWorkingDay(at)) left--;
  }
  return marked(at, from, at);
}

/** Working days after `from` up to and including `to`; negative when `to` is earlier, 0 on the same day. */
export function workingDaysBetween(from: Day, to: Day): WorkingDayCount<number> {
  if (to < from) {
    const { value, unverified } = workingDaysBetween(to, from);
    return { value: value === 0 ? 0 : -value, ...(unverified === undefined ? {} : { unverified }) };
  }
  let count = 0;
  for (let at = from; at < to; ) {
    at = addDays(at, 1);
    if (isWorkingDay(at)) count++;
  }
  return marked(count, from, to);
}

/** The day itself when worked, else the next working day: when a term that ends on a holiday really ends (民法典第二百零三条). */
export function nextWorkingDay(of: Day): WorkingDayCount<Day> {
  let at = of;
  while (!isWorkingDay(at)) at = addDays(at, 1);
  return marked(at, of, at);
}

function marked<T>(value: T, a: Day, b: Day): WorkingDayCount<T> {
  const [first, last] = a <= b ? [a, b] : [b, a];
  const unverified = unverifiedYears(yearOf(first), yearOf(last));
  return unverified === undefined ? { value } : { value, unverified };
}

function unverifiedYears(first: number, last: number): string | undefined {
  if (first >= holidayYears.from && last <= holidayYears.to) return undefined;
  const year = last > holidayYears.to ? Math.max(first, holidayYears.to + 1) : first;
  return `${year}年的放假调休安排未收录，仅按周末推算`;
}

/** The table writes 'National Day,国庆节,3'. */
const titleOf = (entry: string): string => entry.split(',')[1] ?? entry;

function isWeekday(of: Day): boolean {
  const [year, month, dayOfMonth] = parts(of);
  const weekday = new Date(Date.UTC(year, month - 1, dayOfMonth)).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}
