import { randomBytes, randomInt } from 'node:crypto';
import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import { certificateTypeOf, checkResidentId } from '../../law/gb-11643.ts';
import { checkUscc, normalizeCode } from '../../law/gb-32100.ts';
import { type Clock, minutesAfter } from '../../platform/clock.ts';
import { constantTimeEqual, sm3 } from '../../platform/crypto/index.ts';
import { type Actor, type Db, systemActor, type Tx } from '../../platform/db.ts';
import { appendAudit } from '../audit/index.ts';
import { identityHash } from '../customers/index.ts';
import { limits } from './limits.ts';
import { type Tried, whyNoCode } from './rules.ts';

/** The program on behalf of a customer who has no account. */
export const portalActor: Actor = { ...systemActor, purpose: 'portal' };

export type Asker = { readonly identityNo: string; readonly phone: string; readonly address: string };
/** A code to be sent to `phone`, where there is one. */
export type MadeCode = { readonly id: bigint; readonly code: string; readonly phone: string | undefined };
type Hashes = { readonly identity: string; readonly phone: string; readonly address: string };

/**
 * Makes a code for whoever says to be this customer, and answers what to send: `phone` is undefined when there is no customer of that
 * code with that telephone, which nobody but the sender learns. Refused (422) when the code is malformed, (429) when asked too often.
 */
export async function makeCode(db: Db, clock: Clock, asker: Asker): Promise<MadeCode> {
  const hashes = hashesOf(asker, clock);
  const now = clock.now();
  return db.transaction(portalActor, async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`portal:${hashes.phone}`}, 160))`.execute(tx);
    const reason = whyNoCode(await triedLately(tx, hashes, now));
    if (reason) throw new Refused({ code: 'too-many-codes', message: reason }, 429);
    const customers = await customersOf(tx, hashes.identity, asker.phone);
    const isMatch = customers.length > 0;
    const code = String(randomInt(0, 10 ** limits.codeDigits)).padStart(limits.codeDigits, '0');
    const salt = randomBytes(16).toString('hex');
    const { rows } = await sql<{ id: bigint }>`
      insert into portal.code (identity_hash, phone_hash, address_hash, is_match, salt, code_hash, asked_at, expires_at)
      values (${hashes.identity}, ${hashes.phone}, ${hashes.address}, ${isMatch}, ${salt}, ${sm3(`${salt}:${code}`)}, ${now},
              ${minutesAfter(now, limits.codeMinutes)})
      returning id`.execute(tx);
    return { id: rows[0]!.id, code, phone: isMatch ? asker.phone : undefined };
  });
}

/** Notes that the gateway did not take the code, for whoever runs the installation. */
export const noteFailure = (db: Db, id: bigint, failure: string): Promise<unknown> =>
  db.transaction(portalActor, (tx) => sql`update portal.code set failure = ${failure} where id = ${id}`.execute(tx));

function hashesOf({ identityNo, phone, address }: Asker, clock: Clock): Hashes {
  const number = normalizeCode(identityNo);
  const isPerson = certificateTypeOf(number) === '10';
  const refusals = isPerson ? checkResidentId(number, clock.today(), 'identityNo') : checkUscc(number, 'identityNo');
  if (refusals.length > 0) throw new Refused(refusals);
  return {
    identity: identityHash(isPerson ? 'resident-id' : 'uscc', number),
    phone: sm3(`phone:${phone}`),
    address: sm3(`address:${address}`),
  };
}

async function triedLately(tx: Tx, hashes: Hashes, now: Date): Promise<Tried> {
  const [hour, minute] = [minutesAfter(now, -60), minutesAfter(now, -limits.secondsBetweenCodes / 60)];
  const { rows } = await sql<Tried>`
    select (select count(*) from portal.code where phone_hash = ${hashes.phone} and asked_at > ${minute})::integer as "phoneSinceMinute",
           (select count(*) from portal.code where phone_hash = ${hashes.phone} and asked_at > ${hour})::integer as "phoneSinceHour",
           (select count(*) from portal.code where identity_hash = ${hashes.identity} and asked_at > ${hour})::integer as "identitySinceHour",
           (select count(*) from portal.code where address_hash = ${hashes.address} and asked_at > ${hour})::integer as "addressSinceHour"`.execute(
    tx,
  );
  return rows[0]!;
}

/** Customers of that code, at whichever guarantor, whose telephone on file is this one. */
async function customersOf(tx: Tx, identity: string, phone: string): Promise<{ guarantorId: number; id: bigint }[]> {
  const { rows } = await sql<{ guarantorId: number; id: bigint }>`
    select guarantor_id as "guarantorId", id from customers.customer
     where identity_hash = ${identity} and contact_phone = ${phone}
     order by guarantor_id, id
     limit 50`.execute(tx);
  return rows;
}

/**
 * Lets a customer in by the code that was sent. Every failure reads the same (422), whatever was wrong, and counts; after too many the
 * identity waits (429). A code works once.
 */
export async function enterByCode(
  db: Db,
  clock: Clock,
  asker: Asker & { readonly code: string },
): Promise<{ token: string; expiresAt: Date }> {
  const hashes = hashesOf(asker, clock);
  const now = clock.now();
  // A refusal must not roll back that the attempt was counted.
  const outcome = await db.transaction(portalActor, async (tx) => {
    const { rows } = await sql<{
      id: bigint;
      isMatch: boolean;
      salt: string;
      codeHash: string;
      tries: number;
      wrong: number;
    }>`
      select c.id, c.is_match as "isMatch", c.salt, c.code_hash as "codeHash", c.tries,
             (select coalesce(sum(o.tries), 0) from portal.code o
               where o.identity_hash = c.identity_hash and o.asked_at > ${minutesAfter(now, -60)} and o.used_at is null)::integer as wrong
        from portal.code c
       where c.identity_hash = ${hashes.identity} and c.phone_hash = ${hashes.phone} and c.used_at is null and c.expires_at > ${now}
       order by c.id desc
       limit 1
         for update`.execute(tx);
    const found = rows[0];
    if (found && found.wrong >= limits.wrongPerIdentityAnHour) return 'too-many' as const;
    if (!found || found.tries >= limits.triesPerCode) return 'wrong' as const;
    const isRight = constantTimeEqual(sm3(`${found.salt}:${asker.code}`), found.codeHash) && found.isMatch;
    if (!isRight) {
      await sql`update portal.code set tries = tries + 1 where id = ${found.id}`.execute(tx);
      return 'wrong' as const;
    }
    await sql`update portal.code set used_at = ${now} where id = ${found.id}`.execute(tx);
    return open(tx, clock, await customersOf(tx, hashes.identity, asker.phone), now);
  });
  if (outcome === 'too-many')
    throw new Refused({ code: 'too-many-tries', message: '验证码输错次数过多，请一小时后再试' }, 429);
  if (outcome === 'wrong')
    throw new Refused({ code: 'code-wrong', field: 'code', message: '验证码不对或已过期，请核对后重试，或重新获取' });
  return outcome;
}

async function open(tx: Tx, clock: Clock, customers: readonly { guarantorId: number; id: bigint }[], now: Date) {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = minutesAfter(now, limits.sessionMinutes);
  await sql`insert into portal.session (token_hash, opened_at, expires_at) values (${sm3(token)}, ${now}, ${expiresAt})`.execute(
    tx,
  );
  await sql`
    insert into portal.session_customer (token_hash, guarantor_id, customer_id)
    select ${sm3(token)}, c.g, c.i from unnest(${customers.map((each) => each.guarantorId)}::integer[], ${customers.map((each) => String(each.id))}::bigint[]) as c (g, i)`.execute(
    tx,
  );
  await appendAudit(
    tx,
    { actor: portalActor, clock },
    {
      chain: 0,
      action: 'portal.enter',
      subject: `portal-session:${sm3(token).slice(0, 12)}`,
      detail: { customers: customers.map((each) => `${each.guarantorId}/${each.id}`) },
    },
  );
  return { token, expiresAt };
}

/** Ends a session. */
export const leave = (db: Db, clock: Clock, token: string): Promise<unknown> =>
  db.transaction(portalActor, (tx) =>
    sql`update portal.session set closed_at = ${clock.now()} where token_hash = ${sm3(token)} and closed_at is null`.execute(
      tx,
    ),
  );

/** Forgets codes and sessions of long ago. */
export const forgetOld = (db: Db, clock: Clock): Promise<void> =>
  db.transaction(portalActor, async (tx) => {
    const before = minutesAfter(clock.now(), -limits.keptDays * 24 * 60);
    await sql`delete from portal.code where asked_at < ${before}`.execute(tx);
    await sql`delete from portal.session where expires_at < ${before}`.execute(tx);
  });
