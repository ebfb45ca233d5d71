import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor } from '../../platform/db.ts';
import { openJobs } from '../../platform/jobs.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { carryOut, requestRun, runStateOf } from './actions/request.ts';
import type { FetchRecords } from './actions/run.ts';
import { startRun } from './contract.ts';
import { sendRun, workRequests } from './queue.ts';
import { bookDay, fillBook, perfectLines } from './testing/book.ts';

let database: TestDatabase;
let lines: string[];
const clock = fixedClock(day('2026-10-15'));
const context = { actor: systemActor, clock };
const deps = () => ({ db: database.db, clock });

beforeAll(async () => {
  database = await createTestDatabase();
  await fillBook(database.owner, { guarantees: 40 });
  const { rows } = await database.owner.query<{ line: string }>(perfectLines(bookDay));
  const records = rows.map((row) => `${row.line}\n`).join('');
  const sm3 = createHash('sm3').update(records).digest('hex');
  const footer = JSON.stringify({ kind: 'footer', rows: rows.length, sm3 });
  lines = ['{"kind":"header"}', ...rows.map((row) => row.line), footer];
});
afterAll(() => database.close());
afterEach(() => database.owner.query('truncate reconciliation.request'));

const whole: FetchRecords = async () => ({ name: '替身', stream: Readable.from([`${lines.join('\n')}\n`]) });
let serial = 0;
const ask = (key = `request-test-${++serial}`) =>
  database.db.transaction(systemActor, (tx) =>
    requestRun(
      tx,
      context,
      startRun.parse({ key, ours: { asOf: bookDay }, theirs: { asOf: bookDay }, source: { kind: 'monitor' } }),
    ),
  );
const state = async (runId: bigint) => (await database.db.read(systemActor, (tx) => runStateOf(tx, runId)))!;
const traces = async (runId: bigint) => {
  const { rows } = await database.owner.query<{ count: number }>(
    `select (select count(*) from reconciliation.run where id = $1) + (select count(*) from reconciliation.slice where run_id = $1)
          + (select count(*) from reconciliation.difference where run_id = $1) + (select count(*) from reconciliation.other_record where run_id = $1) as count`,
    [runId],
  );
  return Number(rows[0]!.count);
};

/** Ends every connection of the application that is in a transaction, as when its process is killed: half of the data has been read. */
const killed: FetchRecords = async () => ({
  name: '替身',
  stream: (async function* () {
    yield `${lines.slice(0, 20).join('\n')}\n`;
    await database.db.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and usename = current_user and pid <> pg_backend_pid() and xact_start is not null`,
    );
    yield `${lines.slice(20).join('\n')}\n`;
  })(),
});

test('中途被杀：一点不留，仍记为进行中；重启后由任务队列接着办完', async () => {
  const runId = await ask();
  expect(await state(runId)).toEqual({ runId: String(runId), status: 'waiting', refusals: [] });
  await expect(carryOut(deps(), runId, { fetchRecords: killed })).rejects.toThrow();
  expect([(await state(runId)).status, await traces(runId)]).toEqual(['running', 0]);
  const jobs = await openJobs(database.ownerUrl, () => {});
  try {
    await workRequests(jobs, deps(), { fetchRecords: whole });
    await vi.waitUntil(async () => (await state(runId)).status === 'done', { timeout: 20_000, interval: 100 });
    expect(await traces(runId)).toBeGreaterThan(lines.length - 2);
    const next = await ask();
    await sendRun(deps(), next, { fetchRecords: killed }); // the queue's own source is used, not this one
    await vi.waitUntil(async () => (await state(next)).status === 'done', { timeout: 20_000, interval: 100 });
  } finally {
    await jobs.stop();
  }
});

test('一再中断：第三次记为失败并说明，不留半个批次，之后不再办', async () => {
  const runId = await ask();
  for (let tries = 1; tries <= 3; tries += 1) {
    expect((await state(runId)).status).toBe(tries === 1 ? 'waiting' : 'running');
    await expect(carryOut(deps(), runId, { fetchRecords: killed })).rejects.toThrow();
  }
  expect(await state(runId)).toMatchObject({ status: 'failed', refusals: [{ code: 'run-given-up' }] });
  await carryOut(deps(), runId, { fetchRecords: whole });
  expect(await traces(runId)).toBe(0);
});

test('业务上的不能：一次即失败，原因照录', async () => {
  const runId = await ask();
  const refused: FetchRecords = () =>
    Promise.reject(new Refused({ code: 'monitor-unreachable', message: '监测系统没有应答' }));
  await carryOut(deps(), runId, { fetchRecords: refused });
  expect(await state(runId)).toMatchObject({
    status: 'failed',
    refusals: [{ code: 'monitor-unreachable', message: '监测系统没有应答' }],
  });
});

test('办完而未及销号时中断：再办只销号，不重做；同一键只有一个批次', async () => {
  const runId = await ask('once-and-again');
  await carryOut(deps(), runId, { fetchRecords: whole });
  const before = await traces(runId);
  await database.owner.query(`update reconciliation.request set status = 'running' where run_id = $1`, [runId]);
  await Promise.all([1, 2].map(() => carryOut(deps(), runId, { fetchRecords: killed })));
  expect([(await state(runId)).status, await traces(runId)]).toEqual(['done', before]);
  expect(await ask('once-and-again')).toBe(runId);
});
