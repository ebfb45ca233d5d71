import { describe, expect, it } from 'vitest';
import { day } from './day.ts';
import {
  firstDayOfMonth,
  lastDayOfMonth,
  monthOf,
  parseQuarter,
  quarter,
  quarterOf,
  quarterSpan,
  showQuarter,
} from './month.ts';

describe('月与季度', () => {
  it.each([
    ['2024-01-01', '2024-Q1'],
    ['2024-03-31', '2024-Q1'],
    ['2024-04-01', '2024-Q2'],
    ['2024-12-31', '2024-Q4'],
  ])('%s 属于 %s', (of, expected) => expect(quarterOf(day(of))).toBe(expected));

  it.each([
    ['2024-Q1', '2024-01-01', '2024-03-31'],
    ['2024-Q2', '2024-04-01', '2024-06-30'],
    ['2024-Q4', '2024-10-01', '2024-12-31'],
  ])('%s 起止', (of, from, to) => expect(quarterSpan(quarter(of))).toEqual({ from, to }));

  it.each(['2024-Q5', '2024-Q0', '24-Q1', '2024Q1', '2300-Q1'])('%s 不是季度', (text) =>
    expect(parseQuarter(text)).toBeUndefined(),
  );

  it('闰年二月的末日', () => {
    const february = monthOf(day('2024-02-10'));
    expect([firstDayOfMonth(february), lastDayOfMonth(february)]).toEqual(['2024-02-01', '2024-02-29']);
  });

  it('中文写法', () => expect(showQuarter(quarter('2024-Q3'))).toBe('2024年第三季度'));
});
