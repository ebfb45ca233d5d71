import { sql } from 'kysely';
import type { Fen } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';

export type CustomerListRow = {
  guarantorId: number;
  guarantorName: string;
  id: bigint;
  kind: 'enterprise';
  name: string;
  identityKind: 'uscc';
  identityNo: string;
  county: number;
  countyName: string;
  industryCode: string | null;
  sizeClass: '小型';
  groupName: string | null;
  outstanding: Fen;
};

const columns = sql`c.guarantor_id as "guarantorId", g.short_name as "guarantorName", c.id, c.kind, c.name, c.identity_kind as "identityKind",
  c.identity_no as "identityNo", c.county, r.name as "countyName", c.industry_code as "industryCode", c.size_class as "sizeClass",
  grp.name as "groupName",
  (select coalesce(sum(e.outstanding), 0)::bigint from guarantees.guarantee e where e.guarantor_id = c.guarantor_id and e.customer_id = c.id) as outstanding`;
const joins = sql`join institutions.institution g on g.id = c.guarantor_id
  join institutions.region r on r.code = c.county
  left join customers.related_group grp on grp.guarantor_id = c.guarantor_id and grp.id = c.group_id`;

/**
 * What a typed search can mean: a part of a name, the head of an identity number, the head of pinyin initials.
 * Written with the operators that may use an index under row security, which `like` may not.
 */
export function searchCondition(q: string | undefined, alias: 'c') {
  const text = q?.trim();
  if (!text) return sql`true`;
  const named = sql`(${sql.ref(`${alias}.guarantor_id`)}, ${sql.ref(`${alias}.id`)}) in (select f.guarantor_id, f.id from customers.named(${text}) f)`;
  if (/^[a-z]+$/i.test(text)) return sql`(${hasHead(`${alias}.pinyin`, text.toLowerCase())} or ${named})`;
  if (/^[0-9A-Z]{6,18}$/i.test(text)) return hasHead(`${alias}.identity_no`, text.toUpperCase());
  return named;
}

/** Does the column begin with the text? By its index on byte order (text_pattern_ops), under row security too. */
export const hasHead = (column: string, text: string) =>
  sql`(${sql.ref(column)} ~>=~ ${text} and ${sql.ref(column)} ~<~ ${`${text}\u{10ffff}`})`;

/** Customers the caller may see, newest first. */
export async function listCustomers(
  tx: Tx,
  filter: {
    q?: string | undefined;
    guarantorId?: number | undefined;
    county?: number | undefined;
    groupId?: string | undefined;
  },
  after: string | undefined,
  limit: number,
): Promise<Page<CustomerListRow>> {
  const [afterGuarantor, afterId] = keysOf(after, 2) ?? [String(2 ** 31 - 1), '9223372036854775807'];
  const { rows } = await sql<CustomerListRow>`
    select ${columns}
      from customers.customer c ${joins}
     where (c.guarantor_id, c.id) < (${afterGuarantor}::integer, ${afterId}::bigint)
       and ${searchCondition(filter.q, 'c')}
       and (${filter.guarantorId ?? null}::integer is null or c.guarantor_id = ${filter.guarantorId ?? null})
       and (${filter.county ?? null}::integer is null or c.county = ${filter.county ?? null})
       and (${filter.groupId ?? null}::bigint is null or c.group_id = ${filter.groupId ?? null}::bigint)
     order by c.guarantor_id desc, c.id desc
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.guarantorId, last.id) : null };
}

/** One customer in full, or undefined. */
export async function customerById(tx: Tx, guarantorId: number, id: bigint) {
  const { rows } = await sql<
    CustomerListRow & {
      staff: number | null;
      revenue: Fen | null;
      assets: Fen | null;
      declaredOn: string | null;
      sizeEvidence: unknown;
      contactName: string | null;
      contactPhone: string | null;
      tags: number;
      primaryTag: number;
      issuerRating: string | null;
      issuerRatingOn: string | null;
      version: number;
      recordedAt: Date;
    }
  >`
    select ${columns}, c.staff, c.revenue, c.assets, c.declared_on as "declaredOn", c.size_evidence as "sizeEvidence", c.contact_name as "contactName",
           c.contact_phone as "contactPhone", c.tags, c.primary_tag as "primaryTag", c.issuer_rating as "issuerRating",
           c.issuer_rating_on as "issuerRatingOn", c.version, c.recorded_at as "recordedAt"
      from customers.customer c ${joins}
     where c.guarantor_id = ${guarantorId} and c.id = ${id}`.execute(tx);
  return rows[0];
}
