import type { Day } from '../../kernel/day.ts';
import { type Fen, formatYuan, minus } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { issueDocument } from '../documents/index.ts';
import type { Held } from './guarantee.ts';

type Release = { readonly id: bigint; readonly amount: Fen; readonly releaseOn: Day; readonly reason: string };

/**
 * Issues the 解保函 of a release from the institution's template in force, shared with the bank. `held` is the guarantee before the
 * release. Answers the letter's number; refused by name where the template wants what the book does not hold.
 */
export async function issueReleaseLetter(
  tx: Tx,
  context: Context,
  held: Held,
  release: Release,
): Promise<{ number: string }> {
  const { number } = await issueDocument(tx, context, {
    guarantorId: held.guarantorId,
    template: 'release-letter',
    subject: `release:${held.guarantorId}/${release.id}`,
    fields: releaseFields(held, release),
    customerName: held.customerName,
    bankId: held.bankId,
  });
  return { number };
}

/** The fields of a 解保函. `held` is the guarantee before the release. */
export function releaseFields(held: Held, release: Omit<Release, 'id'>): Record<string, string> {
  // A loan that was settled first is released for what it was: the letter says the whole of it.
  const released = release.amount > 0n ? release.amount : held.principal;
  return {
    ...{ 银行名称: held.bankName, 借款人: held.customerName },
    ...{ 借款合同号: held.loanContractNo ?? '—', 保证合同号: held.contractNo, 委托担保合同号: '—' },
    ...{ 主债权金额: formatYuan(held.principal), 解除金额: formatYuan(released) },
    ...{ 解除日期: release.releaseOn, 剩余责任金额: formatYuan(minus(held.outstanding, release.amount)) },
    解除原因: release.reason,
  };
}
