import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import type { Rates, Stratum } from './rules/strata.ts';

/** The stratum of each accepted row, as `strataText` says it. */
const strataOf = (guarantorId: number, batchId: bigint) => sql`
  select v.line, v.guarantee_id,
         case when g.principal > 500000000 or g.ends_on > g.starts_on + interval '24 months' then 'high'
              when g.principal > 100000000 or not exists (
                select from guarantees.guarantee e
                 where e.guarantor_id = g.guarantor_id and e.customer_id = g.customer_id and (e.starts_on, e.id) < (g.starts_on, g.id)) then 'middle'
              else 'low' end as stratum
    from batches.verdict v
    join guarantees.guarantee g on g.guarantor_id = v.guarantor_id and g.id = v.guarantee_id
   where v.batch_id = ${batchId} and v.guarantor_id = ${guarantorId} and v.verdict = 'accepted'`;

/** Accepted rows of a guarantor in a batch by stratum. */
export async function populationOf(tx: Tx, guarantorId: number, batchId: bigint): Promise<Record<Stratum, number>> {
  const { rows } = await sql<{ stratum: Stratum; rows: number }>`
    select stratum, count(*)::integer as rows from (${strataOf(guarantorId, batchId)}) x group by 1`.execute(tx);
  const counts: Record<Stratum, number> = { high: 0, middle: 0, low: 0 };
  for (const { stratum, rows: count } of rows) counts[stratum] = count;
  return counts;
}

/** The first rows of each stratum in the order of the seed, by line. */
export async function drawnRows(
  tx: Tx,
  of: { guarantorId: number; batchId: bigint; seed: string; sizes: Record<Stratum, number> },
) {
  const { rows } = await sql<{ line: bigint; guaranteeId: bigint; stratum: Stratum }>`
    select line, guarantee_id as "guaranteeId", stratum from (
      select x.*, row_number() over (partition by stratum order by sha256(convert_to(${of.seed} || ':' || line, 'UTF8'))) as place
        from (${strataOf(of.guarantorId, of.batchId)}) x) y
     where place <= case stratum when 'high' then ${of.sizes.high}::integer when 'middle' then ${of.sizes.middle}::integer else ${of.sizes.low}::integer end
     order by line`.execute(tx);
  return rows;
}

/** Keeps a sample with its rows; the same seed of the same batch is the sample already there. */
export async function insertSample(
  tx: Tx,
  made: {
    guarantorId: number;
    batchId: bigint;
    bankId: number;
    seed: string;
    rates: Rates;
    population: Record<Stratum, number>;
    contentHash: string;
  },
  rows: readonly { line: bigint; guaranteeId: bigint; stratum: Stratum }[],
  userId: number,
): Promise<{ id: bigint; isNew: boolean }> {
  const inserted = await sql<{ id: bigint }>`
    insert into batches.sample (guarantor_id, batch_id, bank_id, seed, rates, population, content_hash, recorded_by)
    values (${made.guarantorId}, ${made.batchId}, ${made.bankId}, ${made.seed}, ${JSON.stringify(made.rates)}::jsonb,
            ${JSON.stringify(made.population)}::jsonb, ${made.contentHash}, ${userId})
    on conflict (guarantor_id, batch_id, seed) do nothing
    returning id`.execute(tx);
  const id = inserted.rows[0]?.id;
  if (id === undefined) {
    const earlier = await sql<{ id: bigint }>`
      select id from batches.sample
       where guarantor_id = ${made.guarantorId} and batch_id = ${made.batchId} and seed = ${made.seed}`.execute(tx);
    return { id: earlier.rows[0]!.id, isNew: false };
  }
  const drawn = rows.map(({ line, guaranteeId, stratum }) => ({
    line: String(line),
    guaranteeId: String(guaranteeId),
    stratum,
  }));
  await sql`
    insert into batches.sample_row (guarantor_id, sample_id, line, guarantee_id, stratum)
    select ${made.guarantorId}, ${id}, k.line, k."guaranteeId", k.stratum
      from jsonb_to_recordset(${JSON.stringify(drawn)}::jsonb) k(line bigint, "guaranteeId" bigint, stratum text)`.execute(
    tx,
  );
  return { id, isNew: true };
}

export type SampleRow = {
  guarantorId: number;
  guarantorName: string;
  id: bigint;
  batchId: bigint;
  batchNo: string;
  bankName: string;
  seed: string;
  rates: Rates;
  population: Record<Stratum, number>;
  contentHash: string;
  recordedBy: string;
  recordedAt: Date;
  drawn: number;
  audited: number;
  failed: number;
};

const sampleSelect = sql`
  select s.guarantor_id as "guarantorId", i.short_name as "guarantorName", s.id, s.batch_id as "batchId", b.batch_no as "batchNo",
         bi.short_name as "bankName", s.seed, s.rates, s.population, s.content_hash as "contentHash", batches.who(s.recorded_by) as "recordedBy",
         s.recorded_at as "recordedAt", c.drawn::integer as drawn, c.audited::integer as audited, c.failed::integer as failed
    from batches.sample s
    join batches.batch b on b.id = s.batch_id
    join institutions.institution i on i.id = s.guarantor_id
    join institutions.institution bi on bi.id = s.bank_id
    join lateral (select count(*) as drawn, count(r.result) as audited, count(*) filter (where r.result = 'fail') as failed
                    from batches.sample_row r where r.guarantor_id = s.guarantor_id and r.sample_id = s.id) c on true`;

/** One sample, or undefined when it does not exist for the caller. */
export async function sampleById(tx: Tx, guarantorId: number, id: bigint): Promise<SampleRow | undefined> {
  const { rows } = await sql<SampleRow>`${sampleSelect} where s.guarantor_id = ${guarantorId} and s.id = ${id}`.execute(
    tx,
  );
  return rows[0];
}

/** The samples of a batch, or all the caller may see, newest first. */
export async function listSamples(
  tx: Tx,
  filter: { batchId?: bigint | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<SampleRow>> {
  const [afterId] = keysOf(after, 1) ?? ['9223372036854775807'];
  const { rows } = await sql<SampleRow>`
    ${sampleSelect}
     where s.id < ${afterId}::bigint and (${filter.batchId ?? null}::bigint is null or s.batch_id = ${filter.batchId ?? null})
     order by s.id desc limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? cursorOf(page.at(-1)!.id) : null };
}

export type DrawnRow = {
  line: bigint;
  guaranteeId: bigint;
  contractNo: string;
  customerName: string;
  principal: Fen;
  outstanding: Fen;
  startsOn: Day;
  endsOn: Day;
  stratum: Stratum;
  result: 'pass' | 'fail' | 'doubt' | null;
  finding: string | null;
  auditedBy: string | null;
  auditedAt: Date | null;
  exclusion: 'proposed' | 'approved' | 'rejected' | null;
};

/** The drawn rows with what the audit found, by line. */
export async function listDrawn(
  tx: Tx,
  of: { guarantorId: number; sampleId: bigint },
  filter: { result?: string | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<DrawnRow>> {
  const [afterLine] = keysOf(after, 1) ?? ['0'];
  const { rows } = await sql<DrawnRow>`
    select r.line, r.guarantee_id as "guaranteeId", g.contract_no as "contractNo", c.name as "customerName", g.principal, g.outstanding,
           g.starts_on as "startsOn", g.ends_on as "endsOn", r.stratum, r.result, r.finding, batches.who(r.audited_by) as "auditedBy", r.audited_at as "auditedAt",
           (select x.status from batches.exclusion x
             where x.guarantor_id = r.guarantor_id and x.guarantee_id = r.guarantee_id order by x.id desc limit 1) as exclusion
      from batches.sample_row r
      join guarantees.guarantee g on g.guarantor_id = r.guarantor_id and g.id = r.guarantee_id
      join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
     where r.guarantor_id = ${of.guarantorId} and r.sample_id = ${of.sampleId} and r.line > ${afterLine}::bigint
       and (${filter.result ?? null}::text is null or coalesce(r.result, 'open') = ${filter.result ?? null})
     order by r.line limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? cursorOf(page.at(-1)!.line) : null };
}

/** Locks one drawn row until commit. */
export async function lockSampleRow(tx: Tx, guarantorId: number, sampleId: bigint, line: bigint) {
  const { rows } = await sql<{
    result: 'pass' | 'fail' | 'doubt' | null;
    auditedBy: string | null;
    guaranteeId: bigint;
  }>`
    select r.result, batches.who(r.audited_by) as "auditedBy", r.guarantee_id as "guaranteeId"
      from batches.sample_row r
     where r.guarantor_id = ${guarantorId} and r.sample_id = ${sampleId} and r.line = ${line}
       for update of r`.execute(tx);
  return rows[0];
}

/** Enters a result. */
export async function setResult(
  tx: Tx,
  of: { guarantorId: number; sampleId: bigint; line: bigint; result: string; finding: string | null },
  userId: number,
  at: Date,
): Promise<void> {
  await sql`
    update batches.sample_row set result = ${of.result}, finding = ${of.finding}, audited_by = ${userId}, audited_at = ${at}
     where guarantor_id = ${of.guarantorId} and sample_id = ${of.sampleId} and line = ${of.line}`.execute(tx);
}
