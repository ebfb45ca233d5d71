import { sql } from 'kysely';
import { addDays, type Day } from '../../kernel/day.ts';
import { type Fen, fen, formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { addWorkingDays, isWorkingDay, workingDaysBetween } from '../../platform/calendar.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import { type Board, type LineStatus, type ReportAnswer, receiptOf } from './contract.ts';
import { cellState, dueUnverified } from './rules.ts';
import { gapRows } from './store.ts';

/** The day by which a business day's report is in time: the next working day. */
export const dueDay = (businessDay: Day): Day => addWorkingDays(businessDay, 1).value;

/**
 * Banks the caller sees × the last working days: how much of each day is covered. A day without any hand-in has no count of its own;
 * it is shown with the loans in force now.
 */
export async function boardOf(tx: Tx, to: Day, count: number, today: Day): Promise<Board> {
  const days: Day[] = [];
  for (let day = to; days.length < count; day = addDays(day, -1)) if (isWorkingDay(day)) days.unshift(day);
  const from = days[0] as Day;
  const { rows: banks } = await sql<{ bankId: number; name: string; from: Day | null; inForce: number }>`
    select b.id as "bankId", b.short_name as name, s.from_on as "from", count(g.id)::integer as "inForce"
      from institutions.institution b
      join guarantees.guarantee g on g.bank_id = b.id and g.status = 'in-force'
      left join bankreports.start s on s.bank_id = b.id
     where b.kind = 'bank'
     group by b.id, b.short_name, s.from_on
     order by b.id
     limit 200`.execute(tx);
  const { rows: covered } = await sql<{
    bankId: number;
    day: Day;
    expected: number;
    reported: number;
    overdue: number;
    amount: Fen;
  }>`
    select bank_id as "bankId", business_day as day, sum(expected)::integer as expected, sum(reported)::integer as reported,
           sum(overdue)::integer as overdue, sum(overdue_amount)::bigint as amount
      from bankreports.coverage
     where business_day between ${from} and ${to}
     group by 1, 2`.execute(tx);
  const byCell = new Map(covered.map((row) => [`${row.bankId} ${row.day}`, row]));
  return {
    today,
    unverified: dueUnverified,
    days: days.map((day) => ({ day, dueOn: dueDay(day) })),
    rows: banks.map((bank) => ({
      bankId: bank.bankId,
      name: bank.name,
      from: bank.from,
      cells: days.map((day) => {
        const found = byCell.get(`${bank.bankId} ${day}`);
        const isRequired = bank.from !== null && day >= bank.from && day <= today;
        const expected = found?.expected ?? bank.inForce;
        const reported = found?.reported ?? 0;
        return {
          ...{
            day,
            expected,
            reported,
            overdue: found?.overdue ?? 0,
            overdueAmount: formatYuan(found?.amount ?? fen(0n)),
          },
          state: cellState({ isRequired, isDue: today > dueDay(day), expected, reported }),
        };
      }),
    })),
  };
}

/** 应报未报: loans in force on the day of which the bank said nothing, longest silent first, with their age in working days. */
export async function listGaps(
  tx: Tx,
  filter: { day: Day; bankId?: number | undefined; guarantorId?: number | undefined },
  after: string | undefined,
  limit: number,
) {
  const rows = await gapRows(tx, filter, keysOf(after, 3), limit);
  const page = rows.slice(0, limit).map((row) => {
    const begin = addDays(row.fromOn !== null && row.fromOn > row.startsOn ? row.fromOn : row.startsOn, -1);
    const since = row.lastDay !== null && row.lastDay > begin ? row.lastDay : begin;
    const age = workingDaysBetween(since, filter.day);
    return { ...row, ageWorkingDays: age.value, ageUnverified: age.unverified ?? null };
  });
  const last = page.at(-1);
  return {
    rows: page,
    next: rows.length > limit && last ? cursorOf(last.lastDay ?? '1900-01-01', last.guarantorId, last.id) : null,
  };
}

/** A hand-in as it is listed. */
export type ReportListRow = {
  bankId: number;
  bankName: string;
  id: bigint;
  businessDay: Day;
  version: number;
  source: 'file' | 'api' | 'form';
  fileName: string | null;
  filePath: string | null;
  rows: number;
  taken: number;
  refused: number;
  moved: number;
  questions: number;
  isApplied: boolean;
  contentHash: string;
  submittedBy: string;
  submittedAt: Date;
};

const reportColumns = sql`r.bank_id as "bankId", b.short_name as "bankName", r.id, r.business_day as "businessDay", r.version, r.source,
  r.file_name as "fileName", r.file_path as "filePath", r.row_count as rows, r.taken, r.refused, r.moved, r.questions,
  r.applied_at is not null as "isApplied", r.content_hash as "contentHash", coalesce(u.name, '—') as "submittedBy", r.submitted_at as "submittedAt"`;
const reportTables = sql`bankreports.report r
  join institutions.institution b on b.id = r.bank_id
  left join identity.user_account u on u.id = r.submitted_by`;

/** Hand-ins, newest first. */
export async function listReports(
  tx: Tx,
  filter: { bankId?: number | undefined; businessDay?: Day | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<ReportListRow>> {
  const [id, bank] = keysOf(after, 2) ?? [];
  const { rows } = await sql<ReportListRow>`
    select ${reportColumns} from ${reportTables}
     where ${filter.bankId === undefined ? sql`true` : sql`r.bank_id = ${filter.bankId}`}
       and ${filter.businessDay === undefined ? sql`true` : sql`r.business_day = ${filter.businessDay}`}
       and ${id ? sql`(r.id, r.bank_id) < (${id}::bigint, ${bank}::integer)` : sql`true`}
     order by r.id desc, r.bank_id desc
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id, last.bankId) : null };
}

/** What crosses the wire of a hand-in. */
export const reportWire = ({ id, submittedAt, filePath: _, ...row }: ReportListRow) => ({
  ...row,
  id: String(id),
  receipt: receiptOf(row.bankId, row.businessDay, row.version),
  submittedAt: submittedAt.toISOString(),
});

/** One hand-in; 404 when there is none the caller may see. */
export async function reportById(tx: Tx, bankId: number, id: bigint): Promise<ReportListRow> {
  const { rows } = await sql<ReportListRow>`
    select ${reportColumns} from ${reportTables} where r.bank_id = ${bankId} and r.id = ${id}`.execute(tx);
  if (!rows[0]) throw new Refused({ code: 'report-unknown', message: '没有这次报送，或不在您的权限范围内' }, 404);
  return rows[0];
}

/** The rows of a hand-in that were not taken, by their lines. */
export async function badRowsOf(tx: Tx, bankId: number, id: bigint, limit: number) {
  const { rows } = await sql<{
    line: number;
    contractNo: string | null;
    reasons: ReportAnswer['badRows'][number]['reasons'];
  }>`
    select line, contract_no as "contractNo", reasons from bankreports.bad_row
     where bank_id = ${bankId} and report_id = ${id} order by line limit ${limit}`.execute(tx);
  return rows;
}

/** The receipt: what was taken, what was given back and why, and what of the day is still missing. */
export async function answerOf(tx: Tx, bankId: number, id: bigint, isRepeat: boolean): Promise<ReportAnswer> {
  const row = await reportById(tx, bankId, id);
  const { rows } = await sql<{ expected: number; reported: number }>`
    select coalesce(sum(expected), 0)::integer as expected, coalesce(sum(reported), 0)::integer as reported
      from bankreports.coverage where bank_id = ${bankId} and business_day = ${row.businessDay}`.execute(tx);
  const { expected, reported } = rows[0]!;
  return {
    ...reportWire(row),
    ...{ isRepeat, expected, reported, missing: expected - reported },
    badRows: await badRowsOf(tx, bankId, id, 200),
  };
}

const partyColumns = sql`i.short_name as "guarantorName", g.contract_no as "contractNo", c.name as "customerName", b.short_name as "bankName"`;
const parties = (alias: 'l' | 'q') => sql`
  join guarantees.guarantee g on g.guarantor_id = ${sql.ref(`${alias}.guarantor_id`)} and g.id = ${sql.ref(`${alias}.guarantee_id`)}
  join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
  join institutions.institution i on i.id = g.guarantor_id
  join institutions.institution b on b.id = ${sql.ref(`${alias}.bank_id`)}`;

/** What was said of the loans, newest day first; of each day the newest version. */
export async function listLines(
  tx: Tx,
  filter: {
    day?: Day | undefined;
    bankId?: number | undefined;
    guarantorId?: number | undefined;
    guaranteeId?: string | undefined;
    status?: LineStatus | undefined;
  },
  after: string | undefined,
  limit: number,
) {
  type Row = {
    guarantorId: number;
    guarantorName: string;
    guaranteeId: bigint;
    contractNo: string;
    customerName: string;
    bankName: string;
    businessDay: Day;
    version: number;
    status: LineStatus;
    disbursed: Fen;
    repaid: Fen;
    overdueDays: number;
    overdueAmount: Fen;
    balance: Fen;
    dueOn: Day | null;
  };
  const [day, guarantor, id] = keysOf(after, 3) ?? [];
  const given = [
    filter.day === undefined ? undefined : sql`l.business_day = ${filter.day}`,
    filter.bankId === undefined ? undefined : sql`l.bank_id = ${filter.bankId}`,
    filter.guarantorId === undefined ? undefined : sql`l.guarantor_id = ${filter.guarantorId}`,
    filter.guaranteeId === undefined ? undefined : sql`l.guarantee_id = ${filter.guaranteeId}::bigint`,
    filter.status === undefined ? undefined : sql`l.status = ${filter.status}`,
    day
      ? sql`(l.business_day, l.guarantor_id, l.guarantee_id) < (${day}::date, ${guarantor}::integer, ${id}::bigint)`
      : undefined,
  ].filter((each) => each !== undefined);
  const { rows } = await sql<Row>`
    select l.guarantor_id as "guarantorId", l.guarantee_id as "guaranteeId", l.business_day as "businessDay", l.version, l.status,
           l.disbursed, l.repaid, l.overdue_days as "overdueDays", l.overdue_amount as "overdueAmount", l.balance, l.due_on as "dueOn",
           ${partyColumns}
      from bankreports.line l ${parties('l')}
     where not exists (select from bankreports.line n where n.guarantor_id = l.guarantor_id and n.guarantee_id = l.guarantee_id
                         and n.business_day = l.business_day and n.version > l.version)
       and ${given.length === 0 ? sql`true` : sql.join(given, sql` and `)}
     order by l.business_day desc, l.guarantor_id desc, l.guarantee_id desc
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page,
    next: rows.length > limit && last ? cursorOf(last.businessDay, last.guarantorId, last.guaranteeId) : null,
  };
}

/** Questions between bank and book, newest first. */
export async function listQuestions(
  tx: Tx,
  filter: {
    status?: string | undefined;
    bankId?: number | undefined;
    guarantorId?: number | undefined;
    guaranteeId?: string | undefined;
  },
  after: string | undefined,
  limit: number,
) {
  type Row = {
    guarantorId: number;
    guarantorName: string;
    id: bigint;
    guaranteeId: bigint;
    contractNo: string;
    customerName: string;
    bankId: number;
    bankName: string;
    code: string;
    message: string;
    figures: Record<string, string>;
    firstDay: Day;
    businessDay: Day;
    status: 'open' | 'asked-bank' | 'entered' | 'explained' | 'agreed';
    answer: string | null;
  };
  const [id, guarantor] = keysOf(after, 2) ?? [];
  const { rows } = await sql<Row>`
    select q.guarantor_id as "guarantorId", q.id, q.guarantee_id as "guaranteeId", q.bank_id as "bankId", q.code, q.message, q.figures,
           q.first_day as "firstDay", q.business_day as "businessDay", q.status, q.answer, ${partyColumns}
      from bankreports.question q ${parties('q')}
     where ${filter.status === undefined ? sql`true` : sql`q.status = ${filter.status}`}
       and ${filter.bankId === undefined ? sql`true` : sql`q.bank_id = ${filter.bankId}`}
       and ${filter.guarantorId === undefined ? sql`true` : sql`q.guarantor_id = ${filter.guarantorId}`}
       and ${filter.guaranteeId === undefined ? sql`true` : sql`q.guarantee_id = ${filter.guaranteeId}::bigint`}
       and ${id ? sql`(q.id, q.guarantor_id) < (${id}::bigint, ${guarantor}::integer)` : sql`true`}
     order by q.id desc, q.guarantor_id desc
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id, last.guarantorId) : null };
}

/** The rows of the template of a day: every loan of the bank in force, as our book has it, for the bank to correct. */
export async function templateRows(tx: Tx, bankId: number) {
  type Row = {
    guarantorCode: string;
    contractNo: string;
    customerName: string;
    balance: Fen;
    dueOn: Day;
    lastDays: number | null;
  };
  const { rows } = await sql<Row>`
    select i.code as "guarantorCode", g.contract_no as "contractNo", c.name as "customerName", g.outstanding as balance, g.due_on as "dueOn",
           s.overdue_days as "lastDays"
      from guarantees.guarantee g
      join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
      join institutions.institution i on i.id = g.guarantor_id
      left join bankreports.standing s on s.guarantor_id = g.guarantor_id and s.guarantee_id = g.id
     where g.bank_id = ${bankId} and g.status = 'in-force' and g.outstanding > 0
     order by g.guarantor_id, g.id
     limit 300000`.execute(tx);
  return rows;
}

/** The bank of the caller; undefined for others. */
export async function ownBank(tx: Tx): Promise<number | undefined> {
  const { rows } = await sql<{ bank: number }>`select identity.my_bank() as bank`.execute(tx);
  return rows[0]?.bank || undefined;
}
