import type { z } from 'zod';
import { type Refusal, Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { admissionStanding } from '../admissions/index.ts';
import { appendAudit } from '../audit/index.ts';
import { productVersionOn } from '../products/index.ts';
import type { newAgreement, newVersion } from './contract.ts';
import { checkShares, checkVersion, shareColumn, type VersionTerms } from './rules.ts';
import { closeOpenVersion, versionsOf } from './store.ts';

/** An agreement of an existing book is taken as it was: what today's law and register would refuse is noted in the audit log. */
type Legacy = { readonly isLegacy?: boolean };

/** Registers the agreement of a guarantor with a bank on a product, with its first version. Refuses a second one for the same three. */
export async function createAgreement(
  tx: Tx,
  context: Context,
  command: z.output<typeof newAgreement> & Legacy,
): Promise<{ id: number }> {
  const { guarantorId, version } = command;
  const row = await tx
    .insertInto('agreements.agreement')
    .values({
      guarantor_id: guarantorId,
      bank_id: command.bankId,
      product_code: command.productCode,
      contract_no: command.contractNo,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!row)
    throw new Refused(
      { code: 'agreement-exists', message: '与该银行就此产品的协议已登记，或协议编号已使用；变更条款请新增版本' },
      409,
    );
  await addVersion(tx, context, {
    guarantorId,
    agreementId: row.id,
    ...version,
    isLegacy: command.isLegacy ?? false,
  });
  return { id: row.id };
}

/**
 * Adds a version; the open one before it ends the day before. Guarantees already in force keep the version pinned to them.
 * Refuses shares that do not make 100% or break the law's floors on the day, spans that overlap a later version, and a bank that is on
 * record as not admitted on the day; of a bank without any record the audit log says so.
 */
export async function addVersion(
  tx: Tx,
  context: Context,
  command: z.output<typeof newVersion> & Legacy & { guarantorId: number; agreementId: number },
): Promise<{ version: number }> {
  const { guarantorId, agreementId } = command;
  const agreement = await tx
    .selectFrom('agreements.agreement')
    .select(['contract_no', 'bank_id', 'product_code'])
    .where('guarantor_id', '=', guarantorId)
    .where('id', '=', agreementId)
    .executeTakeFirst();
  if (!agreement) throw new Refused({ code: 'agreement-unknown', message: '没有这份协议，或不在您的权限范围内' }, 404);
  const earlier = await versionsOf(tx, guarantorId, agreementId);
  const refusals = checkVersion(command, earlier);
  const policy = await policyRefusals(tx, command, agreement);
  if (!command.isLegacy) refusals.push(...policy.refusals);
  if (refusals.length > 0) throw new Refused(refusals);
  await closeOpenVersion(tx, guarantorId, agreementId, command.from);
  const number = earlier.reduce((most, each) => Math.max(most, each.version), 0) + 1;
  await tx
    .insertInto('agreements.version')
    .values({
      guarantor_id: guarantorId,
      agreement_id: agreementId,
      version: number,
      from_on: command.from,
      to_on: command.to,
      bank_share: shareColumn(command.bankShare),
      guarantor_share: shareColumn(command.guarantorShare),
      province_share: shareColumn(command.provinceShare),
      fund_share: shareColumn(command.fundShare),
      other_share: shareColumn(command.otherShare),
      fee_rate: command.feeRate,
      claim_ratio_cap: command.claimRatioCap,
      document: command.document,
    })
    .execute();
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'agreements.add-version',
    subject: `agreement:${guarantorId}/${agreementId}`,
    detail: {
      version: number,
      from: command.from,
      contractNo: agreement.contract_no,
      document: command.document,
      ...policy.noted,
    },
  });
  return { version: number };
}

/** What law and register say against a version, and what of it the audit log keeps of one that is entered all the same. */
async function policyRefusals(
  tx: Tx,
  terms: VersionTerms,
  { bank_id, product_code }: { bank_id: number; product_code: string },
): Promise<{ refusals: Refusal[]; noted: { reason?: string } }> {
  const product = await productVersionOn(tx, product_code, terms.from);
  const refusals = checkShares(terms, product?.terms.programme ?? null);
  const standing = await admissionStanding(tx, bank_id, terms.from, product_code);
  if (standing === 'not-admitted') {
    const message = `该银行就此产品于 ${terms.from} 不在准入有效期（集中准入），请先办理准入或调整生效日`;
    refusals.push({ code: 'bank-not-admitted', field: 'bankId', message });
  }
  const notes = [...refusals.map((each) => each.code), ...(standing === 'no-record' ? ['bank-without-admission'] : [])];
  return { refusals, noted: notes.length > 0 ? { reason: notes.join(' ') } : {} };
}
