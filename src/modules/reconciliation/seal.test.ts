import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { newKeyPair, type Signer, sign } from '../../platform/crypto/index.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { commentOn, resolveLike, resolveOne } from './actions/resolve.ts';
import { type FetchRecords, runReconciliation } from './actions/run.ts';
import { sealRun, verifySeal } from './actions/seal.ts';
import { startRun } from './contract.ts';
import { readinessFor } from './index.ts';
import { printPdf, printXlsx } from './print.ts';
import { bookDay, fillBook, perfectLines } from './testing/book.ts';
import { differenceDetailOf, heatMapOf, runDetailOf } from './view.ts';

let database: TestDatabase;
let perfect: string[];
const context = { actor: systemActor, clock: fixedClock(day('2026-10-15')) };
const keys = newKeyPair();
const signer: Signer = { name: '测试', publicKey: keys.publicKey, sign: (content) => sign(content, keys.privateKey) };

beforeAll(async () => {
  database = await createTestDatabase();
  await fillBook(database.owner, { guarantees: 60 });
  perfect = (await database.owner.query<{ line: string }>(perfectLines(bookDay))).rows.map((row) => row.line);
});
afterAll(() => database.close());

const answering =
  (lines: readonly string[]): FetchRecords =>
  async () => {
    const records = lines.map((line) => `${line}\n`).join('');
    const footer = { kind: 'footer', rows: lines.length, sm3: createHash('sm3').update(records).digest('hex') };
    const stream = (async function* () {
      yield `${records}${JSON.stringify(footer)}\n`;
    })();
    return { name: '监测系统', stream };
  };

const command = startRun.parse({ ours: { asOf: bookDay }, theirs: { asOf: bookDay }, source: { kind: 'monitor' } });
const run = async (lines: readonly string[]) =>
  BigInt((await runReconciliation(database.db, context, command, { fetchRecords: answering(lines) })).runId);
const write = <T>(work: (tx: Tx) => Promise<T>) => database.db.transaction(systemActor, work);
const read = <T>(work: (tx: Tx) => Promise<T>) => database.db.read(systemActor, work);
const explained = { status: 'explained', resolution: '已与对方核实，属正常' } as const;
const firstOf = async (runId: bigint): Promise<bigint> =>
  (await database.owner.query('select min(id) as id from reconciliation.difference where run_id = $1', [runId])).rows[0]
    .id;

describe('封存', () => {
  test('有待处理或待复核的差异时不能封存；全部说明后可以，之后不可更改', async () => {
    const runId = await run(perfect.slice(2));
    await expect(write((tx) => sealRun(tx, context, runId, signer))).rejects.toThrow('还有 2 条差异待处理');
    await write((tx) => resolveLike(tx, context, runId, { ...explained, filter: { cause: 'omission' } }));
    const one = await firstOf(runId);
    await write((tx) => resolveOne(tx, context, one, { status: 'fixed', resolution: '已补报' }));
    await expect(write((tx) => sealRun(tx, context, runId, signer))).rejects.toThrow('1 条已改正待复核');
    await write((tx) => resolveOne(tx, context, one, explained));
    await write((tx) => sealRun(tx, context, runId, signer));
    await expect(write((tx) => sealRun(tx, context, runId, signer))).rejects.toThrow('已封存');
    await expect(write((tx) => commentOn(tx, context, one, '再说一句'))).rejects.toThrow('已封存');
    await expect(
      write((tx) => sql`update reconciliation.difference set status = 'fixed' where id = ${one}`.execute(tx)),
    ).rejects.toMatchObject({ code: '42501' });
  });

  test('封存后两次打印一致；背着程序改动一处，验证指出，打印拒绝', async () => {
    const runId = await run(perfect.slice(1));
    await write((tx) => resolveLike(tx, context, runId, { ...explained, filter: {} }));
    await write((tx) => sealRun(tx, context, runId, signer));
    const first = await read((tx) => printPdf(tx, runId));
    expect(first.subarray(0, 5).toString()).toBe('%PDF-');
    await database.owner.query(`update institutions.institution set short_name = short_name || '（更名）'`);
    expect((await read((tx) => printPdf(tx, runId))).equals(first)).toBe(true);
    expect((await read((tx) => printXlsx(tx, runId))).subarray(0, 2).toString()).toBe('PK');
    expect((await read((tx) => verifySeal(tx, runId))).every((each) => each.ok)).toBe(true);

    await database.owner.query('alter table reconciliation.difference disable trigger keep_sealed');
    await database.owner.query(`update reconciliation.difference set resolution = '改过' where run_id = $1`, [runId]);
    await database.owner.query('alter table reconciliation.difference enable trigger keep_sealed');
    const after = await read((tx) => verifySeal(tx, runId));
    expect(after.filter((each) => !each.ok).map((each) => each.name)).toEqual(['封存内容']);
    await expect(read((tx) => printPdf(tx, runId))).rejects.toThrow('封存内容已被改动');
  });

  test('改动所存的对方数据也会发现', async () => {
    const runId = await run(perfect);
    await write((tx) => sealRun(tx, context, runId, signer));
    expect((await read((tx) => verifySeal(tx, runId))).filter((each) => !each.ok)).toEqual([]);
    await database.owner.query(
      'update reconciliation.other_record set outstanding = outstanding + 1 where run_id = $1 and line = 7',
      [runId],
    );
    const broken = (await read((tx) => verifySeal(tx, runId))).filter((each) => !each.ok);
    expect(broken.map((each) => each.name)).toEqual(['对方数据']);
  });
});

describe('差异的延续', () => {
  test('说明过且未变的沿用说明；称已改正而仍在的重新打开；消失的记为已消失', async () => {
    const before = await run(perfect.slice(3));
    const { rows } = await database.owner.query<{ id: bigint }>(
      'select id from reconciliation.difference where run_id = $1 order by id',
      [before],
    );
    await write((tx) => resolveOne(tx, context, rows[0]!.id, explained));
    await write((tx) => resolveOne(tx, context, rows[1]!.id, { status: 'fixed', resolution: '已补报该笔' }));
    await write((tx) => resolveOne(tx, context, rows[2]!.id, { status: 'fixed', resolution: '已补报该笔' }));
    const after = await run([...perfect.slice(0, 0), ...perfect.slice(2)]);
    const kept = await database.owner.query(
      'select status, previous_id, first_seen_on from reconciliation.difference where run_id = $1 order by id',
      [after],
    );
    expect(kept.rows).toEqual([
      { status: 'explained', previous_id: rows[0]!.id, first_seen_on: '2026-10-15' },
      { status: 'open', previous_id: rows[1]!.id, first_seen_on: '2026-10-15' },
    ]);
    const detail = await read((tx) => runDetailOf(tx, after));
    expect(detail.carried).toEqual({ gone: 1, unchanged: 2, changed: 0 });
    expect(detail.summary).toContain('上次的差异中 1 条已消失，2 条未变，0 条有变化');
  });
});

describe('读取', () => {
  test('详情：差额分解相加等于差额，小结、两边记录、热力图', async () => {
    const runId = await run(perfect.slice(1));
    const detail = await read((tx) => runDetailOf(tx, runId));
    const outstanding = detail.decomposition[0]!;
    expect(outstanding.difference).toBe(outstanding.byCause.omission);
    expect(detail.counts).toMatchObject({ ours: 60, theirs: 59, matched: 59, onlyOurs: 1 });
    expect(detail.summary).toContain('我方 60 笔，对方 59 笔，一致 59 笔，一致率 98.33%');
    const difference = await read(async (tx) => differenceDetailOf(tx, await firstOf(runId), day('2026-10-20')));
    // 10-15 周四发现；16、19、20 三个工作日。
    expect(difference.ageWorkingDays).toBe(3);
    expect(difference.record.find((each) => each.field === 'principal')?.ours).toMatch(/^\d+\.\d\d$/);
    const map = await read((tx) => heatMapOf(tx, day('2026-09-01'), day('2026-09-30')));
    expect(map.cells).toHaveLength(4);
  });

  test('证书可用性：无批次、一致、已说明、待处理', async () => {
    const ids = [101, 102, 103, 104];
    const states = async () => (await read((tx) => readinessFor(tx, ids, day(bookDay)))).map((each) => each.state);
    expect((await read((tx) => readinessFor(tx, [101], day('2025-12-31')))).map((each) => each.state)).toEqual([
      'missing',
    ]);
    await run(perfect);
    expect(await states()).toEqual(['clean', 'clean', 'clean', 'clean']);
    // The first line is of the first guarantor.
    const open = await run(perfect.slice(1));
    expect(await states()).toEqual(['open', 'clean', 'clean', 'clean']);
    await write((tx) => resolveLike(tx, context, open, { ...explained, filter: {} }));
    expect(await states()).toEqual(['explained', 'clean', 'clean', 'clean']);
  });
});

describe('谁看得见', () => {
  test('机构只见本机构的差异与合计；直接查询所存的对方数据被拒', async () => {
    const runId = await run(perfect.filter((_, at) => at % 20 !== 0));
    await database.owner.query(`
      insert into identity.role (code, title, is_government, row_scope) values ('test-own', '测试', false, 'guarantor') on conflict do nothing;
      insert into identity.role_fit (role_code, institution_kind, level) values ('test-own', 'guarantor', 2) on conflict do nothing;
      insert into identity.user_account (id, account, name, person_key, institution_id) overriding system value values (77, 't77', '甲', 'p77', 101) on conflict do nothing;
      insert into identity.role_grant (user_id, role_code, person_key, granted_by) values (77, 'test-own', 'p77', 0) on conflict do nothing`);
    const asGuarantor = { userId: 77 };
    const seen = await database.db.read(asGuarantor, async (tx) => {
      const differences = await sql<{
        id: number;
      }>`select distinct guarantor_id as id from reconciliation.difference`.execute(tx);
      const lines = await sql<{
        id: number;
      }>`select distinct guarantor_id as id from reconciliation.seen_other_record`.execute(tx);
      return { differences: differences.rows, lines: lines.rows, ours: (await runDetailOf(tx, runId)).counts.ours };
    });
    expect(seen).toEqual({
      differences: [{ id: 101 }],
      lines: [{ id: 101 }],
      ours: perfect.filter((line) => line.includes('SX0001')).length,
    });
    await expect(
      database.db.read(systemActor, (tx) => sql`select * from reconciliation.other_record`.execute(tx)),
    ).rejects.toMatchObject({ code: '42501' });
  });
});
