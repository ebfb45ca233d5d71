import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { formatYuan, yuan } from '../../kernel/money.ts';
import { checkTrialBalance } from '../../ledger/index.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { addVersion, createAgreement } from '../agreements/index.ts';
import { registerCustomer } from '../customers/index.ts';
import {
  checkBookEqualsLedger,
  checkCashEqualsLedger,
  checkMovementChain,
  issueGuarantee,
  liabilityLines,
  positionBy,
  recordMovement,
  reverseMovement,
} from './index.ts';

let test: TestDatabase;
let customerId: bigint;
const today = day('2026-11-20');
const context: Context = { actor: systemActor, clock: fixedClock(today) };
const asSystem = <T>(work: (tx: Tx) => Promise<T>) => test.db.transaction(systemActor, work);

beforeAll(async () => {
  test = await createTestDatabase();
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000), (140105, '小店区', 3, 140100);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'G1', '太原担保', '太原', 'guarantor', 2, 140100), (9, 'B1', '某银行', '某行', 'bank', 1, 140000);
    insert into institutions.capital_fact (guarantor_id, as_of_on, registered_capital, net_assets, source) values (1, '2025-12-31', 1000000000000, 10000000000, '审计报告');
    insert into agreements.product (code, name, class, source) values ('loan', '小微贷款担保', 'loan', '测试')`);
  const terms = {
    bankShare: '0.2',
    guarantorShare: '0.4',
    provinceShare: '0.2',
    fundShare: '0.2',
    otherShare: '0',
    feeRate: '0.008',
    claimRatioCap: '0.04',
    document: '协议1',
  };
  const { id } = await asSystem((tx) =>
    createAgreement(tx, context, {
      guarantorId: 1,
      bankId: 9,
      productCode: 'loan',
      contractNo: 'XY-1',
      version: { ...terms, from: day('2025-01-01'), to: null },
    }),
  );
  await asSystem((tx) =>
    addVersion(tx, context, {
      ...terms,
      bankShare: '0.3',
      guarantorShare: '0.3',
      from: day('2026-07-01'),
      to: null,
      guarantorId: 1,
      agreementId: id,
    }),
  );
  ({ id: customerId } = await asSystem((tx) =>
    registerCustomer(tx, context, {
      guarantorId: 1,
      kind: 'enterprise',
      name: '晋丰装备制造有限公司',
      identityKind: 'uscc',
      identityNo: '91140100MA0ABCD12R',
      county: 140105,
      industryCode: '3360',
      staff: 100,
      revenue: '9000000.00',
    }),
  ));
});
afterAll(() => test.close());

let serial = 0;
const issue = (principal: string, startsOn = day('2026-01-10')) =>
  asSystem((tx) =>
    issueGuarantee(tx, context, {
      guarantorId: 1,
      contractNo: `HT-${++serial}`,
      customerId,
      bankId: 9,
      productCode: 'loan',
      county: 140105,
      principal: yuan(principal),
      startsOn,
      endsOn: day('2027-01-10'),
      tags: 1,
      primaryTag: 1,
      source: 'form',
    }),
  );
const move = (
  guaranteeId: bigint,
  kind: 'disburse' | 'repay' | 'claim-paid' | 'recovery' | 'fee' | 'write-off',
  amount: string,
  on = '2026-03-01',
) =>
  asSystem((tx) =>
    recordMovement(tx, context, { guarantorId: 1, guaranteeId, kind, amount: yuan(amount), occurredOn: day(on) }),
  );
const findings = () =>
  asSystem(async (tx) => [
    ...(await checkTrialBalance(tx)),
    ...(await checkBookEqualsLedger(tx)),
    ...(await checkCashEqualsLedger(tx)),
    ...(await checkMovementChain(tx)),
  ]);

describe('一笔保函从登记到核销', () => {
  it('life of a guarantee as a table, book = ledger after every line', async () => {
    const { id } = await issue('1000000');
    const page: string[] = [];
    for (const [kind, amount, on] of [
      ['disburse', '1000000', '2026-01-10'],
      ['fee', '8000', '2026-01-10'],
      ['repay', '400000', '2026-04-10'],
      ['claim-paid', '600000', '2026-06-10'],
      ['recovery', '100000', '2026-08-10'],
      ['write-off', '50000', '2026-09-10'],
    ] as const) {
      const { outstanding } = await move(id, kind, amount, on);
      page.push(`${kind} ${amount} → ${formatYuan(outstanding)}`);
      expect(await findings()).toEqual([]);
    }
    expect(page).toEqual([
      'disburse 1000000 → 1000000.00',
      'fee 8000 → 1000000.00',
      'repay 400000 → 600000.00',
      'claim-paid 600000 → 0.00',
      'recovery 100000 → 0.00',
      'write-off 50000 → 0.00',
    ]);
    const { rows } = await test.owner.query(`select status, last_seq from guarantees.guarantee where id = $1`, [id]);
    expect(rows).toEqual([{ status: 'written-off', last_seq: 6 }]);
  });

  it('pins the agreement version of the start day: the last day of the first, the first day of the second', async () => {
    const before = await issue('100', day('2026-06-30'));
    const after = await issue('100', day('2026-07-01'));
    const { rows } = await test.owner.query(
      `select agreement_version, guaranteed from guarantees.guarantee where id = any ($1) order by id`,
      [[before.id, after.id]],
    );
    expect(rows).toEqual([
      { agreement_version: 1, guaranteed: yuan('80') },
      { agreement_version: 2, guaranteed: yuan('70') },
    ]);
  });

  it('第十六条: ten per cent of net assets to one customer, at the limit and one 分 above', async () => {
    // 1 亿元 × 10% = 1000 万元; over 500 万元 the whole customer counts at 100%. 200 元 are promised by the test above.
    await expect(issue('9999800.01')).rejects.toMatchObject({
      refusals: [{ code: 'single-customer-cap', figures: { 计算: '其他借款类 10000000.01×100%' } }],
    });
    const { id } = await issue('9999800.00');
    // Promised counts like disbursed: nothing more may be promised meanwhile.
    await expect(issue('0.01')).rejects.toMatchObject({ refusals: [{ code: 'single-customer-cap' }] });
    await move(id, 'disburse', '9999800.00');
    await expect(issue('0.01')).rejects.toMatchObject({ refusals: [{ code: 'single-customer-cap' }] });
    await move(id, 'repay', '9999800.00');
  });

  it('refuses a contract number twice, a day without agreement, an unknown customer; then nothing is written', async () => {
    const count = async () => (await test.owner.query('select count(*)::int as n from guarantees.guarantee')).rows[0].n;
    await issue('100');
    serial -= 1;
    const before = await count();
    await expect(issue('100')).rejects.toMatchObject({ status: 409, refusals: [{ code: 'contract-exists' }] });
    await expect(issue('100', day('2024-12-31'))).rejects.toMatchObject({
      refusals: [{ code: 'agreement-not-in-force' }],
    });
    expect(await count()).toBe(before);
  });

  it('two repayments at once never take more than is outstanding', async () => {
    const { id } = await issue('1000');
    await move(id, 'disburse', '1000');
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => move(id, 'repay', '300')));
    expect(tries.filter((each) => each.status === 'fulfilled')).toHaveLength(3); // 3 × 300 ≤ 1000 < 4 × 300
    expect(await findings()).toEqual([]);
  });

  it('a reversal restores the balance, keeps both entries, and happens once', async () => {
    const { id } = await issue('1000');
    await move(id, 'disburse', '1000');
    const { seq } = await move(id, 'repay', '250');
    const reverse = () =>
      asSystem((tx) => reverseMovement(tx, context, { guarantorId: 1, guaranteeId: id, seq, cause: '银行流水记错' }));
    expect(await reverse()).toEqual({ seq: 3, outstanding: yuan('1000') });
    await expect(reverse()).rejects.toMatchObject({ refusals: [{ code: 'already-reversed' }] });
    expect(await findings()).toEqual([]);
  });

  it('the balance of a day is what was true then, as known at an instant', async () => {
    const { id } = await issue('5000', day('2026-02-01'));
    await move(id, 'disburse', '5000', '2026-02-01');
    const { rows } = await test.owner.query<{ now: Date }>('select clock_timestamp() as now');
    const instant = rows[0]?.now.toISOString();
    await move(id, 'repay', '2000', '2026-02-15'); // learnt later, true earlier
    const on = async (asOf: string, knownAt?: string) => {
      const found = await asSystem((tx) => positionBy(tx, 'guarantor', { asOf: day(asOf), guarantorId: 1, knownAt }));
      return formatYuan(found[0]?.outstanding ?? yuan('0'));
    };
    const rest = async (asOf: string) => Number(await on(asOf)) - Number(await on('2026-01-31'));
    expect(await rest('2026-02-14')).toBe(5000);
    expect(await rest('2026-02-15')).toBe(3000);
    expect(Number(await on('2026-02-15', instant)) - Number(await on('2026-01-31', instant))).toBe(5000);
  });

  it('责任余额 weighs a small customer at 75% up to 500 万元 and not a 分 beyond (BAL-1)', async () => {
    const { id } = await issue('5000000');
    const lines = () => asSystem((tx) => liabilityLines(tx, { guarantorId: 1, asOf: today }));
    const outstandingBefore = (await lines()).reduce((sum, row) => sum + row.outstanding, 0n);
    const room = yuan('5000000') - outstandingBefore;
    await move(id, 'disburse', formatYuan(room as never));
    expect((await lines()).map((row) => [row.line, row.weight, formatYuan(row.liability)])).toEqual([
      ['small-micro-loan', '0.75', '3750000.00'],
    ]); // 500 万 × 75%
    await move(id, 'disburse', '0.01');
    const over = (await lines()).filter((row) => row.outstanding > 0n); // on the borne basis the customer is still under the limit
    expect(over.map((row) => [row.line, formatYuan(row.liability)])).toEqual([['other-loan', '5000000.01']]);
  });
});

describe('数据库不让改账', () => {
  it.each([
    'update guarantees.movement set amount = 1',
    'delete from guarantees.movement',
    'delete from guarantees.guarantee',
    'update guarantees.guarantee set principal = 1',
  ])('%s → 42501', async (statement) => {
    const client = await test.db.pool.connect();
    try {
      await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
    } finally {
      client.release();
    }
  });

  it('verify names the place of a row changed behind the program’s back', async () => {
    const { id } = await issue('700');
    await move(id, 'disburse', '700');
    await test.owner.query('update guarantees.movement set amount = amount + 1 where guarantee_id = $1', [id]);
    const found = await findings();
    expect(found.map((each) => [each.check, each.place])).toEqual([['台账与总账一致', `机构 1 合同 HT-${serial}`]]);
    await test.owner.query('update guarantees.movement set amount = amount - 1 where guarantee_id = $1', [id]);
  });
});
