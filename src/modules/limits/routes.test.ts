import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addDays } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor } from '../../platform/db.ts';
import { createServer } from '../../platform/server.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { approvalOf } from '../approvals/index.ts';
import { roles } from '../identity/index.ts';
import { headroom, limitRoutes, placeholderFormula, proposalDecided } from './index.ts';
import { layStage, today } from './testing/stage.ts';

let test: TestDatabase;
let app: FastifyInstance;
const roleOf: Readonly<Record<number, string>> = { 201: 'r01-client-manager', 209: 'r09-bank', 205: 'r07-reguarantee' };
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
  limitRoutes(app, { db: test.db, clock: fixedClock(today) });
  await test.db.read(systemActor, (tx) => headroom(tx, { guarantorId: 1, amount: 1n as never, on: today }));
});
afterAll(async () => {
  await app.close();
  await test.close();
});

type Sent = { payload?: object; key?: string; query?: string };
const call = (user: number, method: 'GET' | 'POST' | 'DELETE', url: string, { payload, key, query = '' }: Sent = {}) =>
  app.inject({
    method,
    url: `/api/limits/${url}${query}`,
    headers: { 'x-user': String(user), ...(key ? { 'idempotency-key': key } : {}) },
    ...(payload ? { payload } : {}),
  });
const hold = {
  ...{ guarantorId: 1, identityNo: 'u16', bankId: 9, productCode: 'tech', county: 140105 },
  ...{ amount: '1000000.00', until: addDays(today, 5), note: '拟申报' },
};

it('先占：要幂等键；按证件号找到客户；重试同一答复；试算什么也不占', async () => {
  expect((await call(201, 'POST', 'reservations', { payload: hold })).statusCode).toBe(428);
  const tried = await call(201, 'POST', 'reservations', { payload: hold, key: 'try-0001', query: '?dryRun=true' });
  expect([tried.statusCode, tried.json().id]).toEqual([201, '0']);
  const first = await call(201, 'POST', 'reservations', { payload: hold, key: 'key-0001' });
  expect(first.statusCode, first.body).toBe(201);
  expect(first.json().lines.length).toBeGreaterThan(5);
  const again = await call(201, 'POST', 'reservations', { payload: hold, key: 'key-0001' });
  expect([again.json().id, again.headers['idempotent-replayed']]).toEqual([first.json().id, 'true']);
  const other = { ...hold, amount: '2000000.00' };
  expect((await call(201, 'POST', 'reservations', { payload: other, key: 'key-0001' })).statusCode).toBe(409);
  const { rows } = (await call(201, 'GET', 'reservations')).json();
  expect(rows).toMatchObject([
    { isAhead: true, isExpiring: true, state: 'held', note: '拟申报', customerName: '客户16' },
  ]);
  const url = `reservations/1/${first.json().id}`;
  expect((await call(201, 'DELETE', url)).statusCode).toBe(200);
  expect((await call(201, 'DELETE', url)).statusCode).toBe(200);
  expect((await call(201, 'GET', url)).json().state).toBe('released');
});

it('先占最长六十天；没有这个证件号的客户拒绝', async () => {
  const late = { ...hold, until: addDays(today, 61) };
  const refused = await call(201, 'POST', 'reservations', { payload: late, key: 'key-late-1' });
  expect([refused.statusCode, refused.json().refusals[0].code]).toEqual([422, 'until-too-late']);
  const last = { ...hold, until: addDays(today, 60) };
  expect((await call(201, 'POST', 'reservations', { payload: last, key: 'key-late-2' })).statusCode).toBe(201);
  const unknown = await call(201, 'POST', 'reservations', {
    payload: { ...hold, identityNo: 'U99999' },
    key: 'key-who-1',
  });
  expect(unknown.json().refusals[0]).toMatchObject({ code: 'customer-unknown', field: 'identityNo' });
});

it('银行先占与自己的业务：不见机构的数字，别人的看不到也归还不了', async () => {
  const mine = await call(209, 'POST', 'reservations', { payload: hold, key: 'bank-0001' });
  expect([mine.statusCode, mine.json().lines]).toEqual([201, []]);
  // 单户上限 2,000 万元。
  const much = { ...hold, amount: '99000000.00' };
  const refused = await call(209, 'POST', 'reservations', { payload: much, key: 'bank-0002' });
  expect(refused.statusCode).toBe(422);
  expect(refused.json().refusals[0]).toMatchObject({ code: 'single-customer-cap' });
  expect(refused.body).not.toMatch(/2,?000|20000000|上限":/);
  expect((await call(201, 'POST', 'reservations', { payload: much, key: 'own-0002' })).body).toContain('20000000.00');
  const staff = (await call(201, 'POST', 'reservations', { payload: hold, key: 'own-0003' })).json();
  const url = `reservations/1/${mine.json().id}`;
  expect((await call(209, 'GET', url)).json().state).toBe('held');
  expect((await call(209, 'DELETE', url)).statusCode).toBe(200);
  // 与本行的业务，但由担保机构占的：银行看不见，也归还不了。
  expect((await call(209, 'GET', `reservations/1/${staff.id}`)).statusCode).toBe(404);
  expect((await call(209, 'DELETE', `reservations/1/${staff.id}`)).statusCode).toBe(404);
  expect((await call(209, 'GET', 'reservations')).statusCode).toBe(403);
});

it('统一授信与公式：拟定时当场试行，另一人审定后才生效，退回的仍待审定，否决的不生效', async () => {
  const line = {
    ...{ bankId: 9, from: '2026-12-01', to: '2027-11-30', amount: '50000000.00', document: '批复' },
    allocations: [{ guarantorId: 1, productCode: null, amount: '30000000.00' }],
  };
  const wrong = { ...line, amount: '20000000.00' };
  expect((await call(205, 'POST', 'bank-lines', { payload: wrong })).json().refusals[0].code).toBe(
    'allocated-above-line',
  );
  const made = await call(205, 'POST', 'bank-lines', { payload: line });
  expect(made.statusCode, made.body).toBe(201);
  const { id } = made.json();
  const subject = `limit:5/${id}`;
  const versions = async () =>
    (await test.owner.query('select version::integer as version, amount from limits.bank_line where bank_id = 9')).rows
      .length;
  expect(await versions()).toBe(0);
  expect((await call(205, 'GET', `proposals/${id}`)).json()).toMatchObject({
    status: 'proposed',
    proposedBy: '再担保甲',
    bankLine: { amount: '50000000.00' },
    names: { 1: '太原', 9: '某行' },
  });
  const open = await test.db.read(systemActor, (tx) => approvalOf(tx, 5, subject));
  expect(open?.status).toBe('open');
  const decide = (outcome: 'approved' | 'rejected' | 'returned', about = subject) =>
    test.db.transaction({ userId: 206 }, (tx) =>
      proposalDecided(
        tx,
        { actor: { userId: 206 }, clock: fixedClock(today) },
        { guarantorId: 5, subject: about, instanceId: 1n, outcome, decidedOn: today },
      ),
    );
  expect((await call(205, 'POST', `proposals/${id}/submission`)).json().refusals[0].message).toContain('审批');
  await decide('returned');
  expect(await versions()).toBe(0);
  await decide('approved');
  expect(await versions()).toBe(1);
  await expect(decide('approved')).rejects.toThrow(/已经办结/);
  const formula = { ...placeholderFormula, from: '2027-01-01' };
  const next = (await call(205, 'POST', 'formulas', { payload: formula })).json();
  await decide('rejected', `limit:5/${next.id}`);
  // 早先登记的公式没有写超出怎么办：读作只提示。
  await test.owner.query(`update limits.line_formula set terms = terms - 'groupBreach'`);
  expect((await call(205, 'GET', 'formulas')).json().rows).toMatchObject([
    { version: 1, terms: { groupBreach: 'tell' } },
  ]);
  expect((await call(205, 'GET', 'proposals')).json().rows.map((each: { status: string }) => each.status)).toEqual([
    'refused',
    'approved',
  ]);
  expect((await call(201, 'GET', 'proposals')).json().rows).toEqual([]);
});
