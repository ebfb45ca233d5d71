import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import type { Purpose, QueryStatus } from './contract.ts';
import type { Authorisation } from './rules.ts';

/** Every platform that may be asked, by code. */
export async function listPlatforms(tx: Tx): Promise<{ code: string; name: string }[]> {
  const { rows } = await sql<{
    code: string;
    name: string;
  }>`select code, name from creditinfo.platform order by code limit 100`.execute(tx);
  return rows;
}

export type AuthorisationListRow = {
  guarantorId: number;
  guarantorName: string;
  id: bigint;
  customerId: bigint;
  customerName: string;
  purpose: Purpose;
  platform: string;
  platformName: string;
  fromOn: Day;
  untilOn: Day;
  isRevoked: boolean;
  attachmentId: bigint;
  attachmentName: string;
  recordedBy: string;
  recordedAt: Date;
  revokedWhy: string | null;
  queries: number;
};

/** The ledger of authorisations the caller may see, newest first. */
export async function listAuthorisations(
  tx: Tx,
  filter: { guarantorId?: number | undefined; customerId?: string | undefined; state?: string | undefined },
  today: Day,
  after: string | undefined,
  limit: number,
): Promise<Page<AuthorisationListRow>> {
  const [before] = keysOf(after, 1) ?? [];
  const { rows } = await sql<AuthorisationListRow>`
    select a.guarantor_id as "guarantorId", i.short_name as "guarantorName", a.id, a.customer_id as "customerId", c.name as "customerName",
           a.purpose, a.platform, p.name as "platformName", a.from_on as "fromOn", a.until_on as "untilOn",
           a.revoked_at is not null as "isRevoked", a.attachment_id as "attachmentId", t.name as "attachmentName",
           u.name as "recordedBy", a.recorded_at as "recordedAt", a.revoked_why as "revokedWhy",
           (select count(*) from creditinfo.query q where q.guarantor_id = a.guarantor_id and q.authorisation_id = a.id)::integer as queries
      from creditinfo.authorisation a
      join institutions.institution i on i.id = a.guarantor_id
      join customers.customer c on c.guarantor_id = a.guarantor_id and c.id = a.customer_id
      join creditinfo.platform p on p.code = a.platform
      join attachments.attachment t on t.guarantor_id = a.guarantor_id and t.id = a.attachment_id
      join identity.person u on u.id = a.recorded_by
     where (${filter.guarantorId ?? null}::integer is null or a.guarantor_id = ${filter.guarantorId ?? null})
       and (${filter.customerId ?? null}::bigint is null or a.customer_id = ${filter.customerId ?? null}::bigint)
       and (${filter.state ?? null}::text is null or ${filter.state ?? null}::text =
            case when a.revoked_at is not null then 'revoked' when ${today}::date < a.from_on then 'not-yet'
                 when ${today}::date > a.until_on then 'expired' else 'valid' end)
       and (${before ?? null}::bigint is null or a.id < ${before ?? null}::bigint)
     order by a.id desc
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id) : null };
}

/** Authorisations of a customer for a purpose and a platform, newest first, held against change until commit. */
export async function authorisationsFor(
  tx: Tx,
  of: { guarantorId: number; customerId: bigint; purpose: string; platform: string },
): Promise<(Authorisation & { evidenceSm3: string })[]> {
  const { rows } = await sql<Authorisation & { evidenceSm3: string }>`
    select id, from_on as "fromOn", until_on as "untilOn", revoked_at is not null as "isRevoked", evidence_sm3 as "evidenceSm3"
      from creditinfo.authorisation
     where guarantor_id = ${of.guarantorId} and customer_id = ${of.customerId} and purpose = ${of.purpose} and platform = ${of.platform}
     order by id desc
     limit 100
       for share`.execute(tx);
  return rows;
}

/** Whom to ask about: name and code of the customer, and the code of the guarantor that asks. */
export async function askedAbout(tx: Tx, guarantorId: number, customerId: bigint) {
  const { rows } = await sql<{ name: string; identityKind: string; identityNo: string; institution: string }>`
    select c.name, c.identity_kind as "identityKind", c.identity_no as "identityNo", i.code as institution
      from customers.customer c
      join institutions.institution i on i.id = c.guarantor_id
     where c.guarantor_id = ${guarantorId} and c.id = ${customerId}`.execute(tx);
  return rows[0];
}

export type QueryListRow = {
  guarantorId: number;
  id: bigint;
  queryKey: string;
  authorisationId: bigint;
  customerId: bigint;
  customerName: string;
  purpose: Purpose;
  platform: string;
  platformName: string;
  subject: string | null;
  status: QueryStatus;
  attempts: number;
  failure: string | null;
  askedBy: string;
  askedAt: Date;
  answeredAt: Date | null;
  expiresOn: Day | null;
  reportHash: string | null;
  reportSealed: string | null;
  signature: string | null;
};

const queryColumns = sql`
  q.guarantor_id as "guarantorId", q.id, q.query_key as "queryKey", q.authorisation_id as "authorisationId", q.customer_id as "customerId",
  c.name as "customerName", q.purpose, q.platform, p.name as "platformName", q.subject, q.status, q.attempts, q.failure, u.name as "askedBy",
  q.asked_at as "askedAt", q.answered_at as "answeredAt", q.expires_on as "expiresOn", q.report_hash as "reportHash"`;
const queryJoins = sql`
  join customers.customer c on c.guarantor_id = q.guarantor_id and c.id = q.customer_id
  join creditinfo.platform p on p.code = q.platform
  join identity.person u on u.id = q.asked_by`;

/** Questions the caller's guarantor has asked, newest first; reports are not among the columns. */
export async function listQueries(
  tx: Tx,
  filter: { guarantorId?: number | undefined; customerId?: string | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<QueryListRow>> {
  const [before] = keysOf(after, 1) ?? [];
  const { rows } = await sql<QueryListRow>`
    select ${queryColumns}
      from creditinfo.query q ${queryJoins}
     where (${filter.guarantorId ?? null}::integer is null or q.guarantor_id = ${filter.guarantorId ?? null})
       and (${filter.customerId ?? null}::bigint is null or q.customer_id = ${filter.customerId ?? null}::bigint)
       and (${before ?? null}::bigint is null or q.id < ${before ?? null}::bigint)
     order by q.id desc
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id) : null };
}

/** One question with its sealed report, or undefined. */
export async function queryById(tx: Tx, guarantorId: number, id: bigint): Promise<QueryListRow | undefined> {
  const { rows } = await sql<QueryListRow>`
    select ${queryColumns}, q.report_sealed as "reportSealed", q.signature
      from creditinfo.query q ${queryJoins}
     where q.guarantor_id = ${guarantorId} and q.id = ${id}`.execute(tx);
  return rows[0];
}

/** The question asked under this key before, locked until commit; undefined when it is new. */
export async function lockQuery(tx: Tx, guarantorId: number, queryKey: string) {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`creditinfo:${guarantorId}:${queryKey}`}, 0))`.execute(tx);
  const { rows } = await sql<{
    id: bigint;
    status: QueryStatus;
    customerId: bigint;
    purpose: string;
    platform: string;
  }>`
    select id, status, customer_id as "customerId", purpose, platform
      from creditinfo.query where guarantor_id = ${guarantorId} and query_key = ${queryKey} for update`.execute(tx);
  return rows[0];
}
