import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fen, yuan } from '../../kernel/money.ts';
import {
  capitalAmount,
  chineseDay,
  chineseNumber,
  initials,
  initialsMatch,
  initialsVariants,
  isSameName,
  normaliseName,
} from './index.ts';

describe('《正确填写票据和结算凭证的基本规定》 大写金额', () => {
  it.each([
    // 规定所举各例（有两种写法的取其一；角后写“整”为规定所许）
    ['1409.50', '人民币壹仟肆佰零玖元伍角整'],
    ['6007.14', '人民币陆仟零柒元壹角肆分'],
    ['1680.32', '人民币壹仟陆佰捌拾元叁角贰分'],
    ['107000.53', '人民币壹拾万零柒仟元伍角叁分'],
    ['16409.02', '人民币壹万陆仟肆佰零玖元零贰分'],
    ['325.04', '人民币叁佰贰拾伍元零肆分'],
    // 边界
    ['0', '人民币零元整'],
    ['0.01', '人民币壹分'],
    ['0.10', '人民币壹角整'],
    ['0.11', '人民币壹角壹分'],
    ['1.00', '人民币壹元整'],
    ['10.00', '人民币壹拾元整'],
    ['10.05', '人民币壹拾元零伍分'],
    ['1020.50', '人民币壹仟零贰拾元伍角整'],
    ['1001.00', '人民币壹仟零壹元整'],
    ['10001.10', '人民币壹万零壹元壹角整'],
    ['100100.00', '人民币壹拾万零壹佰元整'],
    ['1000000.00', '人民币壹佰万元整'],
    ['10000000.00', '人民币壹仟万元整'],
    ['10010001.10', '人民币壹仟零壹万零壹元壹角整'],
    ['100000000.00', '人民币壹亿元整'],
    ['100010000.00', '人民币壹亿零壹万元整'],
    ['100000001.01', '人民币壹亿零壹元零壹分'],
    ['1000000000000.00', '人民币壹万亿元整'],
    ['1000100000000.00', '人民币壹万零壹亿元整'],
    ['1000000010000.00', '人民币壹万亿零壹万元整'],
    ['9999999999999999.99', `人民币${'玖仟玖佰玖拾玖'}万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分`],
    ['-5.50', '人民币负伍元伍角整'],
  ])('%s元 → %s', (amount, words) => expect(capitalAmount(yuan(amount))).toBe(words));

  it('reads back to the same amount', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), (amount) => {
        expect(readBack(capitalAmount(fen(amount)))).toBe(amount);
      }),
      { numRuns: 2000 },
    );
    for (let amount = 0n; amount < 200_000n; amount += 7n) expect(readBack(capitalAmount(fen(amount)))).toBe(amount);
  });

  it('never writes two zeros together, nor a zero before a unit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 18n - 1n }), (amount) => {
        expect(capitalAmount(fen(amount))).not.toMatch(/零零|零[拾佰仟万亿元角分整]|亿万/);
      }),
    );
  });

  it('throws beyond its range, and takes another prefix', () => {
    expect(() => capitalAmount(fen(10n ** 18n))).toThrow(RangeError);
    expect(capitalAmount(yuan('1'), { prefix: '' })).toBe('壹元整');
  });
});

/** 壹仟零贰拾元伍角整 → 102050n: an independent reading, for the test only. */
function readBack(words: string): bigint {
  const numerals = '零壹贰叁肆伍陆柒捌玖';
  const scales: Record<string, bigint> = { 拾: 10n, 佰: 100n, 仟: 1000n };
  let total = 0n;
  let group = 0n;
  let digit = 0n;
  for (const character of words.replace(/^人民币/, '')) {
    const value = numerals.indexOf(character);
    if (value >= 0) digit = BigInt(value);
    else if (scales[character]) {
      group += digit * scales[character];
      digit = 0n;
    } else if (character === '万' || character === '亿') {
      const scale = character === '万' ? 10_000n : 100_000_000n;
      group += digit;
      if (character === '亿') total = (total + group) * scale;
      else total += group * scale;
      group = 0n;
      digit = 0n;
    } else if (character === '元') {
      total = (total + group + digit) * 100n;
      group = 0n;
      digit = 0n;
    } else if (character === '角') {
      total += digit * 10n;
      digit = 0n;
    } else if (character === '分') total += digit;
  }
  return total;
}

it.each([
  ['2024-09-30', '二〇二四年九月三十日'],
  ['2010-10-10', '二〇一〇年十月十日'],
  ['2025-12-21', '二〇二五年十二月二十一日'],
  ['2000-01-01', '二〇〇〇年一月一日'],
])('chineseDay %s → %s', (text, words) => expect(chineseDay(day(text))).toBe(words));

it.each([
  [0, '零'],
  [10, '十'],
  [19, '十九'],
  [20, '二十'],
  [105, '一百零五'],
  [110, '一百一十'],
  [1001, '一千零一'],
  [9000, '九千'],
])('chineseNumber %d → %s', (value, words) => expect(chineseNumber(value)).toBe(words));

describe('initials', () => {
  it.each([
    ['中融信担保', 'zrxdb'],
    ['江苏省（再）担保Ａ１公司', 'jsszdba1gs'],
    ['中国工商银行', 'zggsyh'],
    ['重庆长江机械', 'cqcjjx'],
    ['厦门市乐器厂', 'xmsyqc'],
    ['长沙银行', 'csyh'],
    ['𠮷·-—', ''],
    ['', ''],
  ])('%s → %s', (text, letters) => expect(initials(text)).toBe(letters));

  it('reads a surname as one when asked', () => {
    expect(initials('单雄信', { surname: true })).toBe('sxx');
    expect(initials('曾国藩', { surname: true })).toBe('zgf');
    expect(initials('翟天临', { surname: true })).toBe('ztl');
  });

  it('gives the other readings of a polyphone', () => {
    expect(initialsVariants('单县')).toEqual(expect.arrayContaining(['sx', 'dx']));
    expect(initialsVariants('长长长长长长长').length).toBeLessThanOrEqual(8);
  });

  it('matches what is typed', () => {
    expect(initialsMatch('zggsyh', 'ＺＧ gs')).toBe(true);
    expect(initialsMatch('zggsyh', 'gs')).toBe(false);
  });
});

describe('normaliseName', () => {
  it.each([
    ['ＡＢＣ（南京）有限公司', 'ABC(南京)有限公司'],
    ['abc【南京】 有限\u3000公司\u200b', 'ABC(南京)有限公司'],
    ['阿不都・热合曼', '阿不都·热合曼'],
    ['A—B–C-D', 'A-B-C-D'],
  ])('%s → %s', (text, expected) => expect(normaliseName(text)).toBe(expected));

  it('is settled after one pass', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(normaliseName(normaliseName(text))).toBe(normaliseName(text));
      }),
    );
  });

  it('isSameName compares', () => expect(isSameName('某某(苏州)', '某某（苏州） ')).toBe(true));
});
