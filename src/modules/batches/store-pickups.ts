import { sql } from 'kysely';
import type { Tx } from '../../platform/db.ts';

/** Advisory locks of visits under way; the second key is the bank. */
export const pickupLockClass = 20_241;

export type PickupKey = {
  readonly bankId: number;
  readonly name: string;
  readonly bytes: bigint;
  readonly modifiedAt: bigint;
};
/** A file seen on a bank's server and how far it has come. */
export type Pickup = PickupKey & {
  readonly seenAt: Date;
  readonly state: 'seen' | 'taken' | 'answered' | 'done' | 'refused';
};

/** The bank of a source. Throws where its code is nobody's: a source that is set up wrongly. */
export async function sourceBank(tx: Tx, code: string): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    select id from institutions.institution where kind = 'bank' and code = ${code}`.execute(tx);
  if (!rows[0]) throw new Error(`没有代码为 ${code} 的银行，请核对 SFTP 来源的设置`);
  return rows[0].id;
}

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
  made: { state: Pickup['state']; batchId: bigint | null; problem: string | null },
  now: Date,
): Promise<void> {
  await sql`
    update batches.pickup set state = ${made.state}, batch_id = ${made.batchId}, problem = ${made.problem}, changed_at = ${now}
     where bank_id = ${key.bankId} and name = ${key.name} and bytes = ${key.bytes} and modified_at = ${key.modifiedAt}`.execute(
    tx,
  );
}
