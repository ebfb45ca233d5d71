import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divide, fen, formatYuan, parseMoney, share, showMoney, wan, yuan } from './money.ts';
import { percent, ratio } from './ratio.ts';

describe('读金额', () => {
  it.each([
    ['12.34', '元', 1234n],
    ['12.34', '万元', 12_340_000n],
    ['0.000001', '万元', 1n], // 0.000001 万元 = 0.01 元
    ['1', '亿元', 10_000_000_000n],
    ['-0.01', '元', -1n],
    ['+5', '元', 500n],
    ['1.2300', '元', 123n], // zeros beyond the 分 say nothing
  ] as const)('%s %s', (text, unit, expected) => expect(parseMoney(text, unit)).toBe(expected));

  it.each([
    ['1.234', '元'],
    ['0.0000001', '万元'],
    ['1,000', '元'],
    ['', '元'],
    ['1e3', '元'],
    ['.5', '元'],
    ['１２', '元'],
    ['1234567890123456789', '元'],
  ] as const)('不读 %s %s：不成数或细于一分', (text, unit) => expect(parseMoney(text, unit)).toBeUndefined());

  it('写出的元再读回来还是同一个数', () =>
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }), (amount) => {
        expect(yuan(formatYuan(fen(amount)))).toBe(amount);
      }),
    ));

  it('不收小数的分', () => expect(() => fen(0.5)).toThrow(RangeError));
});

describe('写金额', () => {
  it.each([
    [5n, '0.05'],
    [-5n, '-0.05'],
    [100n, '1.00'],
    [-123_456n, '-1234.56'],
  ])('%s分 是 %s元', (amount, expected) => expect(formatYuan(fen(amount))).toBe(expected));

  it.each([
    [fen(123_456_789_012n), '万元', 2, '123,456.79'], // 1,234,567,890.12 元, half-up at the display only
    [wan('500'), '万元', 0, '500'],
    [fen(-1n), '元', 2, '-0.01'],
    [fen(0n), '亿元', 2, '0.00'],
  ] as const)('%s 以%s显示', (amount, unit, decimals, expected) =>
    expect(showMoney(amount, unit, decimals)).toBe(expected),
  );

  it('四舍五入成零的负数不带负号', () => expect(showMoney(fen(-1n), '万元')).toBe('0.00'));
});

describe('取整', () => {
  it.each([
    ['down', 7n, 2n, 3n],
    ['up', 7n, 2n, 4n],
    ['half-up', 7n, 2n, 4n],
    ['half-even', 7n, 2n, 4n],
    ['half-even', 5n, 2n, 2n],
    ['down', -7n, 2n, -3n],
    ['up', -7n, 2n, -4n],
    ['half-up', -5n, 2n, -3n],
    ['half-even', -5n, 2n, -2n],
    ['half-up', 10n, -4n, -3n],
  ] as const)('%s：%s ÷ %s = %s', (rounding, a, b, expected) => expect(divide(a, b, rounding)).toBe(expected));

  it('除数为零是程序错误', () => expect(() => divide(1n, 0n, 'down')).toThrow('除数为零'));

  it('商与精确值相差不到一分', () =>
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
        fc.integer({ min: 1, max: 10_000 }),
        fc.constantFrom('down', 'up', 'half-up', 'half-even' as const),
        (amount, per, rounding) => {
          const got = share(fen(amount), ratio(per, 10_000), rounding as 'down') * 10_000n;
          const exact = amount * BigInt(per);
          const off = got > exact ? got - exact : exact - got;
          expect(off < 10_000n).toBe(true);
          if (rounding.startsWith('half')) expect(off <= 5_000n).toBe(true);
        },
      ),
    ));

  it('一分的75%四舍五入为一分', () => expect(share(fen(1n), percent('75%'), 'half-up')).toBe(1n));
});
