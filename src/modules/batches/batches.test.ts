import { readFile } from 'node:fs/promises';
import path from 'node:path';
import iconv from 'iconv-lite';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeUscc } from '../../../db/seed/identities.ts';
import { yuan } from '../../kernel/money.ts';
import { checkTrialBalance } from '../../ledger/index.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { checkBookEqualsLedger, checkMovementChain, recordMovement } from '../guarantees/index.ts';
import { headroom } from '../limits/index.ts';
import { writeBadRows, writeResult } from './results.ts';
import { runBatch } from './run.ts';
import { batchById, partsOf } from './store.ts';
import { context, csvOf, desk, emptyBook, row, seedReference } from './testing/fixture.ts';

let test: TestDatabase;
let at: Awaited<ReturnType<typeof desk>>;
beforeAll(async () => {
  test = await createTestDatabase();
  await seedReference(test);
});
afterAll(() => test.close());
beforeEach(async () => {
  at = await desk(test);
  await emptyBook(test);
});
afterEach(() => at.end());

const verdicts = async () =>
  (
    await test.owner.query('select batch_id, line::int, verdict, code from batches.verdict order by batch_id, line')
  ).rows.map(({ line, verdict, code }) => `${line} ${verdict}${code ? ` ${code}` : ''}`);
const count = async (table: string) => Number((await test.owner.query(`select count(*) as n from ${table}`)).rows[0].n);
const findings = () =>
  test.db.read(context.actor, async (tx) => [
    ...(await checkTrialBalance(tx)),
    ...(await checkBookEqualsLedger(tx)),
    ...(await checkMovementChain(tx)),
  ]);
const capital = (fen: string) =>
  test.owner.query('update institutions.capital_fact set net_assets = $1 where guarantor_id = 1', [fen]);
const rich = '2000000000000';

describe('一批', () => {
  it('好行即承保：客户、保函、放款、分录、协议版本与累计仪表一齐落账', async () => {
    const batch = await at.send(
      csvOf([row(1, { fee: '8000.00' }), row(2, { identityNo: makeUscc('91', 140105, 1), customerName: '第1号公司' })]),
    );
    expect([batch.phase, batch.accepted, batch.refused, batch.principal]).toEqual(['done', 2, 0, yuan('2000000.00')]);
    const { rows } = await test.owner.query(
      `select contract_no, source, batch_id, agreement_id, agreement_version, guaranteed, status, outstanding, last_seq, size_class from guarantees.guarantee order by contract_no`,
    );
    expect(rows[0]).toMatchObject({
      contract_no: 'ZDZ-1',
      source: 'batch',
      batch_id: batch.id,
      agreement_id: 1,
      agreement_version: 1,
      guaranteed: 80000000n,
      status: 'in-force',
      outstanding: 100000000n,
      last_seq: 2,
      size_class: '微型',
    });
    expect(await count('customers.customer')).toBe(1);
    expect(await count('ledger.transfer')).toBe(3);
    expect(await findings()).toEqual([]);
    const parts = await test.db.read(context.actor, (tx) => partsOf(tx, batch));
    expect(parts).toMatchObject([
      { guarantorId: 1, year: 2026, before: { volume: '0.00' }, after: { volume: '2000000.00', paid: '0.00' } },
    ]);
  });

  it('同号同内容再报答复不变；同号异内容拒绝；昨天的文件换个号再报，逐行已受理', async () => {
    const file = csvOf([row(1), row(2)]);
    const first = await at.send(file);
    const again = await at.send(file);
    expect([again.id, again.accepted]).toEqual([first.id, 2]);
    await expect(at.send(csvOf([row(1), row(3)]))).rejects.toMatchObject({
      status: 409,
      refusals: [{ code: 'batch-no-used' }],
    });
    const other = await at.send(file, { batchNo: 'P2' });
    expect([other.accepted, other.already]).toEqual([0, 2]);
    expect(await count('guarantees.guarantee')).toBe(2);
    expect(await count('guarantees.movement')).toBe(2);
  });

  it('部分接受；退回行原格式带原因；改好换号只送退回行', async () => {
    const batch = await at.send(
      csvOf([
        row(1),
        row(2, { principal: '-5' }),
        row(3, { endsOn: '2027-02-31' }),
        row(4, { identityNo: '91140105MA0AAAAAAX' }),
        row(5, { industryCode: '', staff: '' }),
      ]),
    );
    expect([batch.accepted, batch.refused, batch.needsCompleting]).toEqual([1, 3, 1]);
    expect(await verdicts()).toEqual([
      '2 accepted',
      '3 refused amount-negative',
      '4 refused date-impossible',
      expect.stringMatching(/^5 refused uscc-/),
      '6 needs-completing size-unknown',
    ]);
    const bad = path.join(at.folder, 'bad.csv');
    expect(await writeBadRows(test.db, context.actor, batch, bad)).toBe(4);
    const returned = await readFile(bad, 'utf8');
    expect(returned).not.toContain('ZDZ-1,');
    const fixed = returned
      .replace(',-5,', ',5.00,')
      .replaceAll('2027-02-31', '2027-02-28')
      .replace('91140105MA0AAAAAAX', makeUscc('91', 140105, 4))
      .replace(/(ZDZ-5,.*),,,8000000/, '$1,5191,12,8000000');
    const resent = await at.send(fixed, { batchNo: 'P1-R', resendOf: 'P1' });
    expect([resent.accepted, resent.refused, resent.resendOf]).toEqual([4, 0, batch.id]);
    const result = path.join(at.folder, 'result.csv');
    expect(await writeResult(test.db, context.actor, batch, result)).toBe(5);
    const lines = (await readFile(result, 'utf8')).split('\r\n');
    expect(lines[1]).toMatch(/^接受：受理编号 1-\d+,/);
    expect(lines[2]).toMatch(/^"?拒绝：【贷款金额】/);
  });

  it('3 行好、99,997 行坏：好的入账，坏的逐行有因', async () => {
    const rows = Array.from({ length: 100_000 }, (_, index) =>
      row(index + 1, index % 40_000 === 7 ? {} : { county: '不存在县' }),
    );
    const batch = await at.send(csvOf(rows));
    expect([batch.accepted, batch.needsCompleting, batch.doneChunks]).toEqual([3, 99_997, 20]);
    expect(await count('guarantees.guarantee')).toBe(3);
    expect(await findings()).toEqual([]);
  }, 180_000);

  it('GBK 文件照读；错了一列的行说得清楚；缺必填列的文件整份退回，批次号不占用', async () => {
    const titles = csvOf([]);
    const good = csvOf([row(1)]).slice(titles.length);
    const shifted = good.replace('ZDZ-1,JK-1,,', 'ZDZ-1,JK-1,').replace('\r\n', ',\r\n');
    const batch = await at.send(iconv.encode(titles + good.replaceAll('-1,', '-9,') + shifted, 'gb18030'));
    expect([batch.accepted, batch.refused]).toEqual([1, 1]);
    expect(await verdicts()).toEqual(['2 accepted', '3 refused columns-shifted']);
    await expect(at.send('担保业务编号,借款合同号\r\n1,2\r\n', { batchNo: 'P3' })).rejects.toMatchObject({
      refusals: [{ code: 'columns-missing' }],
    });
    expect((await at.send(csvOf([row(3)]), { batchNo: 'P3' })).accepted).toBe(1);
  });

  it('重复：文件内同号异文、同一借据、他批已承保、不同银行的号', async () => {
    await at.send(csvOf([row(1)]));
    const batch = await at.send(
      csvOf([
        row(2),
        row(2, { principal: '2000000.00' }),
        row(2),
        row(3, { loanContractNo: 'JK-2' }),
        row(4, { loanContractNo: 'JK-1' }),
        row(1, { principal: '3.00' }),
        row(5, { loanContractNo: 'JK-2', dueBillNo: 'B2' }),
      ]),
      { batchNo: 'P2' },
    );
    expect(await verdicts()).toEqual([
      '2 accepted',
      '2 accepted',
      '3 refused duplicate-contract-in-file',
      '4 already already',
      '5 refused duplicate-loan-in-file',
      '6 refused loan-covered',
      '7 refused contract-differs',
      '8 accepted',
    ]);
    expect(batch.already).toBe(1);
  });

  it('逐行写明机构；没有协议、已注销、不存在的机构各有说法', async () => {
    await test.owner.query(`insert into institutions.institution (id, code, name, short_name, kind, level, region_code, status) overriding system value values
      (3, 'G3', '丙担保', '丙', 'guarantor', 2, 140100, 'active'), (4, 'G4', '丁担保', '丁', 'guarantor', 2, 140100, 'absorbed') on conflict do nothing`);
    const rows = [
      row(1, { guarantorCode: 'G1' }),
      row(2, { guarantorCode: 'G2' }),
      row(3, { guarantorCode: 'G3' }),
      row(4, { guarantorCode: 'G4' }),
      row(5, { guarantorCode: 'XX' }),
      row(6),
    ];
    await at.send(csvOf(rows), { guarantorCode: undefined });
    expect(await verdicts()).toEqual([
      '2 accepted',
      '3 accepted',
      '4 refused agreement-not-in-force',
      '5 refused guarantor-closed',
      '6 refused guarantor-unknown',
      '7 needs-completing guarantor-missing',
    ]);
  });
});

describe('总对总条件', () => {
  it('单户上限 1000 万元（含存量与本批在前各行）：分毫不差', async () => {
    const same = { identityNo: makeUscc('91', 140105, 1), customerName: '第1号公司' };
    // 600 万 + 400 万 = 1000 万元恰在上限；再多 1 分即超。
    await at.send(
      csvOf([
        row(1, { principal: '6000000.00' }),
        row(2, { ...same, principal: '4000000.01' }),
        row(3, { ...same, principal: '4000000.00' }),
        row(4, { ...same, principal: '0.01' }),
      ]),
    );
    expect(await verdicts()).toEqual([
      '2 accepted',
      '3 refused product-cap-guaranteed',
      '4 accepted',
      '5 refused product-cap-guaranteed',
    ]);
    const { rows } = await test.owner.query(`select reasons -> 0 as reason from batches.verdict where line = 3`);
    expect(rows[0].reason).toMatchObject({
      column: '贷款金额',
      remedy: '本行不超过4000000.00元，或改走其他产品',
      unverified: expect.stringContaining('待核实'),
    });
  });

  it('费率 1%：0.99%、1%、1.01%；期限、未来日期、早于开办日、中型企业、融资平台', async () => {
    const medium = { staff: '150', revenue: '300000000.00' };
    await at.send(
      csvOf([
        row(1, { feeRate: '0.0099' }),
        row(2, { feeRate: '1%' }),
        row(3, { feeRate: '1.01%' }),
        row(4, { endsOn: '2029-11-03' }),
        row(5, { startsOn: '2026-11-21' }),
        row(6, { startsOn: '2020-04-15', endsOn: '2021-04-14' }),
        row(7, medium),
        row(8, { flags: 'financing-platform' }),
      ]),
    );
    expect(await verdicts()).toEqual([
      '2 accepted',
      '3 accepted',
      '4 refused batch-fee-ceiling',
      '5 refused term',
      '6 refused in-the-future',
      '7 refused before-scheme',
      '8 refused tag-not-small',
      '9 refused condition-no-flag',
    ]);
  });

  it('协议的银行分担低于 20%：逐行拒绝，说明与本行数据无关', async () => {
    await test.owner.query(`insert into agreements.version (guarantor_id, agreement_id, version, from_on, bank_share, guarantor_share, province_share, fund_share, fee_rate, document)
      values (2, 2, 2, '2026-11-10', 0.15, 0.35, 0.2, 0.3, 0.008, '新协议')`);
    await at.send(csvOf([row(1), row(2, { startsOn: '2026-11-10' })]), { guarantorCode: 'G2' });
    expect(await verdicts()).toEqual(['2 accepted', '3 refused bank-share-floor']);
    await test.owner.query('delete from agreements.version where agreement_id = 2 and version = 2');
  });
});

describe('集中准入', () => {
  it('准入已过期的银行不能报新批次；已报的批次再报，答复不变', async () => {
    const file = csvOf([row(1)]);
    const first = await at.send(file);
    await test.owner.query(`insert into admissions.admission (guarantor_id, bank_id, state, applied_on, summary, from_on, to_on, decided_on, recorded_by)
      values (1, 9, 'in-force', '2025-01-01', '准入', '2025-01-01', '2026-11-19', '2025-01-01', 0)`);
    await expect(at.send(csvOf([row(2)]), { batchNo: 'P2' })).rejects.toMatchObject({
      refusals: [{ code: 'bank-not-admitted' }],
    });
    expect((await at.send(file)).id).toBe(first.id);
    await test.owner.query(`update admissions.admission set to_on = '2026-11-20'`);
    expect((await at.send(csvOf([row(2)]), { batchNo: 'P2' })).accepted).toBe(1);
    await test.owner.query('delete from admissions.admission');
  });
});

describe('额度：文件先后为序，接受一行占一行', () => {
  afterEach(() => capital(rich));

  it('第十六条单户 10%：按责任余额权重；集团 15% 合并计算', async () => {
    // 净资产 4000 万元，单户上限 400 万元；单户 500 万元以内的小微权重 75%：533 万元 ×75% = 399.75 万元可以，但超 500 万元即全额。
    await capital('4000000000');
    await at.send(csvOf([row(1, { principal: '5000000.00' }), row(2, { principal: '5333333.00' })]));
    expect(await verdicts()).toEqual(['2 accepted', '3 refused single-customer-cap']);
    await test.owner.query(
      `insert into customers.related_group (guarantor_id, id, name, evidence) overriding system value values (1, 5, '甲集团', '同一控制人')`,
    );
    await test.owner.query(`update customers.customer set group_id = 5 where guarantor_id = 1`);
    await test.owner.query(
      `insert into customers.customer (guarantor_id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence, group_id)
      values (1, 'enterprise', '第7号公司', 'uscc', $1, 'h7', 140105, '小型', '{}', 5)`,
      [makeUscc('91', 140105, 7)],
    );
    // 集团上限 600 万元，已有 500×75% = 375 万元：300 万元 ×75% = 225 万元恰满，再多 1 元即超。
    await at.send(
      csvOf([
        row(7, { principal: '3000001.00' }),
        row(8, { identityNo: makeUscc('91', 140105, 7), customerName: '第7号公司', principal: '3000000.00' }),
      ]),
      { batchNo: 'P2' },
    );
    expect((await verdicts()).slice(2)).toEqual(['2 refused related-group-cap', '3 accepted']);
  });

  it('银行统一授信、年度额度：占满为止，其后更小的行仍可', async () => {
    await test.owner.query(`insert into limits.bank_line (bank_id, version, from_on, to_on, amount, document, recorded_by) values (9, 1, '2026-01-01', '2026-12-31', 100000000000, '授信批复', 0);
      insert into limits.bank_allocation (bank_id, version, guarantor_id, product_code, amount) values (9, 1, 1, 'batch', 300000000)`);
    await at.send(csvOf([row(1), row(2), row(3, { principal: '1000000.01' }), row(4), row(5, { principal: '0.01' })]));
    expect(await verdicts()).toEqual([
      '2 accepted',
      '3 accepted',
      '4 refused bank-line',
      '5 accepted',
      '6 refused bank-line',
    ]);
  });

  it('放大倍数；他人预留的额度也算', async () => {
    // 净资产 1000 万元、条件未达 10 倍：责任余额上限 1 亿元；权重 75%，每笔 100 万元计 75 万元。单户上限 100 万元。
    await capital('1000000000');
    await test.owner.query(`insert into customers.customer (guarantor_id, id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence)
      overriding system value values (1, 900, 'enterprise', '别人', 'uscc', 'U900', 'h900', 140105, '小型', '{}')`);
    await test.owner.query(`insert into limits.reservation (guarantor_id, subject, customer_id, bank_id, product_code, county, amount, guaranteed, liability, until_on, recorded_by)
      values (1, 'case:1/1', 900, 9, 'batch', 140105, 100000000, 80000000, 9900000000, '2026-12-01', 0)`);
    await at.send(csvOf([row(1), row(2)]));
    expect(await verdicts()).toEqual(['2 accepted', '3 refused leverage-cap']);
  });

  it('熔断：本年批次代偿率恰 3% 仍可，超过即停；与额度仪表同一口径', async () => {
    await at.send(csvOf(Array.from({ length: 4 }, (_, n) => row(n + 1))));
    const { rows } = await test.owner.query('select id from guarantees.guarantee order by contract_no');
    const move = (index: number, kind: 'repay' | 'claim-paid', amount: string) =>
      test.db.transaction(context.actor, (tx) =>
        recordMovement(tx, context, {
          guarantorId: 1,
          guaranteeId: rows[index].id,
          kind,
          amount: yuan(amount),
          occurredOn: context.clock.today(),
        }),
      );
    await move(0, 'repay', '970000.00');
    await move(1, 'claim-paid', '30000.00');
    // 代偿 3 万元 ÷ 解除 100 万元 = 3%，恰在上限。
    expect((await at.send(csvOf([row(11)]), { batchNo: 'P2' })).accepted).toBe(1);
    await move(1, 'claim-paid', '1.00');
    const stopped = await at.send(csvOf([row(12)]), { batchNo: 'P3' });
    expect([stopped.accepted, stopped.refused]).toEqual([0, 1]);
    expect((await verdicts()).at(-1)).toBe('2 refused claim-cap-cohort');
    const lines = await test.db.read(context.actor, (tx) =>
      headroom(tx, {
        guarantorId: 1,
        bankId: 9,
        productCode: 'batch',
        amount: yuan('1.00'),
        on: context.clock.today(),
      }),
    );
    expect(lines.find(({ code }) => code === 'claim-ratio-cap')).toMatchObject({
      isBreached: true,
      used: yuan('30001.00'),
    });
  });
});

describe('与额度仪表同一口径', () => {
  it('随机的一批：每一行的接受与否，与逐笔问额度仪表的答复一致', async () => {
    await test.owner.query(
      `insert into customers.related_group (guarantor_id, id, name, evidence) overriding system value values (1, 6, '乙集团', '同一控制人')`,
    );
    for (const n of [1, 2, 3, 4])
      await test.owner.query(
        `insert into customers.customer (guarantor_id, id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence, group_id)
         overriding system value values (1, $1, 'enterprise', $2, 'uscc', $3, $4, 140105, $5, '{}', $6)`,
        [9000 + n, `第${n}号公司`, makeUscc('91', 140105, n), `h${n}`, n === 4 ? '不可判定' : '小型', n < 3 ? 6 : null],
      );
    // 净资产 6000 万元：单户 600 万元、集团 900 万元；银行额度 1500 万元。
    await capital('6000000000');
    await test.owner.query(`insert into limits.bank_line (bank_id, version, from_on, to_on, amount, document, recorded_by) values (9, 1, '2026-01-01', '2026-12-31', 250000000000, '授信批复', 0);
      insert into limits.bank_allocation (bank_id, version, guarantor_id, product_code, amount) values (9, 1, 1, null, 1500000000)`);
    let seed = 11;
    const random = (most: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % most;
    };
    const made = Array.from({ length: 24 }, (_, index) => {
      const n = 1 + random(4);
      const principal = `${10 + random(390)}0000.00`;
      return {
        n,
        principal,
        row: row(500 + index, { identityNo: makeUscc('91', 140105, n), customerName: `第${n}号公司`, principal }),
      };
    });
    await at.send(csvOf(made.map((each) => each.row)), { batchNo: 'ALL' });
    const whole = (await verdicts()).map((each) => each.split(' ')[1]);
    const entered = (
      await test.owner.query(
        `select line::int, guarantee_id from batches.verdict where verdict = 'accepted' order by line`,
      )
    ).rows;
    await test.owner.query('truncate limits.book_base');
    // 从头逐笔重放：账上只留此前接受的行，问额度仪表，再看结论。
    const replayed: string[] = [];
    for (const [index, { n, principal }] of made.entries()) {
      const later = entered.filter(({ line }) => line >= index + 2).map(({ guarantee_id }) => guarantee_id);
      const lines = await test.db.dryRun(context.actor, async (tx) => {
        await sql`update guarantees.guarantee set outstanding = 0, status = 'released' where id = any (${later}::bigint[])`.execute(
          tx,
        );
        return headroom(tx, {
          guarantorId: 1,
          customerId: BigInt(9000 + n),
          bankId: 9,
          productCode: 'batch',
          amount: yuan(principal),
          on: context.clock.today(),
        });
      });
      const isBreached = lines.some((each) => each.isBreached && each.binds && each.code !== 'leverage-cap');
      replayed.push(isBreached ? 'refused' : 'accepted');
    }
    expect(whole.filter((each) => each === 'refused').length).toBeGreaterThan(3);
    expect(replayed).toEqual(whole);
    await capital(rich);
  });

  it('四批同时处理、同一条银行额度：合计不超', async () => {
    await test.owner.query(`insert into limits.bank_line (bank_id, version, from_on, to_on, amount, document, recorded_by) values (9, 1, '2026-01-01', '2026-12-31', 250000000000, '授信批复', 0);
      insert into limits.bank_allocation (bank_id, version, guarantor_id, product_code, amount) values (9, 1, 1, null, 1000000000)`);
    const taken = [];
    for (const n of [0, 1, 2, 3])
      taken.push(
        await at.submit(csvOf(Array.from({ length: 6 }, (_, index) => row(700 + n * 10 + index))), {
          batchNo: `C${n}`,
          chunkRows: 2,
        }),
      );
    const done = await Promise.all(taken.map(({ batch }) => runBatch(test.db, context.clock, batch.id)));
    // 额度 1000 万元，每笔 100 万元：24 笔里恰 10 笔。
    expect(done.reduce((sum, each) => sum + each.accepted, 0)).toBe(10);
    expect(await findings()).toEqual([]);
  });
});

describe('中断', () => {
  it('处理到一半停下：已完成的块留着，再起从下一块续，不重不漏', async () => {
    const { batch } = await at.submit(csvOf(Array.from({ length: 25 }, (_, n) => row(n + 1))), { chunkRows: 10 });
    const stop = new Error('断电');
    await expect(
      runBatch(test.db, context.clock, batch.id, {
        onChunk: (no) => {
          if (no === 2) throw stop;
        },
      }),
    ).rejects.toBe(stop);
    // 断电的进程来不及写状态。
    await test.owner.query(`update batches.batch set state = 'running', ended_at = null`);
    expect((await test.db.read(context.actor, (tx) => batchById(tx, batch.id)))?.phase).toBe('stalled');
    expect(await count('guarantees.guarantee')).toBe(20);
    const done = await runBatch(test.db, context.clock, batch.id);
    expect([done.phase, done.accepted, done.already]).toEqual(['done', 25, 0]);
    expect(await count('guarantees.guarantee')).toBe(25);
    expect(await findings()).toEqual([]);
  });
});
