import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import { minutesAfter } from '../../platform/clock.ts';
import { constantTimeEqual } from '../../platform/crypto/index.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import type { Context, Deps } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { insertAccount } from './actions.ts';
import { limits } from './limits.ts';
import { insertSession, type Session } from './sign-in.ts';
import { hashOfToken, newToken } from './tokens.ts';

/** A system's credentials, shown once. */
export type ClientCredentials = { readonly id: string; readonly userId: number; readonly secret: string };

/**
 * Registers another system (a bank's, the monitoring system) that signs in by itself. It is bound to one institution through
 * a service account of its own; what it may do are that account's roles, granted by the security administrator like anyone's.
 */
export async function createClient(
  tx: Tx,
  context: Context,
  command: { name: string; institutionId: number },
): Promise<ClientCredentials> {
  const id = `rd-${newToken()
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 16)
    .toLowerCase()}`;
  const secret = newToken();
  const userId = await insertAccount(tx, {
    account: id,
    name: command.name,
    personKey: `client ${id}`,
    institutionId: command.institutionId,
    kind: 'service',
    passwordHash: null,
  });
  await sql`insert into identity.client (id, user_id, name, secret_hash)
            values (${id}, ${userId}, ${command.name}, ${hashOfToken(secret)})`.execute(tx);
  await audit(tx, context, 'identity.create-client', id, { institutionId: command.institutionId });
  return { id, userId, secret };
}

/** Disables or enables a client; disabling ends its tokens. Throws Refused (404) when there is none. */
export async function setClientStatus(
  tx: Tx,
  context: Context,
  command: { id: string; status: 'active' | 'disabled' },
): Promise<{ userId: number }> {
  const { rows } = await sql<{ user_id: number }>`
    update identity.client set status = ${command.status} where id = ${command.id} returning user_id`.execute(tx);
  const userId = rows[0]?.user_id;
  if (userId === undefined) throw new Refused({ code: 'client-unknown', message: '没有这个接入系统' }, 404);
  await sql`update identity.user_account set status = ${command.status} where id = ${userId}`.execute(tx);
  if (command.status === 'disabled')
    await sql`select identity.end_sessions(${userId}, ${context.clock.now()})`.execute(tx);
  await audit(tx, context, `identity.${command.status === 'active' ? 'enable' : 'disable'}-client`, command.id);
  return { userId };
}

/** One registered system. */
export type ClientRow = {
  id: string;
  name: string;
  userId: number;
  institution: { id: number; name: string; kind: string };
  status: 'active' | 'disabled';
  roles: string[];
  recordedAt: Date;
};

/** The registered systems, at most 500, newest first. */
export async function listClients(tx: Tx): Promise<ClientRow[]> {
  const { rows } = await sql<ClientRow>`
    select c.id, c.name, c.user_id as "userId", c.status, c.recorded_at as "recordedAt",
           jsonb_build_object('id', i.id, 'name', i.name, 'kind', i.kind) as institution,
           array(select g.role_code from identity.role_grant g
                  where g.user_id = c.user_id and g.revoked_at is null order by 1) as roles
      from identity.client c
      join identity.user_account u on u.id = c.user_id
      join institutions.institution i on i.id = u.institution_id
     order by c.recorded_at desc, c.id
     limit 500`.execute(tx);
  return rows;
}

/** An access token for a client's id and secret (RFC 6749 4.4); null when they do not fit an active client. */
export async function issueToken(deps: Deps, given: { id: string; secret: string }): Promise<Session | null> {
  const now = deps.clock.now();
  return deps.db.transaction(systemActor, async (tx) => {
    const { rows } = await sql<{ user_id: number; secret_hash: string }>`
      select c.user_id, c.secret_hash
        from identity.client c
        join identity.user_account u on u.id = c.user_id and u.status = 'active'
       where c.id = ${given.id} and c.status = 'active'`.execute(tx);
    const client = rows[0];
    const fits = constantTimeEqual(hashOfToken(given.secret), client?.secret_hash ?? '');
    if (!client || !fits) return null;
    const session = {
      token: newToken(),
      userId: client.user_id,
      expiresAt: minutesAfter(now, limits.clientTokenMinutes),
    };
    await insertSession(tx, session, 'client', now);
    const context: Context = { actor: systemActor, clock: deps.clock };
    await audit(tx, context, 'identity.issue-token', given.id);
    return session;
  });
}

const audit = (tx: Tx, context: Context, action: string, id: string, detail: object = {}) =>
  appendAudit(tx, context, { chain: 0, action, subject: `client:${id}`, detail });
