import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { firstDayOfMonth, lastDayOfMonth, type Month } from '../../kernel/month.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import { hasHead } from '../customers/index.ts';
import type { FilingFilter, FilingKind, FilingStatus, Problem } from './contract.ts';
import type { Content } from './rules.ts';

export type FilingListRow = {
  guarantorId: number;
  guarantorName: string;
  id: bigint;
  businessNo: string;
  guaranteeId: bigint;
  kind: FilingKind;
  status: FilingStatus;
  contractNo: string;
  occurredOn: Day;
  batchNumber: string | null;
  problems: Problem[];
  blocked: boolean;
  denyReason: string | null;
  certificateNo: string | null;
  confirmNo: string | null;
  fundBatch: string | null;
  source: number;
  submittedAt: Date | null;
  decidedAt: Date | null;
  content: Content;
  supplement: Content;
  detail: Content;
};

const columns = sql`
  r.guarantor_id as "guarantorId", i.short_name as "guarantorName", r.id, r.business_no as "businessNo", r.guarantee_id as "guaranteeId",
  r.kind, r.status, r.contract_no as "contractNo", r.occurred_on as "occurredOn", b.number as "batchNumber", r.problems, r.blocked,
  r.deny_reason as "denyReason", r.certificate_no as "certificateNo", r.confirm_no as "confirmNo", r.fund_batch as "fundBatch", r.source,
  r.submitted_at as "submittedAt", r.decided_at as "decidedAt", r.content, r.supplement, r.detail`;
const joins = sql`
  join institutions.institution i on i.id = r.guarantor_id
  left join filings.batch b on b.guarantor_id = r.guarantor_id and b.id = r.batch_id`;

function conditions(filter: FilingFilter) {
  const parts = [sql`true`];
  if (filter.guarantorId !== undefined) parts.push(sql`r.guarantor_id = ${filter.guarantorId}`);
  if (filter.kind) parts.push(sql`r.kind = ${filter.kind}`);
  if (filter.status) parts.push(sql`r.status = ${filter.status}`);
  if (filter.batchId) parts.push(sql`r.batch_id = ${filter.batchId}::bigint`);
  if (filter.month)
    parts.push(
      sql`r.occurred_on between ${firstDayOfMonth(filter.month as Month)}::date and ${lastDayOfMonth(filter.month as Month)}::date`,
    );
  if (filter.problems === 'block') parts.push(sql`r.blocked`);
  if (filter.problems === 'warn') parts.push(sql`not r.blocked and r.problems <> '[]'`);
  if (filter.problems === 'none') parts.push(sql`r.problems = '[]'`);
  const q = filter.q?.trim();
  if (q)
    parts.push(
      /[\u4e00-\u9fff]/.test(q)
        ? sql`r.content ->> 'borrowerName' like ${`%${q.replace(/[\\%_]/g, '\\$&')}%`}`
        : sql`(${hasHead('r.contract_no', q)} or r.business_no = ${q.toUpperCase()} or r.certificate_no = ${q.toUpperCase()})`,
    );
  return sql.join(parts, sql` and `);
}

/** Filings the caller may see, newest first. */
export async function listFilings(
  tx: Tx,
  filter: FilingFilter,
  after: string | undefined,
  limit: number,
): Promise<Page<FilingListRow>> {
  const [id] = keysOf(after, 1) ?? [];
  const { rows } = await sql<FilingListRow>`
    select ${columns}
      from (select r.* from filings.record r
             where ${conditions(filter)} and (${id ?? null}::bigint is null or r.id < ${id ?? null}::bigint)
             order by r.id desc
             limit ${limit + 1}) r ${joins}
     order by r.id desc`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id) : null };
}

/** One filing with what the book says now, or undefined. */
export async function filingById(tx: Tx, guarantorId: number, id: bigint) {
  const { rows } = await sql<
    FilingListRow & {
      book: Content;
      revision: number;
      initialBusinessNo: string | null;
      recordedAt: Date;
      submittedBy: string | null;
      decidedBy: string | null;
    }
  >`
    select ${columns}, k.content as book, r.revision, f.business_no as "initialBusinessNo", r.recorded_at as "recordedAt",
           s.name as "submittedBy", d.name as "decidedBy"
      from filings.record r ${joins}
      join filings.book k on k.guarantor_id = r.guarantor_id and k.guarantee_id = r.guarantee_id
      left join filings.record f on f.guarantor_id = r.guarantor_id and f.id = r.initial_id
      left join identity.person s on s.id = b.submitted_by
      left join identity.person d on d.id = r.decided_by
     where r.guarantor_id = ${guarantorId} and r.id = ${id}`.execute(tx);
  return rows[0];
}

export type StepRow = {
  at: Date;
  action: 'deny' | 'correct' | 'withdraw';
  by: string | null;
  reason: string | null;
  batchNumber: string | null;
};

/** What happened to a record besides its first and its last state, oldest first. */
export async function stepsOf(tx: Tx, guarantorId: number, id: bigint): Promise<StepRow[]> {
  const { rows } = await sql<StepRow>`
    select s.at, s.action, p.name as by, s.reason, b.number as "batchNumber"
      from filings.step s
      left join identity.person p on p.id = s.user_id
      left join filings.batch b on b.guarantor_id = s.guarantor_id and b.id = s.batch_id
     where s.guarantor_id = ${guarantorId} and s.record_id = ${id}
     order by s.at, s.revision
     limit 500`.execute(tx);
  return rows;
}

export type BatchListRow = {
  guarantorId: number;
  guarantorName: string;
  id: bigint;
  number: string;
  month: string;
  dueOn: Day;
  submittedAt: Date;
  submittedBy: string;
  isLate: boolean;
  rows: number;
  waiting: number;
  warned: number;
  confirmed: number;
  denied: number;
  returned: number;
  held: number;
  guaranteed: Fen;
};

/** Batches the caller may see, newest first, each with what has become of its rows. */
export async function listBatches(
  tx: Tx,
  filter: { guarantorId?: number | undefined; waiting?: string | undefined; id?: bigint | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<BatchListRow>> {
  const [before] = keysOf(after, 1) ?? [];
  const { rows } = await sql<BatchListRow>`
    select b.guarantor_id as "guarantorId", i.short_name as "guarantorName", b.id, b.number, to_char(b.month, 'YYYY-MM') as month,
           b.due_on as "dueOn", b.submitted_at as "submittedAt", p.name as "submittedBy",
           (b.submitted_at at time zone 'Asia/Shanghai')::date > b.due_on as "isLate", b.rows, b.held, c.waiting, c.warned, c.confirmed,
           c.denied, b.rows - c.present as returned, c.guaranteed
      from filings.batch b
      join institutions.institution i on i.id = b.guarantor_id
      join identity.person p on p.id = b.submitted_by
     cross join lateral (
       select count(*)::integer as present, count(*) filter (where r.status = 'submitted')::integer as waiting,
              count(*) filter (where r.status = 'submitted' and r.problems <> '[]')::integer as warned,
              count(*) filter (where r.status = 'confirmed')::integer as confirmed, count(*) filter (where r.status = 'denied')::integer as denied,
              coalesce(sum((r.content ->> 'guaranteed')::bigint), 0)::bigint as guaranteed
         from filings.record r where r.guarantor_id = b.guarantor_id and r.batch_id = b.id) c
     where (${filter.guarantorId ?? null}::integer is null or b.guarantor_id = ${filter.guarantorId ?? null})
       and (${filter.id ?? null}::bigint is null or b.id = ${filter.id ?? null})
       and (${filter.waiting ?? null}::text is null or exists (
             select from filings.record r where r.guarantor_id = b.guarantor_id and r.batch_id = b.id and r.status = 'submitted'))
       and (${before ?? null}::bigint is null or b.id < ${before ?? null}::bigint)
     order by b.id desc
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id) : null };
}

export type Standing = {
  ready: number;
  blocked: number;
  warned: number;
  denied: number;
  submitted: number;
  unprepared: number;
  reasons: { code: string; message: string; severity: 'block' | 'warn'; count: number }[];
};

/** Where things stand up to the end of the month: what may go out, what is kept back and why, what nobody has taken from the book. */
export async function standingOf(tx: Tx, month: Month, guarantorId: number | undefined): Promise<Standing> {
  const own = sql`(${guarantorId ?? null}::integer is null or r.guarantor_id = ${guarantorId ?? null})`;
  const { rows } = await sql<Omit<Standing, 'reasons' | 'unprepared'>>`
    select count(*) filter (where r.status = 'prepared' and not r.blocked)::integer as ready,
           count(*) filter (where r.status = 'prepared' and r.blocked)::integer as blocked,
           count(*) filter (where r.status = 'prepared' and not r.blocked and r.problems <> '[]')::integer as warned,
           count(*) filter (where r.status = 'denied')::integer as denied,
           count(*) filter (where r.status = 'submitted')::integer as submitted
      from filings.record r
     where r.status in ('prepared', 'denied', 'submitted') and ${own} and r.occurred_on <= ${lastDayOfMonth(month)}::date`.execute(
    tx,
  );
  const reasons = await sql<Standing['reasons'][number]>`
    select p ->> 'code' as code, min(p ->> 'message') as message, p ->> 'severity' as severity, count(*)::integer as count
      from filings.record r
     cross join lateral jsonb_array_elements(r.problems) p
     where r.status = 'prepared' and ${own} and r.occurred_on <= ${lastDayOfMonth(month)}::date
     group by 1, 3
     order by 3, 4 desc
     limit 20`.execute(tx);
  const unprepared = await sql<{ count: number }>`
    select count(*)::integer as count
      from filings.eligible_new(${firstDayOfMonth(month)}, ${lastDayOfMonth(month)}) r
     where ${own}
       and not exists (select from filings.record f where f.guarantor_id = r.guarantor_id and f.guarantee_id = r.guarantee_id and f.kind = 'new')`.execute(
    tx,
  );
  return { ...rows[0]!, reasons: reasons.rows, unprepared: unprepared.rows[0]!.count };
}
