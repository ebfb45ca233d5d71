import { expect, it } from 'vitest';
import { percentOfRatio, ratioOfPercent } from './percent.ts';

it.each([
  ['0.15', '15'],
  ['0.955', '95.5'],
  ['1', '100'],
  ['1.2', '120'],
  ['0.005', '0.5'],
  ['0', '0'],
])('比例 %s 写成百分数 %s，再写回去还是同一个数', (ratio, percent) => {
  expect(percentOfRatio(ratio)).toBe(percent);
  expect(Number(ratioOfPercent(percent))).toBe(Number(ratio));
});

it('没有填的是没有，不是零', () => {
  expect([ratioOfPercent(undefined), ratioOfPercent(''), percentOfRatio(null)]).toEqual([null, null, undefined]);
});
