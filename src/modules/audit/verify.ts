import { sql } from 'kysely';
import { verify as isSignedBy } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import { genesis, hashOfEntry } from './append.ts';

/** One place where the audit log is not as it was written. `seq` is where to look. */
export type AuditFinding = {
  readonly chain: number;
  readonly seq: bigint;
  readonly kind: 'changed' | 'removed' | 'inserted' | 'head' | 'checkpoint';
  readonly message: string;
};

type Entry = {
  chain_id: number;
  seq: bigint;
  recorded_at: Date;
  user_id: number;
  action: string;
  subject: string;
  detail: string;
  previous_hash: string;
  hash: string;
};
type Link = { readonly seq: bigint; readonly hash: string };
type Head = { chain_id: number; seq: bigint; hash: string };

const batchRows = 5_000;

/**
 * Walks every chain from its first entry and names each changed, removed or inserted one; empty when the log is whole.
 * Memory stays flat: 5,000 entries at a time. The transaction must see every entry (the program's, the province's, the
 * audit administrator's). Signatures count only of `trustedKeys`, where those are given.
 */
export async function verifyAudit(tx: Tx, trustedKeys?: readonly string[]): Promise<AuditFinding[]> {
  const findings: AuditFinding[] = [];
  const ends = new Map<number, Link>();
  let walk: Walk | undefined;
  for (let after: Entry | undefined; ; ) {
    const batch = await entriesAfter(tx, after);
    for (const entry of batch) {
      if (walk?.chain !== entry.chain_id) {
        if (walk) ends.set(walk.chain, walk.last);
        walk = newWalk(entry.chain_id);
      }
      step(walk, entry, findings);
    }
    after = batch.at(-1);
    if (batch.length < batchRows) break;
  }
  if (walk) ends.set(walk.chain, walk.last);
  checkHeads(ends, await headsOf(tx), findings);
  await checkCheckpoints(tx, trustedKeys, findings);
  return findings;
}

type Walk = { readonly chain: number; before: Link; last: Link };
const start: Link = { seq: 0n, hash: genesis };
const newWalk = (chain: number): Walk => ({ chain, before: start, last: start });

/** Judges one entry against the one before it and against its own hash. What is stored goes on as the next one's basis. */
function step(walk: Walk, entry: Entry, findings: AuditFinding[]): void {
  const { last, before, chain } = walk;
  const found = (kind: AuditFinding['kind'], seq: bigint, message: string) =>
    findings.push({ chain, seq, kind, message: `${nameOf(chain)}第 ${seq} 条：${message}` });
  const gap = entry.seq > last.seq + 1n;
  if (gap) {
    const until = entry.seq - 1n;
    found('removed', last.seq + 1n, last.seq + 1n === until ? '记录被删除' : `至第 ${until} 条记录被删除`);
  }
  const own = hashOfEntry({
    chain,
    seq: entry.seq,
    recordedAt: entry.recorded_at,
    userId: entry.user_id,
    action: entry.action,
    subject: entry.subject,
    detail: entry.detail,
    previous: entry.previous_hash,
  });
  if (own !== entry.hash) found('changed', entry.seq, '内容与摘要不符，记录被改动');
  else if (!gap && entry.previous_hash !== last.hash) {
    // The next one links past the last one: that one was put in between. Otherwise this one took another's place.
    if (last.seq > 0n && entry.previous_hash === before.hash) found('inserted', last.seq, '不在原链上，是后来插入的');
    else found('changed', entry.seq, '与前一条的摘要不衔接，前一条被替换或本条被插入');
  }
  walk.before = last;
  walk.last = { seq: entry.seq, hash: entry.hash };
}

function checkHeads(ends: ReadonlyMap<number, Link>, heads: readonly Head[], findings: AuditFinding[]): void {
  const known = new Map(heads.map((head) => [head.chain_id, head]));
  for (const head of heads) {
    const end = ends.get(head.chain_id) ?? start;
    const found = (kind: AuditFinding['kind'], seq: bigint, message: string) =>
      findings.push({ chain: head.chain_id, seq, kind, message: `${nameOf(head.chain_id)}第 ${seq} 条：${message}` });
    if (end.seq < head.seq) found('removed', end.seq + 1n, `至第 ${head.seq} 条记录从末尾被删除`);
    else if (end.seq > head.seq) found('inserted', head.seq + 1n, '链尾之后多出记录，是后来插入的');
    else if (end.hash !== head.hash) found('head', head.seq, '与链头登记的摘要不符，末条被替换或链头被改动');
  }
  for (const [chain, end] of ends)
    if (!known.has(chain))
      findings.push({ chain, seq: end.seq, kind: 'head', message: `${nameOf(chain)}第 ${end.seq} 条：链头登记被删除` });
}

/** What a checkpoint's signature covers. */
export const checkpointText = (chain: number, seq: bigint, hash: string, signedAt: Date): string =>
  `audit-checkpoint\n${chain}\n${seq}\n${hash}\n${signedAt.toISOString()}`;

type Checkpoint = Head & { signed_at: Date; public_key: string; signature: string; now: string | null };

/** Every checkpoint's signature, and whether the entry it sealed still has the hash it had. At most the newest 10,000. */
async function checkCheckpoints(
  tx: Tx,
  trustedKeys: readonly string[] | undefined,
  findings: AuditFinding[],
): Promise<void> {
  const { rows } = await sql<Checkpoint>`
    select c.chain_id, c.seq, c.hash, c.signed_at, c.public_key, c.signature, e.hash as now
      from audit.checkpoint c
      left join audit.entry e on e.chain_id = c.chain_id and e.seq = c.seq
     order by c.signed_at desc, c.chain_id, c.seq
     limit 10000`.execute(tx);
  for (const row of rows) {
    const found = (message: string) =>
      findings.push({
        chain: row.chain_id,
        seq: row.seq,
        kind: 'checkpoint',
        message: `${nameOf(row.chain_id)}第 ${row.seq} 条：${message}`,
      });
    const text = checkpointText(row.chain_id, row.seq, row.hash, row.signed_at);
    if (trustedKeys && !trustedKeys.includes(row.public_key)) found('签名封存点不是本系统密钥所签');
    else if (!isSignedBy(text, row.signature, row.public_key)) found('签名封存点的签名无效，封存点被改动');
    else if (row.now !== row.hash) found('与签名封存时不同，该条或其前的记录被重写');
  }
}

const nameOf = (chain: number): string => (chain === 0 ? '平台审计链' : `机构 ${chain} 审计链`);

async function entriesAfter(tx: Tx, after: Entry | undefined): Promise<Entry[]> {
  const { rows } = await sql<Entry>`
    select chain_id, seq, recorded_at, user_id, action, subject, detail, previous_hash, hash
      from audit.entry
     where (chain_id, seq) > (${after?.chain_id ?? -2147483648}::integer, ${after?.seq ?? 0n}::bigint)
     order by chain_id, seq
     limit ${batchRows}`.execute(tx);
  return rows;
}

const headsOf = async (tx: Tx): Promise<Head[]> =>
  (await sql<Head>`select chain_id, seq, hash from audit.head order by chain_id`.execute(tx)).rows;
