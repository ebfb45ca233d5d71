import { type RawBuilder, sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import { hasHead, identityHash } from '../customers/index.ts';
import type { CaseState } from './contract.ts';
import { callerSide } from './store.ts';

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

/** Hits of a name that are looked at for one page; a page that runs out of them goes on after the last. */
const hitsMax = 500;
const newest = '9223372036854775807';

/**
 * What a typed search can mean: a case number, a whole identity number, the head of pinyin initials, a part of a name. Each by an index,
 * under row security too.
 */
function meant(q: string): { byKey: RawBuilder<unknown> } | { byName: string } {
  if (/^XM\d{4}-\d+$/i.test(q)) return { byKey: sql`c.number = ${q.toUpperCase()}` };
  if (/^[0-9A-Za-z]{15,18}$/.test(q)) {
    const hashes = ['uscc', 'resident-id'].map((kind) => identityHash(kind, q));
    return { byKey: sql`c.identity_hash = any (${hashes}::text[])` };
  }
  if (/^[a-z]+$/i.test(q)) return { byKey: hasHead('c.pinyin', q.toLowerCase()) };
  return { byName: q };
}

function matching(filter: Filter, userId: number, q: ReturnType<typeof meant> | undefined) {
  return sql`(${filter.guarantorId ?? null}::integer is null or c.guarantor_id = ${filter.guarantorId ?? null})
    and (${filter.bankId ?? null}::integer is null or c.bank_id = ${filter.bankId ?? null})
    and ${filter.mine === 'true' ? mineOnly(userId) : sql`true`}
    and ${q && 'byKey' in q ? q.byKey : sql`true`}`;
}

/** Says to the planner what row security will say anyway, so that it goes along the right index. */
async function ownRows(tx: Tx): Promise<RawBuilder<unknown>> {
  const { bankId, guarantors, seesAll } = await callerSide(tx);
  if (seesAll) return sql`true`;
  if (bankId !== 0) return sql`c.bank_id = ${bankId}`;
  return guarantors.length === 1 ? sql`c.guarantor_id = ${guarantors[0]!}` : sql`true`;
}

/** Cases the caller may see, newest first. */
export async function listCases(
  tx: Tx,
  filter: Filter,
  userId: number,
  after: string | undefined,
  limit: number,
): Promise<Page<CaseListRow>> {
  const [afterId = newest] = keysOf(after, 1) ?? [];
  const text = filter.q?.trim();
  const q = text ? meant(text) : undefined;
  const byName = q && 'byName' in q ? q.byName : undefined;
  const hits = byName === undefined ? undefined : await hitsOf(tx, byName, afterId);
  if (hits?.length === 0) return { rows: [], next: null };
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
     where c.id < ${afterId}::bigint and ${matching(filter, userId, q)} and ${await ownRows(tx)}
       and (${filter.state ?? null}::text is null or c.state = ${filter.state ?? null})
       and ${hits ? sql`c.id = any (${hits})` : sql`true`}
     order by c.id desc limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  if (rows.length > limit && last) return { rows: page, next: cursorOf(last.id) };
  return { rows: page, next: hits?.length === hitsMax ? cursorOf(hits.at(-1)!) : null };
}

async function hitsOf(tx: Tx, part: string, below: string): Promise<bigint[]> {
  const { rows } = await sql<{ id: bigint }>`select id from cases.named(${part}, ${below}::bigint, ${hitsMax})`.execute(
    tx,
  );
  return rows.map((each) => each.id);
}

const countedMax = 1_000;

/** How many of the caller's cases stand in each state; counting stops at 1,000 a state (500 of a part of a name). */
export async function countCases(
  tx: Tx,
  filter: Filter,
  userId: number,
  states: readonly CaseState[],
): Promise<{ state: CaseState; count: number }[]> {
  const text = filter.q?.trim();
  const q = text ? meant(text) : undefined;
  const hits = q && 'byName' in q ? await hitsOf(tx, q.byName, newest) : undefined;
  const own = await ownRows(tx);
  const { rows } = await sql<{ state: CaseState; count: number }>`
    select s.state, (select count(*)::integer from (
             select from cases.case c
              where c.state = s.state and ${matching(filter, userId, q)} and ${own}
                and ${hits ? sql`c.id = any (${hits})` : sql`true`} limit ${countedMax}) x) as count
      from unnest(${[...states]}::text[]) s (state)`.execute(tx);
  return rows;
}
