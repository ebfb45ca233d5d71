import { formatYuan } from '../../kernel/money.ts';
import { formatDecimal, percent, quotient } from '../../kernel/ratio.ts';
import type { PaperSource } from '../documents/index.ts';
import { caseById } from './store.ts';

/** What a case knows of the papers about it, beside those that its own steps make. */
export const casePaper: PaperSource = async (tx, _context, key) => {
  const found = await caseById(tx, key);
  if (!found) return undefined;
  const { amount, guaranteed } = found;
  const share = amount && guaranteed ? formatDecimal(quotient(guaranteed, amount) ?? percent('0'), 6) : '';
  return {
    title: `${found.number}　${found.customerName ?? '（未填客户）'}`,
    fields: {
      ...{ 银行名称: found.bankName ?? '', 借款人: found.customerName ?? '', 产品名称: found.productName ?? '' },
      ...{ 证件号码: found.identityNo ?? '', 住所: found.application?.address ?? '' },
      主债权金额: amount ? formatYuan(amount) : '',
      担保责任金额: guaranteed ? formatYuan(guaranteed) : '',
      担保责任比例: share,
      期限月数: found.termMonths === null ? '' : String(found.termMonths),
      ...{ 借款合同号: found.loanNo ?? '', 保证合同号: found.guaranteeNo ?? '', 委托担保合同号: found.entrustNo ?? '' },
      有效期至: found.validUntil ?? '',
    },
    ...(found.customerName ? { customerName: found.customerName } : {}),
    ...(found.bankId ? { bankId: found.bankId } : {}),
    ...(found.bankName ? { bankName: found.bankName } : {}),
  };
};
