import { sql } from 'kysely';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';

/** Advisory locks of visits under way; the second key is the bank. */
export const pickupLockClass = 20_241;

export type PickupKey = {
  readonly bankId: number;
  readonly name: string;
  readonly bytes: bigint;
  readonly modifiedAt: bigint;
};
export type PickupState = 'seen' | 'taken' | 'answered' | 'done' | 'refused';
/** A file seen on a bank's server and how far it has come. */
export type Pickup = PickupKey & { readonly seenAt: Date; readonly state: PickupState };

/** A file as first seen with this size and time; noted now where it is new. */
export async function pickupOf(tx: Tx, key: PickupKey, now: Date): Promise<Pickup> {
  await sql`
    insert into batches.pickup (bank_id, name, bytes, modified_at, seen_at, changed_at)
    values (${key.bankId}, ${key.name}, ${key.bytes}, ${key.modifiedAt}, ${now}, ${now}) on conflict do nothing`.execute(
    tx,
  );
  const { rows } = await sql<Pickup>`
    select bank_id as "bankId", name, bytes, modified_at as "modifiedAt", seen_at as "seenAt", state
      from batches.pickup
     where bank_id = ${key.bankId} and name = ${key.name} and bytes = ${key.bytes} and modified_at = ${key.modifiedAt}`.execute(
    tx,
  );
  return rows[0]!;
}

/** Notes how far it has come. */
export async function savePickup(
  tx: Tx,
  key: PickupKey,
  made: { state: PickupState; batchId: bigint | null; problem: string | null },
  now: Date,
): Promise<void> {
  await sql`
    update batches.pickup set state = ${made.state}, batch_id = ${made.batchId}, problem = ${made.problem}, changed_at = ${now}
     where bank_id = ${key.bankId} and name = ${key.name} and bytes = ${key.bytes} and modified_at = ${key.modifiedAt}`.execute(
    tx,
  );
}

export type PickupRow = {
  id: bigint;
  bankId: number;
  bankName: string;
  name: string;
  bytes: bigint;
  seenAt: Date;
  changedAt: Date;
  state: PickupState;
  problem: string | null;
  batchId: bigint | null;
  accepted: number | null;
  bad: number | null;
};

/** Files seen on the servers of banks the caller may see, newest first, with what the batch made of each. */
export async function listPickups(
  tx: Tx,
  filter: { bankId?: number | undefined; state?: string | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<PickupRow>> {
  const [afterId] = keysOf(after, 1) ?? ['9223372036854775807'];
  const { rows } = await sql<PickupRow>`
    select p.id, p.bank_id as "bankId", i.short_name as "bankName", p.name, p.bytes, p.seen_at as "seenAt", p.changed_at as "changedAt", p.state,
           p.problem, p.batch_id as "batchId", c.accepted, c.bad
      from batches.pickup p
      join institutions.institution i on i.id = p.bank_id
      left join lateral (select sum(c.accepted)::integer as accepted, sum(c.needs_completing + c.refused)::integer as bad
                           from batches.chunk c where c.batch_id = p.batch_id) c on true
     where p.id < ${afterId}::bigint
       and (${filter.bankId ?? null}::integer is null or p.bank_id = ${filter.bankId ?? null})
       and (${filter.state ?? null}::text is null or p.state = ${filter.state ?? null})
     order by p.id desc limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? cursorOf(page.at(-1)!.id) : null };
}

/** What a visit found: files answered, refused, and not yet complete. */
export type Visit = { readonly answered: string[]; readonly refused: string[]; readonly waiting: string[] };

/** Notes that a visit begins; its id. */
export async function beginVisit(tx: Tx, bankId: number, userId: number, now: Date): Promise<bigint> {
  const { rows } = await sql<{ id: bigint }>`
    insert into batches.visit (bank_id, started_at, started_by) values (${bankId}, ${now}, ${userId}) returning id`.execute(
    tx,
  );
  return rows[0]!.id;
}

/** Notes how a visit ended. */
export async function endVisit(
  tx: Tx,
  id: bigint,
  { answered, refused, waiting, problem }: Visit & { problem: string | null },
  now: Date,
): Promise<void> {
  await sql`
    update batches.visit set ended_at = ${now}, answered = ${answered}::text[], refused = ${refused}::text[], waiting = ${waiting}::text[],
           problem = ${problem}
     where id = ${id}`.execute(tx);
}

export type VisitRow = Visit & {
  id: bigint;
  bankId: number;
  bankName: string;
  startedAt: Date;
  startedBy: string | null;
  endedAt: Date | null;
  /** Begun and not ended, and nobody holds the bank: its process died. */
  isBroken: boolean;
  problem: string | null;
};

/** Visits the caller may see, newest first. */
export async function listVisits(
  tx: Tx,
  filter: { bankId?: number | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<VisitRow>> {
  const [afterId] = keysOf(after, 1) ?? ['9223372036854775807'];
  const { rows } = await sql<VisitRow>`
    select v.id, v.bank_id as "bankId", i.short_name as "bankName", v.started_at as "startedAt", batches.who(v.started_by) as "startedBy",
           v.ended_at as "endedAt", v.answered, v.refused, v.waiting, v.problem,
           v.ended_at is null and not exists (
             select from pg_locks l where l.locktype = 'advisory' and l.classid = ${sql.lit(pickupLockClass)} and l.objid = v.bank_id::oid
                                      and l.objsubid = 2 and l.granted) as "isBroken"
      from batches.visit v
      join institutions.institution i on i.id = v.bank_id
     where v.id < ${afterId}::bigint and (${filter.bankId ?? null}::integer is null or v.bank_id = ${filter.bankId ?? null})
     order by v.id desc limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? cursorOf(page.at(-1)!.id) : null };
}
