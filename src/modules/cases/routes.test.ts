import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fixedClock } from '../../platform/clock.ts';
import { createServer } from '../../platform/server.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { roles } from '../identity/index.ts';
import { caseRoutes } from './index.ts';
import { banks, guarantorId, layStage, people, today } from './testing/stage.ts';

let test: TestDatabase;
let app: FastifyInstance;
const roleOf: Readonly<Record<number, string>> = { [banks.clerk]: 'r09-bank', [people.manager]: 'r01-client-manager' };
beforeAll(async () => {
  test = await createTestDatabase();
  await layStage(test);
  app = await createServer({
    authenticate: async (request) => {
      const userId = Number(request.headers['x-user'] ?? 0);
      const permissions = new Set(roles.find((role) => role.code === roleOf[userId])?.permissions);
      return userId ? { userId, permissions, seesIdentity: true, viaCookie: false } : null;
    },
    version: '0',
    rateLimitPerMinute: 0,
  });
  caseRoutes(app, { db: test.db, clock: fixedClock(today) });
});
afterAll(async () => {
  await app.close();
  await test.close();
});

const call = (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object, headers: Record<string, string> = {}) =>
  app.inject({
    method,
    url,
    headers: { 'x-user': String(banks.clerk), ...headers },
    ...(payload ? { payload } : {}),
  });

it('草稿按 If-Match 保存：缺少 428，过期 412，内容原样', async () => {
  const made = (await call('POST', '/api/cases', { guarantorId })).json() as { id: string; number: string };
  expect(made.number).toMatch(/^XM2026-\d{6}$/);
  const url = `/api/cases/${guarantorId}/${made.id}`;
  const { etag } = (await call('GET', url)).headers as { etag: string };
  const save = (amount: string, tag?: string) =>
    call('PUT', `${url}/draft`, { draft: { amount, staff: '三十人' } }, tag ? { 'if-match': tag } : {});
  expect((await save('1')).statusCode).toBe(428);
  expect((await save('三百万', etag)).json()).toEqual({ version: 2 });
  expect((await save('2', etag)).statusCode).toBe(412);
  expect((await call('GET', url)).json()).toMatchObject({ draft: { amount: '三百万', staff: '三十人' }, version: 2 });
  expect((await call('POST', `${url}/submit`)).statusCode).toBe(422);
});

it('银行没有办理权限；列表可导出；同一幂等键只建一个草稿', async () => {
  const made = (await call('POST', '/api/cases', { guarantorId }, { 'idempotency-key': 'case-once-1' })).json();
  expect((await call('POST', '/api/cases', { guarantorId }, { 'idempotency-key': 'case-once-1' })).json()).toEqual(
    made,
  );
  const { id } = made as { id: string };
  const assign = { managerA: people.manager, managerB: people.manager2 };
  expect((await call('POST', `/api/cases/${guarantorId}/${id}/assign`, assign)).statusCode).toBe(403);
  const sheet = await call('GET', '/api/cases?format=xlsx');
  expect([sheet.statusCode, sheet.rawPayload.subarray(0, 2).toString()]).toEqual([200, 'PK']);
  const counts = (await call('GET', '/api/cases/counts')).json() as { rows: { state: string; count: number }[] };
  expect(counts.rows.find((row) => row.state === 'draft')?.count).toBe(2);
});
