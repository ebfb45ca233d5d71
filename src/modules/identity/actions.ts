import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import { sm3 } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { normaliseName } from '../../platform/text/index.ts';
import { appendAudit } from '../audit/index.ts';
import { hashPassword, initialPassword, isPassword, passwordRefusals } from './passwords.ts';
import { roleOf } from './roles.ts';
import { grantRefusals, lastAdministratorRefusals, revokeRefusals } from './rules.ts';
import { accountOf, lastAdministratorOf, rolesOfPerson } from './store.ts';
import { newTotp, sealTotpSecret, stepOfCode } from './totp.ts';

/** A new account of a person at an institution. `personKey` (ID or staff number) is stored only as its digest. */
export type CreatePerson = {
  readonly account: string;
  readonly name: string;
  readonly personKey: string;
  readonly institutionId: number;
  readonly password?: string | undefined;
};

/** Creates a person's account. `password` comes back when none was given: it is shown once. Refused: account taken, unknown institution, weak password. */
export async function createPerson(
  tx: Tx,
  context: Context,
  command: CreatePerson,
): Promise<{ id: number; password: string | null }> {
  const made = command.password === undefined ? initialPassword() : null;
  const password = command.password ?? made ?? '';
  const weak = made ? [] : passwordRefusals(command.account, password);
  if (weak.length > 0) throw new Refused(weak);
  const id = await insertAccount(tx, { ...command, kind: 'person', passwordHash: await hashPassword(password) });
  await audit(tx, context, 'identity.create-person', id, { institutionId: command.institutionId });
  return { id, password: made };
}

/** Stores an account; refused when the name is taken or the institution does not exist. */
export async function insertAccount(
  tx: Tx,
  given: CreatePerson & { kind: 'person' | 'service'; passwordHash: string | null },
): Promise<number> {
  const { rows } = await sql<{ id: number; known: boolean }>`
    with made as (
      insert into identity.user_account (account, name, person_key, kind, institution_id, password_hash)
      select ${given.account.toLowerCase()}, ${given.name}, ${sm3(`person:${normaliseName(given.personKey)}`)}, ${given.kind}, i.id,
             ${given.passwordHash}
        from institutions.institution i where i.id = ${given.institutionId}
      on conflict (account) do nothing
      returning id)
    select made.id, exists (select from institutions.institution where id = ${given.institutionId}) as known
      from (values (1)) one left join made on true`.execute(tx);
  const row = rows[0];
  if (row && !row.known)
    throw new Refused({ code: 'institution-unknown', message: '没有这家机构', field: 'institutionId' });
  if (!row?.id)
    throw new Refused({ code: 'account-taken', message: `账号 ${given.account} 已被使用，请换一个`, field: 'account' });
  return row.id;
}

/** Disables or enables an account; disabling ends its sessions. Nobody disables himself, nor the last of the three administrators. */
export async function setAccountStatus(
  tx: Tx,
  context: Context,
  command: { userId: number; status: 'active' | 'disabled' },
): Promise<void> {
  const found = await accountOf(tx, command.userId);
  if (found.kind === 'system') throw new Refused({ code: 'system-account', message: '系统账号不能停用' });
  if (command.userId === context.actor.userId)
    throw new Refused({ code: 'disables-self', message: '不能停用自己的账号，请由另一位系统管理员办理' });
  if (command.status === 'disabled') await keepAdministrators(tx, command.userId);
  await sql`update identity.user_account set status = ${command.status}, failed_count = 0, locked_until = null
             where id = ${command.userId}`.execute(tx);
  if (command.status === 'disabled') await endSessions(tx, context, command.userId);
  await audit(tx, context, `identity.${command.status === 'active' ? 'enable' : 'disable'}`, command.userId);
}

/** Gives an account a new password, shown once, unlocks it, takes back its one-time codes and ends its sessions. */
export async function resetPassword(tx: Tx, context: Context, userId: number): Promise<{ password: string }> {
  const found = await accountOf(tx, userId);
  if (found.kind !== 'person') throw new Refused({ code: 'not-a-person', message: '只有人员账号有密码' });
  if (userId === context.actor.userId)
    throw new Refused({ code: 'resets-own', message: '请用「修改密码」更改自己的密码' });
  const password = initialPassword();
  await sql`update identity.user_account
               set password_hash = ${await hashPassword(password)}, totp_secret = null, totp_last_step = null,
                   failed_count = 0, locked_until = null
             where id = ${userId}`.execute(tx);
  await endSessions(tx, context, userId);
  await audit(tx, context, 'identity.reset-password', userId);
  return { password };
}

/** Changes one's own password; every session ends. Refused: the current one is wrong, the next one weak. */
export async function changePassword(
  tx: Tx,
  context: Context,
  command: { current: string; next: string },
): Promise<void> {
  const found = await accountOf(tx, context.actor.userId);
  if (!(await isPassword(found.passwordHash, command.current)))
    throw new Refused({ code: 'wrong-password', message: '当前密码不正确', field: 'current' });
  const weak = passwordRefusals(found.account, command.next);
  if (weak.length > 0) throw new Refused(weak.map((each) => ({ ...each, field: 'next' })));
  await sql`update identity.user_account set password_hash = ${await hashPassword(command.next)}
             where id = ${context.actor.userId}`.execute(tx);
  await endSessions(tx, context, context.actor.userId);
  await audit(tx, context, 'identity.change-password', context.actor.userId);
}

/** Begins enrolment of one-time codes: a secret to put into an authenticator app. Stores nothing. */
export async function startTotp(tx: Tx, context: Context): Promise<{ secret: string; otpauthUrl: string }> {
  const found = await accountOf(tx, context.actor.userId);
  if (found.totpSecret)
    throw new Refused({ code: 'totp-enrolled', message: '动态口令已开通；更换请先由系统管理员重置密码' });
  return newTotp(found.account);
}

/** Ends enrolment: the app's current code proves that it holds the secret. From then on sign-in asks for a code. */
export async function confirmTotp(tx: Tx, context: Context, command: { secret: string; code: string }): Promise<void> {
  const step = stepOfCode(command.secret, command.code, context.clock.now(), null);
  if (step === null)
    throw new Refused({ code: 'wrong-code', message: '动态口令不正确，请核对手机时间后重输', field: 'code' });
  const sealed = await sealTotpSecret(context.actor.userId, command.secret);
  const { rows } = await sql<{ id: number }>`
    update identity.user_account set totp_secret = ${sealed}, totp_last_step = ${step}
     where id = ${context.actor.userId} and totp_secret is null returning id`.execute(tx);
  if (!rows[0]) throw new Refused({ code: 'totp-enrolled', message: '动态口令已开通' });
  await audit(tx, context, 'identity.enrol-totp', context.actor.userId);
}

/**
 * Grants a role. Locks the person, so that two grants at once cannot both pass 三员分立.
 * Refused: to oneself, role does not fit the institution, a second of the three administrators, government and deciding (条11).
 */
export async function grantRole(tx: Tx, context: Context, command: { userId: number; role: string }): Promise<void> {
  const role = roleOf(command.role);
  if (!role) throw new Refused({ code: 'role-unknown', message: `没有角色 ${command.role}`, field: 'role' });
  const to = await accountOf(tx, command.userId);
  await sql`select pg_advisory_xact_lock(1511, hashtext(${to.personKey}))`.execute(tx);
  const granter = context.actor.userId === 0 ? null : await accountOf(tx, context.actor.userId);
  const refusals = grantRefusals({
    role,
    grantedTo: { userId: to.id, personKey: to.personKey, status: to.status },
    institution: to.institution,
    holds: to.roles,
    personHolds: await rolesOfPerson(tx, to.personKey),
    granter: granter && { userId: granter.id, personKey: granter.personKey },
  });
  if (refusals.length > 0) throw new Refused(refusals);
  await sql`
    insert into identity.role_grant (user_id, role_code, administrator, person_key, granted_by, granted_at)
    values (${to.id}, ${role.code}, ${role.administrator}, ${to.personKey}, ${context.actor.userId}, ${context.clock.now()})`.execute(
    tx,
  );
  await audit(tx, context, 'identity.grant-role', to.id, { role: role.code });
}

/** Takes a role back; nothing happens when it is not held. Nobody takes back his own; the last of the three administrators keeps it. */
export async function revokeRole(tx: Tx, context: Context, command: { userId: number; role: string }): Promise<void> {
  const refusals = revokeRefusals(context.actor.userId, command.userId);
  if (refusals.length > 0) throw new Refused(refusals);
  if (roleOf(command.role)?.administrator) await keepAdministrators(tx, command.userId, command.role);
  const { rows } = await sql<{ user_id: number }>`
    update identity.role_grant set revoked_at = ${context.clock.now()}
     where user_id = ${command.userId} and role_code = ${command.role} and revoked_at is null
    returning user_id`.execute(tx);
  if (rows[0]) await audit(tx, context, 'identity.revoke-role', command.userId, { role: command.role });
}

/** Refuses where the user is the last active holder of one of the three administrators' roles (of `role` alone, where given). */
async function keepAdministrators(tx: Tx, userId: number, role?: string): Promise<void> {
  const refusals = lastAdministratorRefusals(await lastAdministratorOf(tx, userId, role));
  if (refusals.length > 0) throw new Refused(refusals);
}

const endSessions = (tx: Tx, context: Context, userId: number) =>
  sql`select identity.end_sessions(${userId}, ${context.clock.now()})`.execute(tx);

const audit = (tx: Tx, context: Context, action: string, userId: number, detail: object = {}) =>
  appendAudit(tx, context, { chain: 0, action, subject: `user:${userId}`, detail });
