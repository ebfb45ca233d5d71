import { describe, expect, it } from 'vitest';
import { addDays, day } from '../kernel/day.ts';
import { type Fen, fen, minus, plus, wan, zeroFen } from '../kernel/money.ts';
import { formatDecimal, ratio, showPercent } from '../kernel/ratio.ts';
import { liabilityMeasures } from './cbirc-2018-1-liability-balance.ts';
import { concentration, ratedBondExposure } from './concentration.ts';
import { checkLeverage, countedNetAssets, leverageCap, leverageMultiple } from './leverage.ts';
import { NotInForce } from './parameter.ts';
import { order683 } from './state-council-order-683.ts';

const asOf = day('2026-06-30');
const one = fen(1);
const mix = (supportBalance: Fen, totalBalance: Fen, supportHouseholds: number, totalHouseholds: number) => ({
  supportBalance,
  totalBalance,
  supportHouseholds,
  totalHouseholds,
});
const ordinary = mix(zeroFen, wan('1'), 0, 1);
const supporting = mix(wan('50'), wan('100'), 80, 100);
const assets = { netAssets: wan('12000'), stakesInGuarantors: wan('2000') };

describe('国务院令第683号 第十五条 放大倍数（REG-15）', () => {
  const cap = wan('100000'); // (12,000 − 2,000) 万元 × 10
  it.each([
    ['低一分', minus(cap, one), []],
    ['恰为10倍', cap, []],
    ['高一分', plus(cap, one), ['leverage-cap']],
  ])('%s', (_, liability, expected) =>
    expect(checkLeverage(liability, assets, ordinary, asOf).map((each) => each.code)).toEqual(expected),
  );

  it.each([
    ['恰为15倍', wan('150000'), []],
    ['15倍高一分', plus(wan('150000'), one), ['leverage-cap']],
  ])('主要服务小微企业和农户：%s', (_, liability, expected) =>
    expect(checkLeverage(liability, assets, supporting, asOf).map((each) => each.code)).toEqual(expected),
  );

  it('拒绝时带数字、条款与未核实的条件', () => {
    const [refusal] = checkLeverage(wan('100001'), assets, ordinary, asOf);
    expect(refusal?.figures).toEqual({
      责任余额: '1000010000.00',
      计量净资产: '100000000.00',
      放大倍数: '10.0001倍',
      上限: '10倍',
    });
    expect(refusal?.article?.article).toBe('第十五条');
    expect(refusal?.unverified).toContain('凭记忆');
  });

  it.each([
    ['净资产扣除后为零', { netAssets: wan('1'), stakesInGuarantors: wan('1') }],
    ['净资产为负', { netAssets: wan('-1'), stakesInGuarantors: zeroFen }],
  ])('%s：没有倍数，有责任余额即拒绝', (_, given) => {
    expect(leverageMultiple(one, countedNetAssets(given, asOf).counted)).toBeNull();
    expect(checkLeverage(one, given, ordinary, asOf)[0]?.figures?.放大倍数).toBe('—');
    expect(checkLeverage(zeroFen, given, ordinary, asOf)).toEqual([]);
  });

  it('条例施行前一日没有上限，当日有', () => {
    expect(() => leverageCap(ordinary, addDays(order683.inForceOn, -1))).toThrow(NotInForce);
    expect(leverageCap(ordinary, order683.inForceOn).cap).toEqual(ratio(10));
  });
});

describe('融资担保责任余额计量办法 提高放大倍数上限的条件（BAL-9）', () => {
  it.each([
    ['余额占比低一分', mix(minus(wan('50'), one), wan('100'), 80, 100), false],
    ['两项恰好', supporting, true],
    ['余额占比高一分', mix(plus(wan('50'), one), wan('100'), 80, 100), true],
    ['户数占比差一户', mix(wan('50'), wan('100'), 79, 100), false],
    ['户数占比多一户', mix(wan('50'), wan('100'), 81, 100), true],
    ['没有业务', mix(zeroFen, zeroFen, 0, 0), false],
  ])('%s', (_, given, expected) => {
    const { isRaised, cap } = leverageCap(given, asOf);
    expect([isRaised, cap]).toEqual([expected, ratio(expected ? 15 : 10)]);
  });

  it('B1：36,800/73,800 = 49.86%，不得适用15倍', () => {
    const { balanceShare, isRaised, reason } = leverageCap(mix(wan('36800'), wan('73800'), 90, 100), asOf);
    expect([balanceShare && showPercent(balanceShare), isRaised]).toEqual(['49.86%', false]);
    expect(reason).toBe('小微企业和农户在保余额占比49.86%（须不低于50%），上限为10倍');
  });

  it('计量办法施行前一日只有10倍', () =>
    expect(leverageCap(supporting, addDays(liabilityMeasures.inForceOn, -1)).cap).toEqual(ratio(10)));
});

describe('融资担保责任余额计量办法 净资产的口径（BAL-11）', () => {
  it('B1：61,900 ÷ (12,000 − 2,000) = 6.19倍', () => {
    const { counted, unverified } = countedNetAssets(assets, asOf);
    const multiple = leverageMultiple(wan('61900'), counted);
    expect(multiple && formatDecimal(multiple)).toBe('6.19');
    expect(unverified).toContain('仅见部分原文');
  });
});

describe('国务院令第683号 第十六条 集中度（REG-16）', () => {
  const exposure = { netAssets: wan('10000'), toCustomer: wan('900'), toGroup: wan('900') };
  const codes = (added: Fen, given = exposure, on = order683.inForceOn) =>
    concentration(added, given, on).map((each) => each.code);
  const room = wan('100'); // 10,000 × 10% − 900

  it.each([
    ['低一分', minus(room, one), []],
    ['恰到10%', room, []],
    ['高一分', plus(room, one), ['single-customer-cap']],
  ])('单户%s', (_, added, expected) => expect(codes(added)).toEqual(expected));

  it.each([
    ['恰到15%', '1400', []],
    ['高一分', '1400.000001', ['related-group-cap']],
  ])('关联方%s', (_, toGroup, expected) =>
    expect(codes(room, { ...exposure, toGroup: wan(toGroup) })).toEqual(expected),
  );

  it('两项都超，两项都说', () =>
    expect(codes(wan('200'), { ...exposure, toGroup: wan('1500') })).toEqual([
      'single-customer-cap',
      'related-group-cap',
    ]));

  it('说出还能新增多少', () =>
    expect(concentration(wan('200'), exposure, asOf)[0]?.message).toBe(
      '超过同一被担保人集中度上限（净资产的10%），本次最多可新增责任余额1000000.00元',
    ));

  it('净资产为负时任何敞口都拒绝', () => {
    const none = { netAssets: wan('-1'), toCustomer: zeroFen, toGroup: zeroFen };
    expect(codes(one, none)).toEqual(['single-customer-cap', 'related-group-cap']);
    expect(codes(zeroFen, none)).toEqual([]);
  });

  it('条例施行前一日没有答案', () =>
    expect(() => codes(room, exposure, addDays(order683.inForceOn, -1))).toThrow(NotInForce));
});

describe('融资担保责任余额计量办法 集中度的计算（BAL-10）', () => {
  it('B3：净资产50,000万元，AA级债券9,000万元按5,400万元计，超过5,000万元', () => {
    const { amount, unverified } = ratedBondExposure(wan('9000'), asOf);
    expect([amount, unverified?.includes('凭记忆')]).toEqual([wan('5400'), true]);
    const none = { netAssets: wan('50000'), toCustomer: zeroFen, toGroup: zeroFen };
    expect(concentration(amount, none, asOf).map((each) => each.code)).toEqual(['single-customer-cap']); // 5,400 < 7,500
  });
});
