import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor } from '../../platform/db.ts';
import { openJobs } from '../../platform/jobs.ts';
import { createServer } from '../../platform/server.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import type { Board, PackageDetail, PackageWire } from './contract.ts';
import { exchangeJobs } from './jobs.ts';
import { folderLink } from './link-folder.ts';
import { exchangeRoutes } from './routes.ts';
import { collectReceipts } from './send.ts';
import { latestOfDay } from './store.ts';
import { submitDay } from './submit.ts';
import { issue, move, type StandIn, seedParties, startStandIn } from './testing/fixture.ts';

let book: TestDatabase;
let standIn: StandIn;
let app: FastifyInstance;
let dataDir: string;
const clock = fixedClock(day('2026-06-05'));
const permissions = new Set(['exchange.read', 'exchange.submit', 'exchange.restate', 'demo.control']);

beforeAll(async () => {
  [book, standIn] = await Promise.all([createTestDatabase(), startStandIn()]);
  await seedParties(book.owner);
  dataDir = mkdtempSync(join(tmpdir(), 'rongdan-exchange-'));
  vi.stubEnv('DATA_DIR', dataDir);
  vi.stubEnv('MONITOR_URL', standIn.url);
  vi.stubEnv('MONITOR_TOKEN', standIn.token);
  vi.stubEnv('MONITOR_CA', standIn.caFile);
  const caller = { userId: 0, permissions, seesIdentity: false, viaCookie: false };
  app = await createServer({ authenticate: async () => caller, version: 'test', rateLimitPerMinute: 0 });
  exchangeRoutes(app, { db: book.db, clock });
  await app.ready();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await app?.close();
  await standIn?.stop();
  await book?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const get = async <T>(url: string) => (await app.inject({ url })).json<T>();
const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload });
const statuses = (board: Board, code: string) =>
  board.rows.find((row) => row.code === code)?.cells.map((cell) => cell.status);

test('看板：已接收、零报告、迟报、未报、被退回、未到期各在其位', async () => {
  const id = await issue(book.owner, 1, 'A-1', '2026-01-10');
  // 今天 06-05，截止为次日：06-01、06-02 的已迟，06-03 的今天仍不算：第三日 06-05 才过期
  expect((await post('/api/exchange/submissions', { day: '2026-06-01', guarantorId: 1 })).json()).toMatchObject({
    accepted: 1,
  });
  await standIn.call('POST', '/v1/faults', { kind: 'refuse-package', reason: '口径有误' });
  await move(book.owner, 1, id, 2, 100n, '2026-06-03');
  expect((await post('/api/exchange/submissions', { day: '2026-06-03', guarantorId: 1 })).json()).toMatchObject({
    refused: 1,
  });
  expect((await post('/api/exchange/submissions', { day: '2026-06-04', guarantorId: 1 })).json()).toMatchObject({
    zero: 1,
  });
  const board = await get<Board>('/api/exchange/board?from=2026-05-31&to=2026-06-05');
  expect(statuses(board, 'SX-A')).toEqual(['not-required', 'late', 'missing', 'refused', 'zero', 'not-required']);
  expect(board.dueUnverified).toContain('未定');
  expect(board.days.map((each) => each.isWorkingDay)).toEqual([false, true, true, true, true, true]);
});

test('看板导出 CSV 与 XLSX；超过 62 天拒绝', async () => {
  const csv = await app.inject({ url: '/api/exchange/board?from=2026-06-01&to=2026-06-04&format=csv' });
  expect(csv.payload).toContain('SX-A,甲担保,小店区,迟报,未报,被退回,零报告');
  const xlsx = await app.inject({ url: '/api/exchange/board?from=2026-06-01&to=2026-06-04&format=xlsx' });
  expect(xlsx.rawPayload.subarray(0, 2).toString()).toBe('PK');
  const long = await app.inject({ url: '/api/exchange/board?from=2026-01-01&to=2026-06-04' });
  expect(long.statusCode).toBe(422);
});

test('被退回的不能原样再发，须说明原因重报；重报后看板为重报', async () => {
  const { rows } = await get<{ rows: PackageWire[] }>('/api/exchange/packages?guarantorId=1&status=refused');
  const refused = rows[0]!;
  const path = `/api/exchange/packages/1/${refused.id}`;
  expect((await post(`${path}/sendings`, {})).statusCode).toBe(409);
  expect((await post(`${path}/restatements`, { cause: '' })).statusCode).toBeGreaterThanOrEqual(400);
  const answer = await post(`${path}/restatements`, { cause: '按退回意见更正' });
  expect(answer.json()).toMatchObject({ status: 'accepted' });
  const board = await get<Board>('/api/exchange/board?from=2026-06-03&to=2026-06-03');
  expect(statuses(board, 'SX-A')).toEqual(['restated']);
  const detail = await get<PackageDetail>(path);
  expect(detail).toMatchObject({
    signatureValid: true,
    receipts: [{ verdict: 'refused', reasons: [{ message: '口径有误' }] }],
    versions: [
      { version: 1, status: 'refused' },
      { version: 2, status: 'accepted', cause: '按退回意见更正' },
    ],
  });
});

test('下载的数据包与发送的相同，可自行验证', async () => {
  const { rows } = await get<{ rows: PackageWire[] }>('/api/exchange/packages?guarantorId=1&to=2026-06-01');
  const file = await app.inject({ url: `/api/exchange/packages/1/${rows[0]!.id}/content` });
  const lines = gunzipSync(file.rawPayload).toString().split('\n');
  expect(JSON.parse(lines[1]!)).toMatchObject({ institution: 'SX-A', businessDay: '2026-06-01' });
  expect(lines.filter((line) => line.includes('A-1'))).toHaveLength(3);
});

test('清单分页不重不漏，可导出', async () => {
  type Page = { rows: PackageWire[]; next: string | null };
  const all = await get<Page>('/api/exchange/packages');
  const first = await get<Page>('/api/exchange/packages?limit=2');
  const second = await get<Page>(`/api/exchange/packages?limit=2&after=${first.next}`);
  expect([...first.rows, ...second.rows].map((row) => row.id)).toEqual(all.rows.map((row) => row.id));
  const xlsx = await app.inject({ url: '/api/exchange/packages?format=xlsx' });
  expect(xlsx.rawPayload.subarray(0, 2).toString()).toBe('PK');
});

test('对方不应答的包交给任务队列再发，直到有回执', async () => {
  const jobs = await openJobs(book.ownerUrl, () => {});
  try {
    await exchangeJobs(jobs, book.db, clock);
    await issue(book.owner, 2, 'B-1', '2026-02-01');
    await standIn.call('POST', '/v1/faults', { kind: 'drop-before' });
    const options = { day: day('2026-06-04'), guarantorId: 2, patience: { tries: 1, waitMs: 0 } };
    const waiting: { guarantorId: number; id: bigint }[] = [];
    const report = await submitDay(book.db, clock, { ...options, onUnanswered: async (key) => waiting.push(key) });
    expect(report).toMatchObject({ unanswered: 1 });
    await jobs.send('exchange.send', { guarantorId: 2, id: String(waiting[0]!.id) });
    const status = () => book.db.read(systemActor, async (tx) => (await latestOfDay(tx, 2, day('2026-06-04')))!.status);
    await vi.waitFor(async () => expect(await status()).toBe('accepted'), { timeout: 15_000, interval: 100 });
  } finally {
    await jobs.stop();
  }
});

test('交换目录：整份出现后才有 .done，回执从目录取回，重放不改内容', async () => {
  const folder = join(dataDir, 'drop');
  const link = folderLink(folder);
  const options = { day: day('2026-06-02'), guarantorId: 2, link };
  expect(await submitDay(book.db, clock, options)).toMatchObject({ sent: 1 });
  const names = () => readdirSync(folder).sort();
  expect(names()).toEqual([
    expect.stringMatching(/^SX-B_2026-06-02_\d{6}\.jsonl\.gz$/),
    expect.stringMatching(/\.gz\.done$/),
    'receipts',
  ]);
  const before = readFileSync(join(folder, names()[0]!));
  await submitDay(book.db, clock, options);
  expect(readFileSync(join(folder, names()[0]!))).toEqual(before);
  const row = await book.db.read(systemActor, async (tx) => (await latestOfDay(tx, 2, day('2026-06-02')))!);
  const receipt = { receiptNo: 'R-1', contentHash: row.contentHash, verdict: 'accepted', reasons: [] };
  writeFileSync(join(folder, 'receipts', `${row.contentHash}.json`), JSON.stringify(receipt));
  expect(await collectReceipts(book.db, clock, link, [row])).toBe(1);
  expect(await collectReceipts(book.db, clock, link, [row])).toBe(1);
  const { rows } = await book.owner.query('select verdict from exchange.receipt where package_id = $1', [row.id]);
  expect(rows).toEqual([{ verdict: 'accepted' }]);
});

test('演示：让替身出错、看出了什么错、全部撤销；连着真实监测系统时没有这个接口', async () => {
  const url = '/api/exchange/stand-in/faults';
  const refused = await app.inject({ url });
  expect([refused.statusCode, refused.json().refusals[0].code]).toEqual([404, 'no-stand-in']);

  vi.stubEnv('MONITOR_URL', '');
  mkdirSync(join(dataDir, 'monitor'));
  const { url: at, token, caFile } = standIn;
  writeFileSync(join(dataDir, 'monitor', 'link.json'), JSON.stringify({ url: at, token, caFile }));
  const order = (body: object, key: string, query = '') =>
    app.inject({ method: 'POST', url: url + query, payload: body, headers: { 'idempotency-key': key } });
  await standIn.call('DELETE', '/v1/faults');
  const wanted = { kind: 'alter-rows', contractNos: ['A-1'], asOf: '2026-06-03', field: 'outstanding' };
  expect((await order(wanted, 'fault-trial', '?dryRun=true')).json().rows).toEqual([]);
  const altered = await order(wanted, 'fault-one-1');
  expect([altered.statusCode, altered.json().rows.length]).toEqual([201, 1]);
  const [fault] = altered.json().rows;
  expect(fault).toMatchObject({
    title: '改动若干笔',
    remaining: null,
    rows: [{ contractNo: 'A-1', field: 'outstanding' }],
  });
  expect(fault.rows[0].after).not.toBe(fault.rows[0].before);
  // The same request again orders nothing more.
  expect((await order(wanted, 'fault-one-1')).json().rows).toHaveLength(1);
  await order({ kind: 'refuse-package', count: 2, reason: '口径有误' }, 'fault-two-1');
  const { rows } = await get<{ rows: unknown[] }>(url);
  expect(rows).toMatchObject([{ kind: 'alter-rows' }, { title: '退回以后的数据包', remaining: 2, hits: 0, rows: [] }]);
  expect((await order({ kind: 'set-on-fire' }, 'fault-bad-1')).statusCode).toBeGreaterThanOrEqual(400);
  expect((await app.inject({ method: 'DELETE', url })).json()).toEqual({ rows: [] });
});
