import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import { minutesAfter } from '../../platform/clock.ts';
import { isSealed } from '../../platform/crypto/index.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import type { Context, Deps } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { guardOf } from './attempts.ts';
import { limits } from './limits.ts';
import { isPassword } from './passwords.ts';
import { hashOfToken, newToken } from './tokens.ts';
import { openTotpSecret, sealTotpSecret, stepOfCode } from './totp.ts';

/** What a person types to sign in. */
export type SignIn = {
  readonly account: string;
  readonly password: string;
  readonly totp?: string | undefined;
  /** Where from; left out by the program itself, which no address limits. */
  readonly address?: string | undefined;
};

/** A session just opened: the token goes into the cookie and is nowhere stored. */
export type Session = { readonly token: string; readonly userId: number; readonly expiresAt: Date };

type Attempt = {
  id: number;
  password_hash: string | null;
  totp_secret: string | null;
  totp_last_step: bigint | null;
};

/**
 * Signs a person in with password and, where enrolled, a one-time code. Every attempt is counted before the password is
 * looked at, so that attempts made at once cannot outrun the lock. Throws Refused (401) with one message for a wrong
 * password, an unknown, locked or disabled account; 'totp-required' only after the right password; 429 when the address has failed
 * too often with accounts it never signed in with. The account's own lock stops many addresses trying one account.
 */
export async function signIn(deps: Deps, command: SignIn): Promise<Session> {
  const now = deps.clock.now();
  const context: Context = { actor: systemActor, clock: deps.clock };
  const account = command.account.trim().toLowerCase();
  const guard = guardOf(deps.db);
  if (command.address !== undefined && !guard.enter(command.address, account, now)) throw tooMany();
  const attempt = await deps.db.transaction(systemActor, (tx) => countAttempt(tx, account, now));
  const right = await isPassword(attempt?.password_hash, command.password);
  const step = right && attempt?.totp_secret && command.totp ? await codeStep(attempt, command.totp, now) : null;
  const outcome =
    !right || !attempt ? 'wrong' : !attempt.totp_secret ? 'in' : !command.totp ? 'totp' : step ? 'in' : 'wrong';
  if (outcome === 'in' && attempt) {
    const session = await deps.db.transaction(systemActor, (tx) => open(tx, context, attempt, step, now));
    if (session && command.address !== undefined) guard.succeeded(command.address, account, now);
    if (session) return session;
  }
  await deps.db.transaction(systemActor, async (tx) => {
    const subject = attempt ? `user:${attempt.id}` : 'account:unknown-or-locked';
    await appendAudit(tx, context, { chain: 0, action: 'identity.refuse-sign-in', subject, detail: { outcome } });
  });
  throw outcome === 'totp' ? totpRequired() : wrong();
}

/** Ends the session of a token; nothing happens when there is none. */
export async function signOut(tx: Tx, context: Context, token: string): Promise<number | null> {
  const { rows } = await sql<{ user_id: number }>`
    update identity.session set ended_at = ${context.clock.now()}
     where token_hash = ${hashOfToken(token)} and ended_at is null
    returning user_id`.execute(tx);
  const userId = rows[0]?.user_id;
  if (userId === undefined) return null;
  await appendAudit(tx, context, { chain: 0, action: 'identity.sign-out', subject: `user:${userId}`, detail: {} });
  return userId;
}

const codeStep = async (attempt: Attempt, code: string, now: Date) =>
  stepOfCode(await openTotpSecret(attempt.id, attempt.totp_secret ?? ''), code, now, attempt.totp_last_step);

/** Counts the attempt against an active, unlocked account; undefined when there is none such. The last one locks. */
async function countAttempt(tx: Tx, account: string, now: Date): Promise<Attempt | undefined> {
  const { rows } = await sql<Attempt>`
    update identity.user_account
       set failed_count = case when failed_count + 1 >= ${limits.failuresBeforeLock} then 0 else failed_count + 1 end,
           locked_until = case when failed_count + 1 >= ${limits.failuresBeforeLock}
                               then ${minutesAfter(now, limits.lockMinutes)}::timestamptz end
     where account = ${account} and kind = 'person' and status = 'active'
       and (locked_until is null or locked_until <= ${now})
    returning id, password_hash, totp_secret, totp_last_step`.execute(tx);
  return rows[0];
}

/** Opens the session; undefined when the account was disabled meanwhile or the one-time code has just been used. */
async function open(
  tx: Tx,
  context: Context,
  { id: userId, totp_secret: secret }: Attempt,
  step: bigint | null,
  now: Date,
): Promise<Session | undefined> {
  // One stored before secrets were encrypted is encrypted on its next use.
  const sealed = secret === null || isSealed(secret) ? null : await sealTotpSecret(userId, secret);
  const { rows } = await sql<{ id: number }>`
    update identity.user_account
       set failed_count = 0, locked_until = null, totp_last_step = coalesce(${step}::bigint, totp_last_step),
           totp_secret = coalesce(${sealed}, totp_secret)
     where id = ${userId} and status = 'active'
       and (${step}::bigint is null or totp_last_step is null or totp_last_step < ${step}::bigint)
    returning id`.execute(tx);
  if (!rows[0]) return undefined;
  const session: Session = { token: newToken(), userId, expiresAt: minutesAfter(now, limits.absoluteMinutes) };
  await insertSession(tx, session, 'browser', now);
  await appendAudit(tx, context, { chain: 0, action: 'identity.sign-in', subject: `user:${userId}`, detail: {} });
  return session;
}

/** Stores a session or access token by its hash. */
export async function insertSession(tx: Tx, session: Session, kind: 'browser' | 'client', now: Date): Promise<void> {
  await sql`
    insert into identity.session (token_hash, user_id, kind, created_at, last_seen_at, expires_at)
    values (${hashOfToken(session.token)}, ${session.userId}, ${kind}, ${now}, ${now}, ${session.expiresAt})`.execute(
    tx,
  );
}

const wrong = () =>
  new Refused(
    {
      code: 'sign-in-refused',
      message: `账号、密码或动态口令不正确；连续 ${limits.failuresBeforeLock} 次失败的账号锁定 ${limits.lockMinutes} 分钟`,
    },
    401,
  );

const tooMany = () => {
  const message = `此网络地址登录失败过多，请 ${limits.addressWindowMinutes} 分钟后再试；曾在此登录成功的账号不受影响`;
  return new Refused({ code: 'too-many-attempts', message }, 429);
};

const totpRequired = () => new Refused({ code: 'totp-required', message: '请输入动态口令', field: 'totp' }, 401);
