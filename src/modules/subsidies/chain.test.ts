import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { checkTrialBalance } from '../../ledger/index.ts';
import { fixedClock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { approveRun, submitRun } from './actions.ts';
import { verifySubsidies } from './checks.ts';
import { computeSubsidies, entitleAll, type RunInput } from './compute.ts';
import { computeRun } from './contract.ts';
import { explainAmount, explainEntitlement } from './explain.ts';
import { printLetter, verifyLetter } from './letters.ts';
import { recordPayment } from './payments.ts';
import { adoptScheme, createScheme } from './schemes.ts';
import { demoSchemes } from './schemes-demo.ts';
import { linesOfRun, totalsOf } from './store/lines.ts';
import { runRows } from './store/reads.ts';
import { finalCertificate, finalYear, layPeople, people, useOwnKeys } from './testing/certificates.ts';

let test: TestDatabase;
let schemeId: number;
const at = (userId: number, on: string): Context => ({ actor: { userId }, clock: fixedClock(day(on)) });
const as = <T>(userId: number, on: string, work: (tx: Tx, context: Context) => Promise<T>) =>
  test.db.transaction({ userId }, (tx) => work(tx, at(userId, on)));
const compute = (on: string, command: object, userId: number = people.city1) =>
  as(userId, on, (tx, context) => computeSubsidies(tx, context, computeRun.parse({ regionCode: 140100, ...command })));
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error: unknown) => (error instanceof Refused ? error.refusals.map((each) => each.code).join() : String(error)),
  );
async function approve(id: bigint, on: string): Promise<string> {
  await as(people.city1, on, (tx, context) => submitRun(tx, context, id, ''));
  return (await as(people.city2, on, (tx, context) => approveRun(tx, context, id, ''))).letterNumber;
}
async function payAll(id: bigint, on: string): Promise<void> {
  const { rows } = await test.owner.query<{ id: bigint; direction: string }>(
    'select id, direction from subsidies.payment where run_id = $1 order by id',
    [id],
  );
  for (const { id: payment, direction } of rows) {
    for (const kind of direction === 'pay' ? (['index', 'disbursed', 'received'] as const) : (['received'] as const)) {
      await as(people.city1, on, (tx, context) =>
        recordPayment(tx, context, BigInt(payment), { kind, on: day(on), reference: `${kind}-${payment}` }),
      );
    }
  }
}
const totals = (id: bigint) => as(people.city1, '2026-06-01', (tx) => totalsOf(tx, id));
const balances = async () => {
  const { rows } = await test.owner.query<{ code: number; balance: string }>(`
    select code, sum(amount)::text as balance
      from (select debit as code, amount from ledger.transfer union all select credit, -amount from ledger.transfer) each
     group by 1 order by 1`);
  return Object.fromEntries(rows.map((row) => [row.code, formatYuan(BigInt(row.balance) as never)]));
};

beforeAll(async () => {
  useOwnKeys();
  test = await createTestDatabase();
  await layPeople(test);
  ({ id: schemeId } = await as(people.province1, '2025-01-05', (tx, context) =>
    createScheme(tx, context, demoSchemes[0]!),
  ));
  await as(people.city1, '2025-01-06', (tx, context) =>
    adoptScheme(tx, context, schemeId, { regionCode: 140100, from: day('2025-01-01'), document: '并财金〔2025〕1号' }),
  );
  // 小店区 2024：每季代偿 100,000.01 元
  await finalYear(test, 2024, 140105, () => [{ guaranteeId: 1, claim: '100000.01' }]);
});
afterAll(() => test.close());

describe('政府性融资担保机构市县一体化运营改革工作指引第十六条 一个标准', () => {
  it('市县不能制定办法，只能采用', async () => {
    expect(
      await code(as(people.city1, '2025-01-07', (tx, context) => createScheme(tx, context, demoSchemes[1]!))),
    ).toBe('standard-is-provincial');
    expect(
      await code(
        as(people.city1, '2025-01-07', (tx) =>
          tx.executeQuery({
            sql: `insert into subsidies.scheme (code, title, kind, purpose, created_by) values ('own', '自定', 'fee-subsidy', '费', 203)`,
            parameters: [],
            query: {} as never,
            queryId: {} as never,
          }),
        ),
      ),
    ).toContain('row-level security');
  });
  it('采用记录没有可以改标准的列', async () => {
    const { rows } = await test.owner.query<{ column_name: string }>(
      `select column_name from information_schema.columns where table_schema = 'subsidies' and table_name = 'adoption' order by 1`,
    );
    expect(rows.map((row) => row.column_name)).toEqual([
      'adopted_by',
      'document',
      'from_on',
      'id',
      'recorded_at',
      'region_code',
      'scheme_id',
    ]);
  });
});

describe('当年预拨、下年清算', () => {
  let prepay: bigint;
  let settle: bigint;

  it('预拨：上年四季应补 × 70%，逐个账户四舍五入', async () => {
    ({ id: prepay } = await compute('2025-03-01', { kind: 'prepay', year: 2025 }));
    const lines = await as(people.city1, '2025-03-01', (tx) => linesOfRun(tx, prepay));
    // 每季 100000.01 × 30% = 30000.003 → 30000.00；省 40% 12000.00，市、县各 9000.00；四季 48000、36000、36000；× 70%
    expect(
      lines.map((each) => [each.payer, formatYuan(each.entitled as never), formatYuan(each.payable as never)]),
    ).toEqual([
      ['province', '48000.00', '33600.00'],
      ['city', '36000.00', '25200.00'],
      ['county', '36000.00', '25200.00'],
    ]);
  });
  it('同样的输入是同一批次', async () => {
    expect(await compute('2025-03-02', { kind: 'prepay', year: 2025 })).toEqual({ id: prepay, existing: true });
  });
  it('四眼：测算人、提交人、同一人的另一账号都不能核定', async () => {
    await as(people.city1, '2025-03-01', (tx, context) => submitRun(tx, context, prepay, ''));
    expect(await code(as(people.city1, '2025-03-01', (tx, context) => approveRun(tx, context, prepay, '')))).toBe(
      'four-eyes',
    );
    expect(await code(as(205, '2025-03-01', (tx, context) => approveRun(tx, context, prepay, '')))).toBe('four-eyes');
    const { letterNumber } = await as(people.city2, '2025-03-01', (tx, context) => approveRun(tx, context, prepay, ''));
    expect(letterNumber).toBe('SX-YB-2025-140100-01');
  });
  it('预拨未到账不能清算；到账记 借1002 贷2401，重复登记只记一次', async () => {
    await finalYear(test, 2025, 140105, (no) => [
      { guaranteeId: 1, claim: no === 2 ? '200000' : '0' },
      { guaranteeId: 2, claim: no === 3 ? '300000.02' : '0' },
    ]);
    expect(await code(compute('2026-03-01', { kind: 'settle', year: 2025 }))).toBe('prepayments-open');
    await payAll(prepay, '2025-03-10');
    await payAll(prepay, '2025-03-10');
    expect(await balances()).toEqual({ 1002: '84000.00', 2401: '-84000.00' });
  });
  it('清算：应补 − 已预拨', async () => {
    ({ id: settle } = await compute('2026-03-01', { kind: 'settle', year: 2025 }));
    // 200000 × 30% = 60000；300000.02 × 30% = 90000.006 → 90000.01：省 36000.00，市 27000.00，县（尾差）27000.01
    const sum = await totals(settle);
    expect([sum.entitled, sum.prepaid, sum.net, sum.payable].map((each) => formatYuan(each as never))).toEqual([
      '150000.01',
      '84000.00',
      '66000.01',
      '66000.01',
    ]);
    expect(await approve(settle, '2026-03-02')).toBe('SX-QS-2025-140100-01');
    await payAll(settle, '2026-03-10');
    // 到账 84000 + 66000.01；预拨冲完；应收结清；收益等于应补
    expect(await balances()).toEqual({ 1002: '150000.01', 1222: '0.00', 2401: '0.00', 6117: '-150000.01' });
  });
  it('已清算的再算一遍，应拨为零', async () => {
    const again = await compute('2026-03-11', { kind: 'settle', year: 2025 });
    expect((await totals(again.id)).net).toBe(0n);
  });
  it('更正凭证：下一年清算带出以前年度差额，多拨收回', async () => {
    // 2025 第二季度 200000 更正为 50000：应补少 45000
    await finalCertificate(test, '2025-Q2', 140105, [{ guaranteeId: 1, claim: '50000' }, { guaranteeId: 2 }]);
    await finalYear(test, 2026, 140105, (no) => [{ guaranteeId: 2, claim: no === 1 ? '100000' : '0' }]);
    const { id } = await compute('2027-03-01', { kind: 'settle', year: 2026 });
    const sum = await totals(id);
    // 100000 × 30% − 45000 = −15000
    expect([sum.entitled, sum.restatement, sum.net, sum.clawBack].map((each) => formatYuan(each as never))).toEqual([
      '30000.00',
      '-45000.00',
      '-15000.00',
      '15000.00',
    ]);
    const { rows } = await test.owner.query(
      'select for_year, guarantee_id::int, before::int, after::int from subsidies.delta where run_id = $1',
      [id],
    );
    expect(rows).toEqual([{ for_year: 2025, guarantee_id: 1, before: 60_000_00, after: 15_000_00 }]);
    await approve(id, '2027-03-02');
    await payAll(id, '2027-03-10');
    expect(await balances()).toEqual({ 1002: '135000.01', 1222: '0.00', 2401: '0.00', 6117: '-135000.01' });
    expect(await test.db.read({ userId: 0 }, (tx) => checkTrialBalance(tx))).toEqual([]);
  });
});

describe('只认已定稿的反馈凭证', () => {
  it('类型不许，运行也不许', async () => {
    const forged = { id: 1n, contentHash: 'x', countyIds: [1n], quarter: '2025-Q1' };
    // @ts-expect-error 应补引擎的输入只能是 FinalCertificate
    const input: RunInput = { forYear: 2025, schemes: [], certificate: forged };
    expect(await code(as(0, '2026-03-01', (tx) => entitleAll(tx, 99n, [input])))).toBe('not-a-final-certificate');
  });
});

describe('怎么算的、核验、篡改', () => {
  it('一笔的步骤、条件与凭证；金额能拆到组成', async () => {
    const [{ id }] = (
      await test.owner.query<{ id: bigint }>(
        `select id from subsidies.run where kind = 'settle' and status = 'approved' order by id limit 1`,
      )
    ).rows as [{ id: bigint }];
    const loan = await as(people.city1, '2026-06-01', (tx) => explainEntitlement(tx, BigInt(id), 1));
    expect([loan.eligible, loan.formula, loan.certificate.number]).toEqual([
      false,
      '不符合：本季有代偿或代偿冲正',
      'SX-2025Q1-140105-01',
    ]);
    expect(loan.conditions.map((each) => each.holds)).toEqual([true, true, true, false]);
    const net = await as(people.city1, '2026-06-01', (tx) => explainAmount(tx, BigInt(id), 'net', {}));
    expect([net.value, net.inputs.map((each) => `${each.name} ${each.value}`)]).toEqual([
      '66000.01',
      ['应补 150000.01', '本年度已清算 0.00', '以前年度更正 0.00', '上期结转 0.00', '已预拨 84000.00'],
    ]);
    expect(net.unverified).toContain('占位');
  });
  it('别的市看不到，担保机构看得到自己的', async () => {
    const seen = (userId: number) =>
      as(userId, '2026-06-01', async (tx) => (await runRows(tx, {}, undefined, 50)).length);
    expect(await seen(104)).toBe(0);
    expect(await seen(people.guarantor1)).toBe(3);
    expect(await seen(people.county1)).toBe(3);
  });
  it('文书 PDF 带占位，核验码相符', async () => {
    const { rows } = await test.owner.query<{ id: bigint; number: string; code: string }>(
      'select id, number, code from subsidies.letter order by id',
    );
    const { content } = await as(people.city1, '2026-06-01', (tx) =>
      printLetter(tx, BigInt(rows[0]!.id), 'https://example.cn'),
    );
    expect(content.subarray(0, 4).toString()).toBe('%PDF');
    if (process.env.KEEP_LETTERS) {
      for (const row of rows)
        writeFileSync(
          `${process.env.KEEP_LETTERS}/${row.number}.pdf`,
          (await as(people.city1, '2026-06-01', (tx) => printLetter(tx, BigInt(row.id), 'https://example.cn'))).content,
        );
    }
    expect(
      (await as(0, '2026-06-01', (tx) => verifyLetter(tx, rows[0]!.number, rows[0]!.code.toLowerCase())))?.placeholder,
    ).toBe(true);
    expect(await as(0, '2026-06-01', (tx) => verifyLetter(tx, rows[0]!.number, 'AAAA'))).toBeUndefined();
  });
  it('未改动时核验通过；改一笔应补、一份账户、一个办法都能指出', async () => {
    const verify = () => as(0, '2026-06-01', (tx) => verifySubsidies(tx));
    expect(await verify()).toEqual([]);
    await test.owner.query(
      `update subsidies.entitlement set computed = computed + 1, amount = amount + 1, local = local + 1 where run_id = 1 and seq = 1`,
    );
    expect((await verify()).map((each) => each.place)).toEqual(expect.arrayContaining(['批次 1 第 1 行 合同 HT-1']));
    await test.owner.query(
      `update subsidies.entitlement set computed = computed - 1, amount = amount - 1, local = local - 1 where run_id = 1 and seq = 1`,
    );
    await test.owner.query(
      `update subsidies.line set net = net + 1, payable = payable + 1, entitled = entitled + 1 where run_id = 1 and seq = 1`,
    );
    expect((await verify()).map((each) => each.place)).toContain('批次 1');
    await test.owner.query(
      `update subsidies.line set net = net - 1, payable = payable - 1, entitled = entitled - 1 where run_id = 1 and seq = 1`,
    );
    await test.owner.query(`update subsidies.scheme_version set formula = '代偿支出 ×[进一] 补偿比例'`);
    expect((await verify())[0]?.message).toBe('内容与录入时的摘要不符');
  });
});
