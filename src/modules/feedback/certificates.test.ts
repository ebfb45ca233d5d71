import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatYuan } from '../../kernel/money.ts';
import { quarter } from '../../kernel/month.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { parseFigures } from './content.ts';
import { certificateRows, loadFinalCertificate } from './final.ts';
import { finaliseCertificate, finaliseQuarter } from './finalise.ts';
import { answerObjection, raiseObjection } from './objections.ts';
import { restateCertificate } from './restate.ts';
import { metrics, ratioOf, wireValue } from './rules.ts';
import { sealQuarter } from './seal.ts';
import { type Certificate, certificateById, currentCertificates } from './store.ts';
import { contextOn, customerOf, layGround, loan, move, people, reconciled, signer } from './testing/book.ts';
import { verifyCertificates } from './verify.ts';

let test: TestDatabase;
const q3 = quarter('2026-Q3');
const loans: Record<string, bigint> = {};
const asSystem = <T>(work: (tx: Tx) => Promise<T>) => test.db.transaction(systemActor, work);
const as = <T>(userId: number, work: (tx: Tx) => Promise<T>) => test.db.transaction({ userId }, work);
const seal = (on = '2026-10-08') => asSystem((tx) => sealQuarter(tx, contextOn(on), { quarter: q3, signer }));
const verify = () => asSystem((tx) => verifyCertificates(tx, [signer.publicKey]));
const current = async (code: number): Promise<Certificate> =>
  (await asSystem((tx) => currentCertificates(tx, q3))).find((each) => each.regionCode === code)!;
const totalOf = async (code: number) => parseFigures((await current(code)).figures).total;

beforeAll(async () => {
  test = await createTestDatabase();
  await layGround(test);
  const a = await customerOf(test, 1, 1);
  const b = await customerOf(test, 1, 2);
  const aAgain = await customerOf(test, 2, 1, 140213);
  const base = { tags: 1, primaryTag: 1, startsOn: '2026-07-10' };
  // 小店区: A 300 万元 new in the quarter, 100 万元 repaid in it.
  loans.a = await loan(
    test,
    { ...base, guarantorId: 1, contractNo: 'A', customerId: a, county: 140105, principal: '3000000.01' },
    [
      ['disburse', '3000000.01', '2026-07-10'],
      ['fee', '24000', '2026-07-10'],
      ['repay', '1000000', '2026-08-10'],
    ],
  );
  // 迎泽区: A again (支农 and 支小), of an earlier quarter; and B claimed in the quarter, and C claimed in the first quarter.
  await loan(
    test,
    {
      ...base,
      tags: 3,
      primaryTag: 2,
      startsOn: '2026-02-01',
      guarantorId: 1,
      contractNo: 'B',
      customerId: a,
      county: 140106,
      principal: '2000000',
    },
    [['disburse', '2000000', '2026-02-01']],
  );
  loans.c = await loan(
    test,
    {
      ...base,
      startsOn: '2026-02-01',
      guarantorId: 1,
      contractNo: 'C',
      customerId: b,
      county: 140106,
      principal: '500000',
    },
    [
      ['disburse', '500000', '2026-02-01'],
      ['claim-paid', '500000', '2026-09-30'],
    ],
  );
  await loan(
    test,
    {
      ...base,
      startsOn: '2026-01-05',
      guarantorId: 1,
      contractNo: 'D',
      customerId: b,
      county: 140106,
      principal: '100000',
    },
    [
      ['disburse', '100000', '2026-01-05'],
      ['claim-paid', '100000', '2026-03-01'],
    ],
  );
  // 平城区: the household A at another guarantor. With it A has 200+200+100 万元 and one 分: above the 500 万元 limit.
  loans.e = await loan(
    test,
    { ...base, guarantorId: 2, contractNo: 'E', customerId: aAgain, county: 140213, principal: '1000000' },
    [['disburse', '1000000', '2026-07-10']],
  );
  // Of the next quarter: nothing of it belongs to this one.
  await loan(
    test,
    {
      ...base,
      startsOn: '2026-10-01',
      guarantorId: 2,
      contractNo: 'F',
      customerId: aAgain,
      county: 140213,
      principal: '700000',
    },
    [['disburse', '700000', '2026-10-01']],
  );
});
afterAll(() => test.close());

describe('政府性融资担保机构市县一体化运营改革工作指引第十五条 封存', () => {
  it('refuses naming every guarantor that is not reconciled, not clean or not sealed; and a quarter not over', async () => {
    await expect(seal()).rejects.toMatchObject({
      refusals: [
        { code: 'reconciliation-missing', message: expect.stringContaining('太原担保') },
        { code: 'reconciliation-missing', message: expect.stringContaining('大同担保') },
      ],
    });
    await reconciled(test, 2, '2026-09-30');
    await reconciled(test, 1, '2026-09-30', 'clean');
    await expect(seal()).rejects.toMatchObject({
      refusals: [{ code: 'reconciliation-unsealed', figures: { 机构: '1' } }],
    });
    await reconciled(test, 1, '2026-09-30');
    await expect(seal('2026-09-30')).rejects.toMatchObject({ refusals: [{ code: 'quarter-not-over' }] });
    expect(await asSystem((tx) => currentCertificates(tx, q3))).toEqual([]);
  });

  it('counts what was known at the sealed reconciliation, not what was learnt since', async () => {
    await move(test, 1, loans.a!, ['repay', '1', '2026-09-30']); // true in the quarter, learnt after the reconciliation
    expect(await seal()).toMatchObject({ already: false, certificates: 7, rows: 5 });
    // 3000000.01 − 1000000
    expect(formatYuan((await totalOf(140105)).outstanding as never)).toBe('2000000.01');
  });

  it('a second seal answers with the first', async () => {
    const first = await current(140000);
    expect(await seal()).toMatchObject({ already: true, certificates: 7, provinceId: first.id });
  });

  it('counties make the city and the province to the 分; households are counted anew', async () => {
    const figures = await Promise.all([140105, 140106, 140100, 140213, 140214, 140200, 140000].map(totalOf));
    const column = (key: keyof (typeof figures)[0]) => figures.map((each) => Number(each[key]));
    // in 分: 小店, 迎泽, 太原, 平城, 云冈 (no business: zero, not absent), 大同, 山西
    expect(column('outstanding')).toEqual([200000001, 200000000, 400000001, 100000000, 0, 100000000, 500000001]);
    expect(column('newAmount')).toEqual([300000001, 0, 300000001, 100000000, 0, 100000000, 400000001]);
    expect(column('claimAmount')).toEqual([0, 50000000, 50000000, 0, 0, 0, 50000000]);
    // the guarantor pays 80%
    expect(column('claimCash')).toEqual([0, 40000000, 40000000, 0, 0, 0, 40000000]);
    // 0.5 + 0.1 million in the year
    expect(column('yearClaimAmount')).toEqual([0, 60000000, 60000000, 0, 0, 0, 60000000]);
    expect(column('feeIncome')).toEqual([2400000, 0, 2400000, 0, 0, 0, 2400000]);
    // A is one household in each county, one in the city, one in the province
    expect(column('households')).toEqual([1, 1, 1, 1, 0, 1, 1]);
    expect(column('newHouseholds')).toEqual([1, 0, 1, 1, 0, 1, 1]);
    expect(column('guaranteeCount')).toEqual([1, 1, 2, 1, 0, 1, 3]);
    // A's whole balance is 500 万元 and one 分: not within 500 万元 anywhere
    expect(column('focusSmallOutstanding')).toEqual([0, 0, 0, 0, 0, 0, 0]);
    // 实际承担口径: each loan × 0.8 half-up: 1600000.008 → .01
    expect(column('outstandingActual')[0]).toBe(160000001);
  });

  it('lines by primary tag make the total; lines by any tag overlap; ratios are divided anew', async () => {
    const figures = parseFigures((await current(140106)).figures);
    expect([figures.p1.outstanding, figures.p2.outstanding, figures.total.outstanding]).toEqual([
      0n,
      200000000n,
      200000000n,
    ]);
    expect([figures.a1.outstanding, figures.a2.outstanding]).toEqual([200000000n, 200000000n]);
    // claims of the year 60 万元 ÷ released in the year 60 万元
    expect(wireValue('claimRatio', figures.total)).toBe('1');
    // 小店: released 100 万元, no claims: 0; 云冈: nothing released: no ratio
    expect(wireValue('claimRatio', await totalOf(140105))).toBe('0');
    expect(ratioOf('claimRatio', await totalOf(140214))).toBeNull();
    expect(wireValue('averageFeeRate', await totalOf(140000))).toBe('0.008');
    expect(Object.keys(metrics)).toContain('smallShare');
  });

  it('proves itself', async () => expect(await verify()).toEqual([]));
});

describe('异议与定稿', () => {
  const object = (on: string, userId = people.xiaodian as number) =>
    as(userId, async (tx) =>
      raiseObjection(tx, contextOn(on, userId), {
        certificateId: (await current(140105)).id,
        target: { guarantorId: 1, guaranteeId: loans.a! },
        reason: '该企业已于季内结清',
      }),
    );

  it('the window counts 调休: from Thu 10-08 five working days are 09, 10 (a worked Saturday), 12, 13, 14', async () => {
    const { objectionUntil, termUnverified } = await current(140105);
    expect(objectionUntil).toBe('2026-10-14');
    expect(termUnverified).toContain('待省里规定');
  });

  it('takes an objection on the last day, not the day after, not from another county', async () => {
    await expect(object('2026-10-15')).rejects.toMatchObject({ refusals: [{ code: 'objection-window-over' }] });
    await expect(object('2026-10-14', people.pingcheng)).rejects.toMatchObject({ status: 404 });
    await object('2026-10-14');
    await expect(object('2026-10-14')).rejects.toMatchObject({ status: 409 });
  });

  it('is not final on the last day, nor with an objection open, nor the province before its counties', async () => {
    const finalise = async (code: number, on: string) => {
      const { id } = await current(code);
      return asSystem((tx) => finaliseCertificate(tx, contextOn(on), id));
    };
    await expect(finalise(140106, '2026-10-14')).rejects.toMatchObject({ refusals: [{ code: 'window-open' }] });
    await expect(finalise(140105, '2026-10-15')).rejects.toMatchObject({ refusals: [{ code: 'objections-open' }] });
    await expect(finalise(140000, '2026-10-15')).rejects.toMatchObject({ refusals: [{ code: 'parts-not-final' }] });
    // all but 小店, 太原, 山西
    expect(await asSystem((tx) => finaliseQuarter(tx, contextOn('2026-10-15'), q3))).toBe(4);
  });

  it('an upheld objection leads to a restatement of the county, its city and the province', async () => {
    const before = await current(140105);
    const { rows } = await test.owner.query(`select id from feedback.objection where status = 'open'`);
    await as(people.reconciler, (tx) =>
      answerObjection(tx, contextOn('2026-10-15', people.reconciler), {
        id: rows[0].id,
        verdict: 'upheld',
        answer: '属实，按更正办理',
      }),
    );
    await expect(asSystem((tx) => finaliseCertificate(tx, contextOn('2026-10-15'), before.id))).rejects.toMatchObject({
      refusals: [{ code: 'objections-unsettled' }],
    });
    const restate = () =>
      asSystem((tx) =>
        restateCertificate(tx, contextOn('2026-10-15'), { id: before.id, cause: '补记季内还款一元', signer }),
      );
    await expect(restate()).rejects.toMatchObject({ refusals: [{ code: 'nothing-changed' }] });
    await reconciled(test, 1, '2026-09-30');
    const { certificates, changedRows } = await restate();
    expect(certificates.map((each) => each.number).sort()).toEqual([
      'SX-2026Q3-140000-02',
      'SX-2026Q3-140100-02',
      'SX-2026Q3-140105-02',
    ]);
    expect(changedRows).toBe(1);
    const after = await current(140105);
    expect(after).toMatchObject({
      version: 2,
      restatesId: before.id,
      restates: 'SX-2026Q3-140105-01',
      status: 'published',
    });
    expect(JSON.parse(after.delta!).total.outstanding).toBe('-100');
    expect((await current(140213)).version).toBe(1);
    expect((await asSystem((tx) => certificateById(tx, before.id)))?.status).toBe('superseded');
    // 2000000.01 − 1 + 2000000 + 1000000: the county, the other of its city, the other city
    expect(formatYuan((await totalOf(140000)).outstanding as never)).toBe('4999999.01');
    expect(await verify()).toEqual([]);
  });

  it('only a final certificate is one: not a published, not a superseded', async () => {
    const load = (id: bigint) => asSystem((tx) => loadFinalCertificate(tx, id, [signer.publicKey]));
    const published = await current(140105);
    await expect(load(published.id)).rejects.toMatchObject({ refusals: [{ code: 'certificate-not-final' }] });
    await expect(load(published.restatesId!)).rejects.toMatchObject({ refusals: [{ code: 'certificate-not-final' }] });
    expect(await asSystem((tx) => finaliseQuarter(tx, contextOn('2026-10-30'), q3))).toBe(3);
    const province = await load((await current(140000)).id);
    expect(province.countyIds).toHaveLength(4);
    const contracts: string[] = [];
    await asSystem(async (tx) => {
      for await (const row of certificateRows(tx, province)) contracts.push(row.contractNo);
    });
    expect(contracts).toEqual(['B', 'C', 'D', 'A', 'E']);
    await expect(asSystem(async (tx) => loadFinalCertificate(tx, province.id, ['04ff']))).rejects.toMatchObject({
      refusals: [{ code: 'certificate-altered' }],
    });
  });
});

describe('谁能看到什么', () => {
  const seen = (userId: number) =>
    as(userId, async (tx) => (await currentCertificates(tx, q3)).map((each) => each.regionCode));
  it('a county its own, a city its own and its counties, a guarantor its region, the province all', async () => {
    expect(await seen(people.xiaodian)).toEqual([140105]);
    expect(await seen(people.taiyuan)).toEqual([140100, 140105, 140106]);
    expect(await seen(people.guarantor1)).toEqual([140100, 140105, 140106]);
    expect(await seen(people.reconciler)).toHaveLength(7);
  });
  it('nobody changes what a certificate says, nor its rows', async () => {
    const { sql } = await import('kysely');
    for (const statement of [
      sql`update feedback.certificate set figures = '{}'`,
      sql`delete from feedback.certificate`,
      sql`update feedback.certificate_row set outstanding = 0`,
      sql`delete from feedback.certificate_row`,
    ])
      await expect(asSystem((tx) => statement.execute(tx))).rejects.toMatchObject({ code: '42501' });
  });
});

describe('被人绕过程序改动', () => {
  const tamper = async (change: string, back: string) => {
    await test.owner.query(change);
    const found = await verify();
    await test.owner.query(back);
    return found.map((each) => `${each.place}：${each.message}`).join('\n');
  };
  const of = `certificate_id = (select id from feedback.certificate where number = 'SX-2026Q3-140106-01')`;

  it('names the changed row’s certificate', async () => {
    const found = await tamper(
      `update feedback.certificate_row set outstanding = outstanding + 1 where ${of} and contract_no = 'B'`,
      `update feedback.certificate_row set outstanding = outstanding - 1 where ${of} and contract_no = 'B'`,
    );
    expect(found).toContain('SX-2026Q3-140106-01 迎泽区 明细：明细与封存时的哈希不符');
    expect(found).toContain('在保余额（合同口径）：凭证为 200000000，按明细应为 200000001');
  });
  it('names a removed row', async () => {
    const found = await tamper(
      `create table public.gone as select * from feedback.certificate_row where ${of} and contract_no = 'D'; delete from feedback.certificate_row where ${of} and contract_no = 'D'`,
      `insert into feedback.certificate_row select * from public.gone`,
    );
    expect(found).toContain('迎泽区 明细：封存时 3 行，现有 2 行');
  });
  it('names a changed figure, and a certificate signed anew with another key', async () => {
    const change = (from: string, to: string) =>
      `update feedback.certificate set figures = replace(figures, '${from}', '${to}') where number = 'SX-2026Q3-140213-01'`;
    const found = await tamper(change('"100000000"', '"100000009"'), change('"100000009"', '"100000000"'));
    expect(found).toContain('SX-2026Q3-140213-01 平城区 内容：内容与封存时的哈希不符');
    expect(found).toContain('SX-2026Q3-140000-02 山西省 total 在保余额（合同口径）');
    const asOther = await asSystem((tx) => verifyCertificates(tx, ['04ff']));
    expect(asOther[0]?.place).toContain('签名');
    expect(await verify()).toEqual([]);
  });
});
