import { expect, it } from 'vitest';
import { retiredRegions, shanxiCities } from './regions-shanxi.ts';

const counties = shanxiCities.flatMap((city) => city.counties.map(([code]) => code));

it('11 市 117 县，各县代码在其市之内', () => {
  // 10+10+5+12+6+6+11+13+14+17+13 = 117
  expect(shanxiCities.map((city) => city.counties.length)).toEqual([10, 10, 5, 12, 6, 6, 11, 13, 14, 17, 13]);
  expect(new Set(counties).size).toBe(117);
  for (const city of shanxiCities)
    for (const [code] of city.counties) expect(Math.floor(code / 100)).toBe(city.code / 100);
});

it('撤销的代码不再使用，后继都在用', () => {
  for (const each of retiredRegions) {
    expect(counties).not.toContain(each.code);
    expect(counties).toEqual(expect.arrayContaining([...each.successors]));
  }
});
