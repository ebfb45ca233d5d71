import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, day } from '../kernel/day.ts';
import { yuan } from '../kernel/money.ts';
import { fixedClock } from '../platform/clock.ts';
import { systemActor } from '../platform/db.ts';
import { createServer } from '../platform/server.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/index.ts';
import { account, post, reserve, type Transfer, voidPending } from './index.ts';
import { ledgerRoutes } from './routes.ts';

let test: TestDatabase;
let app: FastifyInstance;
let userId = 0;
const on = day('2026-03-31');

const fee = (key: string, amount: string, guarantorId = 1, effectiveOn = on): Transfer => ({
  ...{ guarantorId, key, leg: 1, debit: account.bank, credit: account.feeIncome, amount: yuan(amount) },
  ...{ effectiveOn, guaranteeId: null, party: null, reason: 'fee' },
});

beforeAll(async () => {
  test = await createTestDatabase();
  await test.owner.query(`
    insert into institutions.region (code, name, level) values (140000, '山西省', 1);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) overriding system value values
      (1, 'A', '甲担保', '甲', 'guarantor', 2, 140000), (2, 'B', '乙担保', '乙', 'guarantor', 2, 140000);
    insert into identity.role (code, title, is_government, row_scope) values ('t-book', '记账', false, 'guarantor') on conflict do nothing;
    insert into identity.user_account (id, account, name, person_key, institution_id) overriding system value values (71, 'clerk-b', '乙会计', 'k71', 2);
    alter table identity.role_grant disable trigger user;
    insert into identity.role_grant (user_id, role_code, person_key, granted_by, granted_at) values (71, 't-book', 'k71', 0, now())`);
  await test.db.transaction(systemActor, async (tx) => {
    await post(tx, [
      fee('a1', '100.00'),
      fee('a2', '0.01'),
      fee('b1', '30.00', 2),
      fee('late', '5.00', 1, addDays(on, 1)),
    ]);
    await reserve(tx, [fee('held', '9.00')]);
    await voidPending(tx, 1, 'held', 'held-void');
  });
  app = await createServer({
    authenticate: async () => ({
      userId,
      permissions: new Set(['ledger.read']),
      seesIdentity: false,
      viaCookie: false,
    }),
    version: 'test',
  });
  ledgerRoutes(app, { db: test.db, clock: fixedClock(on) });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await test.close();
});

const get = async (url: string) => {
  const answer = await app.inject({ method: 'GET', url: `/api/ledger${url}` });
  return {
    status: answer.statusCode,
    body: answer.headers['content-type']?.includes('json') ? answer.json() : answer.rawPayload,
  };
};
const keys = async (query: string) =>
  ((await get(`/transfers${query}`)).body.rows as { key: string }[]).map((row) => row.key).sort();

describe('试算平衡表', () => {
  const bankOn = async (query: string) => {
    const { body } = await get(`/trial-balance${query}`);
    const bank = body.rows.find((row: { code: number }) => row.code === account.bank);
    return [body.isBalanced, bank?.balance, body.asOf];
  };
  it('缺省为今天，作废的不计；次日入账的次日才有；可只看一家', async () => {
    expect(await bankOn('')).toEqual([true, '130.01', on]); // 100.00 + 0.01 + 30.00
    expect(await bankOn('?asOf=2026-04-01')).toEqual([true, '135.01', '2026-04-01']);
    expect(await bankOn('?guarantorId=2')).toEqual([true, '30.00', on]);
  });
  it('借方合计等于贷方合计', async () => {
    const { body } = await get('/trial-balance');
    expect([body.debit, body.credit]).toEqual(['130.01', '130.01']);
  });
  it('日期写错 400', async () => expect((await get('/trial-balance?asOf=2026-02-30')).status).toBe(400));
});

describe('记账明细', () => {
  it('按科目、机构、起止日筛选；翻页不漏不重', async () => {
    expect(await keys(`?account=${account.feeIncome}&guarantorId=2`)).toEqual(['b1']);
    expect(await keys('?from=2026-04-01')).toEqual(['late']);
    const first = (await get('/transfers?limit=2')).body;
    expect(first.rows).toHaveLength(2);
    const seen: string[] = first.rows.map((row: { key: string; leg: number }) => `${row.key}/${row.leg}`);
    for (let next = first.next; next !== null; ) {
      const page = (await get(`/transfers?limit=2&after=${encodeURIComponent(next)}`)).body;
      seen.push(...page.rows.map((row: { key: string; leg: number }) => `${row.key}/${row.leg}`));
      next = page.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe((await get('/transfers')).body.rows.length);
  });
  it('导出为 XLSX', async () => {
    const { body } = await get('/transfers?format=xlsx');
    expect((body as Buffer).subarray(0, 2).toString()).toBe('PK');
  });
  it('别的机构的人只见自己的', async () => {
    userId = 71;
    expect(await keys('')).toEqual(['b1']);
    expect((await get('/trial-balance')).body).toMatchObject({ debit: '30.00', credit: '30.00' });
    expect(await keys('?guarantorId=1')).toEqual([]);
    userId = 0;
  });
});
