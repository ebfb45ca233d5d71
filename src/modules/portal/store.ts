import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import type { RequestRow } from './contract.ts';

export type RequestListRow = {
  guarantorId: number;
  guarantorName: string;
  id: bigint;
  customerId: bigint;
  customerName: string;
  title: string;
  note: string;
  dueOn: Day | null;
  askedBy: string;
  askedAt: Date;
  state: RequestRow['state'];
  answeredAt: Date | null;
  attachmentId: bigint | null;
  fileName: string | null;
};

/** What was asked of customers, newest first. */
export async function listRequests(
  tx: Tx,
  filter: { guarantorId?: number | undefined; customerId?: string | undefined; state?: string | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<RequestListRow>> {
  const [before] = keysOf(after, 1) ?? [];
  const { rows } = await sql<RequestListRow>`
    select r.guarantor_id as "guarantorId", i.short_name as "guarantorName", r.id, r.customer_id as "customerId", c.name as "customerName",
           r.title, r.note, r.due_on as "dueOn", u.name as "askedBy", r.asked_at as "askedAt", s.state, r.answered_at as "answeredAt",
           r.attachment_id as "attachmentId", a.name as "fileName"
      from portal.request r
     cross join lateral (select case when r.withdrawn_at is not null then 'withdrawn' when r.answered_at is not null then 'answered' else 'open' end as state) s
      join institutions.institution i on i.id = r.guarantor_id
      join customers.customer c on c.guarantor_id = r.guarantor_id and c.id = r.customer_id
      join identity.person u on u.id = r.asked_by
      left join attachments.attachment a on a.guarantor_id = r.guarantor_id and a.id = r.attachment_id
     where (${filter.guarantorId ?? null}::integer is null or r.guarantor_id = ${filter.guarantorId ?? null})
       and (${filter.customerId ?? null}::bigint is null or r.customer_id = ${filter.customerId ?? null}::bigint)
       and (${filter.state ?? null}::text is null or s.state = ${filter.state ?? null})
       and (${before ?? null}::bigint is null or r.id < ${before ?? null}::bigint)
     order by r.id desc
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id) : null };
}
