import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import type { CaseState } from './contract.ts';
import type { Found } from './rules/diligence.ts';
import type { Frequency, Instalment } from './rules/fees.ts';
import type { ScorePart } from './rules/scorecard.ts';
import type { CaseKey } from './store.ts';

const of = ({ guarantorId, id }: CaseKey) => sql`t.guarantor_id = ${guarantorId} and t.case_id = ${id}`;
const rowsMax = 500;

export type ItemRow = Found & { attachments: bigint[]; recordedBy: string; recordedAt: Date };
/** What was found, line by line. */
export const itemsOf = async (tx: Tx, key: CaseKey): Promise<ItemRow[]> =>
  (
    await sql<ItemRow>`select t.code, t.finding, t.note, t.attachments, p.name as "recordedBy", t.recorded_at as "recordedAt"
      from cases.diligence_item t join identity.person p on p.id = t.recorded_by where ${of(key)} limit ${rowsMax}`.execute(
      tx,
    )
  ).rows;

export type VisitRow = {
  seq: number;
  visitedAt: Date;
  place: string;
  lat: string | null;
  lng: string | null;
  met: string;
  note: string;
  attachments: bigint[];
  recordedBy: string;
};
/** Visits in their order. */
export const visitsOf = async (tx: Tx, key: CaseKey): Promise<VisitRow[]> =>
  (
    await sql<VisitRow>`select t.seq, t.visited_at as "visitedAt", t.place, t.lat::text, t.lng::text, t.met, t.note, t.attachments,
             p.name as "recordedBy"
        from cases.visit t join identity.person p on p.id = t.recorded_by where ${of(key)} order by t.seq limit ${rowsMax}`.execute(
      tx,
    )
  ).rows;

export type ConclusionRow = {
  round: number;
  part: 'A' | 'B';
  userId: number;
  name: string;
  agrees: boolean;
  opinion: string;
  recordedAt: Date;
};
/** What A角 and B角 concluded, every round. */
export const conclusionsOf = async (tx: Tx, key: CaseKey): Promise<ConclusionRow[]> =>
  (
    await sql<ConclusionRow>`select t.round, t.part, t.user_id as "userId", p.name, t.agrees, t.opinion, t.recorded_at as "recordedAt"
        from cases.conclusion t join identity.person p on p.id = t.user_id where ${of(key)} order by t.round, t.part limit ${rowsMax}`.execute(
      tx,
    )
  ).rows;

export type CounterRow = {
  seq: number;
  kind: number;
  provider: string;
  providerIdentityNo: string | null;
  title: string;
  certificateNo: string | null;
  appraised: Fen | null;
  appraisedOn: Day | null;
  legalVerdict: 'passed' | 'failed' | null;
  legalOpinion: string | null;
  checkedBy: string | null;
};
/** The counter-guarantees offered and not taken out again. */
export const countersOf = async (tx: Tx, key: CaseKey): Promise<CounterRow[]> =>
  (
    await sql<CounterRow>`select t.seq, t.kind, t.provider, t.provider_identity_no as "providerIdentityNo", t.title, t.certificate_no as "certificateNo", t.appraised,
             t.appraised_on as "appraisedOn", t.legal_verdict as "legalVerdict", t.legal_opinion as "legalOpinion", p.name as "checkedBy"
        from cases.counter_guarantee t left join identity.person p on p.id = t.checked_by
       where ${of(key)} and t.removed_at is null order by t.seq limit ${rowsMax}`.execute(tx)
  ).rows;

export type ReviewRow = {
  seq: number;
  verdict: 'support' | 'conditional' | 'oppose';
  opinion: string;
  conditions: string;
  amount: Fen;
  termMonths: number;
  feeRate: string;
  name: string;
  recordedAt: Date;
};
/** Risk opinions, the newest first. */
export const reviewsOf = async (tx: Tx, key: CaseKey): Promise<ReviewRow[]> =>
  (
    await sql<ReviewRow>`select t.seq, t.verdict, t.opinion, t.conditions, t.amount, t.term_months as "termMonths",
             t.fee_rate::text as "feeRate", p.name, t.recorded_at as "recordedAt"
        from cases.review t join identity.person p on p.id = t.reviewed_by where ${of(key)} order by t.seq desc limit ${rowsMax}`.execute(
      tx,
    )
  ).rows;

export type ScoreRow = {
  seq: number;
  model: string;
  inputs: Record<string, string>;
  parts: ScorePart[];
  score: number;
  grade: string;
  name: string;
  recordedAt: Date;
};
/** Scores, the newest first. */
export const scoresOf = async (tx: Tx, key: CaseKey): Promise<ScoreRow[]> =>
  (
    await sql<ScoreRow>`select t.seq, t.model, t.inputs, t.parts, t.score, t.grade, p.name, t.recorded_at as "recordedAt"
        from cases.score t join identity.person p on p.id = t.scored_by where ${of(key)} order by t.seq desc limit ${rowsMax}`.execute(
      tx,
    )
  ).rows;

export type FeePlanRow = {
  version: number;
  basis: 'guaranteed' | 'principal';
  base: Fen;
  rate: string;
  laterRates: string[];
  dayCount: string;
  startsOn: Day;
  endsOn: Day;
  frequency: Frequency;
  total: Fen;
  vatExempt: boolean;
  vatReason: string;
  vatUnverified: string | null;
};
/** The fee plan that counts, with its instalments; undefined when there is none. */
export async function feePlanOf(
  tx: Tx,
  key: CaseKey,
): Promise<(FeePlanRow & { instalments: Instalment[] }) | undefined> {
  const { rows } = await sql<FeePlanRow>`
    select t.version, t.basis, t.base, t.rate::text as rate, t.later_rates::text[] as "laterRates", t.day_count as "dayCount", t.starts_on as "startsOn", t.ends_on as "endsOn",
           t.frequency, t.total, t.vat_exempt as "vatExempt", t.vat_reason as "vatReason", t.vat_unverified as "vatUnverified"
      from cases.fee_plan t where ${of(key)} order by t.version desc limit 1`.execute(tx);
  const plan = rows[0];
  if (!plan) return undefined;
  const parts = await sql<Instalment>`
    select t.seq, t.from_on as "from", t.to_on as "to", t.days, t.due_on as "dueOn", t.amount
      from cases.fee_instalment t where ${of(key)} and t.version = ${plan.version} order by t.seq limit ${rowsMax}`.execute(
    tx,
  );
  return { ...plan, instalments: parts.rows };
}

export type ReceiptRow = {
  seq: number;
  amount: Fen;
  receivedOn: Day;
  reference: string;
  movementSeq: number | null;
  name: string;
};
/** Fees received, in their order. */
export const receiptsOf = async (tx: Tx, key: CaseKey): Promise<ReceiptRow[]> =>
  (
    await sql<ReceiptRow>`select t.seq, t.amount, t.received_on as "receivedOn", t.reference, t.movement_seq as "movementSeq", p.name
        from cases.fee_receipt t join identity.person p on p.id = t.recorded_by where ${of(key)} order by t.seq limit ${rowsMax}`.execute(
      tx,
    )
  ).rows;

export type EventRow = {
  id: bigint;
  kind: string;
  fromState: CaseState | null;
  toState: CaseState | null;
  note: string;
  name: string;
  at: Date;
};
/** The history as far as the caller may see it, newest first. */
export const eventsOf = async (tx: Tx, key: CaseKey): Promise<EventRow[]> =>
  (
    await sql<EventRow>`select t.id, t.kind, t.from_state as "fromState", t.to_state as "toState", t.note, p.name, t.recorded_at as at
        from cases.event t join identity.person p on p.id = t.user_id where ${of(key)} order by t.id desc limit ${rowsMax}`.execute(
      tx,
    )
  ).rows;

export type PartyRow = { relation: string; name: string; identityNo: string; identityHash: string };
/** Related parties as last declared. */
export const relatedOf = async (tx: Tx, key: CaseKey): Promise<PartyRow[]> =>
  (
    await sql<PartyRow>`select t.relation, t.name, t.identity_no as "identityNo", t.identity_hash as "identityHash"
        from cases.related_party t where ${of(key)} and t.is_current order by t.seq limit ${rowsMax}`.execute(tx)
  ).rows;

/** The next number of a list of a locked case. */
export async function nextSeq(
  tx: Tx,
  key: CaseKey,
  table: 'related_party' | 'counter_guarantee' | 'visit' | 'review' | 'score' | 'fee_receipt',
): Promise<number> {
  const { rows } = await sql<{ next: number }>`
    select coalesce(max(t.seq), 0)::integer + 1 as next from ${sql.table(`cases.${table}`)} t where ${of(key)}`.execute(
    tx,
  );
  return rows[0]?.next ?? 1;
}
