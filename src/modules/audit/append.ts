import { sql } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
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
 * (`audit.lock_head`), so call it last. Throws when the transaction's actor is not the context's.
 */
export async function appendAudit(
  tx: Tx,
  context: Context,
  { chain, ...record }: AuditRecord,
): Promise<{ seq: bigint; hash: string }> {
  return appendAuditAll(tx, context.clock, chain, [{ ...record, userId: context.actor.userId }]);
}

/** One of several entries: what happened, and who did it. */
export type AuditRecordBy = Omit<AuditRecord, 'chain'> & { readonly userId: number };

/**
 * Adds entries to one chain in their order, in one statement; answers the head after them. `locked` spares the look where the caller's
 * own statement locked the head already. With `forOthers` the program writes each entry as the person it names; otherwise all are the
 * transaction's own actor, or it throws. There must be at least one.
 */
export async function appendAuditAll(
  tx: Tx,
  clock: Clock,
  chain: number,
  records: readonly AuditRecordBy[],
  { locked, forOthers = false }: { locked?: AuditHead | 'empty'; forOthers?: boolean } = {},
): Promise<AuditHead> {
  let head: AuditHead | undefined = locked === 'empty' ? undefined : (locked ?? (await lockHead(tx, chain)));
  const recordedAt = clock.now();
  const made = records.map(({ userId, action, subject, detail }) => {
    const text = canonicalJson(detail ?? {});
    const [seq, previous] = [(head?.seq ?? 0n) + 1n, head?.hash ?? genesis];
    const hash = hashOfEntry({ chain, seq, recordedAt, userId, action, subject, detail: text, previous });
    head = { seq, hash };
    return {
      seq: String(seq),
      at: recordedAt.toISOString(),
      by: userId,
      action,
      subject,
      detail: text,
      previous,
      hash,
    };
  });
  if (!head || made.length === 0) throw new Error('没有要记入审计日志的内容');
  await sql`select audit.append_all(${chain}, ${JSON.stringify(made)}::jsonb, ${forOthers})`.execute(tx);
  return head;
}

async function lockHead(tx: Tx, chain: number): Promise<AuditHead | undefined> {
  const { rows } = await sql<AuditHead>`select seq, hash from audit.lock_head(${chain})`.execute(tx);
  return rows[0];
}
