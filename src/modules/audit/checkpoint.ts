import { sql } from 'kysely';
import type { Signer } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { openSigner } from '../../platform/signers.ts';
import { checkpointText } from './verify.ts';

/** Signs (SM2) the head of every chain that moved since its last checkpoint; returns how many. Run daily by the program. */
export async function checkpointAudit(tx: Tx, context: Context, signer: Signer): Promise<number> {
  const { rows } = await sql<{ chain_id: number; seq: bigint; hash: string }>`
    select h.chain_id, h.seq, h.hash
      from audit.head h
     where not exists (select from audit.checkpoint c
                        where c.chain_id = h.chain_id and c.seq = h.seq and c.public_key = ${signer.publicKey})
     order by h.chain_id`.execute(tx);
  if (rows.length === 0) return 0;
  const at = context.clock.now();
  const signed = rows.map((row) => ({
    chain_id: row.chain_id,
    seq: String(row.seq),
    hash: row.hash,
    signature: signer.sign(checkpointText(row.chain_id, row.seq, row.hash, at)),
  }));
  await sql`
    insert into audit.checkpoint (chain_id, seq, hash, signed_at, signer, public_key, signature)
    select chain_id, seq, hash, ${at}, ${signer.name}, ${signer.publicKey}, signature
      from jsonb_to_recordset(${JSON.stringify(signed)}::jsonb) as s (chain_id integer, seq bigint, hash text, signature text)
    on conflict do nothing`.execute(tx);
  return rows.length;
}

/**
 * Whose checkpoints count: this installation's own key, and those it had before (RONGDAN_AUDIT_KEYS, public keys parted by commas).
 */
export async function trustedKeys(env: Readonly<Record<string, string | undefined>> = process.env): Promise<string[]> {
  const former = (env.RONGDAN_AUDIT_KEYS ?? '')
    .split(',')
    .map((key) => key.trim())
    .filter(Boolean);
  return [(await openSigner('audit', env)).publicKey, ...former];
}
