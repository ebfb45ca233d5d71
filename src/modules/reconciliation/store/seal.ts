import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sql } from 'kysely';
import { canonicalJson } from '../../../platform/crypto/index.ts';
import { copyOutOf, type Tx } from '../../../platform/db.ts';
import { storedColumns } from '../other-side.ts';

export type SealRecord = {
  contentHash: string;
  signature: string;
  signer: string;
  publicKey: string;
  sealedByName: string;
  sealedAt: Date;
  names: SealedNames;
};

/** The run's seal; undefined when it is not sealed. */
export async function loadSeal(tx: Tx, runId: bigint): Promise<SealRecord | undefined> {
  const { rows } = await sql<SealRecord>`
    select s.content_hash as "contentHash", s.signature, s.signer, s.public_key as "publicKey", coalesce(u.name, '系统或他机构人员') as "sealedByName",
           s.sealed_at as "sealedAt", s.names
      from reconciliation.seal s
      left join identity.user_account u on u.id = s.sealed_by
     where s.run_id = ${runId}`.execute(tx);
  return rows[0];
}

/** Closes the run for ever. The run is marked before the seal stands: afterwards nothing of it can be written. */
export async function insertSeal(
  tx: Tx,
  runId: bigint,
  seal: {
    contentHash: string;
    signature: string;
    signer: string;
    publicKey: string;
    sealedBy: number;
    sealedAt: Date;
    names: SealedNames;
  },
): Promise<void> {
  await sql`update reconciliation.run set status = 'sealed' where id = ${runId}`.execute(tx);
  await sql`
    insert into reconciliation.seal (run_id, content_hash, signature, signer, public_key, sealed_by, sealed_at, names)
    values (${runId}, ${seal.contentHash}, ${seal.signature}, ${seal.signer}, ${seal.publicKey}, ${seal.sealedBy}, ${seal.sealedAt},
      ${JSON.stringify(seal.names)})`.execute(tx);
}

/** The names a print shows, as they are on the day of the seal. */
export type SealedNames = { readonly institutions: Record<string, string>; readonly users: Record<string, string> };

/** The names of everyone and every institution that the run mentions, and of the province. */
export async function namesOf(tx: Tx, runId: bigint): Promise<SealedNames> {
  const { rows } = await sql<SealedNames>`
    select (select coalesce(jsonb_object_agg(i.id, i.short_name), '{}') from institutions.institution i
             where i.id in (select s.guarantor_id from reconciliation.slice s where s.run_id = ${runId})) as institutions,
           (select coalesce(jsonb_object_agg(u.id, u.name), '{}') from identity.user_account u
             where u.id in (select d.resolved_by from reconciliation.difference d where d.run_id = ${runId})
                or u.id = (select r.started_by from reconciliation.run r where r.id = ${runId})) as users`.execute(tx);
  return rows[0]!;
}

/**
 * SM3 over everything a sealed run says: its declarations and inputs, its counts and sums, every difference with how it was
 * resolved, and the names printed. Columns are named one by one, so that a later column changes no old hash.
 * Needs sight of all its rows; memory holds one page.
 */
export async function contentHashOf(tx: Tx, runId: bigint, names: SealedNames): Promise<string> {
  await sql`select set_config('timezone', 'UTC', true)`.execute(tx);
  const hash = createHash('sm3').update(`${canonicalJson(names)}\n`);
  const add = (rows: readonly { row: string }[]) => {
    for (const { row } of rows) hash.update(`${row}\n`);
  };
  const run = await sql<{ row: string }>`
    select jsonb_build_array(id, key, guarantor_id, as_of_on, known_at, other_side, source_name, upload_id, ours, theirs, fields, tolerances,
             source_hash, records_hash, records_count, previous_run_id, started_by, started_at, finished_at)::text as row
      from reconciliation.run
     where id = ${runId}`.execute(tx);
  add(run.rows);
  const slices = await sql<{ row: string }>`
    select jsonb_build_array(guarantor_id, county, ours_count, theirs_count, matched, different, only_ours, only_theirs, duplicate_key,
             null_key, ours_sums, theirs_sums, tolerated_sums)::text as row
      from reconciliation.slice
     where run_id = ${runId}
     order by guarantor_id, county
     limit 100000`.execute(tx);
  add(slices.rows);
  for (let after = 0n; ; ) {
    const { rows } = await sql<{ id: bigint; row: string }>`
      select id, jsonb_build_array(id, guarantor_id, guarantee_id, county, institution_code, contract_no, line, kind, field, ours, theirs,
               delta_fen, deltas, cause, reason, evidence, first_seen_on, previous_id, owner_institution_id, owner_user_id, status,
               resolution, evidence_reference, resolved_by, resolved_at, version)::text as row
        from reconciliation.difference
       where run_id = ${runId} and id > ${after}
       order by id
       limit 2000`.execute(tx);
    add(rows);
    if (rows.length < 2000) return hash.digest('hex');
    after = rows.at(-1)!.id;
  }
}

/** SM3 over the other side's records as they stand in the database now, in line order: must be the run's records_hash. */
export async function recordsHashOf(tx: Tx, runId: bigint): Promise<string> {
  const hash = createHash('sm3');
  const rows = copyOutOf(
    tx,
    `select ${storedColumns.join(', ')} from reconciliation.seen_other_record where run_id = ${runId} order by line`,
  );
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      hash.update(chunk);
      done();
    },
  });
  await pipeline(rows, sink);
  return hash.digest('hex');
}
