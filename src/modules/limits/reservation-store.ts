import { sql } from 'kysely';
import { addDays, type Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { normalizeCode } from '../../law/gb-32100.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';

export type ReservationStored = {
  guarantorId: number;
  guarantorName: string;
  id: bigint;
  subject: string;
  customerId: bigint;
  customerName: string;
  bankName: string;
  productName: string;
  county: number;
  amount: Fen;
  guaranteed: Fen;
  until: Day;
  state: 'held' | 'expired' | 'used' | 'released';
  isAhead: boolean;
  isExpiring: boolean;
  note: string | null;
};

/** Held room that ends within so many days is marked: our own habit. */
const expiringDays = 7;

/** Reservations the caller may see, newest first. */
export async function listReservations(
  tx: Tx,
  filter: {
    guarantorId?: number | undefined;
    bankId?: number | undefined;
    state?: string | undefined;
    id?: bigint;
    on: Day;
  },
  after: string | undefined,
  limit: number,
): Promise<Page<ReservationStored>> {
  const [afterId] = keysOf(after, 1) ?? ['9223372036854775807'];
  const shown = sql`case when r.status = 'held' and r.until_on < ${filter.on} then 'expired' else r.status end`;
  const { rows } = await sql<ReservationStored>`
    select r.guarantor_id as "guarantorId", g.short_name as "guarantorName", r.id, r.subject, r.customer_id as "customerId",
           coalesce(c.name, '') as "customerName", b.short_name as "bankName", p.name as "productName", r.county, r.amount, r.guaranteed,
           r.until_on as until, ${shown} as state, r.subject like 'hold:%' as "isAhead", r.note,
           r.status = 'held' and r.until_on between ${filter.on} and ${addDays(filter.on, expiringDays)} as "isExpiring"
      from limits.reservation r
      join institutions.institution g on g.id = r.guarantor_id
      left join customers.customer c on c.guarantor_id = r.guarantor_id and c.id = r.customer_id
      join institutions.institution b on b.id = r.bank_id
      join agreements.product p on p.code = r.product_code
     where r.id < ${afterId}::bigint
       and (${filter.id ?? null}::bigint is null or r.id = ${filter.id ?? null})
       and (${filter.guarantorId ?? null}::integer is null or r.guarantor_id = ${filter.guarantorId ?? null})
       and (${filter.bankId ?? null}::integer is null or r.bank_id = ${filter.bankId ?? null})
       and (${filter.state ?? null}::text is null or ${shown} = ${filter.state ?? null})
     order by r.id desc limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id) : null };
}

/** The id of a customer of a guarantor by its identity number, among those the caller sees; undefined when there is none. */
export async function customerByIdentity(tx: Tx, guarantorId: number, identityNo: string): Promise<bigint | undefined> {
  const { rows } = await sql<{ id: bigint }>`
    select id from customers.customer where guarantor_id = ${guarantorId} and identity_no = ${normalizeCode(identityNo)} limit 1`.execute(
    tx,
  );
  return rows[0]?.id;
}
