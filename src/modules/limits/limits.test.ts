import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addDays, day } from '../../kernel/day.ts';
import { type Fen, fen, formatYuan, plus, wan } from '../../kernel/money.ts';
import { fixedClock } from '../../platform/clock.ts';
import { type Db, openDb, systemActor, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { createAgreement } from '../agreements/index.ts';
import { issueGuarantee, recordMovement } from '../guarantees/index.ts';
import { addProductVersion, loadBaseline } from '../products/index.ts';
import { headroom, type ReserveCommand, releaseReservation, reserve, useReservation } from './index.ts';

let test: TestDatabase;
const today = day('2026-11-20');
const context: Context = { actor: systemActor, clock: fixedClock(today) };
const later = (days: number): Context => ({ ...context, clock: fixedClock(addDays(today, days)) });
const asSystem = <T>(work: (tx: Tx) => Promise<T>) => test.db.transaction(systemActor, work);
const one = fen(1);

beforeAll(async () => {
  test = await createTestDatabase();
  // Counted net assets 2 亿元: 10% is 2,000 万元, 15% is 3,000 万元, 10× is 20 亿元.
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000), (140105, '小店区', 3, 140100);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'G1', '太原担保', '太原', 'guarantor', 2, 140100), (2, 'G2', '大同担保', '大同', 'guarantor', 2, 140100), (9, 'B1', '某银行', '某行', 'bank', 1, 140000);
    insert into institutions.capital_fact (guarantor_id, as_of_on, registered_capital, net_assets, source) values (1, '2025-12-31', 1000000000000, 20000000000, '审计报告');
    insert into agreements.product (code, name, class, source) values ('tech', '科创专项', 'loan', '财金〔2024〕60号'), ('ordinary', '普通', 'loan', '6号'), ('bare', '无版本', 'loan', '测试');
    insert into customers.related_group (guarantor_id, id, name, evidence) values (1, 7, '甲系', '同一实际控制人');
    insert into customers.customer (guarantor_id, id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence, group_id)
      select 1, n, 'enterprise', '客户' || n, 'uscc', 'U' || n, 'h' || n, 140105, case when n = 15 then '小型' else '中型' end, '{}', case when n in (12, 13) then 7 end
        from generate_series(11, 30) n`);
  await asSystem((tx) => loadBaseline(tx, context));
  for (const productCode of ['tech', 'ordinary', 'bare'])
    await asSystem((tx) =>
      createAgreement(tx, context, {
        guarantorId: 1,
        bankId: 9,
        productCode,
        contractNo: `XY-${productCode}`,
        version: {
          ...{ bankShare: '0.2', guarantorShare: '0.3', provinceShare: '0.2', fundShare: '0.3', otherShare: '0' },
          ...(productCode === 'ordinary' ? { guarantorShare: '0.4', fundShare: '0.2' } : {}),
          ...{ feeRate: '0.01', claimRatioCap: '0.05', document: '协议', from: day('2025-01-01'), to: null },
        },
      }),
    );
});
afterAll(() => test.close());
beforeEach(async () => {
  await test.owner.query(
    'delete from limits.reservation; delete from limits.book_base; delete from limits.bank_allocation; delete from limits.bank_line; delete from limits.guarantor_line; delete from limits.policy_target',
  );
});

const command = (given: Partial<ReserveCommand> = {}): ReserveCommand => ({
  guarantorId: 1,
  subject: 'case:1/1',
  customerId: 11n,
  bankId: 9,
  productCode: 'tech',
  county: 140105,
  amount: wan('100'),
  guaranteed: given.amount ? (given.amount as Fen) : wan('80'),
  until: addDays(today, 30),
  ...given,
});
const take = (given: Partial<ReserveCommand>, at = context) => asSystem((tx) => reserve(tx, at, command(given)));
const codes = (given: Partial<ReserveCommand>) =>
  take(given).then(
    () => [] as string[],
    (error: { refusals?: { code: string }[] }) => error.refusals?.map((each) => each.code) ?? [String(error)],
  );
const heldTotal = async () =>
  BigInt(
    (await test.owner.query(`select coalesce(sum(amount), 0) as sum from limits.reservation where status = 'held'`))
      .rows[0].sum,
  );

describe('每一项限额：少一分、正好、多一分', () => {
  it.each([
    // 净资产 2 亿 × 10% = 2,000 万元；中型按 100% 计。
    [fen(wan('2000') - 1n), []],
    [wan('2000'), []],
    [plus(wan('2000'), one), ['single-customer-cap']],
  ])('条16 单户10%% %s', async (amount, expected) => expect(await codes({ amount })).toEqual(expected));

  it.each([
    // 同组另一户占 1,500 万元：3,000 − 1,500 = 1,500 万元。
    [fen(wan('1500') - 1n), []],
    [wan('1500'), []],
    [plus(wan('1500'), one), ['related-group-cap']],
  ])('条16 关联方15%% %s', async (amount, expected) => {
    await take({ subject: 'case:1/0', customerId: 12n, amount: wan('1500') });
    expect(await codes({ customerId: 13n, amount })).toEqual(expected);
  });

  it.each([
    [fen(wan('800') - 1n), []],
    [wan('800'), []],
    [plus(wan('800'), one), ['bank-line']],
  ])('统一授信分配 1,000 万元，其他在办 200 万元 %s', async (amount, expected) => {
    await line([{ productCode: null, amount: wan('1000') }]);
    await take({ subject: 'case:1/0', customerId: 16n, amount: wan('200') });
    expect(await codes({ amount })).toEqual(expected);
  });

  it.each([
    [wan('300'), []],
    [plus(wan('300'), one), ['guarantor-line']],
  ])('年度额度 500 万元，其他在办 200 万元 %s', async (amount, expected) => {
    await yearly(wan('500'));
    await take({ subject: 'case:1/0', customerId: 16n, amount: wan('200') });
    expect(await codes({ amount })).toEqual(expected);
  });

  it.each([
    [wan('1000'), []],
    [plus(wan('1000'), one), ['product-cap-guaranteed', 'product-cap-single']],
  ])('普通产品单户担保金额与单笔1000万元 %s', async (amount, expected) =>
    expect(await codes({ productCode: 'ordinary', amount })).toEqual(expected),
  );

  it('放大倍数10×：净资产降到 100 万元时，上限 1,000 万元；单户10%同时超限，两条都列出', async () => {
    await test.owner.query(
      `insert into institutions.capital_fact values (1, '2026-11-01', now(), 1000000000000, 100000000, 0, '减值')`,
    );
    expect(await codes({ amount: plus(wan('1000'), one) })).toEqual(['single-customer-cap', 'leverage-cap']);
    expect(await codes({ amount: wan('1000') })).toEqual(['single-customer-cap']);
    await test.owner.query(`delete from institutions.capital_fact where as_of_on = '2026-11-01'`);
  });
});

describe('预留的一生', () => {
  it('替换自己先前的预留，不与自己相加；释放、到期都还回额度', async () => {
    await take({ amount: wan('1500') });
    await take({ amount: wan('2000') });
    expect(await heldTotal()).toBe(wan('2000'));
    expect(await codes({ subject: 'case:1/2', amount: one })).toEqual(['single-customer-cap']);
    await asSystem((tx) => releaseReservation(tx, context, { guarantorId: 1, subject: 'case:1/1' }));
    expect(await codes({ subject: 'case:1/2', amount: wan('2000') })).toEqual([]);
    // 到期次日起不再占用，无须人工处理；当日仍占用。
    expect(
      (await asSystem((tx) => headroom(tx, { ...command({ amount: one }), on: addDays(today, 30) })))[0],
    ).toMatchObject({ reserved: wan('2000'), isBreached: true });
    expect(
      (await asSystem((tx) => headroom(tx, { ...command({ amount: one }), on: addDays(today, 31) })))[0],
    ).toMatchObject({ reserved: 0n, isBreached: false });
    await take({ subject: 'case:1/3', amount: wan('2000'), until: addDays(today, 90) }, later(31));
    await expect(
      asSystem((tx) => useReservation(tx, later(31), { guarantorId: 1, subject: 'case:1/2' })),
    ).rejects.toThrow(/已于 2026-12-20 到期/);
    await expect(
      asSystem((tx) => useReservation(tx, context, { guarantorId: 1, subject: 'case:1/9' })),
    ).rejects.toThrow(/没有额度预留/);
  });

  it('截止日已过、没有的客户、担保额大于主债权：拒绝；被拒后什么也没写', async () => {
    await expect(take({ until: addDays(today, -1) })).rejects.toThrow(/早于今天/);
    await expect(take({ customerId: 99n })).rejects.toThrow(/没有这个客户/);
    await expect(take({ amount: wan('1'), guaranteed: wan('2') })).rejects.toThrow(/不得大于主债权/);
    await expect(take({ amount: wan('9999') })).rejects.toThrow(/本次最多可新增责任余额2,000万元/);
    expect(await heldTotal()).toBe(0n);
  });

  it('使用后由台账接着计：预留变为保函，占用不变，也不重复', async () => {
    await line([{ productCode: null, amount: wan('1000') }]);
    await take({ customerId: 20n, amount: wan('600') });
    const bankLine = async () =>
      (
        await asSystem((tx) =>
          headroom(tx, { ...command({ customerId: 21n, subject: 'case:1/8', amount: wan('1') }), on: today }),
        )
      ).find((each) => each.code === 'bank-line');
    expect(await bankLine()).toMatchObject({ used: 0n, reserved: wan('600') });
    await asSystem(async (tx) => {
      await useReservation(tx, context, { guarantorId: 1, subject: 'case:1/1' });
      const { id } = await issueGuarantee(tx, context, {
        ...{
          guarantorId: 1,
          contractNo: 'HT-1',
          customerId: 20n,
          bankId: 9,
          productCode: 'tech',
          county: 140105,
          principal: wan('600'),
        },
        ...{ startsOn: today, endsOn: addDays(today, 365), tags: 0, primaryTag: 0, source: 'form' as const },
      });
      await recordMovement(tx, context, {
        guarantorId: 1,
        guaranteeId: id,
        kind: 'disburse',
        amount: wan('600'),
        occurredOn: today,
      });
    });
    expect(await bankLine()).toMatchObject({ used: wan('600'), reserved: 0n });
    // 重新盘点全部台账之后还是这个数。
    await test.owner.query('delete from limits.book_base');
    expect(await bankLine()).toMatchObject({ used: wan('600'), reserved: 0n });
  });
});

it('产品单列的分配与其余产品的分配各管各的；没有分配的机构为零', async () => {
  // 科创已有 600 万元在保，单列 650：还可做 50。
  await line([
    { productCode: null, amount: wan('100') },
    { productCode: 'tech', amount: wan('650') },
  ]);
  expect(await codes({ amount: plus(wan('50'), one) })).toEqual(['bank-line']);
  expect(await codes({ amount: wan('50') })).toEqual([]);
  expect(await codes({ subject: 'case:1/2', productCode: 'bare', amount: wan('100') })).toEqual([]);
  expect(await codes({ subject: 'case:1/3', productCode: 'bare', amount: one })).toEqual(['bank-line']);
  await test.owner.query('delete from limits.bank_allocation');
  await expect(take({ subject: 'case:1/4', customerId: 22n, amount: one })).rejects.toThrow(/没有分配给本机构/);
});

it('代偿率到上限：批量业务暂停新增，其他只提示；正好等于上限不算超', async () => {
  const { terms } = (await asSystem(async (tx) =>
    (await import('./../products/index.ts')).productVersionOn(tx, 'tech', today),
  ))!;
  // 还款 95、代偿 5：5 ÷ 100 = 5%，正好；再代偿 0.01 即超。
  const claim = async (contractNo: string, customerId: bigint, parts: ['repay' | 'claim-paid', Fen][]) =>
    asSystem(async (tx) => {
      const { id } = await issueGuarantee(tx, context, {
        ...{
          guarantorId: 1,
          contractNo,
          customerId,
          bankId: 9,
          productCode: 'tech',
          county: 140105,
          principal: wan('100'),
        },
        ...{ startsOn: today, endsOn: addDays(today, 365), tags: 0, primaryTag: 0, source: 'form' as const },
      });
      await recordMovement(tx, context, {
        guarantorId: 1,
        guaranteeId: id,
        kind: 'disburse',
        amount: wan('100'),
        occurredOn: today,
      });
      for (const [kind, amount] of parts)
        await recordMovement(tx, context, { guarantorId: 1, guaranteeId: id, kind, amount, occurredOn: today });
    });
  await claim('DC-1', 23n, [
    ['repay', wan('95')],
    ['claim-paid', wan('5')],
  ]);
  const meter = async () =>
    (await asSystem((tx) => headroom(tx, { ...command(), on: today }))).find((each) => each.code === 'claim-ratio-cap');
  expect(await meter()).toMatchObject({ limit: wan('5'), used: wan('5'), isBreached: false });
  await claim('DC-2', 24n, [['claim-paid', wan('1')]]);
  await test.owner.query('delete from limits.book_base');
  // 解除 101、代偿 6：上限 5.05 万元。
  expect(await meter()).toMatchObject({ limit: wan('5.05'), used: wan('6'), isBreached: true, binds: false });
  expect(await codes({ amount: wan('1') })).toEqual([]);
  await asSystem((tx) =>
    addProductVersion(tx, context, {
      code: 'tech',
      from: day('2026-11-01'),
      to: null,
      document: '熔断',
      unverified: null,
      terms: { ...terms, claimRatioCap: { ...terms.claimRatioCap!, whenReached: 'suspend' } },
    }),
  );
  expect(await codes({ amount: wan('1') })).toEqual(['claim-ratio-cap']);
  await test.owner.query(
    `delete from products.version where product_code = 'tech' and version = 2; update products.version set to_on = null where product_code = 'tech'`,
  );
});

describe('并发：无论先后，已用加预留从不超过限额', () => {
  let crowd: Db;
  // Fifty connections open before anybody starts: opening them one after the other would queue the decisions by itself.
  beforeAll(async () => {
    crowd = openDb(test.url, { maxConnections: 50 });
    const clients = await Promise.all(Array.from({ length: 50 }, () => crowd.pool.connect()));
    for (const client of clients) client.release();
  });
  afterAll(() => crowd.close());
  const rush = async (tries: readonly Partial<ReserveCommand>[]) => {
    await take({ subject: 'case:1/0', customerId: 30n, amount: one });
    await asSystem((tx) => releaseReservation(tx, context, { guarantorId: 1, subject: 'case:1/0' }));
    const answers = await Promise.allSettled(
      tries.map((each) => crowd.transaction(systemActor, (tx) => reserve(tx, context, command(each)))),
    );
    return answers.filter((each) => each.status === 'fulfilled').length;
  };

  it('一个客户五十笔同时预留：正好用满，一笔不多', async () => {
    // 2,000 万元 ÷ 90 万元 = 22.2：恰 22 笔成功。
    const done = await rush(
      Array.from({ length: 50 }, (_, index) => ({
        subject: `case:1/${100 + index}`,
        customerId: 25n,
        amount: wan('90'),
      })),
    );
    expect(done).toBe(22);
    expect(formatYuan(fen(await heldTotal()))).toBe('19800000.00');
  });

  it('随机的客户、金额、先后，含替换与释放：银行、单户、集团三条都守住', async () => {
    await line([{ productCode: null, amount: wan('5000') }]);
    let seed = 7;
    const random = (most: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % most;
    };
    const customers = [12n, 13n, 26n, 27n, 28n];
    for (let round = 0; round < 3; round += 1) {
      await rush(
        Array.from({ length: 40 }, () => ({
          subject: `case:1/${200 + random(60)}`,
          customerId: customers[random(customers.length)]!,
          amount: fen(BigInt(random(60_000) + 1) * 10_000n),
        })),
      );
      const { rows } = await test.owner.query(
        `select customer_id, sum(amount)::bigint as sum from limits.reservation where status = 'held' group by 1`,
      );
      const by = new Map(rows.map((row) => [BigInt(row.customer_id), BigInt(row.sum)]));
      const used = { bank: wan('600') + wan('0'), group: 0n };
      for (const id of customers) expect(by.get(id) ?? 0n).toBeLessThanOrEqual(wan('2000'));
      expect((by.get(12n) ?? 0n) + (by.get(13n) ?? 0n) + used.group).toBeLessThanOrEqual(wan('3000'));
      // 台账里还有先前测试放款的本金：600 + 99（DC-2 未还部分）。
      const outstanding = BigInt(
        (
          await test.owner.query(
            `select coalesce(sum(outstanding), 0) as sum from guarantees.guarantee where bank_id = 9`,
          )
        ).rows[0].sum,
      );
      expect([...by.values()].reduce((a, b) => a + b, 0n) + outstanding).toBeLessThanOrEqual(wan('5000'));
      expect(by.size).toBeGreaterThan(2);
      await test.owner.query(
        `update limits.reservation set status = 'released', ended_on = '2026-11-20' where status = 'held' and id % 3 = 0`,
      );
    }
  });
});

const line = (allocations: readonly { productCode: string | null; amount: Fen }[]) =>
  asSystem(async () => {
    await test.owner.query(
      `insert into limits.bank_line (bank_id, version, from_on, to_on, amount, document, recorded_by) values (9, 1, '2026-01-01', '2026-12-31', 100000000000000, '授信批复', 0)`,
    );
    for (const each of allocations)
      await test.owner.query('insert into limits.bank_allocation values (9, 1, 1, $1, $2)', [
        each.productCode,
        String(each.amount),
      ]);
  });
const yearly = async (amount: Fen) => {
  await test.owner.query(
    `insert into limits.line_formula (version, from_on, terms, source, recorded_by) values (1, '2020-01-01', '{}', '占位', 0) on conflict do nothing`,
  );
  const { rows } = await test.owner.query(
    `select coalesce(sum(principal), 0) as sum from guarantees.guarantee where starts_on >= '2026-01-01'`,
  );
  await test.owner.query(
    `insert into limits.guarantor_line (guarantor_id, year, formula_version, amount, working, document, status, recorded_by) values (1, 2026, 1, $1, '{}', '批复', 'approved', 0)`,
    [String(amount + BigInt(rows[0].sum))],
  );
};
