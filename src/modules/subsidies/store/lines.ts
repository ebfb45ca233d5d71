import { sql } from 'kysely';
import type { Tx } from '../../../platform/db.ts';
import type { Payer } from '../contract.ts';

/** One account of a run with its names. Amounts in 分. */
export type LineRow = {
  readonly seq: number;
  readonly guarantorId: number;
  readonly guarantor: string;
  readonly county: number;
  readonly countyName: string;
  readonly schemeId: number;
  readonly scheme: string;
  readonly placeholder: boolean;
  readonly payer: Payer;
  readonly payerRegion: number;
  readonly payerRegionName: string;
  readonly loans: number;
} & Amounts;
/** The amounts of an account, in 分. */
export type Amounts = {
  readonly entitled: bigint;
  readonly settledBefore: bigint;
  readonly restatement: bigint;
  readonly carriedIn: bigint;
  readonly prepaid: bigint;
  readonly net: bigint;
  readonly payable: bigint;
  readonly clawBack: bigint;
  readonly shortfall: bigint;
  readonly credit: bigint;
};
export type LineFilter = {
  guarantorId?: number | undefined;
  county?: number | undefined;
  schemeId?: number | undefined;
  payer?: Payer | undefined;
};

const amounts = sql`l.entitled, l.settled_before as "settledBefore", l.restatement, l.carried_in as "carriedIn", l.prepaid,
  l.net, l.payable, l.claw_back as "clawBack", l.shortfall, l.credit`;
const sums = sql`coalesce(sum(l.entitled), 0)::bigint as entitled, coalesce(sum(l.settled_before), 0)::bigint as "settledBefore",
  coalesce(sum(l.restatement), 0)::bigint as restatement, coalesce(sum(l.carried_in), 0)::bigint as "carriedIn",
  coalesce(sum(l.prepaid), 0)::bigint as prepaid, coalesce(sum(l.net), 0)::bigint as net,
  coalesce(sum(l.payable), 0)::bigint as payable, coalesce(sum(l.claw_back), 0)::bigint as "clawBack",
  coalesce(sum(l.shortfall), 0)::bigint as shortfall, coalesce(sum(l.credit), 0)::bigint as credit,
  coalesce(sum(l.loans), 0)::integer as loans`;
const isPlaceholder = sql`exists (select from subsidies.run_version rv
  join subsidies.scheme_version v on v.id = rv.version_id
 where rv.run_id = l.run_id and v.scheme_id = l.scheme_id and v.is_placeholder)`;

const within = (runId: bigint, filter: LineFilter) => sql`l.run_id = ${runId}
  and (${filter.guarantorId ?? null}::integer is null or l.guarantor_id = ${filter.guarantorId ?? null})
  and (${filter.county ?? null}::integer is null or l.county = ${filter.county ?? null})
  and (${filter.schemeId ?? null}::integer is null or l.scheme_id = ${filter.schemeId ?? null})
  and (${filter.payer ?? null}::text is null or l.payer = ${filter.payer ?? null})`;

/** Accounts of a run by seq after `after`; what the caller may see. */
export async function linesOfRun(
  tx: Tx,
  runId: bigint,
  filter: LineFilter = {},
  after = 0,
  limit = 20_000,
): Promise<LineRow[]> {
  const { rows } = await sql<LineRow>`
    select l.seq, l.guarantor_id as "guarantorId", i.name as guarantor, l.county, c.name as "countyName",
           l.scheme_id as "schemeId", s.title as scheme, ${isPlaceholder} as placeholder, l.payer,
           l.payer_region as "payerRegion", p.name as "payerRegionName", l.loans, ${amounts}
      from subsidies.line l
      join institutions.institution i on i.id = l.guarantor_id
      join institutions.region c on c.code = l.county
      join institutions.region p on p.code = l.payer_region
      join subsidies.scheme s on s.id = l.scheme_id
     where ${within(runId, filter)} and l.seq > ${after}
     order by l.seq
     limit ${limit}`.execute(tx);
  return rows;
}

/** Sums over accounts; zeros where there is none. */
export async function totalsOf(tx: Tx, runId: bigint, filter: LineFilter = {}): Promise<Amounts & { loans: number }> {
  const { rows } = await sql<Amounts & { loans: number }>`
    select ${sums} from subsidies.line l where ${within(runId, filter)}`.execute(tx);
  return rows[0]!;
}

/** Sums by county, guarantor, scheme or payer, in order of code. */
export async function breakdownOf(tx: Tx, runId: bigint, by: 'county' | 'guarantor' | 'scheme' | 'payer') {
  const [key, title] = {
    county: [sql`l.county::text`, sql`c.name`],
    guarantor: [sql`l.guarantor_id::text`, sql`i.name`],
    scheme: [sql`l.scheme_id::text`, sql`s.title`],
    payer: [sql`l.payer || '/' || l.payer_region`, sql`p.name`],
  }[by];
  const { rows } = await sql<Amounts & { key: string; title: string; loans: number; placeholder: boolean }>`
    select ${key!} as key, min(${title!}) as title, bool_or(${isPlaceholder}) as placeholder, ${sums}
      from subsidies.line l
      join institutions.institution i on i.id = l.guarantor_id
      join institutions.region c on c.code = l.county
      join institutions.region p on p.code = l.payer_region
      join subsidies.scheme s on s.id = l.scheme_id
     where l.run_id = ${runId}
     group by 1
     order by 1
     limit 5000`.execute(tx);
  return rows;
}
