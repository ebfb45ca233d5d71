import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { keptPlan, type Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import { hasHead, searchCondition } from '../customers/index.ts';

export type GuaranteeListRow = {
  guarantorId: number;
  guarantorName: string;
  id: bigint;
  contractNo: string;
  customerId: bigint;
  customerName: string;
  bankName: string;
  productName: string;
  county: number;
  countyName: string;
  principal: Fen;
  guaranteed: Fen;
  outstanding: Fen;
  feeRate: string;
  startsOn: Day;
  dueOn: Day;
  tags: number;
  primaryTag: number;
  status: 'in-force';
};
export type GuaranteeFilter = {
  q?: string | undefined;
  guarantorId?: number | undefined;
  bankId?: number | undefined;
  region?: number | undefined;
  customerId?: string | undefined;
  status?: string | undefined;
  tag?: number | undefined;
  startsFrom?: Day | undefined;
  startsTo?: Day | undefined;
};

/** The counties under a region code: the county itself, a city's counties, or every county of the province (then null: no filter). */
export function countyRange(region: number | undefined): { from: number; to: number } | undefined {
  if (region === undefined || region % 10_000 === 0) return undefined;
  return region % 100 === 0 ? { from: region, to: region + 99 } : { from: region, to: region };
}

function conditions(filter: GuaranteeFilter) {
  const parts = [sql`true`];
  const range = countyRange(filter.region);
  if (range)
    parts.push(
      range.from === range.to ? sql`g.county = ${range.from}` : sql`g.county between ${range.from} and ${range.to}`,
    );
  if (filter.guarantorId !== undefined) parts.push(sql`g.guarantor_id = ${filter.guarantorId}`);
  if (filter.bankId !== undefined) parts.push(sql`g.bank_id = ${filter.bankId}`);
  if (filter.customerId !== undefined) parts.push(sql`g.customer_id = ${filter.customerId}::bigint`);
  if (filter.status !== undefined) parts.push(sql`g.status = ${filter.status}`);
  if (filter.tag !== undefined) parts.push(sql`g.tags & ${filter.tag}::smallint <> 0`);
  if (filter.startsFrom !== undefined) parts.push(sql`g.starts_on >= ${filter.startsFrom}`);
  if (filter.startsTo !== undefined) parts.push(sql`g.starts_on <= ${filter.startsTo}`);
  return sql.join(parts, sql` and `);
}

/** Two index look-ups instead of one OR over two tables: by the head of the contract number, or through the customer. */
function candidates(q: string | undefined) {
  const text = q?.trim();
  if (!text) return sql`guarantees.guarantee g`;
  return sql`(
    select * from guarantees.guarantee where ${hasHead('contract_no', text)}
     union
    select e.* from guarantees.guarantee e
      join customers.customer c on c.guarantor_id = e.guarantor_id and c.id = e.customer_id
     where ${searchCondition(text, 'c')}) g`;
}

/** Guarantees the caller may see, newest start first; keyset over (start day, id, guarantor). */
export async function listGuarantees(
  tx: Tx,
  filter: GuaranteeFilter,
  after: string | undefined,
  limit: number,
): Promise<Page<GuaranteeListRow>> {
  const [day, id, guarantor] = keysOf(after, 3) ?? [];
  const seek = day
    ? sql`(g.starts_on, g.id, g.guarantor_id) < (${day}::date, ${id}::bigint, ${guarantor}::integer)`
    : sql`true`;
  const { rows } = await sql<GuaranteeListRow>`
    select g.guarantor_id as "guarantorId", i.short_name as "guarantorName", g.id, g.contract_no as "contractNo",
           g.customer_id as "customerId", c.name as "customerName", b.short_name as "bankName", p.name as "productName",
           g.county, r.name as "countyName", g.principal, g.guaranteed, g.outstanding, g.fee_rate::text as "feeRate",
           g.starts_on as "startsOn", g.due_on as "dueOn", g.tags, g.primary_tag as "primaryTag", g.status
      from (select g.* from ${candidates(filter.q)}
             where ${conditions(filter)} and ${seek}
             order by g.starts_on desc, g.id desc, g.guarantor_id desc
             limit ${limit + 1}) g
      join institutions.institution i on i.id = g.guarantor_id
      join institutions.institution b on b.id = g.bank_id
      join institutions.region r on r.code = g.county
      join agreements.product p on p.code = g.product_code
      join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
     order by g.starts_on desc, g.id desc, g.guarantor_id desc`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.startsOn, last.id, last.guarantorId) : null };
}

/** One guarantee with its pinned agreement version, or undefined. */
export async function guaranteeById(tx: Tx, guarantorId: number, id: bigint) {
  const { rows } = await sql<
    GuaranteeListRow & {
      loanContractNo: string | null;
      endsOn: Day;
      industryCode: string | null;
      sizeClass: string;
      source: string;
      recordedAt: Date;
      agreementNo: string;
      agreementVersion: number;
      bankShare: string;
      guarantorShare: string;
      provinceShare: string;
      fundShare: string;
      otherShare: string;
      claimRatioCap: string | null;
    }
  >`${sql.raw(keptPlan)}
    select g.guarantor_id as "guarantorId", i.short_name as "guarantorName", g.id, g.contract_no as "contractNo",
           g.customer_id as "customerId", c.name as "customerName", b.short_name as "bankName", p.name as "productName",
           g.county, r.name as "countyName", g.principal, g.guaranteed, g.outstanding, g.fee_rate::text as "feeRate",
           g.starts_on as "startsOn", g.due_on as "dueOn", g.tags, g.primary_tag as "primaryTag", g.status,
           g.loan_contract_no as "loanContractNo", g.ends_on as "endsOn", g.industry_code as "industryCode", g.size_class as "sizeClass",
           g.source, g.recorded_at as "recordedAt", a.contract_no as "agreementNo", v.version as "agreementVersion",
           v.bank_share::text as "bankShare", v.guarantor_share::text as "guarantorShare", v.province_share::text as "provinceShare",
           v.fund_share::text as "fundShare", v.other_share::text as "otherShare", v.claim_ratio_cap::text as "claimRatioCap"
      from guarantees.guarantee g
      join institutions.institution i on i.id = g.guarantor_id
      join institutions.institution b on b.id = g.bank_id
      join institutions.region r on r.code = g.county
      join agreements.product p on p.code = g.product_code
      join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
      join agreements.agreement a on a.guarantor_id = g.guarantor_id and a.id = g.agreement_id
      join agreements.version v on v.guarantor_id = g.guarantor_id and v.agreement_id = g.agreement_id and v.version = g.agreement_version
     where g.guarantor_id = ${guarantorId} and g.id = ${id}`.execute(tx);
  return rows[0];
}

/** The ledger transfers of one guarantee, in order of posting. */
export async function postingsOf(tx: Tx, guarantorId: number, id: bigint) {
  const { rows } = await sql<{
    key: string;
    leg: number;
    debit: number;
    debitTitle: string;
    credit: number;
    creditTitle: string;
    amount: Fen;
    party: string | null;
    effectiveOn: Day;
  }>`${sql.raw(keptPlan)}
    select t.key, t.leg, t.debit, d.title as "debitTitle", t.credit, c.title as "creditTitle", t.amount, t.party, t.effective_on as "effectiveOn"
      from ledger.transfer t
      join ledger.account d on d.code = t.debit
      join ledger.account c on c.code = t.credit
     where t.guarantor_id = ${guarantorId} and t.guarantee_id = ${id}
     order by t.recorded_at, length(t.key), t.key, t.leg
     limit 2000`.execute(tx);
  return rows;
}
