import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { LineStatus } from './contract.ts';
import type { BookFacts, Line } from './rules.ts';

/** A line as it is kept. */
export type KeptLine = Line & { readonly guarantorId: number; readonly guaranteeId: bigint };
export type BadRow = {
  readonly line: number;
  readonly contractNo: string | null;
  readonly reasons: readonly Refusal[];
};

/** JSON of rows with amounts and ids as text, for jsonb_to_recordset. */
const jsonOf = (rows: readonly object[]): string =>
  JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? value.toString() : value));

/** Holds one bank's day until commit: two hand-ins of it go one after the other. */
export const lockDay = (tx: Tx, bankId: number, day: Day) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`bankreports ${bankId} ${day}`}, 145))`.execute(tx);

/** The guarantees of a bank under these contract numbers, as far as the caller sees them. */
export async function guaranteesByContract(tx: Tx, bankId: number, contractNos: readonly string[]) {
  type Row = { contractNo: string; guarantorId: number; code: string; id: bigint; startsOn: Day; status: string };
  const { rows } = await sql<Row>`
    select g.contract_no as "contractNo", g.guarantor_id as "guarantorId", i.code, g.id, g.starts_on as "startsOn", g.status
      from jsonb_array_elements_text(${JSON.stringify([...new Set(contractNos)])}::jsonb) as x(no)
      join guarantees.guarantee g on g.contract_no = x.no and g.bank_id = ${bankId}
      join institutions.institution i on i.id = g.guarantor_id`.execute(tx);
  return Map.groupBy(rows, (row) => row.contractNo);
}

/** The report with this content, and the newest version of the day. */
export async function earlierReports(tx: Tx, bankId: number, day: Day, hash: string) {
  const { rows } = await sql<{ sameId: bigint | null; version: number }>`
    select max(id) filter (where content_hash = ${hash}) as "sameId", coalesce(max(version), 0)::integer as version
      from bankreports.report where bank_id = ${bankId} and business_day = ${day}`.execute(tx);
  return rows[0] as { sameId: bigint | null; version: number };
}

export type NewReport = {
  readonly bankId: number;
  readonly businessDay: Day;
  readonly version: number;
  readonly contentHash: string;
  readonly source: 'file' | 'api' | 'form';
  readonly fileName: string | null;
  readonly filePath: string | null;
  readonly rowCount: number;
  readonly by: number;
  readonly at: Date;
};

/** Keeps a hand-in with its lines and refused rows, and brings the standing of each guarantee along. */
export async function insertReport(
  tx: Tx,
  made: NewReport,
  lines: readonly KeptLine[],
  bad: readonly BadRow[],
): Promise<bigint> {
  const { rows } = await sql<{ id: bigint }>`
    insert into bankreports.report (bank_id, business_day, version, content_hash, source, file_name, file_path, row_count, taken, refused,
      submitted_by, submitted_at)
    values (${made.bankId}, ${made.businessDay}, ${made.version}, ${made.contentHash}, ${made.source}, ${made.fileName}, ${made.filePath},
      ${made.rowCount}, ${lines.length}, ${bad.length}, ${made.by}, ${made.at})
    returning id`.execute(tx);
  const id = rows[0]!.id;
  if (lines.length > 0) {
    const json = jsonOf(
      lines.map((each) => ({
        ...{ g: each.guarantorId, id: each.guaranteeId, st: each.status, d: each.disbursed, r: each.repaid },
        ...{ od: each.overdueDays, oa: each.overdueAmount, b: each.balance, due: each.dueOn ?? null },
      })),
    );
    const columns = sql`jsonb_to_recordset(${json}::jsonb)
      as x(g integer, id bigint, st text, d bigint, r bigint, od integer, oa bigint, b bigint, due date)`;
    await sql`
      insert into bankreports.line (guarantor_id, guarantee_id, business_day, version, bank_id, report_id, status, disbursed, repaid,
        overdue_days, overdue_amount, balance, due_on)
      select x.g, x.id, ${made.businessDay}, ${made.version}, ${made.bankId}, ${id}, x.st, x.d, x.r, x.od, x.oa, x.b, x.due from ${columns}`.execute(
      tx,
    );
    await sql`
      insert into bankreports.standing as s (guarantor_id, guarantee_id, bank_id, business_day, status, overdue_days, overdue_amount, balance)
      select x.g, x.id, ${made.bankId}, ${made.businessDay}::date, x.st, x.od, x.oa, x.b from ${columns}
          on conflict (guarantor_id, guarantee_id) do update
         set bank_id = excluded.bank_id, business_day = excluded.business_day, status = excluded.status,
             overdue_days = excluded.overdue_days, overdue_amount = excluded.overdue_amount, balance = excluded.balance
       where s.business_day <= excluded.business_day`.execute(tx);
  }
  if (bad.length > 0)
    await sql`
      insert into bankreports.bad_row (bank_id, report_id, line, contract_no, reasons)
      select ${made.bankId}, ${id}, x.line, x.no, x.reasons
        from jsonb_to_recordset(${jsonOf(bad.map((row) => ({ line: row.line, no: row.contractNo, reasons: row.reasons })))}::jsonb)
          as x(line integer, no text, reasons jsonb)`.execute(tx);
  return id;
}

/** Guarantees in force at the end of a day: something was outstanding then, as known now. */
const inForceOn = (day: Day) => sql`(
  select g.guarantor_id, g.id, g.bank_id, g.customer_id, g.contract_no, g.starts_on, g.due_on,
         g.outstanding - coalesce(l.delta, 0) as outstanding
    from guarantees.guarantee g
    left join (select m.guarantor_id, m.guarantee_id, sum(m.delta)::bigint as delta
                 from guarantees.movement m where m.occurred_on > ${day} group by 1, 2) l
           on l.guarantor_id = g.guarantor_id and l.guarantee_id = g.id
   where g.starts_on <= ${day} and g.outstanding - coalesce(l.delta, 0) > 0)`;

/** Reckons anew, by guarantor, how much of a bank's day is covered. */
export async function reckonCoverage(
  tx: Tx,
  bankId: number,
  day: Day,
): Promise<{ expected: number; reported: number }> {
  const { rows } = await sql<{ expected: number; reported: number }>`
    with told as (
      select distinct on (l.guarantor_id, l.guarantee_id) l.guarantor_id, l.guarantee_id, l.overdue_days, l.overdue_amount
        from bankreports.line l
       where l.bank_id = ${bankId} and l.business_day = ${day}
       order by l.guarantor_id, l.guarantee_id, l.version desc),
    counted as (
      select coalesce(e.guarantor_id, t.guarantor_id) as guarantor_id, count(e.id)::integer as expected,
             count(t.guarantee_id) filter (where e.id is not null)::integer as reported,
             count(*) filter (where t.overdue_days > 0)::integer as overdue, coalesce(sum(t.overdue_amount), 0)::bigint as amount
        from (select * from ${inForceOn(day)} f where f.bank_id = ${bankId}) e
        full join told t on t.guarantor_id = e.guarantor_id and t.guarantee_id = e.id
       group by 1),
    kept as (
      insert into bankreports.coverage (bank_id, guarantor_id, business_day, expected, reported, overdue, overdue_amount)
      select ${bankId}, guarantor_id, ${day}::date, expected, reported, overdue, amount from counted
          on conflict (bank_id, guarantor_id, business_day) do update
         set expected = excluded.expected, reported = excluded.reported, overdue = excluded.overdue, overdue_amount = excluded.overdue_amount
      returning expected, reported)
    select coalesce(sum(expected), 0)::integer as expected, coalesce(sum(reported), 0)::integer as reported from kept`.execute(
    tx,
  );
  return rows[0] as { expected: number; reported: number };
}

/** One bank's guarantees in force on a day without a line: its own list by guarantee, oldest silence first. */
export async function gapRows(
  tx: Tx,
  filter: { day: Day; bankId?: number | undefined; guarantorId?: number | undefined },
  after: readonly string[] | undefined,
  limit: number,
) {
  type Row = {
    guarantorId: number;
    guarantorName: string;
    id: bigint;
    contractNo: string;
    customerName: string;
    bankId: number;
    bankName: string;
    outstanding: Fen;
    startsOn: Day;
    dueOn: Day;
    lastDay: Day | null;
    lastStatus: LineStatus | null;
    fromOn: Day | null;
  };
  const bank = filter.bankId === undefined ? sql`` : sql`and g.bank_id = ${filter.bankId}`;
  const own = filter.guarantorId === undefined ? sql`` : sql`and g.guarantor_id = ${filter.guarantorId}`;
  const seek = after
    ? sql`and (coalesce(s.business_day, '1900-01-01'), g.guarantor_id, g.id) > (${after[0]}::date, ${after[1]}::integer, ${after[2]}::bigint)`
    : sql``;
  const { rows } = await sql<Row>`
    select g.guarantor_id as "guarantorId", i.short_name as "guarantorName", g.id, g.contract_no as "contractNo", c.name as "customerName",
           g.bank_id as "bankId", b.short_name as "bankName", g.outstanding, g.starts_on as "startsOn", g.due_on as "dueOn",
           s.business_day as "lastDay", s.status as "lastStatus", o.from_on as "fromOn"
      from ${inForceOn(filter.day)} g
      join bankreports.start o on o.bank_id = g.bank_id and o.from_on <= ${filter.day}
      join institutions.institution i on i.id = g.guarantor_id
      join institutions.institution b on b.id = g.bank_id
      join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
      left join lateral (
        select l.business_day, l.status from bankreports.line l
         where l.guarantor_id = g.guarantor_id and l.guarantee_id = g.id and l.business_day < ${filter.day}
         order by l.business_day desc, l.version desc limit 1) s on true
     where not exists (select from bankreports.line l
                        where l.guarantor_id = g.guarantor_id and l.guarantee_id = g.id and l.business_day = ${filter.day})
       ${bank} ${own} ${seek}
     order by coalesce(s.business_day, '1900-01-01'), g.guarantor_id, g.id
     limit ${limit + 1}`.execute(tx);
  return rows;
}

/** A line of a report beside what the book says now, for comparing. */
export type ComparedRow = BookFacts &
  Omit<Line, 'dueOn'> & {
    readonly guarantorId: number;
    readonly id: bigint;
    readonly lineStatus: LineStatus;
    readonly reportedDueOn: Day | null;
    readonly isExtensionAgreed: boolean;
  };

/** The lines of a report with the book beside them; locks nothing. `only`: one guarantee of it. */
export async function comparedRows(
  tx: Tx,
  key: { bankId: number; reportId: bigint },
  only?: { guarantorId: number; guaranteeId: bigint },
): Promise<ComparedRow[]> {
  const one = only ? sql`and l.guarantor_id = ${only.guarantorId} and l.guarantee_id = ${only.guaranteeId}` : sql``;
  const { rows } = await sql<ComparedRow>`
    select l.guarantor_id as "guarantorId", l.guarantee_id as id, l.status as "lineStatus", l.disbursed, l.repaid,
           l.overdue_days as "overdueDays", l.overdue_amount as "overdueAmount", l.balance, l.due_on as "reportedDueOn",
           g.status, g.principal, g.starts_on as "startsOn", g.due_on as "dueOn", g.outstanding as now,
           (g.outstanding - coalesce((select sum(m.delta) from guarantees.movement m
             where m.guarantor_id = g.guarantor_id and m.guarantee_id = g.id and m.occurred_on > l.business_day), 0))::bigint as outstanding,
           coalesce(s.business_day > l.business_day, false) as "hasLaterDay",
           exists (select from bankreports.agreed_extension a where a.guarantor_id = l.guarantor_id and a.guarantee_id = l.guarantee_id
                    and a.due_on = l.due_on) as "isExtensionAgreed"
      from bankreports.line l
      join guarantees.guarantee g on g.guarantor_id = l.guarantor_id and g.id = l.guarantee_id
      left join bankreports.standing s on s.guarantor_id = l.guarantor_id and s.guarantee_id = l.guarantee_id
     where l.bank_id = ${key.bankId} and l.report_id = ${key.reportId} ${one}`.execute(tx);
  return rows;
}

export type AskedQuestion = { readonly guarantorId: number; readonly id: bigint; readonly refusal: Refusal };

/** Opens the questions of a report, renews those that stand already, and closes those its lines no longer bear out. */
export async function keepQuestions(
  tx: Tx,
  key: { bankId: number; reportId: bigint; day: Day; at: Date },
  asked: readonly AskedQuestion[],
): Promise<void> {
  const json = jsonOf(
    asked.map(({ guarantorId, id, refusal }) => ({
      ...{ g: guarantorId, id, code: refusal.code, message: refusal.message, figures: refusal.figures ?? {} },
    })),
  );
  const columns = sql`jsonb_to_recordset(${json}::jsonb) as x(g integer, id bigint, code text, message text, figures jsonb)`;
  await sql`
    update bankreports.question q set status = 'agreed', answer = '银行后续报送与台账一致', answered_at = ${key.at}
      from bankreports.line l
     where l.bank_id = ${key.bankId} and l.report_id = ${key.reportId} and q.guarantor_id = l.guarantor_id
       and q.guarantee_id = l.guarantee_id and q.status in ('open', 'asked-bank') and q.business_day <= ${key.day}
       and not exists (select from ${columns} where x.g = q.guarantor_id and x.id = q.guarantee_id and x.code = q.code)`.execute(
    tx,
  );
  if (asked.length === 0) return;
  await sql`
    insert into bankreports.question (guarantor_id, guarantee_id, bank_id, code, message, figures, first_day, business_day, report_id, recorded_at)
    select x.g, x.id, ${key.bankId}, x.code, x.message, x.figures, ${key.day}::date, ${key.day}::date, ${key.reportId}, ${key.at} from ${columns}
        on conflict (guarantor_id, guarantee_id, code) where status in ('open', 'asked-bank') do update
       set message = excluded.message, figures = excluded.figures, business_day = excluded.business_day, report_id = excluded.report_id, status = 'open'`.execute(
    tx,
  );
}
