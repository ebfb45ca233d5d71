import { describe, expect, it } from 'vitest';
import { addDays, day } from '../kernel/day.ts';
import { fen, minus, plus, wan, zeroFen } from '../kernel/money.ts';
import { percent } from '../kernel/ratio.ts';
import { measures2025 } from './mof-2025-11.ts';
import { NotInForce } from './parameter.ts';
import { opinion6 } from './state-council-2019-6.ts';
import { aimsOn, checkPurpose, focusMeasures, isSmallMicroForPolicy, ticketBand } from './support-focus.ts';

const asOf = day('2026-06-30');
const one = fen(1);
const facts = { support: wan('80'), smallTicket: wan('40'), total: wan('100'), averageFee: percent('1%') };
const met = (given: Partial<typeof facts>) => focusMeasures({ ...facts, ...given }, asOf).map((each) => each.isMet);

describe('国办发〔2019〕6号 聚焦支小支农融资担保主业（GOV-1 GOV-2 GOV-3）', () => {
  it.each([
    ['三项恰好', {}, [true, true, true]],
    ['支小支农差一分', { total: plus(wan('100'), one) }, [false, true, true]],
    ['500万元以下差一分', { smallTicket: minus(wan('40'), one) }, [true, false, true]],
    ['平均费率高一点', { averageFee: percent('1.01%') }, [true, true, false]],
  ])('%s', (_, given, expected) => expect(met(given)).toEqual(expected));

  it('没有业务就没有比率', () =>
    expect(
      focusMeasures({ support: zeroFen, smallTicket: zeroFen, total: zeroFen, averageFee: null }, asOf).map((each) => [
        each.actual,
        each.isMet,
      ]),
    ).toEqual([
      [null, null],
      [null, null],
      [null, null],
    ]));

  it('6号施行前一日没有要求', () =>
    expect(() => focusMeasures(facts, addDays(opinion6.inForceOn, -1))).toThrow(NotInForce));
});

describe('财金〔2025〕11号 第六条（GOV-1 GOV-2 GOV-10）', () => {
  it('施行当日起改引第六条；50%的分母带待核实标记', () => {
    const sources = (on: ReturnType<typeof day>) => focusMeasures(facts, on).map((each) => each.bound.article.number);
    expect(sources(addDays(measures2025.inForceOn, -1))[0]).toBe('国办发〔2019〕6号');
    expect(sources(measures2025.inForceOn)[0]).toBe('财金〔2025〕11号');
    expect(focusMeasures(facts, asOf)[1]?.bound.unverified).toContain('分母');
  });

  it.each([
    ['500万元', wan('500'), 1],
    ['500万元零一分', plus(wan('500'), one), 2],
    ['1000万元', wan('1000'), 2],
    ['1000万元零一分', plus(wan('1000'), one), 3],
  ])('单户%s 属第%s档', (_, amount, band) => expect(ticketBand(amount, asOf).band).toBe(band));

  it('施行前没有1000万元一档', () => {
    const before = addDays(measures2025.inForceOn, -1);
    expect(ticketBand(wan('1000'), before)).toEqual({ band: 3, title: '单户500万元以上' });
  });
});

describe('财金〔2025〕11号 第二条 小微企业范围（CLS-3）', () => {
  const before = addDays(measures2025.inForceOn, -1);
  it.each([
    ['个体工商户', { status: '个体工商户' }, before, false],
    ['个体工商户', { status: '个体工商户' }, measures2025.inForceOn, true],
    ['小微企业主', { status: '小微企业主' }, measures2025.inForceOn, true],
    ['小型企业', { size: '小型' }, before, true],
    ['微型企业', { size: '微型' }, asOf, true],
    ['中型企业', { size: '中型' }, asOf, false],
    ['不可判定', { size: '不可判定' }, asOf, false],
  ] as const)('%s %o 于 %s', (_, given, on, expected) => expect(isSmallMicroForPolicy(given, on)).toBe(expected));
});

describe('国办发〔2019〕6号 不得从事的业务（GOV-8）与反担保、尽职免责与考核（GOV-9）', () => {
  it('逐项拒绝', () =>
    expect(checkPurpose(['government-bond', 'financing-platform'], asOf).map((each) => each.code)).toEqual([
      'prohibited-government-bond',
      'prohibited-financing-platform',
    ]));
  it('没有禁止事项就没有拒绝', () => expect(checkPurpose([], asOf)).toEqual([]));
  it('原则性要求带未核实标记', () => {
    expect(aimsOn(asOf).value).toContain('完善尽职免责');
    expect(aimsOn(asOf).unverified).toContain('凭记忆');
  });
});
