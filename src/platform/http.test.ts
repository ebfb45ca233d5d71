import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { day } from '../kernel/day.ts';
import { fixedClock } from './clock.ts';
import { endpoint } from './http.ts';
import { createServer } from './server.ts';
import { createTestDatabase, type TestDatabase } from './testing/index.ts';

let test: TestDatabase;
let app: Awaited<ReturnType<typeof createServer>>;
let times = 0;
beforeAll(async () => {
  test = await createTestDatabase();
  app = await createServer({
    authenticate: async () => ({ userId: 1, permissions: new Set(['write']), seesIdentity: true, viaCookie: false }),
    version: '0',
    rateLimitPerMinute: 0,
  });
  endpoint(
    app,
    { db: test.db, clock: fixedClock(day('2026-09-28')) },
    {
      ...{ method: 'POST', url: '/api/probe', tag: '试', summary: '试', permission: 'write' },
      answer: z.object({ id: z.string(), at: z.string() }),
      handle: async ({ write }) => {
        const made = await write(async () => ({ id: 9007199254740993n, at: new Date(times++) }));
        return { id: String(made.id), at: made.at.toISOString() };
      },
    },
  );
});
afterAll(async () => {
  await app?.close();
  await test?.close();
});

it('写操作返回编号（bigint）与时间，带幂等键也照常答复，重放一模一样', async () => {
  const send = () =>
    app.inject({ method: 'POST', url: '/api/probe', headers: { 'idempotency-key': 'probe-key-1' }, payload: {} });
  const [first, second] = [await send(), await send()];
  expect([first.statusCode, first.json()]).toEqual([201, { id: '9007199254740993', at: '1970-01-01T00:00:00.000Z' }]);
  expect([second.statusCode, second.json(), times]).toEqual([201, first.json(), 1]);
  expect(second.headers['idempotent-replayed']).toBe('true');
});
