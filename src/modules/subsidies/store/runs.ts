import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { sql } from 'kysely';
import type { Day } from '../../../kernel/day.ts';
import { copyField, copyInto, type Tx } from '../../../platform/db.ts';
import type { RunKind } from '../contract.ts';
import type { Line, YearLine } from '../rules/settle.ts';

/** A run about to be stored. */
export type RunHead = {
  readonly id: bigint;
  readonly inputHash: string;
  readonly kind: RunKind;
  readonly regionCode: number;
  readonly year: number;
  readonly asOf: Day;
  readonly parameters: unknown;
  readonly factsHash: string;
  readonly resultHash: string;
  readonly isPlaceholder: boolean;
  readonly rowCount: number;
  readonly eligibleCount: number;
  readonly total: bigint;
};

/** The id the next run will have: entitlements are written before the run that sums them up. */
export async function nextRunId(tx: Tx): Promise<bigint> {
  const { rows } = await sql<{ id: bigint }>`
    select nextval(pg_get_serial_sequence('subsidies.run', 'id')) as id`.execute(tx);
  return BigInt(rows[0]!.id);
}

/** The run of the same inputs that is not void, if any. Holds the inputs' lock until commit. */
export async function runOfInputs(tx: Tx, inputHash: string): Promise<bigint | undefined> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${inputHash}, 60))`.execute(tx);
  const { rows } = await sql<{ id: bigint }>`
    select id from subsidies.run where input_hash = ${inputHash} and status <> 'void'`.execute(tx);
  return rows[0]?.id;
}

/** The columns of an entitlement in the order they are copied and hashed. */
export const entitlementColumns =
  'run_id, seq, for_year, certificate_id, quarter, guarantor_id, guarantee_id, contract_no, county, primary_tag, scheme_id, ' +
  'version_id, is_eligible, failed, inputs, computed, cap_cut, overlap_cut, amount, province, city, local';

/** Copies rows in. Each is the COPY text of one entitlement without its line end. */
export async function copyEntitlements(tx: Tx, rows: readonly string[]): Promise<void> {
  if (rows.length === 0) return;
  const into = copyInto(tx, `subsidies.entitlement (${entitlementColumns})`);
  const done = finished(into);
  for (let from = 0; from < rows.length; from += 500) {
    if (!into.write(`${rows.slice(from, from + 500).join('\n')}\n`)) await once(into, 'drain');
  }
  into.end();
  await done;
}

/** One COPY text row. */
export const copyRow = (values: readonly (string | number | bigint | boolean | null)[]): string =>
  values.map(copyField).join('\t');

/** Stores the run with everything that belongs to it but its entitlements. */
export async function insertRun(
  tx: Tx,
  run: RunHead,
  certificates: readonly {
    forYear: number;
    id: bigint;
    number: string;
    quarter: string;
    county: number;
    contentHash: string;
    rowCount: number;
  }[],
  versions: readonly { versionId: number; contentHash: string }[],
  years: readonly YearLine[],
  lines: readonly Line[],
  userId: number,
  now: Date,
): Promise<void> {
  await sql`
    insert into subsidies.run (id, input_hash, kind, region_code, year, as_of_on, parameters, facts_hash, result_hash,
           is_placeholder, row_count, eligible_count, total, computed_by, computed_at)
    values (${run.id}, ${run.inputHash}, ${run.kind}, ${run.regionCode}, ${run.year}, ${run.asOf},
           ${JSON.stringify(run.parameters)}::jsonb, ${run.factsHash}, ${run.resultHash}, ${run.isPlaceholder},
           ${run.rowCount}, ${run.eligibleCount}, ${run.total}, ${userId}, ${now})`.execute(tx);
  await insertSet(
    tx,
    sql`subsidies.run_certificate`,
    run.id,
    certificates.map((each) => ({
      for_year: each.forYear,
      certificate_id: String(each.id),
      number: each.number,
      quarter: each.quarter,
      county: each.county,
      content_hash: each.contentHash,
      row_count: each.rowCount,
    })),
  );
  await insertSet(
    tx,
    sql`subsidies.run_version`,
    run.id,
    versions.map((each) => ({
      version_id: each.versionId,
      content_hash: each.contentHash,
    })),
  );
  await insertAccounts(tx, run, years, lines);
}

async function insertAccounts(tx: Tx, run: RunHead, years: readonly YearLine[], lines: readonly Line[]): Promise<void> {
  await insertSet(
    tx,
    sql`subsidies.year_line`,
    run.id,
    years.map((each) => ({
      for_year: each.forYear,
      guarantor_id: each.guarantorId,
      county: each.county,
      scheme_id: each.schemeId,
      payer: each.payer,
      loans: each.loans,
      computed: String(each.computed),
      cap_cut: String(each.capCut),
      entitled: String(each.entitled),
      before: String(each.before),
    })),
  );
  await insertSet(
    tx,
    sql`subsidies.line`,
    run.id,
    lines.map((each, index) => ({
      seq: index + 1,
      kind: run.kind,
      guarantor_id: each.guarantorId,
      county: each.county,
      scheme_id: each.schemeId,
      payer: each.payer,
      payer_region: each.payerRegion,
      loans: each.loans,
      entitled: String(each.entitled),
      settled_before: String(each.settledBefore),
      restatement: String(each.restatement),
      carried_in: String(each.carriedIn),
      prepaid: String(each.prepaid),
      net: String(each.net),
      payable: String(each.payable),
      claw_back: String(each.clawBack),
      shortfall: String(each.shortfall),
      credit: String(each.credit),
    })),
  );
}

/** What restated years changed per loan, set-based: this run's amounts against those of the run that settled the year last. */
export async function insertDeltas(
  tx: Tx,
  runId: bigint,
  coverage: readonly { forYear: number; county: number; schemeId: number; runId: bigint }[],
): Promise<void> {
  if (coverage.length === 0) return;
  await sql`
    with covered as (
      select * from jsonb_to_recordset(${JSON.stringify(coverage.map((each) => ({ ...each, runId: String(each.runId) })))}::jsonb)
        as c ("forYear" smallint, county integer, "schemeId" integer, "runId" bigint)),
    sums as (
      select c."runId" as prior_run_id, e.for_year, e.guarantor_id, e.guarantee_id, min(e.contract_no) as contract_no, e.county,
             e.scheme_id, coalesce(sum(e.amount) filter (where e.run_id = c."runId"), 0)::bigint as before,
             coalesce(sum(e.amount) filter (where e.run_id = ${runId}), 0)::bigint as after
        from covered c
        join subsidies.seen_entitlement e on e.run_id in (c."runId", ${runId}) and e.for_year = c."forYear"
         and e.county = c.county and e.scheme_id = c."schemeId"
       group by 1, 2, 3, 4, 6, 7)
    insert into subsidies.delta (run_id, prior_run_id, for_year, guarantor_id, guarantee_id, contract_no, county, scheme_id, before, after)
    select ${runId}, prior_run_id, for_year, guarantor_id, guarantee_id, contract_no, county, scheme_id, before, after
      from sums
     where before <> after`.execute(tx);
}

async function insertSet(
  tx: Tx,
  table: ReturnType<typeof sql>,
  runId: bigint,
  rows: readonly Readonly<Record<string, string | number | null>>[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += 5000) {
    const part = rows.slice(from, from + 5000).map((each) => ({ run_id: String(runId), ...each }));
    const columns = sql.join(Object.keys(part[0]!).map((each) => sql.ref(each)));
    await sql`
      insert into ${table} (${columns})
      select ${columns} from jsonb_populate_recordset(null::${table}, ${JSON.stringify(part)}::jsonb)`.execute(tx);
  }
}
