import type { z } from 'zod';
import { formatYuan, plus } from '../../../kernel/money.ts';
import { formatDecimal, percent } from '../../../kernel/ratio.ts';
import { Refused } from '../../../kernel/refusal.ts';
import type { Tx } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import { appendAudit } from '../../audit/index.ts';
import { issueDocument } from '../../documents/index.ts';
import type { feeNoticeAsked } from '../contract.ts';
import { feePlanOf, receiptsOf } from '../parts-store.ts';
import { openInstalments } from '../rules/fees.ts';
import { type CaseKey, lockCase, moveCase, type StoredCase, subjectOf } from '../store.ts';
import { ratioOf } from './papers.ts';

/**
 * 缴费通知：asks the borrower for what is open of the instalments named, payable by a day to an account. Refused: no fee plan, an instalment
 * there is not or that is paid, a day gone by. The paper is the borrower's; the bank does not see it.
 */
export async function issueFeeNotice(
  tx: Tx,
  context: Context,
  command: CaseKey & z.output<typeof feeNoticeAsked>,
): Promise<{ documentId: bigint; number: string }> {
  const found = await lockCase(tx, command, 'notify-fee');
  const plan = await feePlanOf(tx, command);
  if (!plan) throw new Refused({ code: 'no-fee-plan', message: '还没有收费计划，请先确定收费计划' });
  const today = context.clock.today();
  const received = plus(...(await receiptsOf(tx, command)).map((each) => each.amount));
  const wanted = openInstalments(plan.instalments, received).filter((each) => command.instalments.includes(each.seq));
  const settled = wanted.filter((each) => each.open === 0n).map((each) => `第 ${each.seq} 期`);
  const refusals = [
    ...(command.payBy < today
      ? [{ code: 'in-the-past', field: 'payBy', message: `缴费截止日 ${command.payBy} 已过，请改为今天或以后` }]
      : []),
    ...(wanted.length < new Set(command.instalments).size
      ? [{ code: 'no-such-instalment', field: 'instalments', message: '所选期次不在现行收费计划中，请刷新后再选' }]
      : []),
    ...(settled.length > 0
      ? [{ code: 'paid-already', field: 'instalments', message: `${settled.join('、')}已缴清，不必再通知` }]
      : []),
  ];
  if (refusals.length > 0) throw new Refused(refusals);
  const amount = formatYuan(plus(...wanted.map((each) => each.open)));
  const made = await issueDocument(tx, context, {
    guarantorId: command.guarantorId,
    template: 'fee-notice',
    subject: subjectOf(command),
    customerName: found.customerName as string,
    fields: {
      ...partiesOf(found),
      担保费率: formatDecimal(percent(plan.rate), 6),
      担保费: amount,
      计费起日: wanted[0]!.from,
      计费止日: wanted.at(-1)!.to,
      计费天数: String(wanted.reduce((sum, each) => sum + each.days, 0)),
      缴费截止日: command.payBy,
      收款账户: command.account,
    },
    rows: {
      分期: wanted.map((each) => ({
        期次: String(each.seq),
        应缴日: each.dueOn,
        应缴金额: formatYuan(each.open),
      })),
    },
  });
  await moveCase(tx, context, found, 'notify-fee', {}, `${made.number}，${amount} 元，${command.payBy} 前缴纳`);
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'cases.notify-fee',
    subject: subjectOf(command),
    detail: { number: found.number, document: made.number, amount, payBy: command.payBy },
  });
  return made;
}

function partiesOf(found: StoredCase): Record<string, string> {
  const { amount, guaranteed } = found;
  if (amount === null || guaranteed === null) throw new Error(`项目 ${found.number} 没有金额`);
  return {
    银行名称: found.bankName ?? '',
    借款人: found.customerName ?? '',
    产品名称: found.productName ?? '',
    主债权金额: formatYuan(amount),
    担保责任金额: formatYuan(guaranteed),
    担保责任比例: ratioOf(guaranteed, amount),
    期限月数: String(found.termMonths),
    借款合同号: found.loanNo ?? '',
    保证合同号: found.guaranteeNo ?? '',
    委托担保合同号: found.entrustNo ?? '',
  };
}
