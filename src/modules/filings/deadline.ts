import { type Day, day } from '../../kernel/day.ts';
import { lastDayOfMonth, type Month, monthOf } from '../../kernel/month.ts';
import { addWorkingDays, workingDaysBetween } from '../../platform/calendar.ts';
import { submissionUnverified, submissionWorkingDays } from './rules.ts';

/** The last day on which the batch of a month is in time: working days after the month's end, 调休 counted. */
export const dueOn = (of: Month): Day => addWorkingDays(lastDayOfMonth(of), submissionWorkingDays).value;

/** How many working days are left until the batch of a month is due, negative when it is late; and what the count rests on. */
export function timeLeft(of: Month, today: Day): { due: Day; remaining: number; unverified: string } {
  const due = dueOn(of);
  const { value, unverified } = workingDaysBetween(today, due);
  return { due, remaining: value, unverified: [submissionUnverified, unverified].filter(Boolean).join('；') };
}

/** The month whose batch is the next to go out: the last whole one. */
export const monthBefore = (today: Day): Month => {
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  return monthOf(day(month === 1 ? `${year - 1}-12-01` : `${year}-${String(month - 1).padStart(2, '0')}-01`));
};
