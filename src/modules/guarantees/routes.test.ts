import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fen, formatYuan, plus } from '../../kernel/money.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor } from '../../platform/db.ts';
import { createServer } from '../../platform/server.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { exposureOf, exposureParts } from './exposure.ts';
import { heldBalances, largestExposures, liabilityLines } from './liability-store.ts';
import { guaranteeRoutes } from './routes.ts';

let test: TestDatabase;
let app: FastifyInstance;
const asOf = day('2026-11-20');

// Net assets 1 亿元 less 2000 万元 of stakes: 8000 万元 counted.
// 1 小型 400 万 (75%), 2 个体工商户 100 万 (75%), 3 AA bond 900 万 (60%), 4 bond unrated until 2026-11-21: 100 万 (100%), 5 小型 600 万 (100%).
// 1 and 5 form a group. Each guarantee covers 80% of its principal. Customer 6 has one that is not financing.
beforeAll(async () => {
  test = await createTestDatabase();
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values
      (140000, '山西省', 1, null), (140100, '太原市', 2, 140000), (140105, '小店区', 3, 140100) on conflict do nothing;
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) overriding system value values
      (1, 'G1', '太原担保', '太原', 'guarantor', 2, 140100), (9, 'B1', '银行', '银行', 'bank', 1, 140000);
    insert into institutions.capital_fact (guarantor_id, as_of_on, registered_capital, net_assets, stakes_in_guarantors, source)
      values (1, '2025-12-31', 1000000000000, 10000000000, 2000000000, '审计报告');
    insert into agreements.product (code, name, class, source) values
      ('t-loan', '贷款', 'loan', '测试'), ('t-bond', '债券', 'bond', '测试'), ('t-bid', '投标', 'non-financing', '测试');
    insert into agreements.agreement (guarantor_id, id, bank_id, product_code, contract_no) overriding system value
      values (1, 1, 9, 't-loan', 'X1'), (1, 2, 9, 't-bond', 'X2'), (1, 3, 9, 't-bid', 'X3');
    insert into agreements.version (guarantor_id, agreement_id, version, from_on, bank_share, guarantor_share, province_share, fund_share, fee_rate, document)
      select 1, n, 1, '2020-01-01', 0.2, 0.4, 0.2, 0.2, 0.01, 'x' from generate_series(1, 3) n;
    insert into customers.related_group (guarantor_id, id, name, evidence) overriding system value values (1, 1, '晋丰系', '同一控制人');
    insert into customers.customer (guarantor_id, id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence, group_id, issuer_rating, issuer_rating_on)
      overriding system value values
      (1, 1, 'enterprise', '甲', 'uscc', 'U1', 'H1', 140105, '小型', '{}', 1, null, null),
      (1, 2, 'individual-business', '乙', 'uscc', 'U2', 'H2', 140105, '微型', '{}', null, null, null),
      (1, 3, 'enterprise', '丙', 'uscc', 'U3', 'H3', 140105, '大型', '{}', null, 'AA', '2026-01-01'),
      (1, 4, 'enterprise', '丁', 'uscc', 'U4', 'H4', 140105, '大型', '{}', null, 'AAA', '2026-11-21'),
      (1, 5, 'enterprise', '戊', 'uscc', 'U5', 'H5', 140105, '小型', '{}', 1, null, null),
      (1, 6, 'enterprise', '己', 'uscc', 'U6', 'H6', 140105, '不可判定', '{}', null, null, null);
    insert into guarantees.guarantee (guarantor_id, id, contract_no, customer_id, agreement_id, agreement_version, product_code, bank_id, county,
        principal, guaranteed, fee_rate, starts_on, ends_on, due_on, size_class, source, status, outstanding, last_seq)
      overriding system value
      select 1, no, 'HT-' || no, customer, agreement, 1, product, 9, 140105, amount, amount::bigint * 8 / 10, 0.01,
             '2026-01-10', '2027-01-10', '2027-01-10', '小型', 'form', 'in-force', amount, 1
        from (values (1, 1, 1, 't-loan', 400000000), (2, 2, 1, 't-loan', 100000000), (3, 3, 2, 't-bond', 900000000),
                     (4, 4, 2, 't-bond', 100000000), (5, 5, 1, 't-loan', 600000000), (6, 6, 3, 't-bid', 700000000))
             as made (no, customer, agreement, product, amount);
    insert into guarantees.movement (guarantor_id, guarantee_id, seq, kind, amount, occurred_on)
      select 1, id, 1, 1, principal, starts_on from guarantees.guarantee`);
  app = await createServer({
    authenticate: async () => ({
      userId: 0,
      permissions: new Set(['book.read']),
      seesIdentity: false,
      viaCookie: false,
    }),
    version: 'test',
  });
  guaranteeRoutes(app, { db: test.db, clock: fixedClock(asOf) });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await test.close();
});

const get = async (url: string) => {
  const answer = await app.inject({ method: 'GET', url: `/api${url}` });
  return { status: answer.statusCode, body: answer.json() };
};

describe('集中度按责任余额', () => {
  it('客户与关联集团各按权重列出，对 10%、15%', async () => {
    const { status, body } = await get(`/indicators/1?asOf=${asOf}`);
    expect(status).toBe(200);
    const rows = body.largestCustomers.map((row: Record<string, string>) => [
      row.name,
      row.outstanding,
      row.exposure,
      row.exceeds,
    ]);
    expect(rows).toEqual([
      ['戊', '6000000.00', '6000000.00', false], // over 500 万: the whole at 100%
      ['丙', '9000000.00', '5400000.00', false], // 900 × 60%
      ['甲', '4000000.00', '3000000.00', false], // 400 × 75%
      ['丁', '1000000.00', '1000000.00', false], // rated AAA only from the day after
      ['乙', '1000000.00', '750000.00', false],
      ['己', '0.00', '0.00', false],
    ]);
    expect(body.largestCustomers[0].ratio).toBe('0.075'); // 600 ÷ 8000
    // (600 + 300) ÷ 8000 = 11.25% ≤ 15%; borne: 480 ≤ 500 万 so 75%: 360 + 240.
    expect(body.largestGroups).toMatchObject([
      {
        name: '晋丰系',
        customers: 2,
        exposure: '9000000.00',
        exposureBorne: '6000000.00',
        ratio: '0.1125',
        exceeds: false,
      },
    ]);
  });

  it('每一户、每一集团的合计等于逐项按法规规则计算', async () => {
    for (const by of ['customer', 'group'] as const) {
      await test.db.read(systemActor, async (tx) => {
        for (const row of await largestExposures(tx, { guarantorId: 1, asOf }, by, 10)) {
          const of = by === 'customer' ? { customerId: row.id } : { groupId: row.id };
          const held = await heldBalances(tx, { guarantorId: 1, asOf }, of);
          expect(exposureOf(exposureParts(held, 'contract', asOf)), `${by} ${row.name}`).toBe(row.exposure);
          expect(exposureOf(exposureParts(held, 'borne', asOf)), `${by} ${row.name}`).toBe(row.exposureBorne);
        }
      });
    }
  });

  it('责任余额表有债券两行；读法与从严处写明', async () => {
    const lines = await test.db.read(systemActor, (tx) => liabilityLines(tx, { guarantorId: 1, asOf }));
    const byLine = Object.fromEntries(lines.map((row) => [row.line, formatYuan(row.liability)]));
    expect(byLine).toMatchObject({
      'rated-bond': '7200000.00',
      'other-bond': '1000000.00',
      'small-micro-loan': '3750000.00',
    });
    const { body } = await get(`/indicators/1?asOf=${asOf}`);
    const noteOf = (line: string) => body.lines.find((row: { line: string }) => row.line === line).unverified;
    expect(noteOf('small-micro-loan')).toContain('1 户个体工商户、小微企业主');
    expect(noteOf('other-bond')).toContain('1 户发行人主体信用评级不可判定');
    const total = lines.filter((row) => row.line !== 'non-financing').map((row) => row.outstanding);
    expect(plus(fen(0n), ...total)).toBe(2_100_000_000n);
  });
});

describe('怎么算的', () => {
  it('集中度：算式、权重、未核实处、净资产', async () => {
    const { body } = await get(`/indicators/1/explain/concentration?asOf=${asOf}&of=3`);
    expect(body).toMatchObject({ title: '单一客户集中度（丙）', value: '0.0675', unit: '比例' }); // 540 ÷ 8000
    expect(body.formula).toBe('9000000.00×60% = 5400000.00；÷ 计量净资产，不得超过 10%');
    expect(body.unverified).toContain('折算比例');
    expect(body.inputs.map((input: { name: string }) => input.name)).toEqual([
      '主体信用评级AA级以上发行债券在保余额 × 60%',
      '集中度责任余额（合同口径）',
      '集中度责任余额（实际承担口径）',
      '计量净资产',
    ]);
    expect((await get(`/indicators/1/explain/concentration?asOf=${asOf}`)).body.title).toBe('单一客户集中度（戊）');
    expect((await get(`/indicators/1/explain/concentration?asOf=${asOf}&of=99`)).status).toBe(404);
  });

  it('关联方集中度：各户分别列出', async () => {
    const { body } = await get(`/indicators/1/explain/group-concentration?asOf=${asOf}`);
    expect([body.title, body.value]).toEqual(['关联方集中度（晋丰系）', '0.1125']);
    expect(body.formula).toBe('4000000.00×75% + 6000000.00×100% = 9000000.00；÷ 计量净资产，不得超过 15%');
  });

  it.each(['liability', 'multiple', 'cap', 'net-assets'])('指标 %s 有公式、依据、截至日', async (figure) => {
    const { status, body } = await get(`/indicators/1/explain/${figure}?asOf=${asOf}`);
    expect([status, body.asOf, body.articles.length > 0, body.formula.length > 5]).toEqual([200, asOf, true, true]);
    expect(body.value).toBe(
      // 责任余额 375 + 600 + 720 + 100 = 1795 万元; 1795 ÷ 8000
      { liability: '17950000.00', multiple: '0.2244', cap: '10', 'net-assets': '80000000.00' }[figure],
    );
  });

  it('保函的三个金额；看不见的保函 404；没有的指标 400', async () => {
    const value = async (figure: string) => (await get(`/guarantees/1/1/explain/${figure}`)).body.value;
    expect(await value('outstanding')).toBe('4000000.00');
    expect(await value('outstanding-borne')).toBe('3200000.00'); // 400 万 × 80%
    expect(await value('guaranteed')).toBe('3200000.00');
    expect((await get('/guarantees/1/99/explain/outstanding')).status).toBe(404);
    expect((await get('/guarantees/1/1/explain/nonsense')).status).toBe(400);
  });
});
