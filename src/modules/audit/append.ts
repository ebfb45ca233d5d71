import { sql } from 'kysely';
import { canonicalJson, sm3 } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';

/** What happened, for the audit log. `chain` is a guarantor's id, or 0 for the platform. */
export type AuditRecord = {
  readonly chain: number;
  /** Module and verb, e.g. 'guarantees.issue'. */
  readonly action: string;
  /** What it was done to, e.g. 'guarantee:1/42'. */
  readonly subject: string;
  /** Anything canonical JSON can carry; no personal data in the clear. */
  readonly detail: unknown;
};

/** The fields the hash of an entry covers; `previous` is the hash of the entry before it. */
export type AuditFacts = {
  readonly chain: number;
  readonly seq: bigint;
  readonly recordedAt: Date;
  readonly userId: number;
  readonly action: string;
  readonly subject: string;
  readonly detail: string;
  readonly previous: string;
};

/** The previous hash of the first entry of every chain. */
export const genesis = '0'.repeat(64);

/** The hash of one entry: SM3 over the canonical JSON of its facts, the hash before it included. */
export const hashOfEntry = (facts: AuditFacts): string =>
  sm3(
    canonicalJson([
      facts.chain,
      facts.seq,
      facts.recordedAt.toISOString(),
      facts.userId,
      facts.action,
      facts.subject,
      facts.detail,
      facts.previous,
    ]),
  );

/**
 * Adds one entry to a chain, in the caller's transaction: it stands or falls with what it records.
 * Locks the chain until commit, so call it last. Throws when the transaction's actor is not the context's.
 */
export async function appendAudit(
  tx: Tx,
  context: Context,
  record: AuditRecord,
): Promise<{ seq: bigint; hash: string }> {
  const detail = canonicalJson(record.detail ?? {});
  await sql`select pg_advisory_xact_lock(${lockClass}, ${record.chain})`.execute(tx);
  const head = await tx
    .selectFrom('audit.head')
    .select(['seq', 'hash'])
    .where('chain_id', '=', record.chain)
    .executeTakeFirst();
  const facts: AuditFacts = {
    chain: record.chain,
    seq: (head?.seq ?? 0n) + 1n,
    recordedAt: context.clock.now(),
    userId: context.actor.userId,
    action: record.action,
    subject: record.subject,
    detail,
    previous: head?.hash ?? genesis,
  };
  const hash = hashOfEntry(facts);
  await tx
    .insertInto('audit.entry')
    .values({
      chain_id: facts.chain,
      seq: facts.seq,
      recorded_at: facts.recordedAt,
      user_id: facts.userId,
      action: facts.action,
      subject: facts.subject,
      detail,
      previous_hash: facts.previous,
      hash,
    })
    .execute();
  await tx
    .insertInto('audit.head')
    .values({ chain_id: facts.chain, seq: facts.seq, hash })
    .onConflict((conflict) => conflict.column('chain_id').doUpdateSet({ seq: facts.seq, hash }))
    .execute();
  return { seq: facts.seq, hash };
}

// Any constant does: it keeps the chains' locks apart from other advisory locks.
const lockClass = 1505;
