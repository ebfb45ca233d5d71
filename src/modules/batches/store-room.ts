import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { yearOf } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';

/** The newest net assets known of each guarantor on a day. */
export async function capitalOf(tx: Tx, guarantorIds: readonly number[], on: Day) {
  const { rows } = await sql<{ guarantorId: number; netAssets: Fen; stakes: Fen }>`
    select distinct on (guarantor_id) guarantor_id as "guarantorId", net_assets as "netAssets", stakes_in_guarantors as stakes
      from institutions.capital_fact
     where guarantor_id = any (${guarantorIds}::integer[]) and as_of_on <= ${on}
     order by guarantor_id, as_of_on desc, recorded_at desc`.execute(tx);
  return rows;
}

export type LineRow = {
  amount: Fen;
  document: string;
  to: Day;
  allocations: { guarantorId: number; productCode: string | null; amount: string }[];
};

/** The bank's province-wide line on a day with what is allocated to these guarantors; undefined where none is set. */
export async function bankLineOf(tx: Tx, bankId: number, guarantorIds: readonly number[], on: Day) {
  const { rows } = await sql<LineRow>`
    select l.amount, l.document, l.to_on as "to", (
             select coalesce(jsonb_agg(jsonb_build_object('guarantorId', a.guarantor_id, 'productCode', a.product_code, 'amount', a.amount::text)), '[]')
               from limits.bank_allocation a
              where a.bank_id = l.bank_id and a.version = l.version and a.guarantor_id = any (${guarantorIds}::integer[])) as allocations
      from limits.bank_line l
     where l.bank_id = ${bankId} and l.from_on <= ${on} and l.to_on >= ${on}
     order by l.version desc limit 1`.execute(tx);
  return rows[0];
}

/** The approved yearly lines of these guarantors. */
export async function yearlyLinesOf(tx: Tx, guarantorIds: readonly number[], on: Day) {
  const { rows } = await sql<{ guarantorId: number; amount: Fen; document: string; unverified: string | null }>`
    select l.guarantor_id as "guarantorId", l.amount, l.document, f.unverified
      from limits.guarantor_line l
      join limits.line_formula f on f.version = l.formula_version
     where l.guarantor_id = any (${guarantorIds}::integer[]) and l.year = ${yearOf(on)} and l.status = 'approved'`.execute(
    tx,
  );
  return rows;
}

/** Room held for cases under way. */
export async function promisedBy(tx: Tx, guarantorIds: readonly number[], on: Day) {
  const { rows } = await sql<{ guarantorId: number; bankId: number; productCode: string; amount: Fen; liability: Fen }>`
    select guarantor_id as "guarantorId", bank_id as "bankId", product_code as "productCode", sum(amount)::bigint as amount,
           sum(liability)::bigint as liability
      from limits.reservation
     where guarantor_id = any (${guarantorIds}::integer[]) and status = 'held' and until_on >= ${on}
     group by 1, 2, 3`.execute(tx);
  return rows;
}

/** What others have entered since each guarantor's base was reckoned, less what the base has counted already and this batch. */
export async function issuedSince(
  tx: Tx,
  bases: readonly { guarantorId: number; since: string; counted: readonly string[] }[],
  batchId: bigint,
  on: Day,
) {
  const { rows } = await sql<{
    guarantorId: number;
    bankId: number;
    productCode: string;
    principal: Fen;
    yearly: Fen;
  }>`
    select e.guarantor_id as "guarantorId", e.bank_id as "bankId", e.product_code as "productCode", sum(e.principal)::bigint as principal,
           coalesce(sum(e.principal) filter (where extract(year from e.starts_on) = ${yearOf(on)} and v.province_share > 0), 0)::bigint as yearly
      from jsonb_to_recordset(${JSON.stringify(bases)}::jsonb) k("guarantorId" integer, since timestamptz, counted bigint[])
      join guarantees.guarantee e on e.guarantor_id = k."guarantorId" and e.recorded_at > k.since and e.id <> all (k.counted)
       and not (e.source = 'batch' and e.batch_id = ${batchId})
      join agreements.version v on v.guarantor_id = e.guarantor_id and v.agreement_id = e.agreement_id and v.version = e.agreement_version
     group by 1, 2, 3`.execute(tx);
  return rows;
}

export type CohortRow = {
  guarantorId: number;
  guarantorName: string;
  bankId: number;
  bankName: string;
  productCode: string;
  productName: string;
  year: number;
  households: number;
  volume: Fen;
  paid: Fen;
  released: Fen;
  /** The cap in force on the cohort's last day: the agreement's, else the product version's; null where there is none. */
  cap: string | null;
  capSource: string | null;
  capUnverified: string | null;
};

/**
 * Cohorts (guarantor × bank × product × year of start) with 累计承保, 累计代偿, 累计解除 in principal, reversals taken out; a claim releases
 * too (RGU-4). Row security narrows it to what the caller may see. At most 2000, newest year first.
 */
export async function cohortsOf(
  tx: Tx,
  filter: {
    guarantorIds?: readonly number[] | undefined;
    bankId?: number | undefined;
    productCode?: string | undefined;
    year?: number | undefined;
  },
  today: Day,
): Promise<CohortRow[]> {
  const { guarantorIds = null, bankId = null, productCode = null, year = null } = filter;
  const { rows } = await sql<CohortRow>`
    with book as materialized (
      select e.guarantor_id, e.id, e.bank_id, e.product_code, e.customer_id, extract(year from e.starts_on)::integer as year, e.principal
        from guarantees.guarantee e
       where (${guarantorIds}::integer[] is null or e.guarantor_id = any (${guarantorIds}::integer[]))
         and (${bankId}::integer is null or e.bank_id = ${bankId})
         and (${productCode}::text is null or e.product_code = ${productCode})
         and (${year}::integer is null or extract(year from e.starts_on) = ${year})),
    moved as (
      select b.guarantor_id, b.bank_id, b.product_code, b.year,
             coalesce(sum(-m.delta) filter (where m.kind = 5 or r.kind = 5), 0) as paid, sum(-m.delta) as released
        from book b
        join guarantees.movement m on m.guarantor_id = b.guarantor_id and m.guarantee_id = b.id
        left join guarantees.movement r on r.guarantor_id = m.guarantor_id and r.guarantee_id = m.guarantee_id and r.seq = m.reverses_seq
       where m.kind in (2, 4, 5) or r.kind in (2, 4, 5)
       group by 1, 2, 3, 4),
    grown as (
      select guarantor_id, bank_id, product_code, year, sum(principal) as volume, count(distinct customer_id) as households
        from book group by 1, 2, 3, 4)
    select g.guarantor_id as "guarantorId", gi.short_name as "guarantorName", g.bank_id as "bankId", bi.short_name as "bankName",
           g.product_code as "productCode", p.name as "productName", g.year, g.households::integer as households,
           g.volume::bigint as volume, coalesce(m.paid, 0)::bigint as paid, coalesce(m.released, 0)::bigint as released,
           coalesce(a.cap, t.cap ->> 'ratio') as cap, case when a.cap is null then t.cap ->> 'source' else a.document end as "capSource",
           t.cap ->> 'unverified' as "capUnverified"
      from grown g
      cross join lateral (select least(make_date(g.year, 12, 31), ${today}::date) as on_day) d
      left join lateral (
        select v.claim_ratio_cap::text as cap, v.document
          from agreements.agreement x
          join agreements.version v on v.guarantor_id = x.guarantor_id and v.agreement_id = x.id
         where x.guarantor_id = g.guarantor_id and x.bank_id = g.bank_id and x.product_code = g.product_code
           and v.from_on <= d.on_day and (v.to_on is null or v.to_on >= d.on_day) and v.claim_ratio_cap is not null
         order by v.version desc limit 1) a on true
      left join lateral (
        select v.terms -> 'claimRatioCap' as cap
          from products.version v
         where v.product_code = g.product_code and v.from_on <= d.on_day and (v.to_on is null or v.to_on >= d.on_day)
         order by v.version desc limit 1) t on true
      left join moved m on m.guarantor_id = g.guarantor_id and m.bank_id = g.bank_id and m.product_code = g.product_code and m.year = g.year
      join institutions.institution gi on gi.id = g.guarantor_id
      join institutions.institution bi on bi.id = g.bank_id
      join agreements.product p on p.code = g.product_code
     order by g.year desc, g.guarantor_id, g.bank_id, g.product_code
     limit 2000`.execute(tx);
  return rows;
}
