import { describe, expect, it } from 'vitest';
import { day } from '../kernel/day.ts';
import {
  addWorkingDays,
  holidayYears,
  isWorkingDay,
  nextWorkingDay,
  workingDay,
  workingDaysBetween,
} from './calendar.ts';

describe('workingDay', () => {
  // 国办发明电〔2023〕7号（2024年）、〔2024〕12号（2025年）部分节假日安排
  it.each([
    ['2024-02-04', true], // 周日，春节调休上班
    ['2024-02-12', false],
    ['2024-02-18', true],
    ['2024-04-07', true],
    ['2024-05-11', true],
    ['2024-09-14', true],
    ['2024-09-29', true],
    ['2024-10-01', false],
    ['2024-10-07', false],
    ['2024-10-08', true],
    ['2024-10-12', true],
    ['2024-10-13', false], // 普通周日
    ['2025-01-26', true],
    ['2025-02-04', false],
    ['2025-02-08', true],
    ['2025-04-27', true],
    ['2025-09-28', true],
    ['2025-10-08', false],
    ['2025-10-11', true],
    ['2025-10-10', true], // 普通周五
  ])('%s → %s', (text, working) => expect(isWorkingDay(day(text))).toBe(working));

  it('says why', () => {
    expect(workingDay(day('2024-10-12'))).toEqual({ working: true, reason: '国庆节调休上班' });
    expect(workingDay(day('2025-01-29'))).toEqual({ working: false, reason: '春节' });
    expect(workingDay(day('2024-10-13'))).toEqual({ working: false });
  });

  it('marks years whose arrangements it does not know', () => {
    const next = holidayYears.to + 1;
    expect(workingDay(day(`${next}-01-01`)).unverified).toBe(`${next}年的放假调休安排未收录，仅按周末推算`);
    expect(workingDay(day('2003-05-01')).unverified).toContain('2003年');
    expect(holidayYears.to).toBeGreaterThanOrEqual(2026);
  });
});

describe('counting', () => {
  it('steps over the National Day holiday of 2024', () => {
    // 09-30 Mon → 10-08 Tue is 1, 09, 10, 11, 12 (调休 Sat) is 5, 10-14 Mon is 6
    expect(addWorkingDays(day('2024-09-30'), 1)).toEqual({ value: '2024-10-08' });
    expect(addWorkingDays(day('2024-09-30'), 5)).toEqual({ value: '2024-10-12' });
    expect(addWorkingDays(day('2024-09-30'), 6)).toEqual({ value: '2024-10-14' });
    expect(addWorkingDays(day('2024-10-08'), -1)).toEqual({ value: '2024-09-30' });
    expect(addWorkingDays(day('2024-10-05'), 0)).toEqual({ value: '2024-10-05' });
  });

  it('counts what addWorkingDays steps', () => {
    for (const count of [1, 5, 20, 250]) {
      const { value } = addWorkingDays(day('2024-01-15'), count);
      expect(workingDaysBetween(day('2024-01-15'), value).value).toBe(count);
    }
    expect(workingDaysBetween(day('2024-10-08'), day('2024-09-30')).value).toBe(-1);
    expect(workingDaysBetween(day('2024-10-01'), day('2024-10-07')).value).toBe(0);
    expect(workingDaysBetween(day('2024-10-08'), day('2024-10-08')).value).toBe(0);
  });

  it('moves the end of a term to the next working day', () => {
    expect(nextWorkingDay(day('2024-10-01'))).toEqual({ value: '2024-10-08' });
    expect(nextWorkingDay(day('2024-10-12'))).toEqual({ value: '2024-10-12' });
  });

  it('carries the mark when the count passes through an unknown year', () => {
    const last = day(`${holidayYears.to}-12-31`);
    expect(addWorkingDays(last, 3).unverified).toContain(`${holidayYears.to + 1}年`);
    expect(workingDaysBetween(day('2024-01-01'), last).unverified).toBeUndefined();
  });

  it('refuses half a day', () => expect(() => addWorkingDays(day('2024-01-02'), 0.5)).toThrow(RangeError));
});
