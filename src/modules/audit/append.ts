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

/** The newest seq and hash of a chain, locked until commit. */
export type AuditHead = { readonly seq: bigint; readonly hash: string };

/**
 * Adds one entry to a chain, in the caller's transaction: it stands or falls with what it records. Locks the chain until commit
 * (`audit.lock_head`), so call it last. `locked` spares the look where the caller's own statement locked the head already.
 * Throws when the transaction's actor is not the context's.
 */
export async function appendAudit(
  tx: Tx,
  context: Context,
  record: AuditRecord,
  locked?: AuditHead | 'empty',
): Promise<{ seq: bigint; hash: string }> {
  const detail = canonicalJson(record.detail ?? {});
  const head = locked === 'empty' ? undefined : (locked ?? (await lockHead(tx, record.chain)));
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
  await sql`select audit.append(${facts.chain}, ${facts.seq}, ${facts.recordedAt}, ${facts.userId}, ${facts.action}, ${facts.subject},
    ${detail}, ${facts.previous}, ${hash})`.execute(tx);
  return { seq: facts.seq, hash };
}

async function lockHead(tx: Tx, chain: number): Promise<AuditHead | undefined> {
  const { rows } = await sql<AuditHead>`select seq, hash from audit.lock_head(${chain})`.execute(tx);
  return rows[0];
}
