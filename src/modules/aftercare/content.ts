import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import type { ContentKind } from './contract/titles.ts';

/** What a contract says of one thing, since when it is so and when we came to know. */
export type ContentFact = {
  readonly kind: ContentKind;
  readonly before: string;
  readonly value: string;
  readonly trueFrom: Day;
  readonly learntAt: Date;
  readonly changeId: bigint;
};
type OfGuarantee = { readonly guarantorId: number; readonly guaranteeId: bigint };

/** Keeps what an approved change says, with the day from which it is true; now is when it was learnt. */
export async function learnContent(
  tx: Tx,
  context: Context,
  fact: OfGuarantee & Omit<ContentFact, 'learntAt'> & { readonly bankId: number },
): Promise<void> {
  const { guarantorId, guaranteeId, kind } = fact;
  await sql`
    insert into aftercare.content (guarantor_id, guarantee_id, kind, seq, bank_id, before, value, true_from, learnt_at, change_id)
    select ${guarantorId}, ${guaranteeId}, ${kind}, coalesce(max(seq), 0) + 1, ${fact.bankId}, ${fact.before}, ${fact.value},
           ${fact.trueFrom}::date, ${context.clock.now()}::timestamptz, ${fact.changeId}
      from aftercare.content where guarantor_id = ${guarantorId} and guarantee_id = ${guaranteeId} and kind = ${kind}`.execute(
    tx,
  );
}

/** Every change of content of a guarantee, newest first. */
export async function contentsOf(tx: Tx, of: OfGuarantee): Promise<ContentFact[]> {
  const { rows } = await sql<ContentFact>`
    select kind, before, value, true_from as "trueFrom", learnt_at as "learntAt", change_id as "changeId"
      from aftercare.content where guarantor_id = ${of.guarantorId} and guarantee_id = ${of.guaranteeId}
     order by true_from desc, change_id desc limit 200`.execute(tx);
  return rows;
}

/** What held on a day as it was known at an instant (as known now where none is given): the fact of each kind that ever changed. */
export async function contentOn(tx: Tx, of: OfGuarantee, on: Day, knownAt?: Date): Promise<ContentFact[]> {
  const { rows } = await sql<ContentFact>`
    select distinct on (kind) kind, before, value, true_from as "trueFrom", learnt_at as "learntAt", change_id as "changeId"
      from aftercare.content
     where guarantor_id = ${of.guarantorId} and guarantee_id = ${of.guaranteeId} and true_from <= ${on}::date
       and (${knownAt ?? null}::timestamptz is null or learnt_at <= ${knownAt ?? null}::timestamptz)
     order by kind, true_from desc, seq desc`.execute(tx);
  return rows;
}
