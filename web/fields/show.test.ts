import { describe, expect, it } from 'vitest';
import {
  showCount,
  showFigure,
  showInstant,
  showWireDay,
  showWireMoney,
  showWireMultiple,
  showWireQuarter,
  showWireRatio,
} from './show.ts';

describe('showing wire values', () => {
  it.each([
    ['1234567.89', '元', '1,234,567.89'],
    ['1234567.89', '万元', '123.46'],
    ['1234567.89', '亿元', '0.0123'],
    ['-50000.00', '万元', '−5.00'],
    ['0.00', '万元', '0.00'],
  ] as const)('%s in %s', (value, unit, shown) => expect(showWireMoney(value, unit)).toBe(shown));

  it('keeps not applicable, missing and zero apart', () => {
    expect(showWireMoney(null, '万元')).toBe('—');
    expect(showWireMoney(undefined, '万元')).toBe('');
    expect(showWireMoney('', '万元')).toBe('');
    expect(showWireMoney('0', '元')).toBe('0.00');
  });

  it('never lets an amount look like zero', () => {
    expect(showWireMoney('0.01', '万元')).toBe('0.000001');
    expect(showWireMoney('-0.01', '亿元')).toBe('−0.0000000001');
  });

  it('is exact beyond 2^53', () => expect(showWireMoney('90071992547409.93', '元')).toBe('90,071,992,547,409.93'));

  it('shows text it cannot read as it came, rather than hiding it', () =>
    expect(showWireMoney('n/a', '元')).toBe('n/a'));

  it.each([
    ['0.125', '12.50%'],
    ['0.12345', '12.345%'],
    ['0.123456', '12.3456%'],
    ['0.1234567', '12.3457%'],
    ['0', '0.00%'],
    ['-0.03', '−3.00%'],
    ['1', '100.00%'],
  ])('ratio %s', (value, shown) => expect(showWireRatio(value)).toBe(shown));

  it('shows a multiple, a count, days, quarters and instants', () => {
    expect(showWireMultiple('3.254')).toBe('3.25 倍');
    expect(showCount(1234567)).toBe('1,234,567');
    expect(showCount(null)).toBe('—');
    expect(showWireDay('2024-09-30')).toBe('2024-09-30');
    expect(showWireDay('2024-09-30', true)).toBe('2024年9月30日');
    expect(showWireQuarter('2024-Q3')).toBe('2024年第三季度');
    expect(showInstant('2024-09-30T16:05:00Z')).toBe('2024-10-01 00:05');
  });

  it('moves only money with the unit switch', () => {
    expect(showFigure('120000000', '元', '亿元')).toEqual({ text: '1.2000', unit: '亿元' });
    expect(showFigure('1200', '户', '亿元')).toEqual({ text: '1,200', unit: '户' });
    expect(showFigure('3.2', '倍', '元')).toEqual({ text: '3.20', unit: '倍' });
    expect(showFigure('0.5', '比例', '元')).toEqual({ text: '50.00%', unit: '' });
  });
});
