import type { Selectable } from 'kysely';
import type { z } from 'zod';
import { formatYuan, yuan } from '../../kernel/money.ts';
import { type Refusal, Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import type { Tables } from '../../platform/tables.ts';
import { appendAudit } from '../audit/index.ts';
import type { customerChange } from './contract.ts';
import { type CustomerFacts, checkChange, sizeOf } from './rules.ts';

export type ChangeCustomer = z.output<typeof customerChange> & { readonly guarantorId: number; readonly id: bigint };

/**
 * Changes what is known of a customer: declared figures, contact, tags, issuer rating; what is left out stays, null clears. The size is
 * worked out again; what was declared before is kept with its evidence. Locks the customer; `check` is asked with its version under
 * the lock. Refuses with every rule that fails. Guarantees already issued keep the size of their start.
 */
export async function changeCustomer(
  tx: Tx,
  context: Context,
  { guarantorId, id, ...change }: ChangeCustomer,
  check: (version: number) => void = () => {},
): Promise<{ version: number; sizeClass: string }> {
  const before = await tx
    .selectFrom('customers.customer')
    .selectAll()
    .where('guarantor_id', '=', guarantorId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!before) throw new Refused({ code: 'customer-unknown', message: '没有这个客户，或不在您的权限范围内' }, 404);
  check(before.version);
  const today = context.clock.today();
  const after = merged(before, change);
  const refusals: Refusal[] = checkChange(
    {
      ...change,
      tags: after.tags,
      primaryTag: after.primary_tag,
      rating: after.issuer_rating,
      ratedOn: after.issuer_rating_on,
    },
    today,
  );
  if (refusals.length > 0) throw new Refused(refusals);
  const facts: CustomerFacts = {
    kind: before.kind as CustomerFacts['kind'],
    identityKind: before.identity_kind as CustomerFacts['identityKind'],
    identityNo: before.identity_no,
    industryCode: after.industry_code ?? undefined,
    staff: after.staff ?? undefined,
    revenue: after.revenue ?? undefined,
    assets: after.assets ?? undefined,
  };
  const { size, evidence } = sizeOf(facts, after.declared_on ?? today);
  await keepFormer(tx, before, context.actor.userId);
  await tx
    .updateTable('customers.customer')
    .set({ ...after, size_class: size, size_evidence: asJson(evidence), version: before.version + 1 })
    .where('guarantor_id', '=', guarantorId)
    .where('id', '=', id)
    .execute();
  const figure = (value: typeof before.revenue) => (value === null ? null : formatYuan(value));
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'customers.change',
    subject: `customer:${guarantorId}/${id}`,
    detail: {
      version: before.version + 1,
      // Names of what was given; a contact is personal and stays out of the log.
      changed: Object.keys(change),
      sizeClass: { from: before.size_class, to: size },
      declared: { staff: after.staff, revenue: figure(after.revenue), assets: figure(after.assets) },
      issuerRating: after.issuer_rating,
    },
  });
  return { version: before.version + 1, sizeClass: size };
}

type Before = Selectable<Tables['customers.customer']>;

/** The row as it will stand: what is not given stays. */
function merged(before: Before, change: z.output<typeof customerChange>) {
  const amount = (given: string | null | undefined, was: typeof before.revenue) =>
    given === undefined ? was : given === null ? null : yuan(given);
  const kept = <T>(given: T | undefined, was: T): T => (given === undefined ? was : given);
  return {
    industry_code: kept(change.industryCode, before.industry_code),
    staff: kept(change.staff, before.staff),
    revenue: amount(change.revenue, before.revenue),
    assets: amount(change.assets, before.assets),
    declared_on: kept(change.declaredOn, before.declared_on),
    contact_name: kept(change.contactName, before.contact_name),
    contact_phone: kept(change.contactPhone, before.contact_phone),
    tags: kept(change.tags, before.tags),
    primary_tag: kept(change.primaryTag, before.primary_tag),
    issuer_rating: kept(change.issuerRating, before.issuer_rating),
    issuer_rating_on: kept(change.issuerRatingOn, before.issuer_rating_on),
  };
}

const keepFormer = (tx: Tx, before: Before, userId: number) =>
  tx
    .insertInto('customers.former_declaration')
    .values({
      guarantor_id: before.guarantor_id,
      customer_id: before.id,
      version: before.version,
      industry_code: before.industry_code,
      staff: before.staff,
      revenue: before.revenue,
      assets: before.assets,
      declared_on: before.declared_on,
      size_class: before.size_class,
      size_evidence: asJson(before.size_evidence),
      issuer_rating: before.issuer_rating,
      issuer_rating_on: before.issuer_rating_on,
      replaced_by: userId,
    })
    .execute();

const asJson = (value: unknown): string =>
  JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? each.toString() : each));
