import { sql } from 'kysely';
import type { Day } from '../../../kernel/day.ts';
import type { Tx } from '../../../platform/db.ts';
import type { ComparedField, Declaration, Tolerances } from '../contract.ts';
import type { Found } from '../rules/compare.ts';
import type { Slice } from '../rules/slices.ts';

/** Takes the run's lock and its next id. The lock makes two starts with one key queue up. */
export async function openRun(tx: Tx, key: string): Promise<{ id: bigint; earlier: bigint | null }> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 40))`.execute(tx);
  const { rows } = await sql<{ id: bigint; earlier: bigint | null }>`
    select nextval(pg_get_serial_sequence('reconciliation.run', 'id')) as id,
           (select r.id from reconciliation.run r where r.key = ${key}) as earlier`.execute(tx);
  return rows[0]!;
}

/** The newest run before this one of the same scope and side: the one whose differences are carried forward. */
export async function findPreviousRun(tx: Tx, guarantorId: number | null, otherSide: string): Promise<bigint | null> {
  const { rows } = await sql<{ id: bigint }>`
    select id
      from reconciliation.run
     where guarantor_id is not distinct from ${guarantorId} and other_side = ${otherSide}
     order by id desc
     limit 1`.execute(tx);
  return rows[0]?.id ?? null;
}

export type NewRun = {
  readonly id: bigint;
  readonly key: string;
  readonly guarantorId: number | null;
  readonly asOf: Day;
  readonly knownAt: string;
  readonly otherSide: 'monitor' | 'file';
  readonly sourceName: string;
  readonly uploadId: bigint | null;
  readonly ours: Omit<Declaration, 'unit'>;
  readonly theirs: Declaration;
  readonly fields: readonly ComparedField[];
  readonly tolerances: Tolerances;
  readonly sourceHash: string | null;
  readonly records: { readonly count: number; readonly hash: string };
  readonly previousRunId: bigint | null;
  readonly startedBy: number;
};

/** Adds the run itself, clean until differences are found. */
export async function insertRun(tx: Tx, run: NewRun): Promise<void> {
  await sql`
    insert into reconciliation.run (id, key, guarantor_id, as_of_on, known_at, other_side, source_name, upload_id, ours, theirs, fields,
      tolerances, source_hash, records_hash, records_count, previous_run_id, status, started_by, finished_at)
    overriding system value
    values (${run.id}, ${run.key}, ${run.guarantorId}, ${run.asOf}, ${run.knownAt}, ${run.otherSide}, ${run.sourceName}, ${run.uploadId},
      ${JSON.stringify(run.ours)}, ${JSON.stringify(run.theirs)}, ${[...run.fields]}, ${JSON.stringify(run.tolerances)}, ${run.sourceHash},
      ${run.records.hash}, ${run.records.count}, ${run.previousRunId}, 'clean', ${run.startedBy}, clock_timestamp() + kernel.ahead())`.execute(
    tx,
  );
}

const json = (rows: readonly object[]): string =>
  JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));

/** Adds the run's counts and sums. */
export async function insertSlices(tx: Tx, runId: bigint, slices: readonly Slice[]): Promise<void> {
  await sql`
    insert into reconciliation.slice (run_id, guarantor_id, county, ours_count, theirs_count, matched, different, only_ours, only_theirs,
      duplicate_key, null_key, ours_sums, theirs_sums, tolerated_sums)
    select ${runId}, "guarantorId", county, "oursCount", "theirsCount", matched, different, "onlyOurs", "onlyTheirs", "duplicateKey",
           "nullKey", "oursSums", "theirsSums", tolerated
      from jsonb_to_recordset(${json(slices)}::jsonb) as s("guarantorId" integer, county integer, "oursCount" integer,
           "theirsCount" integer, matched integer, different integer, "onlyOurs" integer, "onlyTheirs" integer, "duplicateKey" integer,
           "nullKey" integer, "oursSums" bigint[], "theirsSums" bigint[], tolerated bigint[])`.execute(tx);
}

export type NewDifference = Found & {
  readonly guarantorId: number;
  readonly guaranteeId: bigint | null;
  readonly county: number;
  readonly institutionCode: string | null;
  readonly contractNo: string | null;
  readonly line: number | null;
  readonly kind: string;
};

/**
 * Adds differences, carrying forward what the previous run knew of the same key and field: since when, whose, and, when
 * nothing about it has changed, the explanation. One statement.
 */
export async function insertDifferences(
  tx: Tx,
  runId: bigint,
  previousRunId: bigint | null,
  today: Day,
  rows: readonly NewDifference[],
): Promise<void> {
  await sql`
    insert into reconciliation.difference (guarantor_id, run_id, guarantee_id, county, institution_code, contract_no, line, kind, field,
      ours, theirs, delta_fen, deltas, cause, reason, evidence, first_seen_on, previous_id, owner_institution_id, owner_user_id, status,
      resolution, evidence_reference, resolved_by, resolved_at)
    select n."guarantorId", ${runId}, n."guaranteeId", n.county, n."institutionCode", n."contractNo", n.line, n.kind, n.field, n.ours,
           n.theirs, n."deltaFen", n.deltas, n.cause, n.reason, n.evidence, coalesce(p.first_seen_on, ${today}), p.id,
           coalesce(p.owner_institution_id, nullif(n."guarantorId", 0)), p.owner_user_id,
           case when p.stays then 'explained' else 'open' end, case when p.stays then p.resolution end,
           case when p.stays then p.evidence_reference end, case when p.stays then p.resolved_by end,
           case when p.stays then p.resolved_at end
      from jsonb_to_recordset(${json(rows)}::jsonb) as n("guarantorId" integer, "guaranteeId" bigint, county integer,
           "institutionCode" text, "contractNo" text, line integer, kind text, field text, ours text, theirs text, "deltaFen" bigint,
           deltas bigint[], cause text, reason text, evidence jsonb)
      left join lateral (
           select d.*, d.status = 'explained' and (d.ours, d.theirs, d.cause) is not distinct from (n.ours, n.theirs, n.cause) as stays
             from reconciliation.difference d
            where d.run_id = ${previousRunId} and d.guarantor_id = n."guarantorId" and d.contract_no = n."contractNo"
              and d.field = n.field and d.kind = n.kind
            order by d.id
            limit 1) p on true`.execute(tx);
}

/** Notes how the previous run's differences fared, and on carried ones where they come from. Set-based. */
export async function linkPrevious(tx: Tx, runId: bigint, previousRunId: bigint, userId: number): Promise<void> {
  await sql`
    insert into reconciliation.outcome (run_id, guarantor_id, difference_id, outcome)
    select ${runId}, d.guarantor_id, d.id,
           case when n.id is null then 'gone'
                when (n.ours, n.theirs) is not distinct from (d.ours, d.theirs) then 'unchanged' else 'changed' end
      from reconciliation.difference d
      left join reconciliation.difference n on n.run_id = ${runId} and n.guarantor_id = d.guarantor_id and n.previous_id = d.id
     where d.run_id = ${previousRunId}
    on conflict do nothing`.execute(tx);
  await sql`
    insert into reconciliation.event (guarantor_id, difference_id, run_id, kind, body, evidence_reference, user_id)
    select n.guarantor_id, n.id, ${runId}, case when d.status = 'fixed' then 'reopened' else 'carried' end,
           case when d.status = 'fixed' then format('第 %s 次核对时称已改正，本次复核仍有差异', d.run_id)
                when n.status = 'explained' then format('与第 %s 次核对相同，沿用其说明：%s', d.run_id, d.resolution)
                else format('自第 %s 次核对延续', d.run_id) end,
           d.evidence_reference, ${userId}
      from reconciliation.difference n
      join reconciliation.difference d on d.guarantor_id = n.guarantor_id and d.id = n.previous_id
     where n.run_id = ${runId}`.execute(tx);
}

/** The run has differences, all or some of them open. */
export async function markOpen(tx: Tx, runId: bigint): Promise<void> {
  await sql`update reconciliation.run set status = 'open' where id = ${runId}`.execute(tx);
}
