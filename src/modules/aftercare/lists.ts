import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { workingDaysBetween } from '../../platform/calendar.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import type { ChangeKind, changeStates, Party, RefundBasis, releaseStates } from './contract/change.ts';
import type { Class, CounterKind, inspectionStates, Level, WarningKind, warningStates } from './contract/watch.ts';
import { policyOn } from './policy.ts';
import { counterAlerts } from './rules/watch.ts';

/** What lists of this module are narrowed by. */
export type OwnFilter = {
  readonly guarantorId?: number | undefined;
  readonly guaranteeId?: string | undefined;
  readonly status?: string | undefined;
};
type Party4 = {
  guarantorId: number;
  guarantorName: string;
  guaranteeId: bigint;
  contractNo: string;
  customerName: string;
};

const partyColumns = sql`x.guarantor_id as "guarantorId", i.short_name as "guarantorName", x.guarantee_id as "guaranteeId",
  g.contract_no as "contractNo", c.name as "customerName"`;
const parties = sql`
  join guarantees.guarantee g on g.guarantor_id = x.guarantor_id and g.id = x.guarantee_id
  join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
  join institutions.institution i on i.id = x.guarantor_id`;
const narrowed = (filter: OwnFilter, status = true) => sql`
  ${filter.guarantorId === undefined ? sql`true` : sql`x.guarantor_id = ${filter.guarantorId}`}
  and ${filter.guaranteeId === undefined ? sql`true` : sql`x.guarantee_id = ${filter.guaranteeId}::bigint`}
  and ${!status || filter.status === undefined ? sql`true` : sql`x.status = ${filter.status}`}`;

type Keyed = { guarantorId: number; id: bigint };
/** One page of rows fetched with one too many; keyset over (id, guarantor), newest first. */
function pageOf<Row extends Keyed>(rows: readonly Row[], limit: number): Page<Row> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id, last.guarantorId) : null };
}
function seekOf(after: string | undefined) {
  const [id, guarantor] = keysOf(after, 2) ?? [];
  return id ? sql`(x.id, x.guarantor_id) < (${id}::bigint, ${guarantor}::integer)` : sql`true`;
}

export type CounterListRow = Party4 & {
  id: bigint;
  kind: CounterKind;
  title: string;
  ownerName: string;
  counterNo: string;
  certificateNo: string | null;
  signedOn: Day;
  value: Fen | null;
  valuedOn: Day | null;
  registrationEndsOn: Day | null;
  insuranceEndsOn: Day | null;
  releasedOn: Day | null;
  releaseCause: string | null;
  facts: {
    kind: 'valuation' | 'registration' | 'insurance';
    amount: string | null;
    onDay: Day;
    expiresOn: Day | null;
    reference: string;
  }[];
};

const newestFact = (kind: string, column: string) => sql`
  (select ${sql.ref(`f.${column}`)} from aftercare.counter_fact f
    where f.guarantor_id = x.guarantor_id and f.counter_id = x.id and f.kind = ${kind} order by f.on_day desc, f.seq desc limit 1)`;

/** Counter-guarantees with their newest valuation, registration and insurance, and what of them is out of date. */
export async function listCounters(
  tx: Tx,
  filter: OwnFilter & { kind?: string | undefined; alert?: string | undefined },
  after: string | undefined,
  limit: number,
  today: Day,
) {
  const { body, unverified } = await policyOn(tx, 'counter', today);
  // Only what can have an alert is read for them; which of it has one is the rule's word, as the days depend on the kind.
  const alerting = filter.alert ? sql`x.released_on is null and x.kind <> '10000'` : sql`true`;
  const { rows } = await sql<CounterListRow>`
    select ${partyColumns}, x.id, x.kind, x.title, x.owner_name as "ownerName", x.contract_no as "counterNo",
           x.certificate_no as "certificateNo", x.signed_on as "signedOn", x.released_on as "releasedOn", x.release_cause as "releaseCause",
           ${newestFact('valuation', 'amount')} as value, ${newestFact('valuation', 'on_day')} as "valuedOn",
           ${newestFact('registration', 'expires_on')} as "registrationEndsOn", ${newestFact('insurance', 'expires_on')} as "insuranceEndsOn",
           (select coalesce(jsonb_agg(jsonb_build_object('kind', f.kind, 'amount', f.amount::text, 'onDay', f.on_day, 'expiresOn', f.expires_on,
              'reference', f.reference) order by f.seq desc), '[]') from aftercare.counter_fact f
             where f.guarantor_id = x.guarantor_id and f.counter_id = x.id) as facts
      from aftercare.counter_guarantee x ${parties}
     where ${narrowed(filter, false)} and ${seekOf(after)} and ${alerting}
       and ${filter.kind === undefined ? sql`true` : sql`x.kind = ${filter.kind}`}
     order by x.id desc, x.guarantor_id desc
     limit ${limit + 1}`.execute(tx);
  const page = pageOf(rows, limit);
  const judged = page.rows.map((row) => ({
    ...row,
    alerts: counterAlerts(row, body, today).map((alert) => ({ ...alert, unverified })),
  }));
  return { ...page, rows: filter.alert ? judged.filter((row) => row.alerts.length > 0) : judged };
}

export type InspectionListRow = Party4 & {
  id: bigint;
  outstanding: Fen;
  dueOn: Day;
  basis: string;
  isPlanned: boolean;
  status: (typeof inspectionStates)[number];
  doneOn: Day | null;
  findings: string | null;
  class: Class | null;
};

/** Inspections: what waits by its day, then what is done. */
export async function listInspections(tx: Tx, filter: OwnFilter, after: string | undefined, limit: number, today: Day) {
  const [due, id, guarantor] = keysOf(after, 3) ?? [];
  const order = sql`case when x.status = 'open' then x.due_on else '9999-12-31'::date end`;
  const { rows } = await sql<InspectionListRow & { key: Day }>`
    select ${partyColumns}, x.id, g.outstanding, x.due_on as "dueOn", x.basis, x.is_planned as "isPlanned", x.status,
           x.done_on as "doneOn", x.findings, x.class, ${order} as key
      from aftercare.inspection x ${parties}
     where ${narrowed(filter)} and ${due ? sql`(${order}, -x.id, x.guarantor_id) > (${due}::date, -${id}::bigint, ${guarantor}::integer)` : sql`true`}
     order by key, -x.id, x.guarantor_id
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit).map((row) => ({
    ...row,
    remainingWorkingDays: row.status === 'open' ? workingDaysBetween(today, row.dueOn).value : null,
  }));
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.key, last.id, last.guarantorId) : null };
}

export type WarningListRow = Party4 & {
  id: bigint;
  bankName: string;
  outstanding: Fen;
  kind: WarningKind;
  level: Level;
  occurredOn: Day;
  knownOn: Day;
  dueOn: Day;
  dueUnverified: string | null;
  description: string;
  source: 'guarantor' | 'bank' | 'bank-report';
  status: (typeof warningStates)[number];
  plan: string | null;
  planAgreedOn: Day | null;
  closedOn: Day | null;
  closeReason: string | null;
};

/** Early warnings, newest first, each with the working days left of its clock; none once a plan stands. `only`: one of them. */
export async function listWarnings(
  tx: Tx,
  filter: OwnFilter & { level?: string | undefined },
  after: string | undefined,
  limit: number,
  today: Day,
  only?: { guarantorId: number; id: bigint },
) {
  const { rows } = await sql<WarningListRow>`
    select ${partyColumns}, x.id, b.short_name as "bankName", g.outstanding, x.kind, x.level, x.occurred_on as "occurredOn",
           x.known_on as "knownOn", x.due_on as "dueOn", x.due_unverified as "dueUnverified", x.description, x.source, x.status, x.plan,
           x.plan_agreed_on as "planAgreedOn", x.closed_on as "closedOn", x.close_reason as "closeReason"
      from aftercare.warning x ${parties}
      join institutions.institution b on b.id = x.bank_id
     where ${narrowed(filter)} and ${seekOf(after)}
       and ${filter.level === undefined ? sql`true` : sql`x.level = ${filter.level}`}
       and ${only ? sql`x.guarantor_id = ${only.guarantorId} and x.id = ${only.id}` : sql`true`}
     order by x.id desc, x.guarantor_id desc
     limit ${limit + 1}`.execute(tx);
  const page = pageOf(rows, limit);
  return {
    ...page,
    rows: page.rows.map((row) => ({
      ...row,
      remainingWorkingDays: row.status === 'open' ? workingDaysBetween(today, row.dueOn).value : null,
    })),
  };
}

/** The tasks of a warning and everything that happened to it. */
export async function warningParts(tx: Tx, guarantorId: number, id: bigint) {
  const { rows: tasks } = await sql<{
    seq: number;
    title: string;
    doer: 'guarantor' | 'bank';
    dueOn: Day;
    doneOn: Day | null;
    note: string | null;
  }>`
    select seq, title, doer, due_on as "dueOn", done_on as "doneOn", note from aftercare.warning_task
     where guarantor_id = ${guarantorId} and warning_id = ${id} order by seq limit 200`.execute(tx);
  const { rows: events } = await sql<{ verb: string; note: string; by: string; at: Date }>`
    select e.verb, e.note, coalesce(u.name, '系统') as "by", e.recorded_at as "at"
      from aftercare.warning_event e left join identity.user_account u on u.id = e.by_user
     where e.guarantor_id = ${guarantorId} and e.warning_id = ${id} order by e.seq limit 500`.execute(tx);
  return { tasks, events: events.map((event) => ({ ...event, at: event.at.toISOString() })) };
}

export type ChangeListRow = Party4 & {
  id: bigint;
  kind: ChangeKind;
  before: string;
  after: string;
  reason: string;
  status: (typeof changeStates)[number];
  effect: { title: string; before: string; after: string; note: string; isCount?: boolean }[];
  hasCounters: boolean;
  consents: { party: Party; consentedOn: Day; document: string }[];
  files: Partial<Record<string, number>>;
  effectiveOn: Day;
  askedOn: Day;
  decidedOn: Day | null;
  doneOn: Day | null;
  successorId: bigint | null;
};

/** Changes, newest first, each with who has consented. */
export async function listChanges(tx: Tx, filter: OwnFilter, after: string | undefined, limit: number) {
  const { rows } = await sql<ChangeListRow>`
    select ${partyColumns}, x.id, x.kind, x.before, x.after, x.reason, x.status, x.effect, x.effective_on as "effectiveOn",
           exists (select from aftercare.counter_guarantee k where k.guarantor_id = x.guarantor_id and k.guarantee_id = x.guarantee_id
                     and k.released_on is null) as "hasCounters",
           (select coalesce(jsonb_agg(jsonb_build_object('party', s.party, 'consentedOn', s.consented_on, 'document', s.document)), '[]')
              from aftercare.consent s where s.guarantor_id = x.guarantor_id and s.change_id = x.id) as consents,
           (select coalesce(jsonb_object_agg(f.item_code, f.count), '{}')
              from (select a.item_code, count(*)::integer as count from attachments.attachment a
                     where a.guarantor_id = x.guarantor_id and a.subject = 'change:' || x.guarantor_id || '/' || x.id and a.removed_at is null
                     group by 1) f) as files,
           (x.recorded_at at time zone 'Asia/Shanghai')::date as "askedOn", x.decided_on as "decidedOn", x.done_on as "doneOn",
           x.successor_id as "successorId"
      from aftercare.change x ${parties}
     where ${narrowed(filter)} and ${seekOf(after)}
     order by x.id desc, x.guarantor_id desc
     limit ${limit + 1}`.execute(tx);
  return pageOf(rows, limit);
}

export type ReleaseListRow = Party4 & {
  id: bigint;
  kind: 'full' | 'partial';
  amount: Fen;
  releaseOn: Day;
  reason: string;
  refund: Fen;
  basis: RefundBasis;
  status: (typeof releaseStates)[number];
  decidedOn: Day | null;
  letterNo: string | null;
};

/** Releases, newest first. */
export async function listReleases(
  tx: Tx,
  filter: OwnFilter & { q?: string | undefined },
  after: string | undefined,
  limit: number,
) {
  const part = filter.q ? `%${filter.q.replace(/[\\%_]/g, '\\$&')}%` : null;
  const { rows } = await sql<ReleaseListRow>`
    select ${partyColumns}, x.id, x.kind, x.amount, x.release_on as "releaseOn", x.reason, x.refund, x.refund_basis as basis, x.status,
           x.decided_on as "decidedOn", x.letter_no as "letterNo"
      from aftercare.release x ${parties}
     where ${narrowed(filter)} and ${seekOf(after)} and (${part}::text is null or g.contract_no like ${part} or c.name like ${part})
     order by x.id desc, x.guarantor_id desc
     limit ${limit + 1}`.execute(tx);
  return pageOf(rows, limit);
}

/** The rating history of a guarantee, newest first. */
export async function ratingsOf(tx: Tx, guarantorId: number, guaranteeId: bigint) {
  const { rows } = await sql<{ seq: number; ratedOn: Day; class: Class; reason: string; ratedBy: string }>`
    select r.seq, r.rated_on as "ratedOn", r.class, r.reason, coalesce(u.name, '系统') as "ratedBy"
      from aftercare.rating r left join identity.user_account u on u.id = r.rated_by
     where r.guarantor_id = ${guarantorId} and r.guarantee_id = ${guaranteeId} order by r.seq desc limit 200`.execute(
    tx,
  );
  return rows;
}
