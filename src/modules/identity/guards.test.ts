import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import type { Clock } from '../../platform/clock.ts';
import { systemActor } from '../../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { createInstitution, loadRegions } from '../institutions/index.ts';
import { grantRole, revokeRole, setAccountStatus } from './actions.ts';
import { createPerson, syncRoles } from './index.ts';
import { limits } from './limits.ts';
import { signIn } from './sign-in.ts';

let now = new Date('2026-09-30T04:00:00Z');
const clock: Clock = { now: () => now, today: () => day('2026-09-30') };
const context = { actor: systemActor, clock };
const password = 'correct horse 7';
const ids: Record<string, number> = {};
let test: TestDatabase;

beforeAll(async () => {
  process.env.DATA_DIR = await mkdtemp(join(tmpdir(), 'guards-'));
  test = await createTestDatabase();
  await syncRoles(test.ownerUrl);
  await test.db.transaction(systemActor, async (tx) => {
    await loadRegions(tx);
    const home = { code: 'PROV', name: '省再担保', kind: 'reguarantor', level: 1, regionCode: 140000 };
    const { id: institutionId } = await createInstitution(tx, context, home);
    for (const account of ['sys', 'sec', 'aud', 'sec2', 'coded', 'victim']) {
      const made = await createPerson(tx, context, {
        account,
        name: account,
        personKey: account,
        institutionId,
        password,
      });
      ids[account] = made.id;
    }
  });
  for (const [account, role] of [
    ['sys', 'system'],
    ['sec', 'security'],
    ['aud', 'audit'],
  ] as const)
    await grant(account, `r17-${role}-admin`);
});
afterAll(async () => {
  await test.close();
  await rm(process.env.DATA_DIR ?? '', { recursive: true });
});
beforeEach(() => {
  now = new Date(now.getTime() + 24 * 3_600_000);
});

const userId = (account: string): number => ids[account] ?? -1;
const grant = (account: string, role: string) =>
  test.db.transaction(systemActor, (tx) => grantRole(tx, context, { userId: userId(account), role }));
const revoke = (account: string, role: string) =>
  test.db.transaction(systemActor, (tx) => revokeRole(tx, context, { userId: userId(account), role }));
const setStatus = (account: string, status: 'active' | 'disabled') =>
  test.db.transaction(systemActor, (tx) => setAccountStatus(tx, context, { userId: userId(account), status }));
const last = (title: string) => ({
  refusals: [{ code: 'last-administrator', message: expect.stringContaining(title) }],
});

describe('三员各须有人', () => {
  it.each([
    ['sys', 'r17-system-admin', '系统管理员'],
    ['sec', 'r17-security-admin', '安全管理员'],
    ['aud', 'r17-audit-admin', '审计管理员'],
  ])('最后一位 %s 不能停用、不能收回角色', async (account, role, title) => {
    await expect(setStatus(account, 'disabled')).rejects.toMatchObject(last(title));
    await expect(revoke(account, role)).rejects.toMatchObject(last(title));
    const { rows } = await test.owner.query(
      `select u.status, g.revoked_at from identity.user_account u join identity.role_grant g on g.user_id = u.id where u.id = $1`,
      [userId(account)],
    );
    expect(rows).toEqual([{ status: 'active', revoked_at: null }]);
  });

  it('有第二位在用时可以；第二位停用后又不可以；两位同时收回只成一位', async () => {
    await grant('sec2', 'r17-security-admin');
    await setStatus('sec2', 'disabled');
    await expect(revoke('sec', 'r17-security-admin')).rejects.toMatchObject(last('安全管理员'));
    await setStatus('sec2', 'active');
    const both = await Promise.allSettled([revoke('sec', 'r17-security-admin'), setStatus('sec2', 'disabled')]);
    expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('不是管理员的照常停用', async () => {
    await setStatus('victim', 'disabled');
    await setStatus('victim', 'active');
  });
});

describe('登录的次数限制', () => {
  const attempt = (account: string, address: string, given = 'wrong password') =>
    signIn({ db: test.db, clock }, { account, password: given, address }).then(
      () => 'in',
      (error) => error.refusals[0].code as string,
    );

  it('一个地址试许多账号：到数后挡下生人，本办公室来过的人照常登录', async () => {
    expect(await attempt('sys', '10.1.1.1', password)).toBe('in');
    for (let n = 0; n < limits.failuresOfAddress; n += 1)
      expect(await attempt(`guess-${n}`, '10.1.1.1')).toBe('sign-in-refused');
    expect(await attempt('aud', '10.1.1.1', password)).toBe('too-many-attempts');
    expect(await attempt('aud', '10.1.1.2', password)).toBe('in');
    expect(await attempt('sys', '10.1.1.1', password)).toBe('in');
  });

  it('许多地址试一个账号：账号自己锁定，过时自开', async () => {
    for (let n = 0; n < limits.failuresBeforeLock; n += 1)
      expect(await attempt('victim', `10.2.0.${n}`)).toBe('sign-in-refused');
    expect(await attempt('victim', '10.2.1.1', password)).toBe('sign-in-refused');
    now = new Date(now.getTime() + limits.lockMinutes * 60_000);
    expect(await attempt('victim', '10.2.1.1', password)).toBe('in');
  });
});

it('加密之前存下的动态口令密钥仍可用，用一次后即加密存放', async () => {
  const secret = new Secret({ size: 20 }).base32;
  await test.owner.query('update identity.user_account set totp_secret = $1 where id = $2', [secret, ids.coded]);
  const totp = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now.getTime() });
  await signIn({ db: test.db, clock }, { account: 'coded', password, totp });
  const { rows } = await test.owner.query('select totp_secret as secret from identity.user_account where id = $1', [
    ids.coded,
  ]);
  expect(rows[0].secret).toMatch(/^v1:/);
  now = new Date(now.getTime() + 60_000);
  const next = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now.getTime() });
  await signIn({ db: test.db, clock }, { account: 'coded', password, totp: next });
});
