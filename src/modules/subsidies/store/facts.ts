import { sql } from 'kysely';
import type { Tx } from '../../../platform/db.ts';
import type { Payer } from '../contract.ts';
import type { Standing } from '../rules/settle.ts';

/** A region with the two above it. */
export type County = { readonly code: number; readonly name: string; readonly city: number; readonly province: number };

/** The counties of a region (itself, where it is a county). Empty for an unknown region. */
export async function countiesOf(tx: Tx, regionCode: number): Promise<County[]> {
  const { rows } = await sql<County>`
    select c.code, c.name, city.code as city, city.parent_code as province
      from institutions.region c
      join institutions.region city on city.code = c.parent_code
     where c.level = 3 and ${regionCode} in (c.code, city.code, city.parent_code)
     order by c.code
     limit 4000`.execute(tx);
  return rows;
}

/** Does the caller's scope hold this region? */
export async function isMyRegion(tx: Tx, regionCode: number): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    select (identity.sees_all() or ${regionCode} = any (identity.my_regions())) as mine`.execute(tx);
  return rows[0]!.mine;
}

/** Does the caller see the whole province? Together with subsidies.adopt that is R12 and nobody else. */
export async function seesProvince(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ all: boolean }>`select identity.sees_all() as all`.execute(tx);
  return rows[0]!.all;
}

/** A certificate as far as a run needs it before it is proved. */
export type CertificateHead = {
  readonly id: bigint;
  readonly number: string;
  readonly quarter: string;
  readonly county: number;
  readonly contentHash: string;
};

/** Final county certificates of the counties in the quarters from–to ('YYYY-Qn', both included). */
export async function finalCertificates(
  tx: Tx,
  counties: readonly number[],
  from: string,
  to: string,
): Promise<CertificateHead[]> {
  const { rows } = await sql<CertificateHead>`
    select id, number, quarter, region_code as county, content_hash as "contentHash"
      from feedback.certificate_head
     where region_level = 3 and status = 'final' and region_code = any (${counties}::integer[])
       and quarter between ${from} and ${to}
     order by quarter, region_code
     limit 20000`.execute(tx);
  return rows;
}

/** The given certificates that are final with the given hash now. */
export async function countStillFinal(tx: Tx, of: readonly { id: bigint; contentHash: string }[]): Promise<number> {
  const { rows } = await sql<{ count: bigint }>`
    select count(*)::bigint as count
      from feedback.certificate_head c
      join unnest(${of.map((each) => each.id)}::bigint[], ${of.map((each) => each.contentHash)}::text[]) as g (id, hash)
        on g.id = c.id and g.hash = c.content_hash
     where c.status = 'final' and c.region_level = 3`.execute(tx);
  return Number(rows[0]!.count);
}

/** Which approved settlement last covered a year of a county under a scheme, and on which certificates. */
export type Coverage = {
  readonly forYear: number;
  readonly county: number;
  readonly schemeId: number;
  readonly runId: bigint;
};
/** The last approved settlement of each year, county and scheme. */
export async function coverageOf(
  tx: Tx,
  counties: readonly number[],
  schemeIds: readonly number[],
): Promise<Coverage[]> {
  const { rows } = await sql<Coverage>`
    select c.for_year as "forYear", c.county, v.scheme_id as "schemeId", max(r.id) as "runId"
      from subsidies.run r
      join subsidies.run_certificate c on c.run_id = r.id
      join subsidies.run_version rv on rv.run_id = r.id
      join subsidies.scheme_version v on v.id = rv.version_id
     where r.kind = 'settle' and r.status = 'approved' and c.county = any (${counties}::integer[])
       and v.scheme_id = any (${schemeIds}::integer[])
     group by 1, 2, 3
     order by 1, 2, 3`.execute(tx);
  return rows;
}

/** The certificates approved settlements used: to see which were superseded since. */
export async function usedCertificates(
  tx: Tx,
  runIds: readonly bigint[],
): Promise<{ runId: bigint; forYear: number; county: number; id: bigint; status: string }[]> {
  const { rows } = await sql<{ runId: bigint; forYear: number; county: number; id: bigint; status: string }>`
    select u.run_id as "runId", u.for_year as "forYear", u.county, u.certificate_id as id, c.status
      from subsidies.run_certificate u
      join feedback.certificate_head c on c.id = u.certificate_id
     where u.run_id = any (${runIds}::bigint[])
     order by 1, 2, 3, 4`.execute(tx);
  return rows;
}

/** What approved settlements recognised per year and account. */
export type Before = {
  readonly runId: bigint;
  readonly forYear: number;
  readonly guarantorId: number;
  readonly county: number;
  readonly schemeId: number;
  readonly payer: Payer;
  readonly entitled: bigint;
};
/** Accounts those settlements recognised, in a fixed order. */
export async function beforeLines(tx: Tx, runIds: readonly bigint[]): Promise<Before[]> {
  const { rows } = await sql<Before>`
    select run_id as "runId", for_year as "forYear", guarantor_id as "guarantorId", county, scheme_id as "schemeId", payer, entitled
      from subsidies.year_line
     where run_id = any (${runIds}::bigint[])
     order by 1, 2, 3, 4, 5, 6`.execute(tx);
  return rows;
}

/** Per account: what approved settlements carried on and not yet took in, and prepayments received for the year and not yet set off. */
export async function standingsOf(
  tx: Tx,
  year: number,
  counties: readonly number[],
  schemeIds: readonly number[],
): Promise<Standing[]> {
  const { rows } = await sql<Standing>`
    with settled as (
      select l.guarantor_id, l.county, l.scheme_id, l.payer,
             sum(l.shortfall - l.credit - l.carried_in)::bigint as carried,
             coalesce(sum(l.prepaid) filter (where r.year = ${year}), 0)::bigint as set_off
        from subsidies.line l
        join subsidies.run r on r.id = l.run_id
       where r.kind = 'settle' and r.status = 'approved' and l.county = any (${counties}::integer[])
         and l.scheme_id = any (${schemeIds}::integer[])
       group by 1, 2, 3, 4),
    received as (
      select l.guarantor_id, l.county, l.scheme_id, l.payer, sum(l.payable)::bigint as prepaid
        from subsidies.line l
        join subsidies.run r on r.id = l.run_id
        join subsidies.payment p on p.run_id = l.run_id and p.guarantor_id = l.guarantor_id and p.payer = l.payer
         and p.payer_region = l.payer_region
        join subsidies.payment_event e on e.payment_id = p.id and e.kind = 'received'
       where r.kind = 'prepay' and r.status = 'approved' and r.year = ${year} and l.county = any (${counties}::integer[])
         and l.scheme_id = any (${schemeIds}::integer[])
       group by 1, 2, 3, 4)
    select guarantor_id as "guarantorId", county, scheme_id as "schemeId", payer,
           coalesce(s.carried, 0)::bigint as "carriedIn",
           (coalesce(p.prepaid, 0) - coalesce(s.set_off, 0))::bigint as prepaid
      from settled s
      full join received p using (guarantor_id, county, scheme_id, payer)
     where coalesce(s.carried, 0) <> 0 or coalesce(p.prepaid, 0) - coalesce(s.set_off, 0) <> 0
     order by 1, 2, 3, 4`.execute(tx);
  return rows;
}

/** Prepayments of the year approved and neither received nor cancelled: they block a settlement. */
export async function openPrepayments(
  tx: Tx,
  year: number,
  counties: readonly number[],
  schemeIds: readonly number[],
): Promise<number> {
  const { rows } = await sql<{ count: bigint }>`
    select count(distinct p.id)::bigint as count
      from subsidies.payment p
      join subsidies.run r on r.id = p.run_id and r.kind = 'prepay' and r.status = 'approved' and r.year = ${year}
      join subsidies.line l on l.run_id = p.run_id and l.guarantor_id = p.guarantor_id and l.payer = p.payer
       and l.payer_region = p.payer_region and l.payable > 0
     where l.county = any (${counties}::integer[]) and l.scheme_id = any (${schemeIds}::integer[])
       and not exists (select from subsidies.payment_event e where e.payment_id = p.id and e.kind in ('received', 'cancelled'))`.execute(
    tx,
  );
  return Number(rows[0]!.count);
}
