import { sql } from 'kysely';
import type { Day } from '../../../kernel/day.ts';
import type { Tx } from '../../../platform/db.ts';
import type { Payer, RunKind, RunStatus } from '../contract.ts';

/** A run as lists show it. Amounts in 分, of what the caller may see. */
export type RunListRow = {
  readonly id: bigint;
  readonly kind: RunKind;
  readonly regionCode: number;
  readonly regionName: string;
  readonly year: number;
  readonly asOf: Day;
  readonly status: RunStatus;
  readonly placeholder: boolean;
  readonly rowCount: number;
  readonly eligibleCount: number;
  readonly total: bigint;
  readonly payable: bigint;
  readonly computedBy: string;
  readonly computedById: number;
  readonly submittedById: number | null;
  readonly computedAt: Date;
  readonly approvedOn: Day | null;
  readonly letterNumber: string | null;
  readonly inputHash: string;
  readonly resultHash: string;
  readonly parameters: {
    prepayRatio: string | null;
    budgets: { payer: Payer; regionCode: number; amount: string }[];
    overpaid: 'claw-back' | 'carry-over';
  };
  readonly version: number;
};
type RunFilter = {
  kind?: RunKind | undefined;
  year?: number | undefined;
  region?: number | undefined;
  status?: RunStatus | undefined;
  id?: bigint;
};

/** Runs, newest first, before the id `before`. */
export async function runRows(
  tx: Tx,
  filter: RunFilter,
  before: bigint | undefined,
  limit: number,
): Promise<RunListRow[]> {
  const { rows } = await sql<RunListRow>`
    select r.id, r.kind, r.region_code as "regionCode", g.name as "regionName", r.year, r.as_of_on as "asOf", r.status,
           r.is_placeholder as placeholder, r.row_count as "rowCount", r.eligible_count as "eligibleCount",
           l.total, l.payable, u.name as "computedBy", r.computed_by as "computedById", r.submitted_by as "submittedById",
           r.computed_at as "computedAt", r.approved_on as "approvedOn", r.input_hash as "inputHash",
           r.result_hash as "resultHash", r.parameters, r.version,
           (select min(number) from subsidies.letter t where t.run_id = r.id) as "letterNumber"
      from subsidies.run r
      join institutions.region g on g.code = r.region_code
      left join identity.user_account u on u.id = r.computed_by
     cross join lateral (
       select coalesce(sum(entitled), 0)::bigint as total, coalesce(sum(payable), 0)::bigint as payable
         from subsidies.line l where l.run_id = r.id) l
     where (${filter.id ?? null}::bigint is null or r.id = ${filter.id ?? null})
       and (${filter.kind ?? null}::text is null or r.kind = ${filter.kind ?? null})
       and (${filter.year ?? null}::integer is null or r.year = ${filter.year ?? null})
       and (${filter.region ?? null}::integer is null or r.region_code = ${filter.region ?? null})
       and (${filter.status ?? null}::text is null or r.status = ${filter.status ?? null})
       and (${before ?? null}::bigint is null or r.id < ${before ?? null})
     order by r.id desc
     limit ${limit}`.execute(tx);
  return rows;
}

/** What belongs to one run besides its lines. */
export async function runParts(tx: Tx, id: bigint) {
  const { rows: schemes } = await sql<{
    id: number;
    title: string;
    versionId: number;
    from: Day;
    placeholder: boolean;
    contentHash: string;
  }>`
    select s.id, s.title, v.id as "versionId", v.from_on as "from", v.is_placeholder as placeholder, rv.content_hash as "contentHash"
      from subsidies.run_version rv
      join subsidies.scheme_version v on v.id = rv.version_id
      join subsidies.scheme s on s.id = v.scheme_id
     where rv.run_id = ${id} order by s.id, v.from_on limit 500`.execute(tx);
  const { rows: certificates } = await sql<{
    id: string;
    number: string;
    forYear: number;
    quarter: string;
    county: number;
    countyName: string;
    contentHash: string;
    rowCount: number;
    superseded: boolean;
  }>`
    select u.certificate_id::text as id, u.number, u.for_year as "forYear", u.quarter, u.county, g.name as "countyName",
           u.content_hash as "contentHash", u.row_count as "rowCount", coalesce(c.status <> 'final', false) as superseded
      from subsidies.run_certificate u
      join institutions.region g on g.code = u.county
      left join feedback.certificate_head c on c.id = u.certificate_id
     where u.run_id = ${id} order by u.for_year, u.quarter, u.county limit 2000`.execute(tx);
  const { rows: events } = await sql<{ kind: string; note: string; user: string | null; at: Date }>`
    select e.kind, e.note, u.name as "user", e.recorded_at as at
      from subsidies.run_event e left join identity.user_account u on u.id = e.user_id
     where e.run_id = ${id} order by e.seq limit 200`.execute(tx);
  const { rows: letters } = await sql<{
    id: string;
    number: string;
    guarantorId: number | null;
    guarantor: string | null;
    amount: bigint;
    issuedOn: Day;
    code: string;
  }>`
    select l.id::text as id, l.number, l.guarantor_id as "guarantorId", i.name as guarantor, l.amount,
           l.issued_on as "issuedOn", l.code
      from subsidies.letter l left join institutions.institution i on i.id = l.guarantor_id
     where l.run_id = ${id} order by l.guarantor_id nulls first limit 500`.execute(tx);
  return { schemes, certificates, events, letters };
}

/** An entitlement with its names. Amounts in 分. */
export type EntitlementRow = {
  readonly seq: number;
  readonly forYear: number;
  readonly quarter: string;
  readonly certificateId: bigint;
  readonly certificateNumber: string;
  readonly certificateHash: string;
  readonly guarantorId: number;
  readonly guarantor: string;
  readonly guaranteeId: bigint;
  readonly contractNo: string;
  readonly county: number;
  readonly countyName: string;
  readonly scheme: string;
  readonly schemeId: number;
  readonly versionId: number;
  readonly placeholder: boolean;
  readonly eligible: boolean;
  readonly failed: number | null;
  readonly reason: string | null;
  readonly inputs: Record<string, string>;
  readonly computed: bigint;
  readonly capCut: bigint;
  readonly overlapCut: bigint;
  readonly amount: bigint;
  readonly province: bigint;
  readonly city: bigint;
  readonly local: bigint;
};
type EntitlementFilter = {
  guarantorId?: number | undefined;
  county?: number | undefined;
  schemeId?: number | undefined;
  contractNo?: string | undefined;
  eligible?: 'true' | 'false' | undefined;
  seq?: number;
};

/** Entitlements of a run by seq after `after`; what the caller may see. */
export async function entitlementRows(
  tx: Tx,
  runId: bigint,
  filter: EntitlementFilter,
  after: number,
  limit: number,
): Promise<EntitlementRow[]> {
  const eligible = filter.eligible === undefined ? null : filter.eligible === 'true';
  const { rows } = await sql<EntitlementRow>`
    select e.seq, e.for_year as "forYear", e.quarter, e.certificate_id as "certificateId", u.number as "certificateNumber",
           u.content_hash as "certificateHash", e.guarantor_id as "guarantorId", i.name as guarantor, e.guarantee_id as "guaranteeId",
           e.contract_no as "contractNo", e.county, g.name as "countyName", s.title as scheme, s.id as "schemeId",
           e.version_id as "versionId", v.is_placeholder as placeholder, e.is_eligible as eligible, e.failed,
           case when e.failed = 0 then '同一用途已由其他办法补助' else '不符合：' || (v.conditions -> (e.failed - 1) ->> 'title') end as reason,
           e.inputs, e.computed, e.cap_cut as "capCut", e.overlap_cut as "overlapCut", e.amount, e.province, e.city, e.local
      from subsidies.seen_entitlement e
      join subsidies.run r on r.id = e.run_id
      left join subsidies.run_certificate u on u.run_id = e.run_id and u.for_year = e.for_year and u.certificate_id = e.certificate_id
      join institutions.institution i on i.id = e.guarantor_id
      join institutions.region g on g.code = e.county
      join subsidies.scheme_version v on v.id = e.version_id
      join subsidies.scheme s on s.id = e.scheme_id
     where e.run_id = ${runId} and e.seq > ${after}
       and (${filter.seq ?? null}::integer is null or e.seq = ${filter.seq ?? null})
       and (${filter.guarantorId ?? null}::integer is null or e.guarantor_id = ${filter.guarantorId ?? null})
       and (${filter.county ?? null}::integer is null or e.county = ${filter.county ?? null})
       and (${filter.schemeId ?? null}::integer is null or e.scheme_id = ${filter.schemeId ?? null})
       and (${filter.contractNo ?? null}::text is null or e.contract_no = ${filter.contractNo ?? null})
       and (${eligible}::boolean is null or e.is_eligible = ${eligible})
     order by e.seq
     limit ${limit}`.execute(tx);
  return rows;
}

/** A payment with its evidence. */
export type PaymentListRow = {
  readonly id: bigint;
  readonly runId: bigint;
  readonly runKind: RunKind;
  readonly year: number;
  readonly placeholder: boolean;
  readonly guarantorId: number;
  readonly guarantor: string;
  readonly payer: Payer;
  readonly payerRegion: number;
  readonly payerRegionName: string;
  readonly direction: 'pay' | 'return';
  readonly amount: bigint;
  readonly events: { kind: 'index' | 'disbursed' | 'received' | 'cancelled'; on: Day; reference: string }[];
};
/** Payments by id after `after`; what the caller may see. */
export async function paymentRows(
  tx: Tx,
  filter: {
    runId?: string | undefined;
    guarantorId?: number | undefined;
    state?: 'open' | 'received' | 'cancelled' | undefined;
  },
  after: bigint,
  limit: number,
): Promise<PaymentListRow[]> {
  const has = (kind: string) =>
    sql`exists (select from subsidies.payment_event e where e.payment_id = p.id and e.kind = ${kind})`;
  const state =
    filter.state === 'open'
      ? sql`not ${has('received')} and not ${has('cancelled')}`
      : filter.state
        ? has(filter.state)
        : sql`true`;
  const { rows } = await sql<PaymentListRow>`
    select p.id, p.run_id as "runId", r.kind as "runKind", r.year, r.is_placeholder as placeholder, p.guarantor_id as "guarantorId",
           i.name as guarantor, p.payer, p.payer_region as "payerRegion", g.name as "payerRegionName", p.direction, p.amount,
           (select coalesce(jsonb_agg(jsonb_build_object('kind', e.kind, 'on', e.happened_on, 'reference', e.reference)
                   order by array_position(array['index', 'disbursed', 'received', 'cancelled'], e.kind)), '[]')
              from subsidies.payment_event e where e.payment_id = p.id) as events
      from subsidies.payment p
      join subsidies.run r on r.id = p.run_id
      join institutions.institution i on i.id = p.guarantor_id
      join institutions.region g on g.code = p.payer_region
     where p.id > ${after} and ${state}
       and (${filter.runId ?? null}::bigint is null or p.run_id = ${filter.runId ?? null})
       and (${filter.guarantorId ?? null}::integer is null or p.guarantor_id = ${filter.guarantorId ?? null})
     order by p.id
     limit ${limit}`.execute(tx);
  return rows;
}

/** Every aid of one loan in approved runs. */
export type AidRow = {
  runId: bigint;
  forYear: number;
  quarter: string;
  scheme: string;
  purpose: string;
  kind: RunKind;
  placeholder: boolean;
  amount: bigint;
  overlapCut: bigint;
};
/** Aid of the loan by year and quarter; at most 500. */
export async function aidRows(tx: Tx, guarantorId: number, guaranteeId: string): Promise<AidRow[]> {
  const { rows } = await sql<AidRow>`
    select e.run_id as "runId", e.for_year as "forYear", e.quarter, s.title as scheme, s.purpose, r.kind,
           v.is_placeholder as placeholder, e.amount, e.overlap_cut as "overlapCut"
      from subsidies.seen_entitlement e
      join subsidies.run r on r.id = e.run_id and r.status = 'approved'
      join subsidies.scheme_version v on v.id = e.version_id
      join subsidies.scheme s on s.id = e.scheme_id
     where e.guarantor_id = ${guarantorId} and e.guarantee_id = ${guaranteeId} and (e.amount <> 0 or e.overlap_cut <> 0)
     order by e.for_year, e.quarter, e.run_id
     limit 500`.execute(tx);
  return rows;
}

/** Restatements of a run per loan, by key after `after`. */
export type DeltaListRow = {
  guarantorId: number;
  guarantor: string;
  countyName: string;
  guaranteeId: bigint;
  contractNo: string;
  county: number;
  scheme: string;
  schemeId: number;
  forYear: number;
  before: bigint;
  after: bigint;
};
/** Restated loans in order of year, guarantor and loan. */
export async function deltaRows(
  tx: Tx,
  runId: bigint,
  after: readonly string[],
  limit: number,
): Promise<DeltaListRow[]> {
  const [year = '0', guarantor = '0', guarantee = '0', county = '0', scheme = '0'] = after;
  const { rows } = await sql<DeltaListRow>`
    select d.guarantor_id as "guarantorId", i.name as guarantor, d.guarantee_id as "guaranteeId", d.contract_no as "contractNo",
           d.county, g.name as "countyName", s.title as scheme, d.scheme_id as "schemeId", d.for_year as "forYear", d.before, d.after
      from subsidies.delta d
      join subsidies.scheme s on s.id = d.scheme_id
      join institutions.institution i on i.id = d.guarantor_id
      join institutions.region g on g.code = d.county
     where d.run_id = ${runId}
       and (d.for_year, d.guarantor_id, d.guarantee_id, d.county, d.scheme_id)
         > (${year}::smallint, ${guarantor}::integer, ${guarantee}::bigint, ${county}::integer, ${scheme}::integer)
     order by d.for_year, d.guarantor_id, d.guarantee_id, d.county, d.scheme_id
     limit ${limit}`.execute(tx);
  return rows;
}
