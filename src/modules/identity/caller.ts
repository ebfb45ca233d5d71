import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { type Clock, minutesAfter, systemClock } from '../../platform/clock.ts';
import { type Db, systemActor } from '../../platform/db.ts';
import type { Caller } from '../../platform/http.ts';
import { isDemo } from './demo.ts';
import { limits } from './limits.ts';
import { hashOfToken } from './tokens.ts';

/** The name of the session cookie. */
export const sessionCookie = 'rongdan_session';

type Cached = { readonly at: number; readonly caller: Caller | null; readonly userId: number };
const cacheSizeMax = 10_000;
const caches = new WeakMap<Db, Map<string, Cached>>();

/**
 * Who calls: by bearer token, else by session cookie; null when neither names a live session of an active account.
 * Answers from memory for at most 5 seconds, so that a busy caller costs one query in that time; sign-out and changes of
 * roles in this process take effect at once (`forgetUser`).
 */
export async function resolveCaller(
  db: Db,
  request: FastifyRequest,
  clock: Clock = systemClock,
): Promise<Caller | null> {
  const given = tokenOf(request);
  if (!given) return null;
  const key = `${given.viaCookie ? 'c' : 'b'}${hashOfToken(given.token)}`;
  const cache = cacheOf(db);
  const now = clock.now();
  const known = cache.get(key);
  if (known && now.getTime() - known.at < limits.callerCacheMs && now.getTime() >= known.at) return known.caller;
  const found = await load(db, key.slice(1), given.viaCookie, now);
  if (cache.size >= cacheSizeMax) cache.clear();
  if (found) cache.set(key, { at: now.getTime(), caller: found, userId: found.userId });
  else cache.delete(key);
  return found;
}

/** Drops what is remembered of a user: after sign-out, a change of roles, a new password, disabling. Call after commit. */
export function forgetUser(db: Db, userId: number): void {
  const cache = cacheOf(db);
  for (const [key, entry] of cache) if (entry.userId === userId) cache.delete(key);
}

/** The token a request carries. A bearer token wins: another system that also sends cookies means the token. */
export function tokenOf(request: FastifyRequest): { token: string; viaCookie: boolean } | null {
  const bearer = /^Bearer ([\w-]{20,100})$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer) return { token: bearer, viaCookie: false };
  if (request.headers.authorization) return null;
  const cookie = request.cookies?.[sessionCookie];
  return cookie && /^[\w-]{20,100}$/.test(cookie) ? { token: cookie, viaCookie: true } : null;
}

function cacheOf(db: Db): Map<string, Cached> {
  const found = caches.get(db);
  if (found) return found;
  const made = new Map<string, Cached>();
  caches.set(db, made);
  return made;
}

type SessionRow = {
  user_id: number;
  kind: 'browser' | 'client';
  last_seen_at: Date;
  permissions: string[];
  sees_identity: boolean;
};

async function load(db: Db, tokenHash: string, viaCookie: boolean, now: Date): Promise<Caller | null> {
  const idleSince = minutesAfter(now, -limits.idleMinutes);
  const row = await db.read(systemActor, async (tx) => {
    const { rows } = await sql<SessionRow>`
      select s.user_id, s.kind, s.last_seen_at,
             coalesce(array_agg(distinct p.permission_code) filter (where p.permission_code is not null), '{}') as permissions,
             coalesce(bool_or(r.sees_identity), false) as sees_identity
        from identity.session s
        join identity.user_account u on u.id = s.user_id and u.status = 'active'
        left join identity.role_grant g on g.user_id = u.id and g.revoked_at is null
        left join identity.role r on r.code = g.role_code
        left join identity.role_permission p on p.role_code = r.code
       where s.token_hash = ${tokenHash} and s.ended_at is null and s.expires_at > ${now}
         and s.kind = ${viaCookie ? 'browser' : 'client'}
         and (s.kind = 'client' or s.last_seen_at > ${idleSince})
       group by s.token_hash`.execute(tx);
    return rows[0];
  });
  if (!row) return null;
  if (now.getTime() - row.last_seen_at.getTime() > limits.lastSeenMs) await touch(db, tokenHash, now);
  const demo = isDemo();
  return {
    userId: row.user_id,
    permissions: new Set(row.permissions.filter((each) => demo || each !== 'demo.control')),
    seesIdentity: row.sees_identity,
    viaCookie,
  };
}

const touch = (db: Db, tokenHash: string, now: Date): Promise<unknown> =>
  db.transaction(systemActor, (tx) =>
    sql`update identity.session set last_seen_at = ${now} where token_hash = ${tokenHash}`.execute(tx),
  );
