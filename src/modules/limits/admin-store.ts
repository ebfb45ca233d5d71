import { sql } from 'kysely';
import { type Day, yearOf } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import type { LineFormula, LineWorking } from './contract.ts';
import { told } from './formulas.ts';
import { lineGroups } from './line-group.ts';

/** Principal by guarantor, bank and product: the book as last reckoned and what is held, for the allocations of one line. */
const usage = (on: Day) => sql`
  select x.guarantor_id, x.bank_id, x.product_code, sum(x.used) as used, sum(x.reserved) as reserved
    from (select b.guarantor_id, l."bankId" as bank_id, l."productCode" as product_code, l.outstanding as used, 0 as reserved
            from limits.book_base b, jsonb_to_recordset(b.lines) as l("bankId" integer, "productCode" text, outstanding bigint)
           union all
          select guarantor_id, bank_id, product_code, 0, amount from limits.reservation where status = 'held' and until_on >= ${on}) x
   group by 1, 2, 3`;

/** What an allocation covers: its product, or with none named every product without an allocation of its own. */
const covered = sql`u.bank_id = a.bank_id and u.guarantor_id = a.guarantor_id and (u.product_code = a.product_code
  or a.product_code is null and not exists (select from limits.bank_allocation o
       where o.bank_id = a.bank_id and o.version = a.version and o.guarantor_id = a.guarantor_id and o.product_code = u.product_code))`;

export type BankLineStored = {
  bankId: number;
  bankName: string;
  version: number;
  from: Day;
  to: Day;
  amount: Fen;
  allocated: Fen;
  used: Fen;
  reserved: Fen;
  document: string;
};

/** The newest version of every bank's line the caller may see, by bank. A guarantor sees only its own part as allocated. */
export async function listBankLines(
  tx: Tx,
  filter: { bankId?: number; on: Day },
  after: string | undefined,
  limit: number,
): Promise<Page<BankLineStored>> {
  const [afterBank] = keysOf(after, 1) ?? ['0'];
  const { rows } = await sql<BankLineStored>`
    with usage as materialized (${usage(filter.on)})
    select l.bank_id as "bankId", b.short_name as "bankName", l.version::integer as version, l.from_on as "from", l.to_on as "to", l.amount, l.document,
           coalesce(p.allocated, 0)::bigint as allocated, coalesce(p.used, 0)::bigint as used, coalesce(p.reserved, 0)::bigint as reserved
      from (select distinct on (bank_id) * from limits.bank_line order by bank_id, version desc) l
      join institutions.institution b on b.id = l.bank_id
      left join lateral (
        select sum(a.amount) as allocated, sum(t.used) as used, sum(t.reserved) as reserved
          from limits.bank_allocation a
          left join lateral (select sum(u.used) as used, sum(u.reserved) as reserved from usage u where ${covered}) t on true
         where a.bank_id = l.bank_id and a.version = l.version) p on true
     where l.bank_id > ${afterBank}::integer and (${filter.bankId ?? null}::integer is null or l.bank_id = ${filter.bankId ?? null})
     order by l.bank_id limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.bankId) : null };
}

export type AllocationStored = {
  guarantorId: number;
  guarantorName: string;
  productCode: string | null;
  productName: string | null;
  amount: Fen;
  used: Fen;
  reserved: Fen;
};

/** The allocations of one version that the caller may see, with what is used of each. At most 2,000. */
export async function allocationsOf(tx: Tx, bankId: number, version: number, on: Day): Promise<AllocationStored[]> {
  const { rows } = await sql<AllocationStored>`
    with usage as materialized (${usage(on)})
    select a.guarantor_id as "guarantorId", g.short_name as "guarantorName", a.product_code as "productCode", p.name as "productName", a.amount,
           coalesce(t.used, 0)::bigint as used, coalesce(t.reserved, 0)::bigint as reserved
      from limits.bank_allocation a
      join institutions.institution g on g.id = a.guarantor_id
      left join agreements.product p on p.code = a.product_code
      left join lateral (select sum(u.used) as used, sum(u.reserved) as reserved from usage u where ${covered}) t on true
     where a.bank_id = ${bankId} and a.version = ${version}
     order by a.guarantor_id, a.product_code nulls first limit 2000`.execute(tx);
  return rows;
}

export type GuarantorLineStored = {
  guarantorId: number;
  guarantorName: string;
  id: bigint;
  year: number;
  amount: Fen;
  coefficient: string;
  used: Fen;
  reserved: Fen;
  status: 'proposed' | 'approved' | 'refused' | 'replaced';
  document: string;
  unverified: string | null;
  working: LineWorking;
  formula: { version: number; from: Day; source: string; terms: LineFormula };
  decidedOn: Day | null;
  decision: string | null;
};

/** Yearly lines the caller may see, newest first; used and held are told for the year of `on` only. */
export async function listGuarantorLines(
  tx: Tx,
  filter: { guarantorId?: number | undefined; year?: number | undefined; id?: bigint; on: Day },
  after: string | undefined,
  limit: number,
): Promise<Page<GuarantorLineStored>> {
  const [afterYear, afterId] = keysOf(after, 2) ?? ['9999', '0'];
  const { rows } = await sql<GuarantorLineStored>`
    select l.guarantor_id as "guarantorId", g.short_name as "guarantorName", l.id, l.year::integer as year, l.amount, l.working ->> 'coefficient' as coefficient,
           case when l.year = ${yearOf(filter.on)} then coalesce((select sum(x.reguaranteed) from limits.book_base b,
             jsonb_to_recordset(b.lines) as x(reguaranteed bigint) where b.guarantor_id = l.guarantor_id), 0) else 0 end::bigint as used,
           case when l.year = ${yearOf(filter.on)} then coalesce((select sum(r.amount) from limits.reservation r
             where r.guarantor_id = l.guarantor_id and r.status = 'held' and r.until_on >= ${filter.on}), 0) else 0 end::bigint as reserved,
           l.status, l.document, f.unverified, l.working,
           jsonb_build_object('version', f.version, 'from', f.from_on, 'source', f.source, 'terms', ${told} || f.terms) as formula,
           l.decided_on as "decidedOn", l.decision
      from limits.guarantor_line l
      join limits.line_formula f on f.version = l.formula_version
      join institutions.institution g on g.id = l.guarantor_id
     where (l.year < ${afterYear}::integer or l.year = ${afterYear}::integer and l.id > ${afterId}::bigint)
       and (${filter.guarantorId ?? null}::integer is null or l.guarantor_id = ${filter.guarantorId ?? null})
       and (${filter.year ?? null}::integer is null or l.year = ${filter.year ?? null})
       and (${filter.id ?? null}::bigint is null or l.id = ${filter.id ?? null})
     order by l.year desc, l.id limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.year, last.id) : null };
}

/** What of each group of a yearly line is used and held; nothing for another year than that of `on`. */
export async function groupUsageOf(
  tx: Tx,
  { guarantorId, year }: Pick<GuarantorLineStored, 'guarantorId' | 'year'>,
  on: Day,
): Promise<{ code: string; used: Fen; reserved: Fen }[]> {
  if (year !== yearOf(on)) return [];
  const { rows } = await sql<{ code: string; used: Fen; reserved: Fen }>`
    select g.code,
           coalesce((select sum((l.groups ->> g.code)::bigint) from limits.book_base b, jsonb_to_recordset(b.lines) as l(groups jsonb)
                      where b.guarantor_id = ${guarantorId}), 0)::bigint as used,
           coalesce((select sum(r.amount) from limits.reservation r
                      where r.guarantor_id = ${guarantorId} and r.status = 'held' and r.until_on >= ${on} and r.line_group = g.code), 0)::bigint as reserved
      from unnest(${[...lineGroups]}::text[]) with ordinality g(code, place) order by g.place`.execute(tx);
  return rows;
}

export type TargetStored = {
  guarantorId: number;
  guarantorName: string;
  county: number;
  countyName: string;
  year: number;
  amount: Fen;
  done: Fen;
  document: string;
};

/** County targets the caller may see, newest year first, with what was newly guaranteed there. */
export async function listTargets(
  tx: Tx,
  filter: { guarantorId?: number | undefined; year?: number | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<TargetStored>> {
  const [afterYear, afterGuarantor, afterCounty] = keysOf(after, 3) ?? ['9999', '0', '0'];
  const { rows } = await sql<TargetStored>`
    select t.*, coalesce((select sum(e.principal) from guarantees.guarantee e
                           where e.guarantor_id = t."guarantorId" and e.county = t.county and e.status <> 'pending'
                             and e.starts_on between make_date(t.year, 1, 1) and make_date(t.year, 12, 31)), 0)::bigint as done
      from (select distinct on (t.year, t.guarantor_id, t.county) t.guarantor_id as "guarantorId", g.short_name as "guarantorName", t.county,
                   r.name as "countyName", t.year::integer as year, t.amount, t.document
              from limits.policy_target t
              join institutions.institution g on g.id = t.guarantor_id
              join institutions.region r on r.code = t.county
             where (t.year < ${afterYear}::integer or t.year = ${afterYear}::integer
                      and (t.guarantor_id, t.county) > (${afterGuarantor}::integer, ${afterCounty}::integer))
               and (${filter.guarantorId ?? null}::integer is null or t.guarantor_id = ${filter.guarantorId ?? null})
               and (${filter.year ?? null}::integer is null or t.year = ${filter.year ?? null})
             order by t.year desc, t.guarantor_id, t.county, t.version desc
             limit ${limit + 1}) t
     order by t.year desc, t."guarantorId", t.county`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.year, last.guarantorId, last.county) : null };
}
