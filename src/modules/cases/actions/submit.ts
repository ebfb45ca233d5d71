import { sql } from 'kysely';
import { formatYuan, yuan } from '../../../kernel/money.ts';
import { type Refusal, Refused } from '../../../kernel/refusal.ts';
import type { Tx } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import { initials } from '../../../platform/text/index.ts';
import { appendAudit } from '../../audit/index.ts';
import { identityHash, registerCustomer } from '../../customers/index.ts';
import type { CaseApplication } from '../contract.ts';
import { type Gathered, gather } from '../gather.ts';
import { nextSeq } from '../parts-store.ts';
import { applicationOf, checkApplication, tagsOf } from '../rules/application.ts';
import {
  atCounter,
  type CaseKey,
  callerSide,
  lockCase,
  managerProblem,
  moveCase,
  type StoredCase,
  subjectOf,
} from '../store.ts';
import { requireOwnSide } from './draft.ts';

/**
 * Hands a draft in: every field, identity, size, product version with its clauses, agreement, admission of the bank, papers on file, twins.
 * Refused with everything that is wrong at once, the draft stays as it is. Pins the product version of the day.
 */
export async function submitCase(
  tx: Tx,
  context: Context,
  key: CaseKey,
): Promise<{ number: string; told: string[]; elsewhere: string[] }> {
  const today = context.clock.today();
  const found = await lockCase(tx, key, 'submit');
  await requireOwnSide(tx, found);
  const isBank = (await callerSide(tx)).bankId !== 0;
  await atCounter(tx, key.guarantorId, null);
  const read = applicationOf(found.draft);
  if ('refusals' in read) throw new Refused(read.refusals);
  const { application } = read;
  const asked = { guarantorId: key.guarantorId, id: key.id, bankId: found.bankId, on: today };
  const gathered = await gather(tx, asked, application);
  const refusals: Refusal[] = [...checkApplication(application, today), ...gathered.refusals];
  if (refusals.length > 0) throw new Refused(refusals);
  await moveCase(tx, context, found, 'submit', valuesOf(application, gathered, today));
  await replaceDeclared(tx, context, key, application);
  await appendAudit(tx, context, {
    chain: key.guarantorId,
    action: 'cases.submit',
    subject: subjectOf(key),
    detail: {
      number: found.number,
      amount: formatYuan(yuan(application.amount)),
      productCode: application.productCode,
      version: gathered.product?.version ?? 0,
    },
  });
  return {
    number: found.number,
    told: isBank ? [] : gathered.told,
    elsewhere: gathered.elsewhere.map((each) => each.message),
  };
}

function valuesOf(application: CaseApplication, gathered: Gathered, today: string) {
  return {
    application: JSON.stringify(application),
    branch_id: application.branchId ?? null,
    customer_id: gathered.customerId ?? null,
    customer_kind: application.customerKind,
    customer_name: application.customerName,
    pinyin: initials(application.customerName),
    identity_kind: application.identityKind,
    identity_no: application.identityNo,
    identity_hash: identityHash(application.identityKind, application.identityNo),
    size_class: gathered.size.size,
    product_code: application.productCode,
    product_version: gathered.product?.version ?? null,
    county: application.county,
    industry_code: application.industryCode ?? null,
    asked_amount: yuan(application.amount),
    amount: yuan(application.amount),
    guaranteed: gathered.guaranteed,
    asked_term_months: application.termMonths,
    term_months: application.termMonths,
    fee_rate: gathered.feeRate,
    purpose: application.purpose,
    tags: tagsOf(application.tags),
    primary_tag: application.primaryTag,
    eligibility: JSON.stringify(gathered.eligibility),
    submitted_on: today,
  };
}

/** What was declared before stays on record, no longer current. */
async function replaceDeclared(tx: Tx, context: Context, key: CaseKey, application: CaseApplication): Promise<void> {
  const { guarantorId, id } = key;
  await sql`update cases.related_party set is_current = false where guarantor_id = ${guarantorId} and case_id = ${id} and is_current`.execute(
    tx,
  );
  await sql`update cases.counter_guarantee set removed_at = ${context.clock.now()}
             where guarantor_id = ${guarantorId} and case_id = ${id} and removed_at is null`.execute(tx);
  const parties = application.relatedParties.map((each) => ({
    ...each,
    hash: identityHash(each.identityKind, each.identityNo),
  }));
  const firstParty = await nextSeq(tx, key, 'related_party');
  await sql`insert into cases.related_party (guarantor_id, case_id, seq, relation, name, identity_kind, identity_no, identity_hash)
    select ${guarantorId}, ${id}, ${firstParty - 1} + p.ord, p.item ->> 'relation', p.item ->> 'name', p.item ->> 'identityKind',
           p.item ->> 'identityNo', p.item ->> 'hash'
      from jsonb_array_elements(${JSON.stringify(parties)}::jsonb) with ordinality p (item, ord)`.execute(tx);
  const firstCounter = await nextSeq(tx, key, 'counter_guarantee');
  const offered = application.counterGuarantees.map((each) => ({
    ...each,
    fen: each.appraised === undefined ? null : String(yuan(each.appraised)),
  }));
  await sql`insert into cases.counter_guarantee (guarantor_id, case_id, seq, kind, provider, provider_identity_no, title, certificate_no, appraised, appraised_on,
      recorded_by, recorded_at)
    select ${guarantorId}, ${id}, ${firstCounter - 1} + p.ord, (p.item ->> 'kind')::integer, p.item ->> 'provider', p.item ->> 'providerIdentityNo', p.item ->> 'title',
           p.item ->> 'certificateNo', (p.item ->> 'fen')::bigint, (p.item ->> 'appraisedOn')::date, ${context.actor.userId},
           ${context.clock.now()}
      from jsonb_array_elements(${JSON.stringify(offered)}::jsonb) with ordinality p (item, ord)`.execute(tx);
}

/**
 * 受理：takes a case on with its A角 and B角, two different client managers; makes the customer's record where there is none. A later call in
 * 尽调 or 评审 changes the two (somebody left).
 */
export async function assignManagers(
  tx: Tx,
  context: Context,
  command: CaseKey & { managerA: number; managerB: number; isChange?: boolean },
): Promise<void> {
  const found = await lockCase(tx, command, command.isChange ? 'reassign' : 'assign');
  const problem = await managerProblem(tx, command.guarantorId, command.managerA, command.managerB);
  if (problem) throw new Refused({ code: 'managers', field: 'managerB', message: problem });
  const customerId = found.customerId ?? (await customerFor(tx, context, found));
  const values = { manager_a: command.managerA, manager_b: command.managerB, customer_id: customerId };
  await moveCase(tx, context, found, command.isChange ? 'reassign' : 'assign', values);
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: command.isChange ? 'cases.reassign' : 'cases.assign',
    subject: subjectOf(command),
    detail: { number: found.number },
  });
}

async function customerFor(tx: Tx, context: Context, found: StoredCase): Promise<bigint> {
  const { application, guarantorId, identityHash: hash } = found;
  const known = await tx
    .selectFrom('customers.customer')
    .select('id')
    .where('guarantor_id', '=', guarantorId)
    .where('identity_hash', '=', hash as string)
    .executeTakeFirst();
  if (known) return known.id;
  const given = application as CaseApplication;
  const { id } = await registerCustomer(tx, context, {
    guarantorId,
    kind: given.customerKind,
    name: given.customerName,
    identityKind: given.identityKind,
    identityNo: given.identityNo,
    county: given.county,
    industryCode: given.industryCode,
    staff: given.staff,
    revenue: given.revenue,
    assets: given.assets,
    declaredOn: given.declaredOn,
  });
  return id;
}

/** 退回补正：back to whoever applied, with what is to be completed. */
export async function sendBack(tx: Tx, context: Context, command: CaseKey & { reason: string }): Promise<void> {
  const found = await lockCase(tx, command, 'send-back');
  await moveCase(tx, context, found, 'send-back', {}, command.reason);
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'cases.send-back',
    subject: subjectOf(command),
    detail: { number: found.number },
  });
}

/** 不予担保 before any approval: the people who look at it say no, with the reason the applicant is told. */
export async function refuseCase(tx: Tx, context: Context, command: CaseKey & { reason: string }): Promise<void> {
  const found = await lockCase(tx, command, 'refuse');
  await moveCase(tx, context, found, 'refuse', { decided_on: context.clock.today() }, command.reason);
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'cases.refuse',
    subject: subjectOf(command),
    detail: { number: found.number },
  });
}
