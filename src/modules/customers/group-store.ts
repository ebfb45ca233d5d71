import { sql } from 'kysely';
import type { Fen } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';

export type GroupListRow = {
  guarantorId: number;
  guarantorName: string;
  id: bigint;
  name: string;
  evidence: string;
  members: number;
  outstanding: Fen;
  recordedAt: Date;
};

const groups = sql`
  select r.guarantor_id as "guarantorId", i.short_name as "guarantorName", r.id, r.name, r.evidence,
         (select count(*)::integer from customers.customer c where c.guarantor_id = r.guarantor_id and c.group_id = r.id) as members,
         (select coalesce(sum(g.outstanding), 0)::bigint
            from customers.customer c
            join guarantees.guarantee g on g.guarantor_id = c.guarantor_id and g.customer_id = c.id
           where c.guarantor_id = r.guarantor_id and c.group_id = r.id) as outstanding,
         r.recorded_at as "recordedAt"
    from customers.related_group r
    join institutions.institution i on i.id = r.guarantor_id`;

/** Related groups the caller may see, newest first. */
export async function listGroups(
  tx: Tx,
  filter: { q?: string | undefined; guarantorId?: number | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<GroupListRow>> {
  const [afterGuarantor, afterId] = keysOf(after, 2) ?? [String(2 ** 31 - 1), '9223372036854775807'];
  const q = filter.q?.trim() || null;
  const { rows } = await sql<GroupListRow>`${groups}
     where (r.guarantor_id, r.id) < (${afterGuarantor}::integer, ${afterId}::bigint)
       and (${q}::text is null or position(${q}::text in r.name) > 0)
       and (${filter.guarantorId ?? null}::integer is null or r.guarantor_id = ${filter.guarantorId ?? null})
     order by r.guarantor_id desc, r.id desc
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.guarantorId, last.id) : null };
}

/** One related group, or undefined. */
export async function groupById(tx: Tx, guarantorId: number, id: bigint): Promise<GroupListRow | undefined> {
  const { rows } = await sql<GroupListRow>`${groups} where r.guarantor_id = ${guarantorId} and r.id = ${id}`.execute(
    tx,
  );
  return rows[0];
}
