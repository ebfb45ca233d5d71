import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { createServer } from '../../platform/server.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { reconciliationRoutes } from './routes.ts';
import { bookDay, fillBook, perfectLines } from './testing/book.ts';

let database: TestDatabase;
let app: FastifyInstance;

beforeAll(async () => {
  database = await createTestDatabase();
  await fillBook(database.owner, { guarantees: 40 });
  const permissions = new Set(['read', 'run', 'resolve', 'seal'].map((verb) => `reconciliation.${verb}`));
  app = await createServer({
    authenticate: async () => ({ userId: 0, permissions, seesIdentity: false, viaCookie: false }),
    version: 'test',
  });
  reconciliationRoutes(app, { db: database.db, clock: fixedClock(day('2026-10-15')) });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await database.close();
});

const call = (method: 'GET' | 'POST', url: string, payload?: object) =>
  app.inject({ method, url: `/api/reconciliation${url}`, ...(payload ? { payload } : {}) });

test('上传文件、万元单位核对、查差异、成批说明、导出', async () => {
  const { rows } = await database.owner.query<{ line: string }>(perfectLines(bookDay));
  const lines = rows.map((row) => JSON.parse(row.line) as Record<string, string>);
  const wan = (text: string | undefined) => (Number(text) / 10_000).toFixed(6);
  const csv = [
    '机构代码,合同编号,在保余额',
    ...lines.slice(1).map((line) => `${line.institution},${line.contract_no},${wan(line.outstanding)}`),
  ];
  const boundary = 'b0undary';
  const uploaded = await app.inject({
    method: 'POST',
    url: '/api/reconciliation/uploads',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="对方.csv"\r\ncontent-type: text/csv\r\n\r\n${csv.join('\n')}\n\r\n--${boundary}--\r\n`,
  });
  expect(uploaded.statusCode).toBe(201);
  const { id, suggested } = uploaded.json();
  expect(suggested).toEqual({ institution: '机构代码', contract_no: '合同编号', outstanding: '在保余额' });
  const started = await call('POST', '/runs', {
    ours: { asOf: bookDay },
    theirs: { asOf: bookDay, unit: '万元' },
    source: { kind: 'file', uploadId: id, mapping: { columns: suggested } },
  });
  expect([started.statusCode, started.json().differences]).toEqual([201, 1]);
  const { runId } = started.json();
  const list = (await call('GET', `/runs/${runId}/differences?cause=omission`)).json();
  expect(list.rows).toHaveLength(1);
  expect(list.rows[0]).toMatchObject({ kind: 'only-ours', status: 'open', contractNo: lines[0]!.contract_no });
  expect((await call('GET', `/differences/${list.rows[0].id}`)).json().record).toHaveLength(1);
  const resolved = await call('POST', `/runs/${runId}/differences/resolve`, {
    status: 'explained',
    resolution: '对方次日补报',
    filter: {},
  });
  expect(resolved.json()).toEqual({ resolved: 1 });
  expect((await call('GET', `/runs/${runId}`)).json()).toMatchObject({ sealable: true, explainedCount: 1 });
  expect((await call('GET', '/runs')).json().rows[0]).toMatchObject({ id: runId, otherSide: 'file' });
  const sheet = await call('GET', `/runs/${runId}/differences?format=xlsx`);
  expect(sheet.rawPayload.subarray(0, 2).toString()).toBe('PK');
  expect((await call('GET', '/heat-map?from=2026-09-01&to=2026-09-30')).json().cells.length).toBeGreaterThan(0);
});

test('列对应写错：说出缺哪一列', async () => {
  const answer = await call('POST', '/runs', {
    ours: { asOf: bookDay },
    theirs: { asOf: bookDay },
    source: {
      kind: 'file',
      uploadId: '1',
      mapping: { columns: { contract_no: '没有这列' }, institutionCode: 'SX0001' },
    },
  });
  expect([answer.statusCode, answer.json().refusals[0].code]).toEqual([422, 'column-missing']);
});
