import { sql } from 'kysely';
import type { Fen } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import type { BatchProfile } from './contract/profile.ts';
import type { RowReason } from './rules/reasons.ts';

/** Advisory locks of running batches; the second key is the batch. */
export const runLockClass = 20_240;

export type Channel = 'web' | 'api' | 'rows' | 'sftp';
export type Phase = 'trying' | 'tried' | 'running' | 'stalled' | 'done' | 'failed';

export type BatchRow = {
  id: bigint;
  bankId: number;
  bankName: string;
  batchNo: string;
  guarantorId: number | null;
  guarantorName: string | null;
  productCode: string;
  productName: string;
  channel: Channel;
  contentHash: string;
  fileName: string;
  fileKind: 'csv' | 'xlsx';
  fileBytes: bigint;
  path: string;
  profile: BatchProfile;
  chunkRows: number;
  resendOf: bigint | null;
  phase: Phase;
  /** Nothing has been entered: what is shown is what trial `trialNo` found. Otherwise `trialNo` is 0. */
  isTrial: boolean;
  trialNo: number;
  failure: string | null;
  recordedAt: Date;
  recordedBy: string;
  endedAt: Date | null;
  doneChunks: number;
  accepted: number;
  already: number;
  needsCompleting: number;
  refused: number;
  principal: Fen;
  bytesDone: bigint;
  seconds: number;
};

const isTrial = sql`b.state in ('trying', 'tried')`;
const shownTrial = sql`case when ${isTrial} then b.trial_no else 0 end`;
const select = sql`
  select b.id, b.bank_id as "bankId", bi.short_name as "bankName", b.batch_no as "batchNo", b.guarantor_id as "guarantorId",
         gi.short_name as "guarantorName", b.product_code as "productCode", p.name as "productName", b.channel, b.content_hash as "contentHash",
         b.file_name as "fileName", b.file_kind as "fileKind", b.file_bytes as "fileBytes", b.path, b.profile, b.chunk_rows as "chunkRows",
         b.resend_of as "resendOf", b.failure, b.recorded_at as "recordedAt", batches.who(b.recorded_by) as "recordedBy", b.ended_at as "endedAt",
         ${isTrial} as "isTrial", ${shownTrial} as "trialNo",
         case when b.state = 'tried' and b.failure is not null then 'failed'
              when b.state not in ('trying', 'running') then b.state
              when not exists (select from pg_locks l where l.locktype = 'advisory' and l.classid = ${sql.lit(runLockClass)}
                                 and l.objid = b.id::bigint::oid and l.objsubid = 2 and l.granted) then 'stalled'
              else b.state end as phase,
         coalesce(c.chunks, 0)::integer as "doneChunks", coalesce(c.accepted, 0)::integer as accepted, coalesce(c.already, 0)::integer as already,
         coalesce(c.needs_completing, 0)::integer as "needsCompleting", coalesce(c.refused, 0)::integer as refused,
         coalesce(c.principal, 0)::bigint as principal, coalesce(c.bytes, 0)::bigint as "bytesDone",
         coalesce(extract(epoch from coalesce(b.ended_at, c.latest_at, b.begun_at) - b.begun_at), 0)::float8 as seconds
    from batches.batch b
    join institutions.institution bi on bi.id = b.bank_id
    left join institutions.institution gi on gi.id = b.guarantor_id
    join agreements.product p on p.code = b.product_code
    left join lateral (select count(*) as chunks, sum(accepted) as accepted, sum(already) as already, sum(needs_completing) as needs_completing,
                              sum(refused) as refused, sum(principal) as principal, max(bytes) as bytes, max(recorded_at) as latest_at
                         from batches.shown_chunk c where c.batch_id = b.id and c.trial_no = ${shownTrial}) c on true`;

/** A batch with its progress, or undefined when it does not exist for the caller. */
export async function batchById(tx: Tx, id: bigint): Promise<BatchRow | undefined> {
  const { rows } = await sql<BatchRow>`${select} where b.id = ${id}`.execute(tx);
  return rows[0];
}

/** The batch a bank sent under its own number. */
export async function batchByNo(tx: Tx, bankId: number, batchNo: string): Promise<BatchRow | undefined> {
  const { rows } = await sql<BatchRow>`${select} where b.bank_id = ${bankId} and b.batch_no = ${batchNo}`.execute(tx);
  return rows[0];
}

/** Batches the caller may see, newest first. */
export async function listBatches(
  tx: Tx,
  filter: { bankId?: number | undefined; guarantorId?: number | undefined; batchNo?: string | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<BatchRow>> {
  const [afterId] = keysOf(after, 1) ?? ['9223372036854775807'];
  const { rows } = await sql<BatchRow>`
    ${select}
     where b.id < ${afterId}::bigint
       and (${filter.bankId ?? null}::integer is null or b.bank_id = ${filter.bankId ?? null})
       and (${filter.batchNo ?? null}::text is null or b.batch_no = ${filter.batchNo ?? null})
       and (${filter.guarantorId ?? null}::integer is null or b.guarantor_id = ${filter.guarantorId ?? null}
            or exists (select from batches.part t where t.batch_id = b.id and t.guarantor_id = ${filter.guarantorId ?? null}))
     order by b.id desc limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? cursorOf(page.at(-1)!.id) : null };
}

export type NewBatch = {
  bankId: number;
  batchNo: string;
  guarantorId: number | null;
  productCode: string;
  channel: Channel;
  contentHash: string;
  fileName: string;
  fileKind: 'csv' | 'xlsx';
  fileBytes: bigint;
  path: string;
  profile: BatchProfile;
  chunkRows: number;
  resendOf: bigint | null;
  /** To be tried first; nothing is entered until the bank accepts it. */
  isTrial: boolean;
};

/** Registers a batch; undefined when the bank has used the number before. */
export async function insertBatch(tx: Tx, made: NewBatch, userId: number): Promise<bigint | undefined> {
  const { rows } = await sql<{ id: bigint }>`
    insert into batches.batch (bank_id, batch_no, guarantor_id, product_code, channel, content_hash, file_name, file_kind, file_bytes, path,
      profile, chunk_rows, resend_of, recorded_by, state, trial_no)
    values (${made.bankId}, ${made.batchNo}, ${made.guarantorId}, ${made.productCode}, ${made.channel}, ${made.contentHash}, ${made.fileName},
      ${made.fileKind}, ${made.fileBytes}, ${made.path}, ${JSON.stringify(made.profile)}::jsonb, ${made.chunkRows}, ${made.resendOf}, ${userId},
      ${made.isTrial ? 'trying' : 'running'}, ${made.isTrial ? 1 : 0})
    on conflict (bank_id, batch_no) do nothing
    returning id`.execute(tx);
  return rows[0]?.id;
}

/**
 * Puts a submission in the place of what was only tried under its number: the same content without a trial is thereby accepted. Undefined
 * where there is nothing to replace: it was accepted before, is being tried, or the same content was tried already.
 */
export async function replaceTried(tx: Tx, made: NewBatch): Promise<bigint | undefined> {
  const { rows } = await sql<{ id: bigint }>`
    update batches.batch
       set state = ${made.isTrial ? 'trying' : 'running'}, failure = null, ended_at = null, begun_at = clock_timestamp() + kernel.ahead(),
           guarantor_id = ${made.guarantorId}, product_code = ${made.productCode}, channel = ${made.channel}, content_hash = ${made.contentHash},
           file_name = ${made.fileName}, file_kind = ${made.fileKind}, file_bytes = ${made.fileBytes}, path = ${made.path},
           profile = ${JSON.stringify(made.profile)}::jsonb, chunk_rows = ${made.chunkRows}, resend_of = ${made.resendOf}
     where bank_id = ${made.bankId} and batch_no = ${made.batchNo} and state = 'tried'
       and not (${made.isTrial} and failure is null and content_hash = ${made.contentHash})
    returning id`.execute(tx);
  return rows[0]?.id;
}

/** Lets a tried batch run; false where it stands otherwise by now, or is not the caller's. */
export async function acceptTried(tx: Tx, id: bigint): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update batches.batch set state = 'running', ended_at = null, begun_at = clock_timestamp() + kernel.ahead()
     where id = ${id} and state = 'tried' and failure is null`.execute(tx);
  return numAffectedRows === 1n;
}

/** Ends a run or a trial, or opens a failed run again. */
export async function setState(
  tx: Tx,
  id: bigint,
  state: 'tried' | 'running' | 'done' | 'failed',
  failure: string | null,
): Promise<void> {
  await sql`
    update batches.batch set state = ${state}, failure = ${failure},
           ended_at = case when ${state} = 'running' then null else clock_timestamp() + kernel.ahead() end
     where id = ${id}`.execute(tx);
}

/** Batches that say they run or are tried: at start-up, those of a process that is no more. */
export async function runningBatches(tx: Tx): Promise<{ id: bigint; isTrial: boolean }[]> {
  const { rows } = await sql<{ id: bigint; isTrial: boolean }>`
    select id, state = 'trying' as "isTrial" from batches.batch where state in ('running', 'trying') order by id limit 1000`.execute(
    tx,
  );
  return rows;
}

/** The bank a command is for: the caller's own. Undefined where the caller works for none. */
export async function ownBank(tx: Tx): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`select identity.my_bank() as id`.execute(tx);
  return rows[0]?.id || undefined;
}

export type VerdictRow = {
  line: bigint;
  verdict: 'accepted' | 'already' | 'needs-completing' | 'refused';
  guarantorId: number | null;
  guaranteeId: bigint | null;
  contractNo: string | null;
  customerName: string | null;
  principal: Fen | null;
  reasons: RowReason[];
};

/** Which verdicts: those of a batch, or of a trial of it. */
export type Shown = Pick<BatchRow, 'id' | 'trialNo'>;

/** Verdicts of a batch by line, with the guarantee where one was made. */
export async function listVerdicts(
  tx: Tx,
  { id, trialNo }: Shown,
  filter: { verdict?: string | undefined; code?: string | undefined; bad?: boolean | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<VerdictRow>> {
  const [afterLine] = keysOf(after, 1) ?? ['0'];
  const { rows } = await sql<VerdictRow>`
    select v.line, v.verdict, v.guarantor_id as "guarantorId", v.guarantee_id as "guaranteeId",
           coalesce(v.contract_no, g.contract_no) as "contractNo", coalesce(v.customer_name, c.name) as "customerName",
           coalesce(v.principal, g.principal) as principal, coalesce(v.reasons, '[]') as reasons
      from batches.shown_verdict v
      left join guarantees.guarantee g on g.guarantor_id = v.guarantor_id and g.id = v.guarantee_id
      left join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
     where v.batch_id = ${id} and v.trial_no = ${trialNo} and v.line > ${afterLine}::bigint
       and (${filter.verdict ?? null}::text is null or v.verdict = ${filter.verdict ?? null})
       and (${filter.code ?? null}::text is null or v.code = ${filter.code ?? null})
       and (not ${filter.bad ?? false} or v.verdict in ('needs-completing', 'refused'))
     order by v.line limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? cursorOf(page.at(-1)!.line) : null };
}

/** Why rows were not accepted: each rule with the rows it holds back first, its source and mark. */
export async function reasonCounts(tx: Tx, { id, trialNo }: Shown) {
  const { rows } = await sql<{
    code: string;
    verdict: 'already' | 'needs-completing' | 'refused';
    message: string;
    clause: string | null;
    unverified: string | null;
    rows: number;
  }>`
    select code, verdict, min(reasons -> 0 ->> 'message') as message, min(reasons -> 0 ->> 'clause') as clause,
           min(reasons -> 0 ->> 'unverified') as unverified, count(*)::integer as rows
      from batches.shown_verdict where batch_id = ${id} and trial_no = ${trialNo} and code is not null
     group by 1, 2 order by 6 desc, 1 limit 60`.execute(tx);
  return rows;
}

export type PartRow = {
  guarantorId: number;
  guarantorName: string;
  year: number;
  before: { volume: string; paid: string; released: string };
  after: { volume: string; paid: string; released: string } | null;
};

/** The cohorts a batch touched, or would have touched in a trial, before and after. */
export async function partsOf(tx: Tx, { id, trialNo }: Shown): Promise<PartRow[]> {
  const { rows } = await sql<PartRow>`
    select t.guarantor_id as "guarantorId", i.short_name as "guarantorName", t.year, t.before, t.after
      from batches.shown_part t
      join institutions.institution i on i.id = t.guarantor_id
     where t.batch_id = ${id} and t.trial_no = ${trialNo}
     order by t.year desc, t.guarantor_id limit 500`.execute(tx);
  return rows;
}

/** Keeps the meters as they stand after the batch. */
export async function setAfter(
  tx: Tx,
  batchId: bigint,
  meters: readonly { guarantorId: number; year: number; after: object }[],
): Promise<void> {
  await sql`
    update batches.part t set after = k.after
      from jsonb_to_recordset(${JSON.stringify(meters)}::jsonb) k("guarantorId" integer, year smallint, after jsonb)
     where t.batch_id = ${batchId} and t.guarantor_id = k."guarantorId" and t.year = k.year`.execute(tx);
}

/** Accepted rows and principal of a batch by guarantor. */
export async function acceptedBy(tx: Tx, batchId: bigint) {
  const { rows } = await sql<{ guarantorId: number; rows: number }>`
    select guarantor_id as "guarantorId", count(*)::integer as rows
      from batches.verdict where batch_id = ${batchId} and verdict = 'accepted' group by 1 order by 1`.execute(tx);
  return rows;
}
