import { sql } from 'kysely';
import type { Day } from '../../../kernel/day.ts';
import type { Tx } from '../../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../../platform/list.ts';
import type { Cause, ComparedField, Declaration, RunStatus, Tolerances } from '../contract.ts';

/** One run with the counts of the rows the caller may see. */
export type RunRecord = {
  id: bigint;
  key: string;
  guarantorId: number | null;
  guarantorName: string;
  asOf: Day;
  knownAt: string;
  otherSide: 'monitor' | 'file';
  sourceName: string;
  status: RunStatus;
  ours: Omit<Declaration, 'unit'>;
  theirs: Declaration;
  fields: ComparedField[];
  tolerances: Tolerances;
  sourceHash: string | null;
  recordsHash: string;
  recordsCount: bigint;
  previousRunId: bigint | null;
  startedByName: string;
  startedAt: Date;
  oursCount: number;
  theirsCount: number;
  matched: number;
  different: number;
  onlyOurs: number;
  onlyTheirs: number;
  duplicateKey: number;
  nullKey: number;
  openCount: number;
  explainedCount: number;
  fixedCount: number;
};

const runColumns = sql`
  r.id, r.key, r.guarantor_id as "guarantorId", coalesce(i.short_name, '全省') as "guarantorName", r.as_of_on as "asOf",
  to_char(r.known_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "knownAt", r.other_side as "otherSide",
  r.source_name as "sourceName", r.status, r.ours, r.theirs, r.fields, r.tolerances, r.source_hash as "sourceHash",
  r.records_hash as "recordsHash", r.records_count as "recordsCount", r.previous_run_id as "previousRunId", coalesce(u.name, '系统或他机构人员') as "startedByName",
  r.started_at as "startedAt", s.*, d.*`;

const runJoins = sql`
  left join institutions.institution i on i.id = r.guarantor_id
  left join identity.user_account u on u.id = r.started_by
  cross join lateral (
    select coalesce(sum(ours_count), 0)::integer as "oursCount", coalesce(sum(theirs_count), 0)::integer as "theirsCount",
           coalesce(sum(matched), 0)::integer as matched, coalesce(sum(different), 0)::integer as different,
           coalesce(sum(only_ours), 0)::integer as "onlyOurs", coalesce(sum(only_theirs), 0)::integer as "onlyTheirs",
           coalesce(sum(duplicate_key), 0)::integer as "duplicateKey", coalesce(sum(null_key), 0)::integer as "nullKey"
      from reconciliation.slice where run_id = r.id) s
  cross join lateral (
    select count(*) filter (where status = 'open')::integer as "openCount",
           count(*) filter (where status = 'explained')::integer as "explainedCount",
           count(*) filter (where status = 'fixed')::integer as "fixedCount"
      from reconciliation.difference where run_id = r.id) d`;

export type RunFilter = { guarantorId?: number; status?: RunStatus; from?: Day; to?: Day };

/** Runs, newest first. */
export async function listRuns(
  tx: Tx,
  filter: RunFilter,
  after: string | undefined,
  limit: number,
): Promise<Page<RunRecord>> {
  const before = keysOf(after, 1)?.[0];
  const { rows } = await sql<RunRecord>`
    select ${runColumns}
      from (select * from reconciliation.run r
             where (${before ?? null}::bigint is null or r.id < ${before ?? null}::bigint)
               and (${filter.guarantorId ?? null}::integer is null or r.guarantor_id = ${filter.guarantorId ?? null}
                    or r.guarantor_id is null and exists (select from reconciliation.slice s where s.run_id = r.id and s.guarantor_id = ${filter.guarantorId ?? null}))
               and (${filter.status ?? null}::text is null or r.status = ${filter.status ?? null})
               and (${filter.from ?? null}::date is null or r.as_of_on >= ${filter.from ?? null})
               and (${filter.to ?? null}::date is null or r.as_of_on <= ${filter.to ?? null})
             order by r.id desc
             limit ${limit + 1}) r
      ${runJoins}
     order by r.id desc`.execute(tx);
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? cursorOf(page.at(-1)!.id) : null };
}

/** One run; undefined when there is none for the caller. */
export async function loadRun(tx: Tx, id: bigint): Promise<RunRecord | undefined> {
  const { rows } = await sql<RunRecord>`
    select ${runColumns} from reconciliation.run r ${runJoins} where r.id = ${id}`.execute(tx);
  return rows[0];
}

/** Locks the run against another seal or resolution until commit. */
export const lockRun = (tx: Tx, id: bigint) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`run:${id}`}, 40))`.execute(tx);

/** What the caller sees of a run, summed: per money field both sides' totals and what is tolerated. */
export async function loadTotals(
  tx: Tx,
  runId: bigint,
): Promise<{ ours: bigint[]; theirs: bigint[]; tolerated: bigint[] }> {
  const summed = (column: string) =>
    sql.raw(`array[${[1, 2, 3, 4, 5].map((at) => `coalesce(sum(${column}[${at}]), 0)::bigint`).join(', ')}]`);
  const { rows } = await sql<{ ours: bigint[]; theirs: bigint[]; tolerated: bigint[] }>`
    select ${summed('ours_sums')} as ours, ${summed('theirs_sums')} as theirs, ${summed('tolerated_sums')} as tolerated
      from reconciliation.slice
     where run_id = ${runId}`.execute(tx);
  return rows[0]!;
}

/** Differences by cause and field, with what they add to ours less theirs. */
export async function loadBreakdown(tx: Tx, runId: bigint) {
  const { rows } = await sql<{ cause: Cause; field: string; count: number; open: number; deltas: bigint[] }>`
    select cause, field, count(*)::integer as count, count(*) filter (where status = 'open')::integer as open,
           array[${sql.raw([1, 2, 3, 4, 5].map((at) => `sum(deltas[${at}])::bigint`).join(', '))}] as deltas
      from reconciliation.difference
     where run_id = ${runId}
     group by 1, 2
     order by 1, 2`.execute(tx);
  return rows;
}

export type GuarantorCounts = Pick<
  RunRecord,
  'oursCount' | 'theirsCount' | 'matched' | 'different' | 'onlyOurs' | 'onlyTheirs' | 'duplicateKey' | 'nullKey'
> & { guarantorId: number; name: string; open: number };

/** A run's counts by institution; 0 are the other side's rows of no institution of ours. */
export async function loadByGuarantor(tx: Tx, runId: bigint): Promise<GuarantorCounts[]> {
  const { rows } = await sql<GuarantorCounts>`
    select s.guarantor_id as "guarantorId", coalesce(i.short_name, '机构不明') as name, sum(ours_count)::integer as "oursCount",
           sum(theirs_count)::integer as "theirsCount", sum(matched)::integer as matched, sum(different)::integer as different,
           sum(only_ours)::integer as "onlyOurs", sum(only_theirs)::integer as "onlyTheirs",
           sum(duplicate_key)::integer as "duplicateKey", sum(null_key)::integer as "nullKey",
           (select count(*) from reconciliation.difference d
             where d.run_id = ${runId} and d.guarantor_id = s.guarantor_id and d.status = 'open')::integer as open
      from reconciliation.slice s
      left join institutions.institution i on i.id = s.guarantor_id
     where s.run_id = ${runId}
     group by 1, 2
     order by 1
     limit 1000`.execute(tx);
  return rows;
}

/** How the differences of the run before fared in this one. */
export async function loadCarried(
  tx: Tx,
  runId: bigint,
): Promise<{ gone: number; unchanged: number; changed: number }> {
  const { rows } = await sql<{ gone: number; unchanged: number; changed: number }>`
    select count(*) filter (where outcome = 'gone')::integer as gone, count(*) filter (where outcome = 'unchanged')::integer as unchanged,
           count(*) filter (where outcome = 'changed')::integer as changed
      from reconciliation.outcome
     where run_id = ${runId}`.execute(tx);
  return rows[0]!;
}

export type HeatCell = {
  guarantorId: number;
  name: string;
  day: Day;
  runId: bigint;
  ours: number;
  theirs: number;
  matched: number;
  status: RunStatus;
};

/** Per institution and as-of day the counts of that day's newest run. */
export async function loadHeatMap(tx: Tx, from: Day, to: Day): Promise<HeatCell[]> {
  const { rows } = await sql<HeatCell>`
    select distinct on (s.guarantor_id, r.as_of_on) s.guarantor_id as "guarantorId", i.short_name as name, r.as_of_on as day, r.id as "runId",
           (sum(s.ours_count) over w)::integer as ours, (sum(s.theirs_count) over w)::integer as theirs, (sum(s.matched) over w)::integer as matched,
           r.status
      from reconciliation.run r
      join reconciliation.slice s on s.run_id = r.id
      join institutions.institution i on i.id = s.guarantor_id
     where r.as_of_on between ${from} and ${to}
    window w as (partition by r.id, s.guarantor_id)
     order by s.guarantor_id, r.as_of_on, r.id desc
     limit 20000`.execute(tx);
  return rows;
}

export type Readiness = { guarantorId: number; runId: bigint | null; open: number; explained: number };

/** The newest run as of exactly this day that covers each guarantor, with its differences. */
export async function loadReadiness(tx: Tx, guarantorIds: readonly number[], asOf: Day): Promise<Readiness[]> {
  const { rows } = await sql<Readiness>`
    select k.id as "guarantorId", r.id as "runId",
           (select count(*) from reconciliation.difference d
             where d.run_id = r.id and d.guarantor_id = k.id and d.status <> 'explained')::integer as open,
           (select count(*) from reconciliation.difference d
             where d.run_id = r.id and d.guarantor_id = k.id and d.status = 'explained')::integer as explained
      from unnest(${[...guarantorIds]}::integer[]) as k(id)
      left join lateral (
           select r.id from reconciliation.run r
            where r.as_of_on = ${asOf} and (r.guarantor_id is null or r.guarantor_id = k.id)
            order by r.id desc
            limit 1) r on true`.execute(tx);
  return rows;
}
