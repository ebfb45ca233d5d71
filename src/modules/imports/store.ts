import { sql } from 'kysely';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import type { ImportProfile, Phase, Reason, Verdict } from './contract.ts';

/** Advisory locks of running passes; the second key is the batch. */
export const passLockClass = 20_180;

export type FileRow = {
  guarantorId: number;
  id: bigint;
  hash: string;
  name: string;
  bytes: bigint;
  kind: 'csv' | 'xlsx';
  encoding: string | null;
  delimiter: string | null;
  sheets: string[];
  path: string;
};

const fileColumns = sql`guarantor_id as "guarantorId", id, hash, name, bytes, kind, encoding, delimiter, sheets, path`;

/** Registers a file; the same content of the same institution is the file already there. */
export async function insertFile(tx: Tx, file: Omit<FileRow, 'id'>, userId: number): Promise<FileRow> {
  await sql`
    insert into imports.file (guarantor_id, hash, name, bytes, kind, encoding, delimiter, sheets, path, recorded_by)
    values (${file.guarantorId}, ${file.hash}, ${file.name}, ${file.bytes}, ${file.kind}, ${file.encoding}, ${file.delimiter},
            ${file.sheets}::text[], ${file.path}, ${userId})
    on conflict (guarantor_id, hash) do update set path = excluded.path`.execute(tx);
  const { rows } = await sql<FileRow>`
    select ${fileColumns} from imports.file where guarantor_id = ${file.guarantorId} and hash = ${file.hash}`.execute(
    tx,
  );
  return rows[0]!;
}

/** A file, or undefined when it does not exist for the caller. */
export async function fileById(tx: Tx, guarantorId: number, id: bigint): Promise<FileRow | undefined> {
  const { rows } = await sql<FileRow>`
    select ${fileColumns} from imports.file where guarantor_id = ${guarantorId} and id = ${id}`.execute(tx);
  return rows[0];
}

export type ProfileRow = {
  guarantorId: number;
  code: string;
  version: number;
  title: string;
  target: 'guarantee' | 'movement';
  hash: string;
  body: ImportProfile;
  recordedAt: Date;
};

const profileColumns = sql`guarantor_id as "guarantorId", code, version, title, target, hash, body, recorded_at as "recordedAt"`;

/** The newest version of each profile the caller may see. */
export async function newestProfiles(tx: Tx, guarantorId: number): Promise<ProfileRow[]> {
  const { rows } = await sql<ProfileRow>`
    select distinct on (code) ${profileColumns} from imports.profile
     where guarantor_id = ${guarantorId} order by code, version desc limit 500`.execute(tx);
  return rows;
}

/** Saves a profile as a new version, unless its newest version says the same. */
export async function insertProfile(
  tx: Tx,
  guarantorId: number,
  profile: ImportProfile,
  hash: string,
  userId: number,
): Promise<ProfileRow> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`profile:${guarantorId}:${profile.code}`}, 20))`.execute(
    tx,
  );
  await sql`
    insert into imports.profile (guarantor_id, code, version, title, target, body, hash, recorded_by)
    select ${guarantorId}, ${profile.code}, coalesce(max(version), 0) + 1, ${profile.title}, ${profile.target},
           ${JSON.stringify(profile)}::jsonb, ${hash}, ${userId}
      from imports.profile
     where guarantor_id = ${guarantorId} and code = ${profile.code}
    having coalesce((array_agg(hash order by version desc))[1], '') <> ${hash}`.execute(tx);
  const { rows } = await sql<ProfileRow>`
    select ${profileColumns} from imports.profile
     where guarantor_id = ${guarantorId} and code = ${profile.code} order by version desc limit 1`.execute(tx);
  return rows[0]!;
}

/** Registers a batch; the same file with the same profile is the batch already there. */
export async function insertBatch(
  tx: Tx,
  batch: { guarantorId: number; fileId: bigint; profile: ImportProfile; profileHash: string },
  userId: number,
): Promise<bigint> {
  await sql`
    insert into imports.batch (guarantor_id, file_id, profile_code, profile, profile_hash, recorded_by)
    values (${batch.guarantorId}, ${batch.fileId}, ${batch.profile.code}, ${JSON.stringify(batch.profile)}::jsonb, ${batch.profileHash}, ${userId})
    on conflict do nothing`.execute(tx);
  const { rows } = await sql<{ id: bigint }>`
    select id from imports.batch
     where guarantor_id = ${batch.guarantorId} and file_id = ${batch.fileId} and profile_hash = ${batch.profileHash}`.execute(
    tx,
  );
  return rows[0]!.id;
}

export type PassRow = {
  passNo: number;
  kind: 'check' | 'commit';
  take: 'good' | 'all';
  chunkRows: number;
  state: 'running' | 'done' | 'failed';
  failure: string | null;
  recordedBy: number;
  doneChunks: number;
};

/** The newest pass of a batch with the chunks it has finished. */
export async function newestPass(tx: Tx, guarantorId: number, batchId: bigint): Promise<PassRow | undefined> {
  const { rows } = await sql<PassRow>`
    select pass_no as "passNo", kind, take, chunk_rows as "chunkRows", state, failure, recorded_by as "recordedBy",
           coalesce((select max(chunk_no) from imports.chunk c
                      where c.guarantor_id = p.guarantor_id and c.batch_id = p.batch_id and c.pass_no = p.pass_no), 0) as "doneChunks"
      from imports.pass p where guarantor_id = ${guarantorId} and batch_id = ${batchId} order by pass_no desc limit 1`.execute(
    tx,
  );
  return rows[0];
}

/** Opens the next pass of a batch. */
export async function insertPass(
  tx: Tx,
  pass: { guarantorId: number; batchId: bigint; kind: 'check' | 'commit'; take: 'good' | 'all'; chunkRows: number },
  userId: number,
): Promise<number> {
  const { rows } = await sql<{ passNo: number }>`
    insert into imports.pass (guarantor_id, batch_id, pass_no, kind, take, chunk_rows, recorded_by)
    select ${pass.guarantorId}, ${pass.batchId}, coalesce(max(pass_no), 0) + 1, ${pass.kind}, ${pass.take}, ${pass.chunkRows}, ${userId}
      from imports.pass where guarantor_id = ${pass.guarantorId} and batch_id = ${pass.batchId}
    returning pass_no as "passNo"`.execute(tx);
  return rows[0]!.passNo;
}

/** Closes a pass, or opens a failed one again. */
export async function setPassState(
  tx: Tx,
  pass: { guarantorId: number; batchId: bigint; passNo: number },
  state: 'running' | 'done' | 'failed',
  failure: string | null,
): Promise<void> {
  await sql`
    update imports.pass set state = ${state}, failure = ${failure}, ended_at = case when ${state} = 'running' then null else clock_timestamp() + kernel.ahead() end
     where guarantor_id = ${pass.guarantorId} and batch_id = ${pass.batchId} and pass_no = ${pass.passNo}`.execute(tx);
}

export type BatchRow = {
  guarantorId: number;
  guarantorName: string;
  id: bigint;
  fileId: bigint;
  fileName: string;
  fileHash: string;
  fileBytes: bigint;
  fileKind: 'csv' | 'xlsx';
  path: string;
  profile: ImportProfile;
  profileCode: string;
  recordedAt: Date;
  recordedBy: string;
  phase: Phase;
  failure: string | null;
  accepted: number;
  already: number;
  needsCompleting: number;
  refused: number;
  movements: number;
  bytesDone: bigint;
  seconds: number;
  passNo: number | null;
};

const batchSelect = sql`
  select b.guarantor_id as "guarantorId", g.short_name as "guarantorName", b.id, b.file_id as "fileId", f.name as "fileName",
         f.hash as "fileHash", f.bytes as "fileBytes", f.kind as "fileKind", f.path, b.profile, b.profile_code as "profileCode",
         b.recorded_at as "recordedAt", u.name as "recordedBy", p.failure, p.pass_no as "passNo",
         case when p.state is null then 'registered'
              when p.state = 'failed' then 'failed'
              when p.state = 'done' then case p.kind when 'check' then 'checked' else 'committed' end
              when not exists (select from pg_locks l where l.locktype = 'advisory' and l.classid = ${sql.lit(passLockClass)}
                                 and l.objid = b.id::bigint::oid and l.objsubid = 2 and l.granted) then 'stalled'
              else case p.kind when 'check' then 'checking' else 'committing' end end as phase,
         coalesce(c.accepted, 0)::integer as accepted, coalesce(c.already, 0)::integer as already,
         coalesce(c.needs_completing, 0)::integer as "needsCompleting", coalesce(c.refused, 0)::integer as refused,
         coalesce(c.movements, 0)::integer as movements, coalesce(c.bytes, 0)::bigint as "bytesDone",
         coalesce(extract(epoch from coalesce(p.ended_at, c.latest_at, p.started_at) - p.started_at), 0)::float8 as seconds
    from imports.batch b
    join imports.file f on f.guarantor_id = b.guarantor_id and f.id = b.file_id
    join institutions.institution g on g.id = b.guarantor_id
    join identity.user_account u on u.id = b.recorded_by
    left join lateral (select * from imports.pass p where p.guarantor_id = b.guarantor_id and p.batch_id = b.id
                        order by pass_no desc limit 1) p on true
    left join lateral (select sum(accepted) as accepted, sum(already) as already, sum(needs_completing) as needs_completing,
                              sum(refused) as refused, sum(movements) as movements, max(bytes) as bytes, max(recorded_at) as latest_at
                         from imports.chunk c
                        where c.guarantor_id = p.guarantor_id and c.batch_id = p.batch_id and c.pass_no = p.pass_no) c on true`;

/** A batch with its progress, or undefined when it does not exist for the caller. */
export async function batchById(tx: Tx, guarantorId: number, id: bigint): Promise<BatchRow | undefined> {
  const { rows } = await sql<BatchRow>`
    ${batchSelect} where b.guarantor_id = ${guarantorId} and b.id = ${id}`.execute(tx);
  return rows[0];
}

/** Batches the caller may see, newest first. */
export async function listBatches(
  tx: Tx,
  filter: { guarantorId?: number | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<BatchRow>> {
  const [afterId] = keysOf(after, 1) ?? ['9223372036854775807'];
  const { rows } = await sql<BatchRow>`
    ${batchSelect}
     where b.id < ${afterId}::bigint and (${filter.guarantorId ?? null}::integer is null or b.guarantor_id = ${filter.guarantorId ?? null})
     order by b.id desc limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? cursorOf(page.at(-1)!.id) : null };
}

/** Why rows of a pass were not accepted: each rule with the rows it holds back first. */
export async function reasonCounts(tx: Tx, guarantorId: number, batchId: bigint, passNo: number) {
  const { rows } = await sql<{ code: string; message: string; rows: number }>`
    select code, min(reasons -> 0 ->> 'message') as message, count(*)::integer as rows
      from imports.verdict where guarantor_id = ${guarantorId} and batch_id = ${batchId} and pass_no = ${passNo}
     group by code order by 3 desc, 1 limit 50`.execute(tx);
  return rows;
}

export type VerdictRow = { line: bigint; verdict: Verdict; contractNo: string | null; reasons: Reason[] };

/** Rows of a pass that were not accepted, by line. */
export async function listVerdicts(
  tx: Tx,
  of: { guarantorId: number; batchId: bigint; passNo: number },
  filter: { verdict?: string | undefined; code?: string | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<VerdictRow>> {
  const [afterLine] = keysOf(after, 1) ?? ['0'];
  const { rows } = await sql<VerdictRow>`
    select line, verdict, contract_no as "contractNo", reasons
      from imports.verdict
     where guarantor_id = ${of.guarantorId} and batch_id = ${of.batchId} and pass_no = ${of.passNo} and line > ${afterLine}::bigint
       and (${filter.verdict ?? null}::text is null or verdict = ${filter.verdict ?? null})
       and (${filter.code ?? null}::text is null or code = ${filter.code ?? null})
     order by line limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? cursorOf(page.at(-1)!.line) : null };
}

/** Passes that say they run: at start-up, those of a process that is no more. */
export async function runningPasses(
  tx: Tx,
): Promise<{ guarantorId: number; batchId: bigint; kind: 'check' | 'commit'; recordedBy: number }[]> {
  const { rows } = await sql<{ guarantorId: number; batchId: bigint; kind: 'check' | 'commit'; recordedBy: number }>`
    select guarantor_id as "guarantorId", batch_id as "batchId", kind, recorded_by as "recordedBy"
      from imports.pass where state = 'running' order by started_at limit 100`.execute(tx);
  return rows;
}

/** The guarantor a command is for: the one named where the caller may write for it, else the caller's only one. */
export async function writableGuarantor(tx: Tx, named: number | undefined): Promise<number | undefined> {
  const { rows } = await sql<{ ids: number[]; all: boolean }>`
    select identity.my_guarantors() as ids, identity.sees_all() as all`.execute(tx);
  const { ids, all } = rows[0]!;
  if (named !== undefined) return all || ids.includes(named) ? named : undefined;
  return ids.length === 1 ? ids[0] : undefined;
}
