import { afterAll, beforeAll, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { createInstitution, loadRegions } from '../institutions/index.ts';
import { confirmAlias, createBranch, matchBank } from './index.ts';
import { suggest } from './rules.ts';
import { listAliases } from './store.ts';

const context = { actor: systemActor, clock: fixedClock(day('2026-09-30')) };
let test: TestDatabase;
let icbc = 0;
let ccb = 0;
let xiaodian = 0;
const write = <T>(work: (tx: Tx) => Promise<T>) => test.db.transaction(systemActor, work);
const match = (...names: string[]) => test.db.read(systemActor, (tx) => matchBank(tx, names));
const refused = (code: string) => expect.objectContaining({ refusals: [expect.objectContaining({ code })] });

beforeAll(async () => {
  test = await createTestDatabase();
  await write(async (tx) => {
    await loadRegions(tx);
    const bank = async (code: string, name: string, shortName: string) =>
      (await createInstitution(tx, context, { code, name, shortName, kind: 'bank', level: 1, regionCode: 140000 })).id;
    icbc = await bank('ICBC', '中国工商银行股份有限公司（山西省分行）', '工商银行');
    ccb = await bank('CCB', '中国建设银行股份有限公司山西省分行', '建设银行');
    xiaodian = (
      await createBranch(tx, context, {
        bankId: icbc,
        code: '102161000015',
        name: '工商银行太原小店支行',
        regionCode: 140105,
      })
    ).id;
  });
});
afterAll(() => test.close());

it('名称按归一写法精确辨认，机构与支行分清，顺序与原文保留', async () => {
  const found = await match('中国工商银行股份有限公司(山西省分行) ', '工商银行太原 小店支行', '建设银行', '');
  expect(found.map((each) => each.match)).toEqual([
    { bankId: icbc, branchId: null },
    { bankId: icbc, branchId: xiaodian },
    { bankId: ccb, branchId: null },
    null,
  ]);
  expect(found[0]?.given).toBe('中国工商银行股份有限公司(山西省分行) ');
});

it('相近只是候选，不自动认定；人确认一次后即认得', async () => {
  const [before] = await match('工行太原小店支行');
  expect(before?.match).toBeNull();
  expect(before?.suggestions[0]).toMatchObject({ bankId: icbc, branchId: xiaodian });
  await write((tx) => confirmAlias(tx, context, { alias: '工行太原小店支行', bankId: icbc, branchId: xiaodian }));
  await write((tx) => confirmAlias(tx, context, { alias: ' 工行太原小店支行', bankId: icbc, branchId: xiaodian }));
  const [after] = await match('工行太原小店支行　');
  expect(after).toMatchObject({ match: { bankId: icbc, branchId: xiaodian }, suggestions: [] });
  const list = await test.db.read(systemActor, (tx) => listAliases(tx, undefined, 10));
  expect(list.rows).toMatchObject([{ alias: '工行太原小店支行', confirmedBy: '系统' }]);
});

it('确认过的不能改指；支行须属于这家银行；只能指银行', async () => {
  await write((tx) => confirmAlias(tx, context, { alias: '工行', bankId: icbc }));
  await expect(write((tx) => confirmAlias(tx, context, { alias: '工行', bankId: ccb }))).rejects.toEqual(
    refused('alias-taken'),
  );
  await expect(
    write((tx) => confirmAlias(tx, context, { alias: '建行小店', bankId: ccb, branchId: xiaodian })),
  ).rejects.toEqual(refused('branch-of-another-bank'));
});

it('两家银行共有的写法谁也不认', async () => {
  await write((tx) =>
    createInstitution(tx, context, {
      code: 'RCB1',
      name: '平遥农商银行',
      shortName: '农商行',
      kind: 'bank',
      level: 3,
      regionCode: 140728,
    }),
  );
  await write((tx) =>
    createInstitution(tx, context, {
      code: 'RCB2',
      name: '介休农商银行',
      shortName: '农商行',
      kind: 'bank',
      level: 3,
      regionCode: 140781,
    }),
  );
  const [found] = await match('农商行');
  expect(found?.match).toBeNull();
  expect(found?.suggestions).toHaveLength(2);
});

it('支行代码或名称重复、区划不存在：拒绝', async () => {
  const branch = { bankId: icbc, code: '1', name: '甲支行' };
  await expect(write((tx) => createBranch(tx, context, { ...branch, name: '工商银行太原小店支行' }))).rejects.toEqual(
    refused('branch-taken'),
  );
  await expect(write((tx) => createBranch(tx, context, { ...branch, regionCode: 149999 }))).rejects.toEqual(
    refused('region-unknown'),
  );
});

it('相似度：两字相邻对的共有份额', () => {
  const known = [{ name: '甲乙丙', bankId: 1, branchId: null }];
  // {甲乙,乙丙} 与 {甲乙,乙丁}：2 × 1 ÷ 4 = 0.5
  expect(suggest('甲乙丁', known)).toEqual([{ bankId: 1, branchId: null, likeness: 0.5 }]);
  expect(suggest('戊己庚', known)).toEqual([]);
});
