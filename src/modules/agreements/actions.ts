import type { z } from 'zod';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import type { newAgreement, newVersion } from './contract.ts';
import { checkVersion, shareColumn } from './rules.ts';
import { closeOpenVersion, versionsOf } from './store.ts';

/** Registers the agreement of a guarantor with a bank on a product, with its first version. Refuses a second one for the same three. */
export async function createAgreement(
  tx: Tx,
  context: Context,
  command: z.output<typeof newAgreement>,
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
  await addVersion(tx, context, { guarantorId, agreementId: row.id, ...version });
  return { id: row.id };
}

/**
 * Adds a version; the open one before it ends the day before. Guarantees already in force keep the version pinned to them.
 * Locks the agreement. Refuses shares that do not make 100%, and spans that overlap a later version.
 */
export async function addVersion(
  tx: Tx,
  context: Context,
  command: z.output<typeof newVersion> & { guarantorId: number; agreementId: number },
): Promise<{ version: number }> {
  const { guarantorId, agreementId } = command;
  const agreement = await tx
    .selectFrom('agreements.agreement')
    .select('contract_no')
    .where('guarantor_id', '=', guarantorId)
    .where('id', '=', agreementId)
    .executeTakeFirst();
  if (!agreement) throw new Refused({ code: 'agreement-unknown', message: '没有这份协议，或不在您的权限范围内' }, 404);
  const earlier = await versionsOf(tx, guarantorId, agreementId);
  const refusals = checkVersion(command, earlier);
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
    detail: { version: number, from: command.from, contractNo: agreement.contract_no, document: command.document },
  });
  return { version: number };
}
