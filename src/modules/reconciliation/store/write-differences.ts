import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../../../platform/db.ts';
import type { ResolveDifference } from '../contract.ts';

/** Resolves the run's differences that satisfy, with their history, in two set-based statements; answers how many. */
export async function resolveWhere(
  tx: Tx,
  runId: bigint,
  where: RawBuilder<unknown>,
  resolution: ResolveDifference,
  by: { userId: number; now: Date },
): Promise<number> {
  const isOpen = resolution.status === 'open';
  const { rows } = await sql<{ guarantorId: number; id: bigint }>`
    update reconciliation.difference d
       set status = ${resolution.status}, version = version + 1,
           resolution = ${isOpen ? null : resolution.resolution}, evidence_reference = ${isOpen ? null : (resolution.evidenceReference ?? null)},
           resolved_by = ${isOpen ? null : by.userId}, resolved_at = ${isOpen ? null : by.now}
     where d.run_id = ${runId} and ${where}
    returning d.guarantor_id as "guarantorId", d.id`.execute(tx);
  await addEvents(tx, runId, rows, {
    kind: isOpen ? 'reopened' : resolution.status,
    body: resolution.resolution,
    evidenceReference: resolution.evidenceReference ?? null,
    userId: by.userId,
  });
  return rows.length;
}

/** Adds the same event to each difference. */
export async function addEvents(
  tx: Tx,
  runId: bigint,
  of: readonly { guarantorId: number; id: bigint }[],
  event: { kind: string; body: string; evidenceReference: string | null; userId: number },
): Promise<void> {
  await sql`
    insert into reconciliation.event (guarantor_id, difference_id, run_id, kind, body, evidence_reference, user_id)
    select k.guarantor_id, k.id, ${runId}, ${event.kind}, ${event.body}, ${event.evidenceReference}, ${event.userId}
      from unnest(${of.map((each) => each.guarantorId)}::integer[], ${of.map((each) => String(each.id))}::bigint[]) as k(guarantor_id, id)`.execute(
    tx,
  );
}

/** Gives a difference an owner (null: takes it away). */
export const setOwner = (tx: Tx, id: bigint, ownerUserId: number | null) =>
  sql`update reconciliation.difference set owner_user_id = ${ownerUserId}, version = version + 1 where id = ${id}`.execute(
    tx,
  );
