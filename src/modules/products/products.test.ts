import { afterAll, beforeAll, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { baselineVersions } from './baseline.ts';
import { addProductVersion, loadBaseline, productVersionOn } from './index.ts';
import { historyOf } from './store.ts';

let test: TestDatabase;
const context: Context = { actor: systemActor, clock: fixedClock(day('2026-11-20')) };
const asSystem = <T>(work: (tx: Tx) => Promise<T>) => test.db.transaction(systemActor, work);

beforeAll(async () => {
  test = await createTestDatabase();
  await test.owner.query(`insert into agreements.product (code, name, class, source)
    select code, code, 'loan', '测试' from unnest(array['ordinary', 'tech', 'loan']) code`);
  await asSystem((tx) => loadBaseline(tx, context));
});
afterAll(() => test.close());

const versionOn = async (code: string, on: string) =>
  (await asSystem((tx) => productVersionOn(tx, code, day(on))))?.version;

it('某日有效的版本：生效前一日没有，当日起有；后一版生效前一日止', async () => {
  expect(await versionOn('tech', '2024-07-23')).toBeUndefined();
  expect(await versionOn('tech', '2024-07-24')).toBe(1);
  expect([await versionOn('ordinary', '2025-02-28'), await versionOn('ordinary', '2025-03-01')]).toEqual([2, 3]);
  expect(await versionOn('loan', '2026-01-01')).toBeUndefined();
});

it('再装一次不重复；新增版本结束前一版，已有的不动', async () => {
  expect(await asSystem((tx) => loadBaseline(tx, context))).toBe(0);
  const { terms } = baselineVersions().find((each) => each.code === 'tech')!;
  const version = { code: 'tech', from: day('2027-01-01'), to: null, terms, document: '试行', unverified: null };
  expect(await asSystem((tx) => addProductVersion(tx, context, version))).toEqual({ version: 2 });
  expect((await asSystem((tx) => historyOf(tx, 'tech'))).map((each) => [each.from, each.to])).toEqual([
    ['2024-07-24', '2026-12-31'],
    ['2027-01-01', null],
  ]);
  await expect(asSystem((tx) => addProductVersion(tx, context, version))).rejects.toThrow(/须晚于上一版/);
  const upsideDown = { ...terms, termMonths: { ...terms.termMonths, least: 99 } };
  await expect(
    asSystem((tx) => addProductVersion(tx, context, { ...version, from: day('2028-01-01'), terms: upsideDown })),
  ).rejects.toThrow(/最短期限长于最长期限/);
  await expect(asSystem((tx) => addProductVersion(tx, context, { ...version, code: '无' }))).rejects.toThrow(
    /没有这个产品/,
  );
});
