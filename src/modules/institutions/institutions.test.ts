import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { wan } from '../../kernel/money.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { changeStatus, createInstitution, loadRegions, recordCapital, recordLicence, recordLineage } from './index.ts';
import { capitalOf, institutionOf, lineageOf, listInstitutions } from './store.ts';

const context = { actor: systemActor, clock: fixedClock(day('2026-09-30')) };
let test: TestDatabase;
const ids: Record<string, number> = {};
const write = <T>(work: (tx: Tx) => Promise<T>) => test.db.transaction(systemActor, work);
const refused = (code: string) => expect.objectContaining({ refusals: [expect.objectContaining({ code })] });

beforeAll(async () => {
  test = await createTestDatabase();
  await write(async (tx) => {
    expect(await loadRegions(tx)).toBe(129); // 1 省 + 11 市 + 117 县
    const make = async (code: string, name: string, kind: string, level: number, regionCode: number) => {
      ids[code] = (
        await createInstitution(tx, context, { code, name, kind, level, regionCode, openedOn: day('2019-06-28') })
      ).id;
    };
    await make('TY', '太原市融资担保有限公司', 'guarantor', 2, 140100);
    await make('XD', '小店区融资担保有限公司', 'guarantor', 3, 140105);
    await make('QX', '清徐县融资担保有限公司', 'guarantor', 3, 140121);
    await make('BK', '中国工商银行', 'bank', 1, 140000);
  });
});
afterAll(() => test.close());

describe('区划', () => {
  it('重复装载不变', async () => {
    expect(await write(loadRegions)).toBe(0);
    const { rows } = await test.owner.query(
      'select level, count(*)::int as n from institutions.region group by 1 order by 1',
    );
    expect(rows).toEqual([
      { level: 1, n: 1 },
      { level: 2, n: 11 },
      { level: 3, n: 117 },
    ]);
  });
});

describe('机构', () => {
  it.each([
    ['代码重复', { code: 'TY', name: '另一家' }, 'institution-taken'],
    ['名称重复', { code: 'T2', name: '太原市融资担保有限公司' }, 'institution-taken'],
    ['没有的区划', { code: 'T3', name: '三', regionCode: 149999 }, 'region-unknown'],
    ['级别与区划不符', { code: 'T4', name: '四', level: 3 }, 'region-level'],
  ])('拒绝：%s', async (_, given, code) => {
    const command = { kind: 'guarantor', level: 2, regionCode: 140100, ...given };
    await expect(write((tx) => createInstitution(tx, context, command))).rejects.toEqual(refused(code));
  });

  it('按名称、代码、拼音首字母、区划查找，翻页不重不漏', async () => {
    const find = async (filter: object) =>
      (await test.db.read(systemActor, (tx) => listInstitutions(tx, filter, undefined, 50))).rows.map(
        (row) => row.code,
      );
    expect(await find({ q: '小店' })).toEqual(['XD']);
    expect(await find({ q: 'xdq' })).toEqual(['XD']);
    expect(await find({ region: 140100, kind: 'guarantor' })).toEqual(['TY', 'XD', 'QX']);
    expect(await find({ region: 140105 })).toEqual(['XD']);
    expect(await find({ q: '100%' })).toEqual([]);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await test.db.read(systemActor, (tx) => listInstitutions(tx, {}, after, 1));
      seen.push(...page.rows.map((row) => row.code));
      after = page.next ?? undefined;
    } while (after);
    expect(seen).toEqual(['BK', 'TY', 'XD', 'QX']);
  });

  it('停业不得早于开业；银行没有经营许可证', async () => {
    const close = (closedOn: string) =>
      write((tx) => changeStatus(tx, context, { id: ids.QX!, status: 'closed', closedOn: day(closedOn) }));
    await expect(close('2019-06-27')).rejects.toEqual(refused('closed-before-opened'));
    await close('2019-06-28');
    await write((tx) => changeStatus(tx, context, { id: ids.QX!, status: 'active' }));
    await expect(
      write((tx) => recordLicence(tx, context, { id: ids.BK!, licenceNo: '1', licenceStatus: 'valid' })),
    ).rejects.toEqual(refused('no-licence-needed'));
  });
});

describe('条8 沿革', () => {
  const absorb = (from: string, to: string, on = '2026-06-30') =>
    write((tx) =>
      recordLineage(tx, context, {
        predecessorId: ids[from]!,
        successorId: ids[to]!,
        kind: 'absorption',
        happenedOn: day(on),
      }),
    );

  it('拒绝自承、异类、未来、成环', async () => {
    await expect(absorb('XD', 'XD')).rejects.toEqual(
      expect.objectContaining({
        refusals: expect.arrayContaining([expect.objectContaining({ code: 'same-institution' })]),
      }),
    );
    await expect(absorb('XD', 'BK')).rejects.toEqual(refused('lineage-kind'));
    await expect(absorb('XD', 'TY', '2026-10-01')).rejects.toEqual(refused('not-happened'));
    await write((tx) =>
      recordLineage(tx, context, {
        predecessorId: ids.QX!,
        successorId: ids.XD!,
        kind: 'split',
        happenedOn: day('2025-01-01'),
      }),
    );
    await expect(absorb('XD', 'QX')).rejects.toEqual(refused('lineage-loop'));
  });

  it('吸收合并：前身标记被吸收，编号不变，不能再次', async () => {
    await absorb('XD', 'TY');
    const found = await test.db.read(systemActor, (tx) => institutionOf(tx, ids.XD!));
    expect(found).toMatchObject({ id: ids.XD, status: 'absorbed', closedOn: '2026-06-30' });
    const lineage = await test.db.read(systemActor, (tx) => lineageOf(tx, ids.TY!));
    expect(lineage.predecessors).toMatchObject([{ id: ids.XD, kind: 'absorption' }]);
    await expect(absorb('XD', 'QX')).rejects.toEqual(expect.objectContaining({ status: 422 }));
    await expect(write((tx) => changeStatus(tx, context, { id: ids.XD!, status: 'active' }))).rejects.toEqual(
      refused('already-absorbed'),
    );
  });
});

describe('资本', () => {
  const amounts = {
    registeredCapital: wan(50000),
    netAssets: wan(52000),
    stakesInGuarantors: wan(0),
    source: '审计报告',
  };
  it('同一日再记是新的事实，旧的仍在；未来与负数被拒', async () => {
    const record = (asOf: string, given = amounts) =>
      write((tx) => recordCapital(tx, context, { guarantorId: ids.TY!, asOf: day(asOf), ...given }));
    await record('2025-12-31');
    await record('2025-12-31', { ...amounts, netAssets: wan(51000) });
    const facts = await test.db.read(systemActor, (tx) => capitalOf(tx, ids.TY!));
    expect(facts.map((each) => each.netAssets)).toEqual([wan(51000), wan(52000)]);
    await record('2026-09-30');
    await expect(record('2026-10-01')).rejects.toEqual(refused('not-yet'));
    await expect(record('2026-09-30', { ...amounts, stakesInGuarantors: -1n as never })).rejects.toEqual(
      refused('negative-capital'),
    );
    await expect(test.db.pool.query('update institutions.capital_fact set net_assets = 0')).rejects.toMatchObject({
      code: '42501',
    });
  });
});
