import { describe, expect, it } from 'vitest';
import { moneyRule, plainIn, toWire } from './money-field.tsx';

describe('typing an amount', () => {
  it.each([
    ['500', '万元', '5000000.00'],
    ['12.345678', '万元', '123456.78'],
    ['1,234.5', '元', '1234.50'],
    ['−3', '元', '-3.00'],
    ['0.0000000001', '亿元', '0.01'],
  ] as const)('%s %s is %s 元', (typed, unit, wire) => expect(toWire(typed, unit)).toBe(wire));

  it('hands on what it cannot read so that the form refuses it and the text stays', async () => {
    const wire = toWire('12.3456789', '万元'); // finer than one 分
    expect(plainIn(wire, '万元')).toBe('12.3456789');
    await expect(moneyRule.validator(undefined, wire)).rejects.toThrow('最细到分');
  });

  it('reads nothing as missing', () => expect(toWire('  ', '元')).toBeUndefined());

  it.each([
    ['5000000.00', '万元', '500'],
    ['123456.78', '万元', '12.345678'],
    ['100.00', '元', '100'],
    ['0.00', '元', '0'],
    ['-1.50', '元', '-1.5'],
  ] as const)('shows %s in %s as %s', (wire, unit, text) => expect(plainIn(wire, unit)).toBe(text));
});
