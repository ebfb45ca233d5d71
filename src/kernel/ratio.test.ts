import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addRatio,
  compareRatio,
  formatDecimal,
  multiplyRatio,
  parseRatio,
  percent,
  quotient,
  ratio,
  showPercent,
} from './ratio.ts';

describe('比率', () => {
  it.each([
    ['12.5%', 1n, 8n],
    ['3‰', 3n, 1000n],
    ['0.125', 1n, 8n],
    ['15', 15n, 1n],
    ['-20%', -1n, 5n],
    ['0', 0n, 1n],
  ])('读 %s', (text, numerator, denominator) => expect(parseRatio(text)).toEqual({ numerator, denominator }));

  it.each(['', '%', '1/3', '1,0%', '10％', '1.%'])('不读 %s', (text) => expect(parseRatio(text)).toBeUndefined());

  it('负号归于分子，约成最简', () => expect(ratio(4, -6)).toEqual({ numerator: -2n, denominator: 3n }));
  it('分母为零没有比率：不是0，也不是无穷', () => expect(quotient(5n, 0n)).toBeNull());
  it('分母为零的比率是程序错误', () => expect(() => ratio(1, 0)).toThrow('分母为零'));
  it('三个三分之一恰好是一', () => {
    const third = ratio(1, 3);
    expect(compareRatio(addRatio(third, addRatio(third, third)), ratio(1))).toBe(0);
  });

  it('大小与交叉相乘一致', () =>
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1 }), fc.integer(), fc.integer({ min: 1 }), (a, b, c, d) => {
        const [left, right] = [BigInt(a) * BigInt(d), BigInt(c) * BigInt(b)];
        expect(compareRatio(ratio(a, b), ratio(c, d))).toBe(left < right ? -1 : left > right ? 1 : 0);
      }),
    ));

  it.each([
    [ratio(1, 3), 4, '0.3333'],
    [ratio(2, 3), 4, '0.6667'],
    [ratio(-1, 8), 3, '-0.125'],
    [ratio(-1, 1_000_000), 2, '0'],
    [ratio(100), 8, '100'],
    [ratio(5, 2), 0, '3'],
    [ratio(100), 0, '100'],
    [ratio(0), 0, '0'],
  ] as const)('%o 写成小数（%s位）', (value, places, expected) => expect(formatDecimal(value, places)).toBe(expected));

  it.each([
    [ratio(36_800, 73_800), 2, '49.86%'], // 36800 ÷ 73800 = 0.49864…
    [percent('80%'), 2, '80.00%'],
    [percent('80%'), 0, '80%'],
    [percent('100%'), 0, '100%'],
    [percent('0.05%'), 2, '0.05%'],
  ] as const)('%o 写成百分比（%s位）', (value, places, expected) => expect(showPercent(value, places)).toBe(expected));

  it('相乘精确', () => expect(multiplyRatio(percent('0.3%'), percent('50%'))).toEqual(percent('0.15%')));
});
