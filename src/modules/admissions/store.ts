import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import type { AdmissionState, Rating, ScorecardTerms } from './contract.ts';

/** An admission that counts on a day. */
export type Admission = {
  readonly id: bigint;
  readonly bankId: number;
  /** Empty: every product. */
  readonly products: readonly string[];
  readonly from: Day;
  readonly to: Day;
  readonly score: number;
  readonly grade: string;
};

const counts = (on: Day) => sql`
  a.state in ('in-force', 'exited') and a.from_on <= ${on} and a.to_on >= ${on} and (a.exited_on is null or a.exited_on > ${on})
  and not exists (select from admissions.suspension s where s.admission_id = a.id and s.from_on <= ${on} and (s.to_on is null or s.to_on >= ${on}))`;

/**
 * 集中准入：The admission under which a bank may be worked with on a day, for a product where one is named; undefined when there is none,
 * it is suspended, over, or the product is outside its scope. One admission serves the whole system.
 */
export async function admittedOn(
  tx: Tx,
  bankId: number,
  on: Day,
  productCode?: string,
): Promise<Admission | undefined> {
  const { rows } = await sql<Admission>`
    select a.id, a.bank_id as "bankId", a.products, a.from_on as "from", a.to_on as "to", a.score::integer as score, a.grade
      from admissions.admission a
     where a.bank_id = ${bankId} and ${counts(on)}
       and (${productCode ?? null}::text is null or a.products = '{}' or ${productCode ?? null} = any (a.products))
     order by a.from_on desc limit 1`.execute(tx);
  return rows[0];
}

/** Is a bank admitted on a day, on record but not admitted, or not on record at all (a decision never having been taken)? */
export async function admissionStanding(
  tx: Tx,
  bankId: number,
  on: Day,
  productCode?: string,
): Promise<'admitted' | 'not-admitted' | 'no-record'> {
  if (await admittedOn(tx, bankId, on, productCode)) return 'admitted';
  const { rows } =
    await sql`select from admissions.admission where bank_id = ${bankId} and decided_on is not null limit 1`.execute(
      tx,
    );
  return rows.length > 0 ? 'not-admitted' : 'no-record';
}

export type StoredAdmission = {
  id: bigint;
  guarantorId: number;
  bankId: number;
  bankName: string;
  products: string[];
  state: 'applied' | 'evaluated' | 'approving' | 'in-force' | 'refused' | 'exited';
  appliedOn: Day;
  summary: string;
  score: number | null;
  grade: string | null;
  from: Day | null;
  to: Day | null;
  document: string | null;
  reviewDueOn: Day | null;
  submittedBy: number | null;
  decidedOn: Day | null;
  exitedOn: Day | null;
  revision: number;
  suspensions: { from: Day; to: Day | null; reason: string; lifted: string | null }[];
};

const columns = sql`a.id, a.guarantor_id as "guarantorId", a.bank_id as "bankId", b.short_name as "bankName", a.products, a.state,
  a.applied_on as "appliedOn", a.summary, a.score::integer as score, a.grade, a.from_on as "from", a.to_on as "to", a.document,
  a.review_due_on as "reviewDueOn", a.submitted_by as "submittedBy", a.decided_on as "decidedOn", a.exited_on as "exitedOn", a.revision,
  coalesce((select jsonb_agg(jsonb_build_object('from', s.from_on, 'to', s.to_on, 'reason', s.reason, 'lifted', s.lifted) order by s.from_on)
     from admissions.suspension s where s.admission_id = a.id), '[]') as suspensions`;
const joined = sql`admissions.admission a join institutions.institution b on b.id = a.bank_id`;

/** The state on a day as an SQL expression: the same answer as `stateOn`. */
const shownState = (on: Day) => sql`case
  when a.state not in ('in-force', 'exited') or (a.state = 'exited' and a.exited_on <= ${on}) then a.state
  when a.from_on > ${on} then 'not-yet'
  when a.to_on < ${on} then 'expired'
  when exists (select from admissions.suspension s where s.admission_id = a.id and s.from_on <= ${on} and (s.to_on is null or s.to_on >= ${on}))
    then 'suspended'
  else 'in-force' end`;

/** Admissions the caller may see, newest application first. */
export async function listAdmissions(
  tx: Tx,
  filter: { bankId?: number | undefined; state?: AdmissionState | undefined; on: Day },
  after: string | undefined,
  limit: number,
): Promise<Page<StoredAdmission & { shown: AdmissionState }>> {
  const [afterId] = keysOf(after, 1) ?? ['9223372036854775807'];
  const { rows } = await sql<StoredAdmission & { shown: AdmissionState }>`
    select ${columns}, ${shownState(filter.on)} as shown from ${joined}
     where a.id < ${afterId}::bigint
       and (${filter.bankId ?? null}::integer is null or a.bank_id = ${filter.bankId ?? null})
       and (${filter.state ?? null}::text is null or ${shownState(filter.on)} = ${filter.state ?? null})
     order by a.id desc limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id) : null };
}

/** One admission; `lock` keeps it until commit. Undefined when there is none the caller may see. */
export async function admissionById(tx: Tx, id: bigint, lock = false): Promise<StoredAdmission | undefined> {
  const { rows } = await sql<StoredAdmission>`
    select ${columns} from ${joined} where a.id = ${id} ${lock ? sql`for update of a` : sql``}`.execute(tx);
  return rows[0];
}

export type Scorecard = {
  version: number;
  from: Day;
  terms: ScorecardTerms;
  source: string;
  unverified: string | null;
};

/** The scorecard in force on a day; undefined before the first. */
export async function scorecardOn(tx: Tx, on: Day): Promise<Scorecard | undefined> {
  const { rows } = await sql<Scorecard>`
    select version, from_on as "from", terms, source, unverified from admissions.scorecard
     where from_on <= ${on} order by from_on desc limit 1`.execute(tx);
  return rows[0];
}

/** Every scorecard, newest first; at most 100. */
export async function scorecardsOf(tx: Tx): Promise<Scorecard[]> {
  const { rows } = await sql<Scorecard>`
    select version::integer as version, from_on as "from", terms, source, unverified from admissions.scorecard
     order by version desc limit 100`.execute(tx);
  return rows;
}

export type EvaluationRow = {
  round: number;
  kind: 'admission' | 'review';
  scorecardVersion: number;
  ratings: Rating[];
  score: number;
  grade: string;
  conclusion: string;
  evaluatedOn: Day;
  evaluatedBy: string;
  evaluatedById: number;
};
/** Evaluations and reviews, oldest first. */
export async function evaluationsOf(tx: Tx, id: bigint): Promise<EvaluationRow[]> {
  const { rows } = await sql<EvaluationRow>`
    select e.round, e.kind, e.scorecard_version as "scorecardVersion", e.ratings, e.score::integer as score, e.grade, e.conclusion,
           e.evaluated_on as "evaluatedOn", u.name as "evaluatedBy", e.evaluated_by as "evaluatedById"
      from admissions.evaluation e join identity.user_account u on u.id = e.evaluated_by
     where e.admission_id = ${id} order by e.round limit 200`.execute(tx);
  return rows;
}

/** The newest reference of each document received. */
export async function documentsOf(tx: Tx, id: bigint): Promise<{ code: string; reference: string; receivedOn: Day }[]> {
  const { rows } = await sql<{ code: string; reference: string; receivedOn: Day }>`
    select distinct on (code) code, reference, received_on as "receivedOn" from admissions.document
     where admission_id = ${id} order by code, recorded_at desc limit 200`.execute(tx);
  return rows;
}

/** What happened, oldest first. */
export async function eventsOf(tx: Tx, id: bigint) {
  type Row = { kind: string; on: Day; note: string; by: string; recordedAt: Date };
  const { rows } = await sql<Row>`
    select e.kind, e.happened_on as on, e.note, u.name as by, e.recorded_at as "recordedAt"
      from admissions.event e join identity.user_account u on u.id = e.recorded_by
     where e.admission_id = ${id} order by e.seq limit 500`.execute(tx);
  return rows;
}
