import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fen, wan } from '../../kernel/money.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { createAgreement } from '../agreements/index.ts';
import { proposeFiling } from '../filings/index.ts';
import { issueGuarantee, recordMovement } from '../guarantees/index.ts';
import { syncRoles } from '../identity/index.ts';
import { allocationsOf, listBankLines, listGuarantorLines, listTargets } from './admin-store.ts';
import {
  addFormula,
  decideLine,
  headroom,
  placeholderFormula,
  proposeLine,
  reckonBooks,
  reserve,
  setBankLine,
  setTarget,
} from './index.ts';
import { listReservations } from './reservation-store.ts';

let test: TestDatabase;
const today = day('2026-11-20');
const context: Context = { actor: systemActor, clock: fixedClock(today) };
const asSystem = <T>(work: (tx: Tx) => Promise<T>) => test.db.transaction(systemActor, work);

beforeAll(async () => {
  test = await createTestDatabase();
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000), (140105, '小店区', 3, 140100);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'G1', '太原担保', '太原', 'guarantor', 2, 140100), (2, 'G2', '大同担保', '大同', 'guarantor', 2, 140100), (5, 'Z1', '省再', '省再', 'reguarantor', 1, 140000), (9, 'B1', '某银行', '某行', 'bank', 1, 140000);
    insert into institutions.capital_fact (guarantor_id, as_of_on, registered_capital, net_assets, source) values (1, '2024-12-31', 1000000000000, 20000000000, '审计报告');
    insert into agreements.product (code, name, class, source) values ('tech', '科创专项', 'loan', '测试'), ('other', '其他', 'loan', '测试');
    insert into customers.customer (guarantor_id, id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence)
      select 1, n, 'enterprise', '客户' || n, 'uscc', 'U' || n, 'h' || n, 140105, '中型', '{}' from generate_series(11, 14) n`);
  await asSystem((tx) =>
    createAgreement(tx, context, {
      ...{ guarantorId: 1, bankId: 9, productCode: 'tech', contractNo: 'XY-1' },
      version: {
        ...{
          bankShare: '0.2',
          guarantorShare: '0.4',
          provinceShare: '0.2',
          fundShare: '0.2',
          otherShare: '0',
          feeRate: '0.01',
        },
        ...{ claimRatioCap: '0.05', document: '协议', from: day('2025-01-01'), to: null },
      },
    }),
  );
  for (const [contractNo, customerId, startsOn] of [
    ['A', 11n, '2025-03-01'],
    ['B', 12n, '2025-08-01'],
    ['C', 13n, '2026-02-01'],
  ] as const)
    await asSystem(async (tx) => {
      const { id } = await issueGuarantee(tx, context, {
        ...{
          guarantorId: 1,
          contractNo,
          customerId,
          bankId: 9,
          productCode: 'tech',
          county: 140105,
          principal: wan('300'),
        },
        ...{
          startsOn: day(startsOn),
          endsOn: day('2027-06-01'),
          tags: contractNo === 'A' ? 1 : 0,
          primaryTag: contractNo === 'A' ? 1 : 0,
          source: 'form' as const,
        },
      });
      await recordMovement(tx, context, {
        guarantorId: 1,
        guaranteeId: id,
        kind: 'disburse',
        amount: wan('300'),
        occurredOn: day(startsOn),
      });
      if (contractNo === 'A')
        await recordMovement(tx, context, {
          guarantorId: 1,
          guaranteeId: id,
          kind: 'repay',
          amount: wan('100'),
          occurredOn: day('2025-09-01'),
        });
    });
});
afterAll(() => test.close());

it('统一授信：分配不超过额度；新版本整表替换，前一版前一日止；已用、预留按分配归集', async () => {
  const line = (given: object = {}) => ({
    ...{ bankId: 9, from: day('2026-01-01'), to: day('2026-12-31'), amount: '20000000.00', document: '批复' },
    allocations: [
      { guarantorId: 1, productCode: null, amount: '10000000.00' },
      { guarantorId: 1, productCode: 'other', amount: '2000000.00' },
      { guarantorId: 2, productCode: null, amount: '8000000.00' },
    ],
    ...given,
  });
  await expect(asSystem((tx) => setBankLine(tx, context, line({ amount: '19999999.99' })))).rejects.toThrow(
    /超过授信额度 0.01 元/,
  );
  await expect(asSystem((tx) => setBankLine(tx, context, line({ bankId: 5 })))).rejects.toThrow(/没有这家银行/);
  await expect(
    asSystem((tx) =>
      setBankLine(tx, context, line({ allocations: [{ guarantorId: 77, productCode: '无', amount: '1' }] })),
    ),
  ).rejects.toThrow(/没有这些担保机构或产品：77、无/);
  expect(await asSystem((tx) => setBankLine(tx, context, line()))).toEqual({ version: 1 });
  await asSystem((tx) =>
    reserve(tx, context, {
      guarantorId: 1,
      subject: 'case:1/1',
      customerId: 14n,
      bankId: 9,
      productCode: 'tech',
      county: 140105,
      amount: wan('50'),
      guaranteed: wan('40'),
      until: day('2026-12-01'),
    }),
  );
  await reckonBooks(test.db, today);
  const parts = await asSystem((tx) => allocationsOf(tx, 9, 1, today));
  // 科创没有单列：算在机构的一般分配里。300×3 − 100 = 800 万元。
  expect(parts.map((each) => [each.guarantorId, each.productCode, each.used, each.reserved])).toEqual([
    [1, null, wan('800'), wan('50')],
    [1, 'other', 0n, 0n],
    [2, null, 0n, 0n],
  ]);
  await asSystem((tx) => setBankLine(tx, context, line({ from: day('2026-11-20'), allocations: [] })));
  const { rows } = await asSystem((tx) => listBankLines(tx, { on: today }, undefined, 9));
  expect(rows).toMatchObject([{ bankId: 9, version: 2, allocated: 0n, amount: wan('2000') }]);
  const ends = await test.owner.query('select to_on::text from limits.bank_line order by version');
  expect(ends.rows.map((each) => each.to_on)).toEqual(['2026-11-19', '2026-12-31']);
});

it('年度额度：上年数据自台账取，逐项可算；重新测算取代旧的，核定后生效', async () => {
  await asSystem((tx) => addFormula(tx, context, placeholderFormula));
  await asSystem((tx) =>
    setTarget(tx, context, { guarantorId: 1, county: 140105, year: 2025, amount: '12000000.00', document: '目标' }),
  );
  const propose = () =>
    asSystem((tx) =>
      proposeLine(tx, context, {
        guarantorId: 1,
        year: 2026,
        document: '测算',
        filingRate: '0.95',
        filingRateReason: null,
        returnRate: null,
        grade: 'A',
      }),
    );
  await propose();
  const { id, amount } = await propose();
  const listed = async () => (await asSystem((tx) => listGuarantorLines(tx, { on: today }, undefined, 9))).rows;
  const row = (await listed()).find((each) => each.id === id)!;
  const scores = Object.fromEntries(row.working.indicators.map((each) => [each.code, each.score]));
  // 2025 年：起始 600 万元；年末在保 500 万元 ÷ 净资产 2 亿 = 0.025 倍 ÷ 3；支小 300/600 ÷ 80%；无代偿；目标 600/1,200。
  expect(row.working.lastVolume).toBe('6000000.00');
  expect(scores).toEqual({
    leverage: '0.008333',
    'filing-rate': '1',
    'sharing-share': '1',
    'support-share': '0.625',
    'claim-ratio': '1',
    'return-rate': null,
    'target-share': '0.5',
    grade: '1',
  });
  // 得分 (0.15×0.008333 + 0.1 + 0.15 + 0.15×0.625 + 0.15 + 0.05 + 0.1) ÷ 0.9 = 0.716667；系数 1.03；600 × 1.1 × 1.03 = 679.8 万元。
  expect(row.working.coefficient).toBe('1.03');
  expect(amount).toBe('6798000.00');
  await asSystem((tx) => decideLine(tx, context, { id, outcome: 'approved', reason: '同意' }));
  await expect(
    asSystem((tx) => decideLine(tx, context, { id, outcome: 'approved', reason: '再同意' })),
  ).rejects.toThrow(/已核定/);
  expect((await listed()).map((each) => each.status).sort()).toEqual(['approved', 'replaced']);
  expect((await listed()).find((each) => each.id === id)).toMatchObject({ used: wan('300'), reserved: wan('50') });
  const { rows } = await asSystem((tx) => listTargets(tx, {}, undefined, 9));
  expect(rows).toMatchObject([{ county: 140105, done: wan('600'), amount: fen(wan('1200')) }]);
});

it('备案率：有备案记录时自备案数据算，改用填报须写理由；没有备案记录时用填报', async () => {
  const propose = (given: { filingRate: string | null; filingRateReason: string | null }) =>
    test.db.dryRun(systemActor, async (tx) => {
      const asked = { guarantorId: 1, year: 2026, document: '测算', returnRate: null, grade: null, ...given };
      const { id } = await proposeLine(tx, context, asked);
      const { rows } = await listGuarantorLines(tx, { id, on: today }, undefined, 1);
      return rows[0]?.working.indicators.find((each) => each.code === 'filing-rate');
    });
  const nothing = { filingRate: null, filingRateReason: null };
  expect(await propose(nothing)).toMatchObject({ value: null, score: null, source: '上年没有备案记录' });
  // 2025 年两笔各 300 万元（合同 A 三月、B 八月）；A 已备案，B 没有。
  await asSystem(async (tx) => {
    const { rows } = await sql<{ id: bigint }>`select id from guarantees.guarantee where contract_no = 'A'`.execute(tx);
    await proposeFiling(tx, context, { guarantorId: 1, guaranteeId: rows[0]!.id });
  });
  await test.owner.query(`
    insert into filings.batch (guarantor_id, id, number, month, sequence, due_on, rows, held, content_hash, submitted_by, submitted_at)
      overriding system value values (1, 1, 'B1', '2026-10-01', 1, '2026-11-13', 1, 0, 'x', 0, now());
    -- 省再确认本由触发器把关，这里只要结果。
    alter table filings.record disable trigger user;
    update filings.record set status = 'confirmed', batch_id = 1, certificate_no = 'Z1', decided_by = 0, decided_at = now();
    alter table filings.record enable trigger user`);
  const measured = await propose(nothing);
  // 担保金额 240 ÷ 480 = 50%；目标 95%，得 0.5263。
  expect(measured).toMatchObject({ value: '0.5', score: '0.526316' });
  expect(measured?.source).toContain('2025-03 至 2025-12');
  await expect(propose({ filingRate: '0.9', filingRateReason: null })).rejects.toThrow(
    /备案率 50.00%，改用填报的数须写明理由/,
  );
  const typed = await propose({ filingRate: '0.95', filingRateReason: '另有纸质备案' });
  expect(typed).toMatchObject({ value: '0.95', score: '1' });
  expect(typed?.source).toContain('替代备案数据算得的 50.00%：另有纸质备案');
});

it('谁看得见：机构只见分配给自己的与自己的预留，银行只见自己的授信，都不能改', async () => {
  await syncRoles(test.ownerUrl);
  await test.owner.query(`
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values (8, 'B2', '另一银行', '另行', 'bank', 1, 140000);
    insert into identity.user_account (id, account, name, person_key, institution_id) values (201, 'u201', '太原经理', 'p201', 1), (202, 'u202', '大同经理', 'p202', 2), (208, 'u208', '另行经理', 'p208', 8), (209, 'u209', '某行经理', 'p209', 9);
    insert into identity.role_grant (user_id, role_code, person_key, granted_by) values (201, 'r01-client-manager', 'p201', 0), (202, 'r01-client-manager', 'p202', 0), (208, 'r09-bank', 'p208', 0), (209, 'r09-bank', 'p209', 0)`);
  const seen = (userId: number) =>
    test.db.read({ userId }, async (tx) => ({
      lines: (await listBankLines(tx, { on: today }, undefined, 9)).rows.length,
      parts: (await allocationsOf(tx, 9, 1, today)).map((each) => each.guarantorId),
      held: (await listReservations(tx, { on: today }, undefined, 9)).rows.length,
      yearly: (await listGuarantorLines(tx, { on: today }, undefined, 9)).rows.length,
    }));
  expect(await seen(201)).toEqual({ lines: 1, parts: [1, 1], held: 1, yearly: 2 });
  expect(await seen(202)).toEqual({ lines: 1, parts: [2], held: 0, yearly: 0 });
  expect(await seen(209)).toEqual({ lines: 1, parts: [1, 1, 2], held: 0, yearly: 0 });
  expect(await seen(208)).toEqual({ lines: 0, parts: [], held: 0, yearly: 0 });
  await expect(
    test.db.transaction({ userId: 201 }, (tx) => sql`update limits.guarantor_line set status = 'approved'`.execute(tx)),
  ).resolves.toMatchObject({ numAffectedRows: 0n });
  const ask = {
    guarantorId: 1,
    subject: 'case:1/9',
    customerId: 14n,
    bankId: 9,
    productCode: 'tech',
    county: 140105,
    amount: wan('1'),
    guaranteed: wan('1'),
    until: today,
  };
  await expect(
    test.db.transaction({ userId: 202 }, (tx) => reserve(tx, { ...context, actor: { userId: 202 } }, ask)),
  ).rejects.toThrow(/不在您的权限范围内/);
  // 银行就与自己的业务可以问，按整本台账答；问别家的、占额度都不行。
  const told = (userId: number) => test.db.read({ userId }, (tx) => headroom(tx, { ...ask, on: today }));
  const staff = (await told(201)).map((each) => [each.code, each.used]);
  expect(staff.at(-1)).toEqual(['elsewhere', 0n]);
  expect((await told(209)).map((each) => [each.code, each.used])).toEqual(staff.slice(0, -1));
  await expect(told(208)).rejects.toThrow(/不在您的权限范围内/);
  await expect(
    test.db.transaction({ userId: 209 }, (tx) => reserve(tx, { ...context, actor: { userId: 209 } }, ask)),
  ).rejects.toThrow(/不在您的权限范围内/);
});
