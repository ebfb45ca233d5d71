import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, addMonths, day, dayOf, daysBetween, daysInMonth, parseDay, showDay } from './day.ts';

describe('日', () => {
  it.each([
    '2023-02-31',
    '2023-02-29',
    '1900-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-01-00',
    '24-01-01',
    '2024-1-1',
    '1899-12-31',
    '2200-01-01',
    '2024-01-01T00:00',
  ])('%s 不是日期', (text) => expect(parseDay(text)).toBeUndefined());

  it.each(['2024-02-29', '2000-02-29', '1900-01-01', '2199-12-31'])('%s 是日期', (text) =>
    expect(parseDay(text)).toBe(text),
  );

  it('空的日历格没有日', () => expect(dayOf(2023, 2, 30)).toBeUndefined());

  it.each([
    ['2024-01-31', 1, '2024-02-29'],
    ['2023-01-31', 1, '2023-02-28'],
    ['2024-03-31', -1, '2024-02-29'],
    ['2024-12-15', 1, '2025-01-15'],
    ['2024-01-15', -13, '2022-12-15'],
    ['2024-08-31', 6, '2025-02-28'],
  ])('%s 加 %s 个月', (from, count, expected) => expect(addMonths(day(from), count)).toBe(expected));

  it('跨闰年二月的天数', () => {
    expect(daysBetween(day('2024-02-28'), day('2024-03-01'))).toBe(2);
    expect(daysBetween(day('2023-02-28'), day('2023-03-01'))).toBe(1);
    expect(daysBetween(day('2024-03-01'), day('2024-02-28'))).toBe(-2);
  });

  it('加减天数互为逆，且大小与先后一致', () =>
    fc.assert(
      fc.property(fc.integer({ min: -40_000, max: 40_000 }), (count) => {
        const from = day('2020-02-29');
        const to = addDays(from, count);
        expect(daysBetween(from, to)).toBe(count);
        expect(to < from).toBe(count < 0);
      }),
    ));

  it('每月天数', () => expect([1, 2, 4, 12].map((month) => daysInMonth(2100, month))).toEqual([31, 28, 30, 31]));
  it('中文写法', () => expect(showDay(day('2024-09-05'))).toBe('2024年9月5日'));
});
