import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildApp } from '../../app.ts';
import { day } from '../../kernel/day.ts';
import type { Clock } from '../../platform/clock.ts';
import { systemActor } from '../../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { createInstitution, loadRegions } from '../institutions/index.ts';
import { createPerson, decidesNothingProof, grantRole, syncRoles } from './index.ts';
import { signIn } from './sign-in.ts';

let now = new Date('2026-09-30T04:00:00Z');
const clock: Clock = { now: () => now, today: () => day('2026-09-30') };
const context = { actor: systemActor, clock };
const later = (minutes: number) => {
  now = new Date(now.getTime() + minutes * 60_000);
};
let test: TestDatabase;
let app: Awaited<ReturnType<typeof buildApp>>;
const homes: Record<string, number> = {};
const ids: Record<string, number> = {};
const password = 'correct horse 7';

const person = (account: string, at: string, roles: string[] = [], personKey = `key-${account}`) =>
  test.db.transaction(systemActor, async (tx) => {
    const made = await createPerson(tx, context, {
      account,
      name: account,
      personKey,
      institutionId: homes[at]!,
      password,
    });
    ids[account] = made.id;
    for (const role of roles) await grantRole(tx, context, { userId: made.id, role });
    return made.id;
  });

beforeAll(async () => {
  process.env.DATA_DIR = await mkdtemp(join(tmpdir(), 'identity-'));
  test = await createTestDatabase();
  await syncRoles(test.ownerUrl);
  await test.db.transaction(systemActor, async (tx) => {
    await loadRegions(tx);
    const make = async (key: string, kind: string, level: number, regionCode: number) => {
      homes[key] = (
        await createInstitution(tx, context, { code: key, name: `机构${key}`, kind, level, regionCode })
      ).id;
    };
    await make('PROV', 'reguarantor', 1, 140000);
    await make('CITY', 'guarantor', 2, 140100);
    await make('FIN', 'finance-bureau', 2, 140100);
    await make('BANK', 'bank', 1, 140000);
  });
  await person('sys', 'PROV', ['r17-system-admin']);
  await person('sec', 'PROV', ['r17-security-admin']);
  await person('audit', 'PROV', ['r17-audit-admin']);
  await person('clerk', 'CITY', ['r01-client-manager']);
  await person('voter', 'CITY', ['r03-committee']);
  await person('finance', 'FIN', ['r10-finance-bureau']);
  app = await buildApp({ db: test.db, clock, rateLimitPerMinute: 0 });
});
afterAll(async () => {
  await app.close();
  await test.close();
  await rm(process.env.DATA_DIR ?? '', { recursive: true });
});
beforeEach(() => later(24 * 60));

const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url, payload, headers: { 'x-requested-with': 'rongdan', ...headers } });
const cookieOf = async (account: string) => {
  const answer = await post('/api/sign-in', { account, password });
  expect(answer.statusCode).toBe(200);
  return { cookie: String(answer.headers['set-cookie']).split(';')[0]!, 'x-requested-with': 'rongdan' };
};
const codes = (answer: { json(): { refusals: { code: string }[] } }) => answer.json().refusals.map((each) => each.code);

describe('登录', () => {
  it('会话 Cookie 为 HttpOnly、SameSite=Strict；库中只有摘要', async () => {
    const answer = await post('/api/sign-in', { account: ' Clerk ', password });
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(/^rongdan_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
    const token = /=([\w-]{43})/.exec(cookie)![1]!;
    const { rows } = await test.owner.query('select count(*)::int as n from identity.session where token_hash = $1', [
      token,
    ]);
    expect(rows[0].n).toBe(0);
  });

  it('账号不存在、密码错误、账号停用：同一答复', async () => {
    await person('gone', 'CITY');
    await test.owner.query(`update identity.user_account set status = 'disabled' where account = 'gone'`);
    const answers = await Promise.all([
      post('/api/sign-in', { account: 'nobody', password }),
      post('/api/sign-in', { account: 'clerk', password: 'wrong password' }),
      post('/api/sign-in', { account: 'gone', password }),
    ]);
    expect(answers.map((each) => each.statusCode)).toEqual([401, 401, 401]);
    expect(new Set(answers.map((each) => each.body)).size).toBe(1);
  });

  it('第 5 次失败起锁 15 分钟，正确密码也不行；期满可登录', async () => {
    await person('locked', 'CITY');
    for (let i = 0; i < 5; i++) await post('/api/sign-in', { account: 'locked', password: 'wrong password' });
    expect((await post('/api/sign-in', { account: 'locked', password })).statusCode).toBe(401);
    later(14.9);
    expect((await post('/api/sign-in', { account: 'locked', password })).statusCode).toBe(401);
    later(0.1);
    expect((await post('/api/sign-in', { account: 'locked', password })).statusCode).toBe(200);
  });

  it('4 次失败后第 5 次正确：不锁，计数归零', async () => {
    await person('almost', 'CITY');
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 4; i++) await post('/api/sign-in', { account: 'almost', password: 'wrong password' });
      expect((await post('/api/sign-in', { account: 'almost', password })).statusCode).toBe(200);
    }
  });

  it('同时发出的 12 次尝试也越不过锁', async () => {
    await person('raced', 'CITY');
    await Promise.all(
      Array.from({ length: 12 }, () => post('/api/sign-in', { account: 'raced', password: 'wrong password' })),
    );
    expect((await post('/api/sign-in', { account: 'raced', password })).statusCode).toBe(401);
  });

  it('会话闲置 30 分钟失效，29 分钟内有操作则延续，最长 12 小时', async () => {
    const headers = await cookieOf('clerk');
    const me = async () => (await app.inject({ url: '/api/me', headers })).statusCode;
    for (let i = 0; i < 24; i++) {
      later(29);
      expect(await me()).toBe(200); // 24 × 29 = 696 分钟
    }
    later(23);
    expect(await me()).toBe(200); // 719 分钟
    later(1);
    expect(await me()).toBe(401); // 720 分钟
    const idle = await cookieOf('clerk');
    later(30);
    expect((await app.inject({ url: '/api/me', headers: idle })).statusCode).toBe(401);
  });

  it('退出后立即失效', async () => {
    const headers = await cookieOf('clerk');
    expect((await app.inject({ url: '/api/me', headers })).statusCode).toBe(200);
    await post('/api/sign-out', {}, headers);
    expect((await app.inject({ url: '/api/me', headers })).statusCode).toBe(401);
  });

  it('带 Cookie 的写操作须有 X-Requested-With', async () => {
    const { cookie } = await cookieOf('clerk');
    const answer = await app.inject({ method: 'POST', url: '/api/me/totp', headers: { cookie } });
    expect(answer.statusCode).toBe(403);
  });

  it('GET /api/me：机构、角色、权限、范围、今天', async () => {
    const headers = await cookieOf('clerk');
    const me = (await app.inject({ url: '/api/me', headers })).json();
    expect(me).toMatchObject({
      user: { account: 'clerk', totp: false },
      institution: { id: String(homes.CITY), kind: 'guarantor', level: 'city', regionCode: '140100' },
      roles: [{ code: 'r01-client-manager', title: '客户经理' }],
      scope: { province: false, guarantors: [String(homes.CITY)], regions: [], bank: null },
      demo: false,
      today: '2026-09-30',
    });
    expect(me.permissions).toContain('book.write');
    expect(me.permissions).not.toContain('claims.decide');
  });

  it('动态口令：开通、登录须口令、同一口令只能用一次', async () => {
    await person('totp', 'CITY');
    const headers = await cookieOf('totp');
    const { secret, otpauthUrl } = (await post('/api/me/totp', {}, headers)).json();
    expect(otpauthUrl).toContain(secret);
    const app1 = new TOTP({ secret: Secret.fromBase32(secret) });
    const code = () => app1.generate({ timestamp: now.getTime() });
    expect((await post('/api/me/totp/confirm', { secret, code: '000000' }, headers)).statusCode).toBe(422);
    expect((await post('/api/me/totp/confirm', { secret, code: code() }, headers)).statusCode).toBe(200);
    const stored = async () =>
      (await test.owner.query(`select totp_secret as secret from identity.user_account where account = 'totp'`)).rows[0]
        .secret as string;
    expect(await stored()).toMatch(/^v1:/);
    expect(await stored()).not.toContain(secret);
    later(1);
    expect(codes(await post('/api/sign-in', { account: 'totp', password }))).toEqual(['totp-required']);
    expect(codes(await post('/api/sign-in', { account: 'totp', password: 'wrong password' }))).toEqual([
      'sign-in-refused',
    ]);
    expect((await post('/api/sign-in', { account: 'totp', password, totp: code() })).statusCode).toBe(200);
    expect((await post('/api/sign-in', { account: 'totp', password, totp: code() })).statusCode).toBe(401);
    later(1);
    const both = await Promise.allSettled(
      [1, 2].map(() => signIn({ db: test.db, clock }, { account: 'totp', password, totp: code() })),
    );
    expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('改密码：旧密码须对，新密码须合格，会话随即失效', async () => {
    await person('changer', 'CITY');
    const headers = await cookieOf('changer');
    expect(codes(await post('/api/me/password', { current: 'x', next: 'another phrase 9' }, headers))).toEqual([
      'wrong-password',
    ]);
    expect(codes(await post('/api/me/password', { current: password, next: 'short' }, headers))).toEqual([
      'weak-password',
    ]);
    expect((await post('/api/me/password', { current: password, next: 'another phrase 9' }, headers)).statusCode).toBe(
      200,
    );
    expect((await app.inject({ url: '/api/me', headers })).statusCode).toBe(401);
  });

  it('演示账号只在演示环境列出', async () => {
    await person('demo-one', 'CITY', ['r06-statistics']);
    expect((await app.inject({ url: '/api/demo-accounts' })).json()).toEqual({ rows: [] });
    process.env.RONGDAN_DEMO = '1';
    const { rows } = (await app.inject({ url: '/api/demo-accounts' })).json();
    delete process.env.RONGDAN_DEMO;
    expect(rows).toMatchObject([{ account: 'demo-one', role: '统计综合', institution: '机构CITY' }]);
  });
});

describe('用户与授权', () => {
  it('系统管理员建人、停用；停用即刻失效', async () => {
    const sys = await cookieOf('sys');
    const body = { account: 'newbie', name: '新人', personKey: '晋A0001', institutionId: homes.CITY };
    const made = await post('/api/users', body, sys);
    expect(made.statusCode).toBe(201);
    const { id, password: given } = made.json();
    expect(codes(await post('/api/users', body, sys))).toEqual(['account-taken']);
    expect(codes(await post('/api/users', { ...body, account: 'other', institutionId: 999999 }, sys))).toEqual([
      'institution-unknown',
    ]);
    const signed = await post('/api/sign-in', { account: 'newbie', password: given });
    const headers = { cookie: String(signed.headers['set-cookie']).split(';')[0]! };
    expect((await app.inject({ url: '/api/me', headers })).statusCode).toBe(200);
    expect((await post(`/api/users/${id}/disable`, {}, sys)).statusCode).toBe(200);
    expect((await app.inject({ url: '/api/me', headers })).statusCode).toBe(401);
    expect(codes(await post(`/api/users/${ids.sys}/disable`, {}, sys))).toEqual(['disables-self']);
    const { rows } = await test.owner.query(`select person_key from identity.user_account where account = 'newbie'`);
    expect(rows[0].person_key).toMatch(/^[0-9a-f]{64}$/);
  });

  it('重置密码：新密码可用，旧会话失效', async () => {
    await person('forgot', 'CITY');
    const old = await cookieOf('forgot');
    expect((await app.inject({ url: '/api/me', headers: old })).statusCode).toBe(200);
    const { password: fresh } = (
      await post(`/api/users/${ids.forgot}/reset-password`, {}, await cookieOf('sys'))
    ).json();
    expect((await app.inject({ url: '/api/me', headers: old })).statusCode).toBe(401);
    expect((await post('/api/sign-in', { account: 'forgot', password: fresh })).statusCode).toBe(200);
  });

  it('系统管理员不能授权，安全管理员不能建人', async () => {
    expect(
      (await post(`/api/users/${ids.clerk}/roles`, { role: 'r04-assets' }, await cookieOf('sys'))).statusCode,
    ).toBe(403);
    expect((await post('/api/users', {}, await cookieOf('sec'))).statusCode).toBe(403);
  });

  it('授权与收回即刻生效', async () => {
    await person('worker', 'CITY');
    const headers = await cookieOf('worker');
    const sec = await cookieOf('sec');
    const can = async () =>
      (await app.inject({ url: '/api/me', headers })).json().permissions.includes('exchange.submit');
    expect(await can()).toBe(false);
    expect((await post(`/api/users/${ids.worker}/roles`, { role: 'r06-statistics' }, sec)).statusCode).toBe(201);
    expect(await can()).toBe(true);
    expect(codes(await post(`/api/users/${ids.worker}/roles`, { role: 'r06-statistics' }, sec))).toEqual([
      'already-granted',
    ]);
    const taken = await app.inject({
      method: 'DELETE',
      url: `/api/users/${ids.worker}/roles/r06-statistics`,
      headers: sec,
    });
    expect(taken.statusCode).toBe(200);
    expect(await can()).toBe(false);
  });

  it.each([
    ['政府角色给担保机构人员', 'clerk', 'r10-finance-bureau', 'role-does-not-fit'],
    ['决策角色给财政人员', 'finance', 'r03-committee', 'role-does-not-fit'],
    ['市级财政任省级角色', 'finance', 'r12-province', 'role-does-not-fit'],
    ['给自己授权', 'sec', 'r07-reguarantee', 'grants-to-self'],
    ['审计管理员再任系统管理员', 'audit', 'r17-system-admin', 'three-administrators'],
    ['没有的角色', 'clerk', 'r99', 'role-unknown'],
  ])('拒绝：%s', async (_, account, role, code) => {
    const answer = await post(`/api/users/${ids[account]}/roles`, { role }, await cookieOf('sec'));
    expect(answer.statusCode).toBe(422);
    expect(codes(answer)).toContain(code);
  });

  it('三员分立按人不按账号：换个账号也不行，也不能给自己的另一账号授权', async () => {
    await person('sys-two', 'PROV', [], 'key-sys');
    await person('sec-two', 'PROV', [], 'key-sec');
    const sec = await cookieOf('sec');
    expect(codes(await post(`/api/users/${ids['sys-two']}/roles`, { role: 'r17-audit-admin' }, sec))).toEqual([
      'three-administrators',
    ]);
    expect(codes(await post(`/api/users/${ids['sec-two']}/roles`, { role: 'r08-reconciliation' }, sec))).toEqual([
      'grants-to-self',
    ]);
  });

  it('同一人两账号同时授予两员：只成其一', async () => {
    await person('twin-a', 'PROV', [], 'key-twin');
    await person('twin-b', 'PROV', [], 'key-twin');
    const both = await Promise.allSettled(
      [['twin-a', 'r17-system-admin'] as const, ['twin-b', 'r17-audit-admin'] as const].map(([account, role]) =>
        test.db.transaction(systemActor, (tx) => grantRole(tx, context, { userId: ids[account]!, role })),
      ),
    );
    expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('越过程序直接写库也被拒绝：23514、23505、42501', async () => {
    const grant = (account: string, role: string) =>
      `insert into identity.role_grant (user_id, role_code, person_key, granted_by) values (${ids[account]}, '${role}', 'forged', 0)`;
    await expect(test.owner.query(grant('finance', 'r03-committee'))).rejects.toMatchObject({
      code: '23514',
      constraint: 'role_fits_institution',
    });
    await person('fin-vote', 'CITY', [], 'key-finance');
    await expect(test.owner.query(grant('fin-vote', 'r03-committee'))).rejects.toMatchObject({
      code: '23514',
      constraint: 'nobody_governs_and_decides',
    });
    await expect(test.owner.query(grant('sys', 'r17-audit-admin'))).rejects.toMatchObject({
      code: '23505',
      constraint: 'one_of_three_administrators',
    });
    await expect(
      test.db.transaction({ userId: ids.clerk! }, async (tx) => {
        const { sql } = await import('kysely');
        await sql.raw(grant('worker', 'r04-assets')).execute(tx);
      }),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it('用户列表：管理员看全部，筛选、翻页', async () => {
    const headers = await cookieOf('sec');
    const first = (await app.inject({ url: '/api/users?limit=2', headers })).json();
    expect(first.rows.map((row: { account: string }) => row.account)).toEqual(['sys', 'sec']);
    const second = (await app.inject({ url: `/api/users?limit=2&after=${first.next}`, headers })).json();
    expect(second.rows.map((row: { account: string }) => row.account)).toEqual(['audit', 'clerk']);
    const found = (await app.inject({ url: '/api/users?role=r10-finance-bureau', headers })).json();
    expect(found.rows.map((row: { account: string }) => row.account)).toEqual(['finance']);
    expect(JSON.stringify(first)).not.toContain('argon2');
  });
});

describe('审计与机构的接口', () => {
  it('审计列表、校验、机构详情、区划、名称辨认都按合同答复', async () => {
    const officer = await cookieOf('audit');
    const list = (await app.inject({ url: '/api/audit?action=identity.&limit=1', headers: officer })).json();
    expect(list.rows).toMatchObject([{ action: 'identity.sign-in', user: { name: '系统' } }]);
    expect((await post('/api/audit/verify', {}, officer)).json()).toMatchObject({ whole: true, findings: [] });
    const found = await app.inject({ url: `/api/institutions/${homes.CITY}`, headers: officer });
    expect(found.json()).toMatchObject({ name: '机构CITY', level: 'city', predecessors: [], capital: [] });
    const regions = (await app.inject({ url: '/api/regions', headers: officer })).json();
    expect(regions.rows).toHaveLength(129);
    expect(regions.retired[0]).toMatchObject({ code: '140202', successors: ['140213'] });
    const match = (await post('/api/banks/match', { names: ['机构BANK', '机构BANKS'] }, officer)).json();
    expect(match.rows).toMatchObject([{ match: { bankId: String(homes.BANK) } }, { match: null }]);
    const workbook = await app.inject({ url: '/api/users?format=xlsx', headers: officer });
    expect(workbook.rawPayload.subarray(0, 2).toString()).toBe('PK');
  });
});

describe('条11 政企分开证明', () => {
  it('列出政府角色、决策权限、持有人与约束，结论成立', async () => {
    const answer = await app.inject({ url: '/api/separation-proof', headers: await cookieOf('finance') });
    const proof = answer.json();
    expect(proof.holds).toBe(true);
    expect(proof.violations).toEqual({ governmentRolesThatDecide: 0, decidersAtGovernment: 0, peopleOnBothSides: 0 });
    expect(proof.government.map((each: { code: string }) => each.code)).toHaveLength(5);
    expect(proof.deciding.map((each: { holders: { name: string }[] }) => each.holders.map((one) => one.name))).toEqual([
      ['voter'],
      ['voter'],
      ['voter'],
    ]);
    expect(proof.constraints[0]).toMatchObject({ name: 'government_decides_nothing', enforced: true });
    expect(proof.constraints[0].text).toContain('is_government AND decides');
  });

  it('约束被撤下、违规数据写入，证明即不成立', async () => {
    const client = await test.owner.connect();
    await client.query('begin');
    await client.query('alter table identity.role_permission drop constraint government_decides_nothing');
    await client.query(
      `insert into identity.role_permission values ('r10-finance-bureau', true, 'claims.decide', true)`,
    );
    await client.query('commit');
    const proof = await test.db.read(systemActor, (tx) => decidesNothingProof(tx, context));
    await client.query('begin');
    await client.query(`delete from identity.role_permission where role_code = 'r10-finance-bureau' and decides`);
    await client.query(
      'alter table identity.role_permission add constraint government_decides_nothing check (not (is_government and decides))',
    );
    await client.query('commit');
    client.release();
    expect(proof).toMatchObject({
      holds: false,
      violations: { governmentRolesThatDecide: 1, decidersAtGovernment: 1 },
    });
    expect(proof.constraints[0]!.enforced).toBe(false);
  });
});

describe('OAuth 2.0 客户端凭据', () => {
  const form = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/oauth/token',
      payload: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });

  it('登记、授权、换令牌、调用、停用', async () => {
    const sys = await cookieOf('sys');
    const made = (await post('/api/clients', { name: '工行接口', institutionId: homes.BANK }, sys)).json();
    await test.db.transaction(systemActor, (tx) =>
      grantRole(tx, context, { userId: Number(made.userId), role: 'r09-bank' }),
    );
    const basic = { authorization: `Basic ${Buffer.from(`${made.id}:${made.secret}`).toString('base64')}` };
    const byBasic = await form({ grant_type: 'client_credentials' }, basic);
    expect(byBasic.statusCode).toBe(200);
    expect(byBasic.json()).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    const byBody = await form({ grant_type: 'client_credentials', client_id: made.id, client_secret: made.secret });
    expect(byBody.statusCode).toBe(200);
    const headers = { authorization: `Bearer ${byBody.json().access_token}` };
    const me = await app.inject({ url: '/api/me', headers });
    expect(me.json()).toMatchObject({ institution: { id: String(homes.BANK) }, roles: [{ code: 'r09-bank' }] });
    expect(
      (await app.inject({ url: '/api/me', headers: { cookie: `rongdan_session=${byBody.json().access_token}` } }))
        .statusCode,
    ).toBe(401);
    later(59);
    expect((await app.inject({ url: '/api/me', headers })).statusCode).toBe(200);
    later(1);
    expect((await app.inject({ url: '/api/me', headers })).statusCode).toBe(401);
    const again = {
      authorization: `Bearer ${(await form({ grant_type: 'client_credentials' }, basic)).json().access_token}`,
    };
    expect((await app.inject({ url: '/api/me', headers: again })).statusCode).toBe(200);
    expect((await post(`/api/clients/${made.id}/disable`, {}, await cookieOf('sys'))).statusCode).toBe(200);
    expect((await app.inject({ url: '/api/me', headers: again })).statusCode).toBe(401);
    expect((await form({ grant_type: 'client_credentials' }, basic)).statusCode).toBe(401);
    expect((await app.inject({ url: '/api/clients', headers: await cookieOf('sys') })).json().rows).toMatchObject([
      { id: made.id, status: 'disabled' },
    ]);
  });

  it.each([
    ['没有 grant_type', {}, 400, 'invalid_request'],
    ['别的 grant_type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['没有凭据', { grant_type: 'client_credentials' }, 401, 'invalid_client'],
    ['错误凭据', { grant_type: 'client_credentials', client_id: 'x', client_secret: 'y' }, 401, 'invalid_client'],
  ])('%s：按 RFC 6749 答复', async (_, fields, status, error) => {
    const answer = await form(fields as Record<string, string>);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().error).toBe(error);
    expect(answer.headers['cache-control']).toBe('no-store');
  });
});
