import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { createServer } from '../../platform/server.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { roles } from '../identity/index.ts';
import { seedDemoSchemes, subsidyRoutes, subsidyTodos } from './index.ts';
import { finalYear, layPeople, people, useOwnKeys } from './testing/certificates.ts';

let test: TestDatabase;
let app: FastifyInstance;
const clock = fixedClock(day('2026-03-01'));
const permissionsOf = (userId: number) =>
  new Set(
    roles.find(
      (role) =>
        role.code === (userId < 203 ? 'r12-province' : userId === 207 ? 'r05-finance-officer' : 'r10-finance-bureau'),
    )?.permissions,
  );
const callerOf = (userId: number) => ({
  userId,
  permissions: permissionsOf(userId),
  seesIdentity: false,
  viaCookie: false,
});
const call = async (userId: number, method: 'GET' | 'POST', url: string, body?: object) => {
  const answer = await app.inject({
    method,
    url,
    headers: { 'x-user': String(userId) },
    ...(body ? { payload: body } : {}),
  });
  return {
    status: answer.statusCode,
    type: String(answer.headers['content-type']),
    body: answer.headers['content-type']?.includes('json') ? answer.json() : answer.rawPayload,
  };
};

beforeAll(async () => {
  useOwnKeys();
  test = await createTestDatabase();
  await layPeople(test);
  await test.db.transaction({ userId: people.province1 }, (tx) =>
    seedDemoSchemes(tx, { actor: { userId: people.province1 }, clock }, 140000),
  );
  await finalYear(test, 2025, 140105, (no) => [
    { guaranteeId: 1, claim: no === 2 ? '200000' : '0', balanceDays: '9000000000' },
    { guaranteeId: 2, primaryTag: 4 },
  ]);
  app = await createServer({
    authenticate: async (request) => callerOf(Number(request.headers['x-user'])),
    version: '0',
  });
  subsidyRoutes(app, { db: test.db, clock });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await test.close();
});

it('从试算到到账，经由接口', async () => {
  const command = { kind: 'settle', regionCode: 140100, year: 2025 };
  const schemes = await call(people.city1, 'GET', '/api/subsidies/schemes');
  expect(schemes.body.rows.map((each: { placeholder: boolean }) => each.placeholder)).toEqual([true, true, true]);
  const trial = await call(people.city1, 'POST', '/api/subsidies/runs?dryRun=true', command);
  expect([trial.status, trial.body.refusals]).toEqual([201, undefined]);
  expect((await call(people.city1, 'GET', '/api/subsidies/runs')).body.rows).toEqual([]);
  const made = await call(people.city1, 'POST', '/api/subsidies/runs', command);
  // 代偿 200000 × 30% = 60000；保费 9000万元·天 × 0.7% ÷ 360 = 1750.00，四季 7000
  expect(made.body.totals.net).toBe('67000.00');
  expect(made.body.byScheme.map((each: { net: string }) => each.net)).toEqual(['60000.00', '7000.00']);
  const run = `/api/subsidies/runs/${made.body.id}`;
  expect((await call(people.city1, 'POST', `${run}/submit`, { note: '' })).status).toBe(200);
  expect(
    await test.db.read({ userId: people.city2 }, (tx) => subsidyTodos(tx, callerOf(people.city2), day('2026-03-01'))),
  ).toHaveLength(1);
  const own = await call(people.city1, 'POST', `${run}/approve`, { note: '' });
  expect([own.status, own.body.refusals[0].code]).toEqual([403, 'four-eyes']);
  expect((await call(people.city2, 'POST', `${run}/approve`, { note: '' })).status).toBe(200);
  const detail = await call(people.guarantor1, 'GET', run);
  expect(detail.status === 200 ? null : detail.body).toBeNull();
  expect([detail.body.statusTitle, detail.body.placeholder, detail.body.certificates.length]).toEqual([
    '已核定',
    true,
    4,
  ]);
  const letter = await call(people.city1, 'GET', `/api/subsidies/letters/${detail.body.letters[0].id}.pdf`);
  expect([letter.status, letter.type]).toEqual([200, 'application/pdf']);
  const { number } = detail.body.letters[0];
  const { rows: printed } = await test.owner.query('select code from subsidies.letter where number = $1', [number]);
  const check = (of: string, code: string) =>
    call(-1, 'GET', `/api/subsidies/letters/verify?number=${of}&code=${encodeURIComponent(code)}`);
  // However it was typed: lower case, without the dashes.
  const genuine = await check(number.toLowerCase(), printed[0].code.toLowerCase().replaceAll('-', ''));
  expect([
    genuine.status,
    genuine.body.number,
    genuine.body.amount,
    genuine.body.intact,
    genuine.body.placeholder,
  ]).toEqual([200, number, '67000.00', true, true]);
  const wrong = await check(number, 'AAAA-BBBB-CCCC');
  expect([wrong.status, wrong.body.refusals[0].code]).toEqual([404, 'letter-not-found']);
  await test.owner.query(
    'update subsidies.line set payable = payable + 1, net = net + 1, entitled = entitled + 1 where seq = 1',
  );
  expect((await check(number, printed[0].code)).body.intact).toBe(false);
  await test.owner.query(
    'update subsidies.line set payable = payable - 1, net = net - 1, entitled = entitled - 1 where seq = 1',
  );
  for (const path of ['lines', 'entitlements', 'deltas']) {
    expect((await call(people.city1, 'GET', `${run}/${path}`)).status).toBe(200);
    const sheet = await call(people.city1, 'GET', `${run}/${path}?format=xlsx`);
    expect([sheet.status, sheet.type.includes('spreadsheetml')]).toEqual([200, true]);
  }
  const refused = await call(people.city1, 'GET', `${run}/entitlements?eligible=false&contractNo=HT-2`);
  expect(refused.body.rows[0].reason).toBe('不符合：业务为支小或支农');
  expect(
    (await call(people.city1, 'GET', `${run}/entitlements/${refused.body.rows[0].seq}/explain`)).body.conditions[0]
      .holds,
  ).toBe(false);
  const why = await call(people.city1, 'GET', `${run}/explain?field=payable&county=140105`);
  const loans = await call(people.city1, 'GET', why.body.rows.url);
  expect(loans.status).toBe(200);
  expect(loans.body.columns[0]).toEqual({ key: 'contractNo', title: '合同号' });
  expect(loans.body.rows[0].url).toMatch(/^\/subsidies\/\d+\?tab=loans&eligible=true&seq=\d+$/);
  expect((await call(people.city1, 'GET', `${run}/breakdown?by=payer`)).body.totals.payable).toBe('67000.00');
  for (const list of ['breakdown?by=payer', 'breakdown?by=county', 'lines?', 'deltas?']) {
    const workbook = await call(people.city1, 'GET', `${run}/${list}&format=xlsx`);
    expect([workbook.status, workbook.type.includes('spreadsheet')], list).toEqual([200, true]);
  }
  expect((await call(people.city1, 'GET', '/api/subsidies/payments?format=xlsx')).type).toContain('spreadsheet');
  expect((await call(people.city1, 'GET', '/api/subsidies/aid/1/1')).body.total).toBe('67000.00');
  const payments = (await call(people.guarantor1, 'GET', '/api/subsidies/payments')).body.rows;
  expect(payments).toHaveLength(3);
  for (const kind of ['index', 'disbursed']) {
    const given = await call(people.city1, 'POST', `/api/subsidies/payments/${payments[0].id}/evidence`, {
      kind,
      on: '2026-03-01',
      reference: kind,
    });
    expect(given.status).toBe(201);
  }
  const received = await call(people.guarantor1, 'POST', `/api/subsidies/payments/${payments[0].id}/receipts`, {
    on: '2026-03-01',
    reference: '流水1',
  });
  expect(received.status).toBe(201);
  expect((await call(people.county1, 'POST', '/api/subsidies/runs', { ...command, regionCode: 140200 })).status).toBe(
    403,
  );
});
