import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { textOfInstant } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import type { MemoSection } from './contract/detail.ts';
import type { CaseApplication, CaseDraft, CaseState, EligibilityFinding } from './contract.ts';
import { refuseVerb, type VerbName, verbs } from './rules/states.ts';

/** One case as stored; amounts in 分. */
export type StoredCase = {
  readonly guarantorId: number;
  readonly guarantorName: string;
  readonly id: bigint;
  readonly number: string;
  readonly applicantKind: 'bank' | 'client-manager' | 'customer';
  readonly applicantUser: number;
  readonly applicant: string;
  readonly state: CaseState;
  readonly stateAt: Date;
  readonly stateBy: string;
  readonly version: number;
  readonly draft: CaseDraft;
  readonly bankId: number | null;
  readonly bankName: string | null;
  readonly branchId: number | null;
  readonly application: CaseApplication | null;
  readonly customerId: bigint | null;
  readonly customerKind: CaseApplication['customerKind'] | null;
  readonly customerName: string | null;
  readonly identityKind: CaseApplication['identityKind'] | null;
  readonly identityNo: string | null;
  readonly identityHash: string | null;
  readonly sizeClass: string | null;
  readonly productCode: string | null;
  readonly productName: string | null;
  readonly productVersion: number | null;
  readonly county: number | null;
  readonly countyName: string | null;
  readonly industryCode: string | null;
  readonly askedAmount: Fen | null;
  readonly amount: Fen | null;
  readonly guaranteed: Fen | null;
  readonly askedTermMonths: number | null;
  readonly termMonths: number | null;
  readonly feeRate: string | null;
  readonly tags: number;
  readonly primaryTag: number;
  readonly eligibility: EligibilityFinding[] | null;
  readonly submittedOn: Day | null;
  readonly managerA: number | null;
  readonly managerAName: string | null;
  readonly managerB: number | null;
  readonly managerBName: string | null;
  readonly memo: MemoSection[] | null;
  readonly decidedOn: Day | null;
  readonly validUntil: Day | null;
  readonly guaranteeNo: string | null;
  readonly entrustNo: string | null;
  readonly loanNo: string | null;
  readonly guaranteeId: bigint | null;
  readonly disbursedOn: Day | null;
  readonly disburseReference: string | null;
};

const columns = sql`c.guarantor_id as "guarantorId", g.short_name as "guarantorName", c.id, c.number, c.applicant_kind as "applicantKind",
  c.applicant_user as "applicantUser", ap.name as applicant, c.state, c.state_at as "stateAt", sp.name as "stateBy", c.version, c.draft,
  c.bank_id as "bankId", b.short_name as "bankName", c.branch_id as "branchId", c.application, c.customer_id as "customerId",
  c.customer_kind as "customerKind", c.customer_name as "customerName", c.identity_kind as "identityKind", c.identity_no as "identityNo",
  c.identity_hash as "identityHash", c.size_class as "sizeClass", c.product_code as "productCode", pr.name as "productName",
  c.product_version as "productVersion", c.county, r.name as "countyName", c.industry_code as "industryCode", c.asked_amount as "askedAmount",
  c.amount, c.guaranteed, c.asked_term_months as "askedTermMonths", c.term_months as "termMonths", c.fee_rate::text as "feeRate", c.tags,
  c.primary_tag as "primaryTag", c.eligibility, c.submitted_on as "submittedOn", c.manager_a as "managerA", pa.name as "managerAName",
  c.manager_b as "managerB", pb.name as "managerBName", c.memo, c.decided_on as "decidedOn", c.valid_until as "validUntil",
  c.guarantee_no as "guaranteeNo", c.entrust_no as "entrustNo", c.loan_no as "loanNo", c.guarantee_id as "guaranteeId",
  c.disbursed_on as "disbursedOn", c.disburse_reference as "disburseReference"`;
const joins = sql`join institutions.institution g on g.id = c.guarantor_id
  join identity.person ap on ap.id = c.applicant_user
  join identity.person sp on sp.id = c.state_by
  left join institutions.institution b on b.id = c.bank_id
  left join agreements.product pr on pr.code = c.product_code
  left join institutions.region r on r.code = c.county
  left join identity.person pa on pa.id = c.manager_a
  left join identity.person pb on pb.id = c.manager_b`;

export type CaseKey = { readonly guarantorId: number; readonly id: bigint };

/** The subject of a case everywhere else: approvals, papers, attachments, reservations. */
export const subjectOf = ({ guarantorId, id }: CaseKey): string => `case:${guarantorId}/${id}`;

/** One case as far as the caller may see it; undefined when there is none. */
export async function caseById(tx: Tx, { guarantorId, id }: CaseKey): Promise<StoredCase | undefined> {
  const { rows } = await sql<StoredCase>`
    select ${columns} from cases.case c ${joins} where c.guarantor_id = ${guarantorId} and c.id = ${id}`.execute(tx);
  return rows[0];
}

/** The refusal (404) where there is no such case for the caller. */
export const unknownCase = () =>
  new Refused({ code: 'case-unknown', message: '没有这个项目，或不在您的权限范围内' }, 404);

/**
 * Locks a case for a verb. Refused: 404 when the caller sees none; 409 when somebody was there first, naming who and when.
 */
export async function lockCase(tx: Tx, key: CaseKey, verb: VerbName): Promise<StoredCase> {
  await sql`select from cases.case where guarantor_id = ${key.guarantorId} and id = ${key.id} for update`.execute(tx);
  const found = await caseById(tx, key);
  if (!found) throw unknownCase();
  const standing = { state: found.state, by: found.stateBy, at: textOfInstant(found.stateAt) };
  const refusal = refuseVerb(verb, standing);
  if (refusal) throw new Refused(refusal, 409);
  return found;
}

type Values = Readonly<Record<string, string | number | bigint | boolean | null>>;

/** Changes a locked case, moves it to the verb's next state, and writes its history line; `version` goes up by one. */
export async function moveCase(
  tx: Tx,
  context: Context,
  found: Pick<StoredCase, 'guarantorId' | 'id' | 'state'>,
  verb: VerbName,
  values: Values = {},
  note = '',
): Promise<void> {
  const next: CaseState | undefined = 'to' in verbs[verb] ? (verbs[verb] as { to: CaseState }).to : undefined;
  const state = next
    ? { state: next, state_at: context.clock.now().toISOString(), state_by: context.actor.userId }
    : {};
  const set = sql.join(
    Object.entries({ ...values, ...state }).map(([name, value]) => sql`${sql.ref(name)} = ${value}`),
  );
  const changed = Object.keys({ ...values, ...state }).length > 0 ? sql`, ${set}` : sql``;
  await sql`update cases.case set version = version + 1${changed}
             where guarantor_id = ${found.guarantorId} and id = ${found.id}`.execute(tx);
  await addEvent(tx, context, found, verb, { from: found.state, to: next ?? null, note });
}

/** Writes one line of the history. */
export async function addEvent(
  tx: Tx,
  context: Context,
  { guarantorId, id }: CaseKey,
  verb: VerbName,
  { from = null, to = null, note = '' }: { from?: CaseState | null; to?: CaseState | null; note?: string } = {},
): Promise<void> {
  await sql`insert into cases.event (guarantor_id, case_id, kind, from_state, to_state, note, is_shared, user_id, recorded_at)
    values (${guarantorId}, ${id}, ${verb}, ${from}, ${to}, ${note}, ${verbs[verb].isShared}, ${context.actor.userId},
            ${context.clock.now()})`.execute(tx);
}

/** Makes an empty case; its number carries year and id. */
export async function insertCase(
  tx: Tx,
  made: {
    guarantorId: number;
    applicantKind: StoredCase['applicantKind'];
    userId: number;
    bankId: number | null;
    draft: CaseDraft;
    year: number;
    at: Date;
  },
): Promise<{ id: bigint; number: string }> {
  const { rows } = await sql<{ id: bigint; number: string }>`
    with fresh as (select nextval(pg_get_serial_sequence('cases.case', 'id')) as id)
    insert into cases.case (guarantor_id, id, number, applicant_kind, applicant_user, state_by, state_at, bank_id, draft)
    select ${made.guarantorId}, id, 'XM' || ${made.year}::integer || '-' || lpad(id::text, 6, '0'), ${made.applicantKind}, ${made.userId},
           ${made.userId}, ${made.at}, ${made.bankId}, ${JSON.stringify(made.draft)}::jsonb from fresh
    returning id, number`.execute(tx);
  return rows[0] as { id: bigint; number: string };
}

/** Which side the caller acts from. */
export async function callerSide(
  tx: Tx,
): Promise<{ bankId: number; guarantors: number[]; seesAll: boolean; institutionId: number }> {
  const { rows } = await sql<{ bankId: number; guarantors: number[]; seesAll: boolean; institutionId: number }>`
    select identity.my_bank() as "bankId", identity.my_guarantors() as guarantors, identity.sees_all() as "seesAll",
           identity.my_institution() as "institutionId"`.execute(tx);
  return rows[0] as { bankId: number; guarantors: number[]; seesAll: boolean; institutionId: number };
}

/** Lets a bank act at the guarantor's counter for the rest of the transaction (migration 0130); false when it may not. */
export async function atCounter(tx: Tx, guarantorId: number, caseId: bigint | null): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`select cases.at_counter(${guarantorId}, ${caseId}) as may`.execute(tx);
  return rows[0]?.may ?? false;
}

/** Open cases of the same identity at the same institution, other than this one. */
export async function twinsOf(
  tx: Tx,
  asked: {
    guarantorId: number;
    id: bigint | null;
    identityHash: string;
    bankId: number | null;
    productCode: string | null;
  },
): Promise<{ number: string; bankName: string; amount: Fen; isSameBankAndProduct: boolean }[]> {
  const { rows } = await sql<{ number: string; bankName: string; amount: Fen; isSameBankAndProduct: boolean }>`
    select c.number, b.short_name as "bankName", c.amount,
           c.bank_id = ${asked.bankId}::integer and c.product_code = ${asked.productCode}::text as "isSameBankAndProduct"
      from cases.case c join institutions.institution b on b.id = c.bank_id
     where c.guarantor_id = ${asked.guarantorId} and c.identity_hash = ${asked.identityHash} and c.id is distinct from ${asked.id}::bigint
       and c.state in ('submitted', 'due-diligence', 'review', 'approving', 'approved', 'papers', 'returned')
     order by c.id desc limit 20`.execute(tx);
  return rows.map((row) => ({ ...row, isSameBankAndProduct: row.isSameBankAndProduct === true }));
}

/** What other institutions of the province have of these hashes: counts only. */
export async function elsewhereOf(
  tx: Tx,
  guarantorId: number,
  hashes: readonly string[],
): Promise<Map<string, { openCases: number; relatedCases: number; inForce: number }>> {
  const { rows } = await sql<{ hash: string; openCases: number; relatedCases: number; inForce: number }>`
    select hash, open_cases as "openCases", related_cases as "relatedCases", in_force as "inForce"
      from cases.elsewhere(${guarantorId}, ${[...hashes]}::text[])`.execute(tx);
  return new Map(rows.map(({ hash, ...counts }) => [hash, counts]));
}

/** The customer of an identity in the guarantor's book, and what it has outstanding and committed; undefined when there is none. */
export async function customerStanding(
  tx: Tx,
  guarantorId: number,
  identityHash: string,
): Promise<{ id: bigint; balance: Fen; committed: Fen } | undefined> {
  const { rows } = await sql<{ id: bigint; balance: Fen; committed: Fen }>`
    select f.id, coalesce(sum(case when e.status = 'pending' then e.principal else e.outstanding end), 0)::bigint as balance,
           coalesce(sum(e.principal), 0)::bigint as committed
      from customers.customer f
      left join guarantees.guarantee e on e.guarantor_id = f.guarantor_id and e.customer_id = f.id
            and (e.status = 'pending' or e.outstanding <> 0)
     where f.guarantor_id = ${guarantorId} and f.identity_hash = ${identityHash}
     group by f.id`.execute(tx);
  return rows[0];
}

/** Are these two people client managers of the guarantor, two different ones? Answers what is wrong, or undefined. */
export async function managerProblem(
  tx: Tx,
  guarantorId: number,
  managerA: number,
  managerB: number,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: number; fits: boolean; same: boolean }>`
    select x.id, cases.is_same_person(${managerA}, ${managerB}) as same,
           exists (select from identity.role_grant g join identity.user_account u on u.id = g.user_id and u.status = 'active'
                    where g.user_id = x.id and g.revoked_at is null and g.role_code = 'r01-client-manager' and u.institution_id = ${guarantorId}) as fits
      from unnest(array[${managerA}::integer, ${managerB}::integer]) x (id)`.execute(tx);
  if (rows.some((row) => row.same)) return 'A角、B角须为两个不同的人';
  const unfit = rows.filter((row) => !row.fits).length;
  return unfit > 0 ? 'A角、B角须为本机构在岗的客户经理' : undefined;
}

/** The day in Shanghai on which an instant of the wire falls. */
export async function dayOfText(tx: Tx, instant: string): Promise<Day> {
  const { rows } = await sql<{
    day: Day;
  }>`select (${instant}::timestamptz at time zone 'Asia/Shanghai')::date as day`.execute(tx);
  return (rows[0] as { day: Day }).day;
}
