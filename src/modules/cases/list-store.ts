import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import { identityHash } from '../customers/index.ts';
import type { CaseState } from './contract.ts';

export type CaseListRow = {
  guarantorId: number;
  guarantorName: string;
  id: bigint;
  number: string;
  state: CaseState;
  stateAt: Date;
  applicantKind: 'bank' | 'client-manager' | 'customer';
  customerName: string;
  bankName: string | null;
  productName: string | null;
  countyName: string | null;
  amount: Fen | null;
  termMonths: number | null;
  managerA: string | null;
  managerB: string | null;
  submittedOn: Day | null;
  validUntil: Day | null;
};
type Filter = {
  q?: string | undefined;
  state?: CaseState | undefined;
  guarantorId?: number | undefined;
  bankId?: number | undefined;
  mine?: 'true' | 'false' | undefined;
};

const mineOnly = (userId: number) =>
  sql`(c.applicant_user = ${userId} or c.manager_a = ${userId} or c.manager_b = ${userId})`;

function matching(filter: Filter, userId: number, withState: boolean) {
  const q = filter.q?.trim();
  const hashes =
    q && /^[0-9A-Za-z]{15,18}$/.test(q) ? ['uscc', 'resident-id'].map((kind) => identityHash(kind, q)) : [];
  return sql`(${filter.guarantorId ?? null}::integer is null or c.guarantor_id = ${filter.guarantorId ?? null})
    and (${filter.bankId ?? null}::integer is null or c.bank_id = ${filter.bankId ?? null})
    and (${(withState && filter.state) || null}::text is null or c.state = ${filter.state ?? null})
    and ${filter.mine === 'true' ? mineOnly(userId) : sql`true`}
    and (${q || null}::text is null or c.number = upper(${q ?? ''}) or c.identity_hash = any (${hashes}::text[])
         or position(${q ?? ''} in coalesce(c.customer_name, c.draft ->> 'customerName', '')) > 0)`;
}

/** Cases the caller may see, newest first. */
export async function listCases(
  tx: Tx,
  filter: Filter,
  userId: number,
  after: string | undefined,
  limit: number,
): Promise<Page<CaseListRow>> {
  const [afterId = '9223372036854775807'] = keysOf(after, 1) ?? [];
  const { rows } = await sql<CaseListRow>`
    select c.guarantor_id as "guarantorId", g.short_name as "guarantorName", c.id, c.number, c.state, c.state_at as "stateAt",
           c.applicant_kind as "applicantKind", coalesce(c.customer_name, c.draft ->> 'customerName', '（未填）') as "customerName",
           b.short_name as "bankName", coalesce(pr.name, c.draft ->> 'productCode') as "productName", r.name as "countyName", c.amount,
           c.term_months as "termMonths", pa.name as "managerA", pb.name as "managerB", c.submitted_on as "submittedOn",
           c.valid_until as "validUntil"
      from cases.case c
      join institutions.institution g on g.id = c.guarantor_id
      left join institutions.institution b on b.id = c.bank_id
      left join agreements.product pr on pr.code = coalesce(c.product_code, c.draft ->> 'productCode')
      left join institutions.region r on r.code = c.county
      left join identity.person pa on pa.id = c.manager_a
      left join identity.person pb on pb.id = c.manager_b
     where c.id < ${afterId}::bigint and ${matching(filter, userId, true)}
     order by c.id desc limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id) : null };
}

const countedMax = 10_000;

/** How many of the caller's cases stand in each state; counting stops at 10,000 a state. */
export async function countCases(
  tx: Tx,
  filter: Filter,
  userId: number,
  states: readonly CaseState[],
): Promise<{ state: CaseState; count: number }[]> {
  const { rows } = await sql<{ state: CaseState; count: number }>`
    select s.state, (select count(*)::integer from (
             select from cases.case c where c.state = s.state and ${matching(filter, userId, false)} limit ${countedMax}) x) as count
      from unnest(${[...states]}::text[]) s (state)`.execute(tx);
  return rows;
}
