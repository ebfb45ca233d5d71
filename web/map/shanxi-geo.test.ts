import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const geo = JSON.parse(readFileSync(new URL('./shanxi.geo.json', import.meta.url), 'utf8')) as {
  features: { properties: { code: string; name: string; level: string }; geometry: { type: string } }[];
};
/** Counties per city in GB/T 2260 order: 太原 10, 大同 10, 阳泉 5 … 吕梁 13. */
const countiesPerCity = [10, 10, 5, 12, 6, 6, 11, 13, 14, 17, 13];

test('the map has the 11 cities and 117 counties of Shanxi, each once and inside its city', () => {
  const cities = geo.features.filter((each) => each.properties.level === 'city').map((each) => each.properties.code);
  const counties = geo.features
    .filter((each) => each.properties.level === 'county')
    .map((each) => each.properties.code);
  expect(cities).toEqual(countiesPerCity.map((_, index) => `14${String(index + 1).padStart(2, '0')}00`));
  expect(cities.map((city) => counties.filter((code) => code.startsWith(city.slice(0, 4))).length)).toEqual(
    countiesPerCity,
  );
  expect(new Set(counties).size).toBe(117);
});

test('names that changed are the ones in force', () => {
  const nameOf = Object.fromEntries(geo.features.map((each) => [each.properties.code, each.properties.name]));
  expect([nameOf['140215'], nameOf['140403'], nameOf['140681'], nameOf['140703']]).toEqual([
    '云州区',
    '潞州区',
    '怀仁市',
    '太谷区',
  ]);
});

test('every region has an outline', () =>
  expect(geo.features.filter((each) => !/^(Multi)?Polygon$/.test(each.geometry.type))).toEqual([]));
