import { describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { type Fen, fen, plus, wan } from '../../kernel/money.ts';
import { checkConcentration, exposureOf, exposureParts, type HeldBalance } from './exposure.ts';

const asOf = day('2026-06-30');
const one = fen(1);
const held = (contract: Fen, rest: Partial<HeldBalance> = {}): HeldBalance => ({
  customerId: 1n,
  name: '甲',
  kind: 'enterprise',
  sizeClass: '中型',
  guaranteeClass: 'loan',
  issuerRating: null,
  contract,
  borne: contract,
  ...rest,
});
const netAssets = wan('4000'); // 10% = 400 万元, 15% = 600 万元
const codes = (before: readonly HeldBalance[], added: HeldBalance, on = asOf) =>
  checkConcentration(before, added, netAssets, on).map((each) => each.code);

describe('条例第十六条 同一被担保人10%：按责任余额，不按本金（REG-16、BAL-1、BAL-8）', () => {
  const small = { sizeClass: '小型' };
  it.each([
    // 中型 at 100%: 300 + 100 = 400 万元, the cap.
    ['中型，低一分', held(wan('300')), held(fen(wan('100') - 1n)), []],
    ['中型，正好', held(wan('300')), held(wan('100')), []],
    ['中型，高一分', held(wan('300')), held(plus(wan('100'), one)), ['single-customer-cap']],
    // 小型 at 75%: 500 万元 × 75% = 375 ≤ 400, though the principal is 12.5% of net assets.
    ['小型，单户正好500万元', held(wan('300'), small), held(wan('200'), small), []],
    // One 分 more moves the whole customer to 100%: 500.000001 > 400.
    ['小型，单户500万元多一分', held(wan('300'), small), held(plus(wan('200'), one), small), ['single-customer-cap']],
  ])('%s', (_, before, added, expected) => expect(codes([before], added)).toEqual(expected));

  it('关联方15%：各户分别加权后相加，少一分、正好、多一分', () => {
    // 乙（小型）400 × 75% = 300; 甲 at 100%: 300 + 300 = 600 = 15%.
    const other = held(wan('400'), { customerId: 2n, name: '乙', ...small });
    expect(codes([other], held(fen(wan('300') - 1n)))).toEqual([]);
    expect(codes([other], held(wan('300')))).toEqual([]);
    expect(codes([other], held(plus(wan('300'), one)))).toEqual(['related-group-cap']);
  });

  it('拒绝时写出算式与还能新增多少责任余额', () => {
    const [refusal] = checkConcentration([held(wan('300'), small)], held(wan('201'), small), netAssets, asOf);
    expect(refusal?.figures).toMatchObject({
      新增后责任余额: '5010000.00',
      上限: '4000000.00',
      计算: '其他借款类 5010000.00×100%',
    });
    expect(refusal?.message).toContain('本次最多可新增责任余额1750000.00元'); // 400 − 300 × 75%
  });
});

describe('发行债券按主体信用评级折算（BAL-10）', () => {
  const bond = (issuerRating: string | null, amount: Fen) => held(amount, { guaranteeClass: 'bond', issuerRating });
  it.each([
    // 400 ÷ 60% = 666.666666… 万元: half-up, 6,666,666.67 × 60% = 4,000,000.00 (4,000,000.002); 6,666,666.68 × 60% = 4,000,000.01.
    ['AA，低一分', bond('AA', fen(666_666_666n)), []],
    ['AA，正好', bond('AA', fen(666_666_667n)), []],
    ['AA，高一分', bond('AA', fen(666_666_668n)), ['single-customer-cap']],
    ['AA-，400万元', bond('AA-', wan('400')), []],
    ['AA-，400万元多一分', bond('AA-', plus(wan('400'), one)), ['single-customer-cap']],
    ['不可判定从严，400万元', bond(null, wan('400')), []],
    ['不可判定从严，400万元多一分', bond(null, plus(wan('400'), one)), ['single-customer-cap']],
  ])('%s', (_, added, expected) => expect(codes([], added)).toEqual(expected));

  it('60%的折算带未核实标记；没有评级的说明从严', () => {
    expect(exposureParts([bond('AAA', wan('1'))], 'contract', asOf)[0]?.notes.join()).toContain('折算比例');
    expect(exposureParts([bond(null, wan('1'))], 'contract', asOf)[0]?.reason).toContain('主体信用评级不可判定，从严');
  });
});

describe('被担保人类别的读法与口径', () => {
  const weightOf = (kind: HeldBalance['kind'], sizeClass: string) => {
    const [part] = exposureParts([held(wan('100'), { kind, sizeClass })], 'contract', asOf);
    return [part?.exposure, part?.notes.join('；') ?? ''] as const;
  };
  it('个体工商户、小微企业主按75%计，注明是读法而非条文', () => {
    for (const kind of ['individual-business', 'business-owner'] as const) {
      const [exposure, notes] = weightOf(kind, '微型');
      expect([exposure, notes.includes('非条文原意')]).toEqual([wan('75'), true]);
    }
    expect(weightOf('enterprise', '微型')).toEqual([wan('75'), '']);
  });
  it('企业划型不可判定按100%计并说明', () =>
    expect(weightOf('enterprise', '不可判定')).toEqual([wan('100'), '企业划型不可判定，从严按其他计']));

  it('两种口径都算得出；非融资担保不计', () => {
    const book = [held(wan('100'), { borne: wan('80') }), held(wan('900'), { guaranteeClass: 'non-financing' })];
    const exposure = (basis: 'contract' | 'borne') => exposureOf(exposureParts(book, basis, asOf));
    expect([exposure('contract'), exposure('borne')]).toEqual([wan('100'), wan('80')]);
  });

  it('计量办法施行前一日按余额全额，当日起加权', () => {
    const book = [held(wan('100'), { sizeClass: '小型' })];
    expect(exposureOf(exposureParts(book, 'contract', day('2018-04-01')))).toBe(wan('100'));
    expect(exposureOf(exposureParts(book, 'contract', day('2018-04-02')))).toBe(wan('75'));
  });
});
