import { describe, expect, it } from 'vitest';
import { addDays, day } from '../kernel/day.ts';
import { wan } from '../kernel/money.ts';
import { percent, ratio } from '../kernel/ratio.ts';
import {
  NotInForce,
  parameter,
  parameterFrom,
  registeredParameters,
  showLimit,
  showRatio,
  unverifiedOf,
} from './parameter.ts';

const source = { document: '某市实施细则', number: '某字〔2020〕1号', article: '第三条' };
const local = parameterFrom('LOCAL-1', '某市费率上限', [
  { from: day('2022-01-01'), value: 'repealed', source },
  { from: day('2020-01-01'), value: percent('2%'), source },
  { from: day('2021-01-01'), value: percent('1%'), source, unverified: '未见原文' },
]);

describe('有日期的参数', () => {
  it.each([
    ['2020-01-01', percent('2%')],
    ['2020-12-31', percent('2%')],
    ['2021-01-01', percent('1%')],
    ['2021-12-31', percent('1%')],
  ])('%s 的数值', (on, expected) => expect(local.at(day(on))).toEqual(expected));

  it.each(['2019-12-31', '2022-01-01'])('%s 施行前或废止后读取，抛出 NotInForce', (on) => {
    expect(() => local.at(day(on))).toThrow(NotInForce);
    expect(local.isInForce(day(on))).toBe(false);
    expect(local.unverifiedOn(day(on))).toBeUndefined();
  });

  it('版本带出处与未核实标记', () => {
    expect(local.versionAt(day('2021-06-01')).source.article).toBe('第三条');
    expect(unverifiedOf(day('2021-06-01'), local, local)).toBe('某市费率上限：未见原文');
    expect(unverifiedOf(day('2020-06-01'), local)).toBeUndefined();
  });

  it('版本按施行日排列，不论写的先后', () =>
    expect(local.versions.map((each) => each.from)).toEqual(['2020-01-01', '2021-01-01', '2022-01-01']));

  it('同一天两个版本、没有版本，都不能登记', () => {
    const version = { from: day('2020-01-01'), value: 1, source };
    expect(() => parameterFrom('X', '甲', [version, version])).toThrow('自同一天起');
    expect(() => parameterFrom('X', '甲', [])).toThrow('没有任何版本');
  });

  it('国家参数只登记一次；地方数据不进登记簿', () => {
    const before = registeredParameters().length;
    parameter('X', '测试用参数', [{ from: day('2020-01-01'), value: 1, source }]);
    expect(() => parameter('X', '测试用参数', [{ from: addDays(day('2020-01-01'), 1), value: 2, source }])).toThrow(
      '重复登记',
    );
    expect(registeredParameters().length).toBe(before + 1);
    expect(registeredParameters().some((each) => each.title === local.title)).toBe(false);
  });

  it.each([
    [percent('75%'), '75%'],
    [percent('0.3%'), '0.3%'],
    [ratio(10), '10倍'],
    [ratio(1), '100%'],
    [ratio(0), '0%'],
  ])('比率写作法条的样子 %#', (value, expected) => expect(showRatio(value)).toBe(expected));

  it.each([
    ['500', '500万元'],
    ['1000', '1,000万元'],
    ['0.01', '0.01万元'],
    ['0', '0万元'],
  ])('金额写作法条的样子 %s', (value, expected) => expect(showLimit(wan(value))).toBe(expected));

  it.each([
    [true, '是'],
    [false, '否'],
    [['甲', '乙'], '甲、乙'],
    [percent('1%'), '1%'],
    [wan('1'), '1万元'],
    ['文字', '文字'],
  ])('其他值的写法 %#', (value, expected) => {
    const any = parameterFrom<unknown>('X', '任意', [{ from: day('2020-01-01'), value, source }]);
    expect(any.show(value)).toBe(expected);
  });
});
