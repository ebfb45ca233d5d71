import type { z } from 'zod';
import { parseMoney } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { sm3 } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { initials } from '../../platform/text/index.ts';
import { appendAudit } from '../audit/index.ts';
import type { newCustomer } from './contract.ts';
import { checkIdentity, identityAsStored, sizeOf } from './rules.ts';

/** The hash by which the same customer is found across institutions without showing who it is. */
export const identityHash = (kind: string, identityNo: string): string =>
  sm3(`${kind}:${identityAsStored(identityNo)}`);

/**
 * Registers a customer of a guarantor: identity checked, size class computed with its evidence (不可判定 allowed).
 * The same identity at the same guarantor is refused (409) with the customer already there.
 */
export async function registerCustomer(
  tx: Tx,
  context: Context,
  command: z.output<typeof newCustomer>,
): Promise<{ id: bigint }> {
  const asOf = command.declaredOn ?? context.clock.today();
  const revenue = command.revenue === undefined ? undefined : parseMoney(command.revenue, '元');
  const assets = command.assets === undefined ? undefined : parseMoney(command.assets, '元');
  const facts = { ...command, revenue, assets };
  const refusals = checkIdentity(facts, context.clock.today());
  if (refusals.length > 0) throw new Refused(refusals);
  const { size, evidence } = sizeOf(facts, asOf);
  const row = await tx
    .insertInto('customers.customer')
    .values({
      guarantor_id: command.guarantorId,
      kind: command.kind,
      name: command.name,
      pinyin: initials(command.name),
      identity_kind: command.identityKind,
      identity_no: identityAsStored(command.identityNo),
      identity_hash: identityHash(command.identityKind, command.identityNo),
      county: command.county,
      industry_code: command.industryCode ?? null,
      staff: command.staff ?? null,
      revenue: revenue ?? null,
      assets: assets ?? null,
      declared_on: command.declaredOn ?? null,
      size_class: size,
      size_evidence: JSON.stringify(evidence, (_, value) => (typeof value === 'bigint' ? value.toString() : value)),
    })
    .onConflict((conflict) => conflict.columns(['guarantor_id', 'identity_kind', 'identity_no']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!row)
    throw new Refused(
      { code: 'customer-exists', field: 'identityNo', message: '该证件号的客户已建档，请直接使用' },
      409,
    );
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'customers.register',
    subject: `customer:${command.guarantorId}/${row.id}`,
    detail: { kind: command.kind, sizeClass: size, county: command.county },
  });
  return { id: row.id };
}
