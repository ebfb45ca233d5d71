import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeUscc } from '../../../db/seed/identities.ts';
import { checkTrialBalance } from '../../ledger/index.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { proposeFilings } from '../filings/index.ts';
import { checkBookEqualsLedger, checkMovementChain } from '../guarantees/index.ts';
import { resumeBatches, runBatch } from './run.ts';
import { type BatchRow, batchById, listVerdicts, type Phase, partsOf, type Shown } from './store.ts';
import { acceptBatch } from './submit.ts';
import { context, csvOf, desk, emptyBook, row, seedReference } from './testing/fixture.ts';
import { runTrial } from './trial.ts';

// The Node that the product runs on, whatever runs the tests.
const node24 = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
const script = fileURLToPath(new URL('testing/run-batch.ts', import.meta.url));
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

const read = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => test.db.read(systemActor, work);
const count = async (table: string) => Number((await test.owner.query(`select count(*) as n from ${table}`)).rows[0].n);
const books = [
  'customers.customer',
  'guarantees.guarantee',
  'guarantees.movement',
  'ledger.transfer',
  'batches.loan',
  'filings.record',
];
const counts = async () => Promise.all(books.map(count));
const findings = () =>
  read(async (tx) => [
    ...(await checkTrialBalance(tx)),
    ...(await checkBookEqualsLedger(tx)),
    ...(await checkMovementChain(tx)),
  ]);
const told = async (batch: Shown) =>
  (await read((tx) => listVerdicts(tx, batch, {}, undefined, 1000))).rows.map(
    ({ line, verdict, principal }) => `${line} ${verdict} ${principal}`,
  );
const meters = async (batch: Shown) =>
  (await read((tx) => partsOf(tx, batch))).map(({ guarantorId, year, before, after }) => ({
    guarantorId,
    year,
    before,
    after,
  }));
const tryIt = async (content: string, more: Parameters<typeof at.submit>[1] = {}) => {
  const { batch } = await at.submit(content, { isTrial: true, ...more });
  return runTrial(test.db, context.clock, batch.id);
};
const accept = async (id: bigint) => runBatch(test.db, context.clock, (await acceptBatch(test.db, context, id)).id);

describe('整批试算', () => {
  // 净资产 2000 万元：单户上限 10% = 200 万元，第 3、5 行各 150 万元，同一客户合计 300 万元，后一行超限。
  const twice = { identityNo: makeUscc('91', 140105, 3), customerName: '第3号公司', principal: '1500000.00' };
  const rows = [
    row(1),
    row(2, { principal: '-1' }),
    row(3, twice),
    row(4),
    row(5, twice),
    row(1),
    row(6, { loanContractNo: 'JK-4' }),
  ];

  it('块的大小不论，试算与入账逐行结论、仪表一致；试算什么也不落账', async () => {
    await test.owner.query(`update institutions.capital_fact set net_assets = 2000000000 where guarantor_id = 1`);
    for (const chunkRows of [1, 2, 100]) {
      await emptyBook(test);
      const tried = await tryIt(csvOf(rows), { chunkRows });
      expect([tried.phase, tried.isTrial, tried.accepted, tried.already, tried.refused]).toEqual([
        'tried',
        true,
        3,
        1,
        3,
      ]);
      expect(await counts()).toEqual([0, 0, 0, 0, 0, 0]);
      const [asTried, metersTried] = [await told(tried), await meters(tried)];
      const done = await accept(tried.id);
      expect([done.phase, done.isTrial, done.accepted, done.already, done.refused]).toEqual(['done', false, 3, 1, 3]);
      expect(await told(done)).toEqual(asTried);
      expect(await meters(done)).toEqual(metersTried);
      expect(metersTried).toMatchObject([
        { guarantorId: 1, year: 2026, before: { volume: '0.00' }, after: { volume: '3500000.00' } },
      ]);
    }
    await test.owner.query(`update institutions.capital_fact set net_assets = 2000000000000 where guarantor_id = 1`);
  });

  it('关联集团的余额跨块累计，与入账一样在超限的那一行止住', async () => {
    await test.owner.query(`
      update institutions.capital_fact set net_assets = 2000000000 where guarantor_id = 1;
      insert into customers.related_group (guarantor_id, id, name, evidence) overriding system value values (1, 7, '某集团', '同一控制人');
      insert into customers.customer (guarantor_id, id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence, group_id)
        overriding system value
      select 1, n, 'enterprise', '第' || n || '号公司', 'uscc', no, no, 140105, '小型', '{}', 7
        from (values (1, '${makeUscc('91', 140105, 1)}'), (2, '${makeUscc('91', 140105, 2)}')) v(n, no)`);
    // 集团上限 15% = 300 万元；小型企业按 75% 计：200 万元两笔恰好，再多一元不行。
    const two = '2000000.00';
    const first = { identityNo: makeUscc('91', 140105, 1), customerName: '第1号公司' };
    const group = [row(1, { principal: two }), row(2, { principal: two }), row(8, { ...first, principal: '1.00' })];
    const tried = await tryIt(csvOf(group), { chunkRows: 1 });
    const asTried = await told(tried);
    expect(asTried.map((each) => each.split(' ')[1])).toEqual(['accepted', 'accepted', 'refused']);
    expect(await told(await accept(tried.id))).toEqual(asTried);
    await test.owner.query(`update institutions.capital_fact set net_assets = 2000000000000 where guarantor_id = 1`);
  });

  it('接受之前不能承保；接受一次即承保，再接受被拒；同号同内容不带试算即接受', async () => {
    const tried = await tryIt(csvOf([row(1)]));
    await expect(runBatch(test.db, context.clock, tried.id)).rejects.toMatchObject({
      refusals: [{ code: 'batch-not-accepted' }],
    });
    expect((await accept(tried.id)).accepted).toBe(1);
    await expect(acceptBatch(test.db, context, tried.id)).rejects.toMatchObject({
      refusals: [{ code: 'batch-not-tried' }],
    });
    const other = await tryIt(csvOf([row(2)]), { batchNo: 'P2' });
    const sent = await at.send(csvOf([row(2)]), { batchNo: 'P2' });
    expect([sent.id, sent.phase, sent.accepted]).toEqual([other.id, 'done', 1]);
    expect(await count('guarantees.guarantee')).toBe(2);
    expect(await findings()).toEqual([]);
  });

  it('试算后改了文件，同号重新试算或报送；各次试算的结论都留着；已承保的号不能再换内容', async () => {
    const first = await tryIt(csvOf([row(1, { principal: '-1' })]));
    const second = await tryIt(csvOf([row(1)]));
    expect([second.id, first.trialNo, second.trialNo, second.accepted]).toEqual([first.id, 1, 2, 1]);
    expect((await at.submit(csvOf([row(1)]), { isTrial: true })).batch.trialNo).toBe(2);
    expect(await count('batches.trial_verdict')).toBe(2);
    await accept(second.id);
    await expect(tryIt(csvOf([row(9)]))).rejects.toMatchObject({ status: 409, refusals: [{ code: 'batch-no-used' }] });
  });
});

describe('承保即备案', () => {
  it('每笔承保的业务随块备好一份新增备案，再来一遍不重；没有省级与国家分担的不备', async () => {
    await test.owner.query(
      `update agreements.version set province_share = 0, fund_share = 0, other_share = 0.5 where guarantor_id = 2`,
    );
    const both = csvOf([
      row(1, { guarantorCode: 'G1' }),
      row(2, { guarantorCode: 'G1' }),
      row(3, { guarantorCode: 'G2' }),
    ]);
    expect((await at.send(both, { guarantorCode: undefined })).accepted).toBe(3);
    const records = async () =>
      (
        await test.owner.query(`
        select g.contract_no, r.kind, r.status, r.occurred_on, r.content ->> 'disbursed' as disbursed
          from filings.record r
          join guarantees.guarantee g on g.guarantor_id = r.guarantor_id and g.id = r.guarantee_id order by 1`)
      ).rows;
    const record = { kind: 'new', status: 'prepared', occurred_on: '2026-11-02', disbursed: '100000000' };
    const expected = ['ZDZ-1', 'ZDZ-2'].map((contract_no) => ({ contract_no, ...record }));
    expect(await records()).toEqual(expected);
    const { rows } = await test.owner.query(
      'select guarantor_id as "guarantorId", id as "guaranteeId" from guarantees.guarantee',
    );
    expect(await test.db.transaction(systemActor, (tx) => proposeFilings(tx, context, rows))).toEqual({ prepared: 0 });
    expect(await records()).toEqual(expected);
    const audits = `select detail::jsonb ->> 'rows' as rows from audit.entry where action = 'filings.prepare' order by seq desc limit 1`;
    expect((await test.owner.query(audits)).rows).toEqual([{ rows: '2' }]);
    await test.owner.query(
      `update agreements.version set province_share = 0.2, fund_share = 0.3, other_share = 0 where guarantor_id = 2`,
    );
  });
});

/** Starts a process on the batch and kills it once so many chunks are done. */
async function killAfter(chunks: number, id: bigint, kind: 'run' | 'trial'): Promise<void> {
  const child: ChildProcess = spawn(node24, [script, test.url, String(id), kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let heard = '';
  for await (const text of child.stdout!) {
    heard += text;
    if (heard.split('\n').length > chunks) break;
  }
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** The batch once it stands there. The database lets go of a killed process a moment after it. */
async function reaches(id: bigint, phase: Phase): Promise<BatchRow> {
  const look = async () => (await read((tx) => batchById(tx, id)))!;
  await vi.waitUntil(async () => (await look()).phase === phase, { timeout: 60_000, interval: 100 });
  return look();
}

describe('进程在中途被 kill -9', () => {
  const file = csvOf(Array.from({ length: 1500 }, (_, n) => row(n, { principal: '1000.00' })));

  it('入账途中：账上是若干整块，续跑后不缺一行、不重一笔，备案也是', async () => {
    const { batch } = await at.submit(file, { chunkRows: 50 });
    await killAfter(5, batch.id, 'run');
    const before = await count('guarantees.guarantee');
    expect(before).toBeGreaterThanOrEqual(250);
    expect(before).toBeLessThan(1500);
    expect(before % 50).toBe(0);
    expect([await count('batches.verdict'), await count('filings.record')]).toEqual([before, before]);
    await reaches(batch.id, 'stalled');
    expect(await resumeBatches(test.db, context.clock)).toBe(1);
    const done = await reaches(batch.id, 'done');
    expect([done.phase, done.accepted, done.already, done.refused]).toEqual(['done', 1500, 0, 0]);
    expect(await counts()).toEqual([1500, 1500, 1500, 1500, 1500, 1500]);
    expect(await findings()).toEqual([]);
  }, 90_000);

  it('试算途中：从头再试，结论完整，账上仍是空的', async () => {
    const { batch } = await at.submit(file, { chunkRows: 50, isTrial: true });
    await killAfter(5, batch.id, 'trial');
    await reaches(batch.id, 'stalled');
    expect(await resumeBatches(test.db, context.clock)).toBe(1);
    const done = await reaches(batch.id, 'tried');
    expect([done.phase, done.trialNo, done.accepted]).toEqual(['tried', 2, 1500]);
    expect(await counts()).toEqual([0, 0, 0, 0, 0, 0]);
  }, 90_000);
});
