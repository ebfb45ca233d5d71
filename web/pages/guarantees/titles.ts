import type { GuaranteeDetail, GuaranteeRow } from '../../../src/modules/guarantees/contract.ts';
import type { StatusTone } from '../../fields/index.ts';

export type Status = GuaranteeRow['status'];
export type Movement = GuaranteeDetail['movements'][number];

/** The states of a guarantee in words and tones. */
export const statuses: Record<Status, { readonly title: string; readonly tone: StatusTone }> = {
  pending: { title: '待放款', tone: 'warn' },
  'in-force': { title: '在保', tone: 'good' },
  released: { title: '已解保', tone: 'mute' },
  claimed: { title: '已代偿', tone: 'bad' },
  'written-off': { title: '已核销', tone: 'bad' },
  transferred: { title: '已转出', tone: 'mute' },
};

/** Movements people enter, in the order of the form. What the amount means differs by kind. */
export const enteredKinds = [
  { value: 'disburse', label: '放款', amount: '放款本金' },
  { value: 'repay', label: '还款', amount: '还款本金' },
  { value: 'extend', label: '展期', amount: '展期本金' },
  { value: 'release', label: '解保', amount: '解保本金' },
  { value: 'claim-paid', label: '代偿', amount: '代偿本金（主债权）' },
  { value: 'recovery', label: '追偿回收', amount: '回收金额' },
  { value: 'fee', label: '收取担保费', amount: '收费金额' },
  { value: 'refund', label: '退费', amount: '退费金额' },
  { value: 'write-off', label: '核销', amount: '核销金额' },
] as const;
export type EnteredKind = (typeof enteredKinds)[number]['value'];

/** Whose sub-ledger a posting is in. */
export const partyTitles: Readonly<Record<string, string>> = {
  guarantor: '直保机构',
  bank: '银行',
  province: '省再担保',
  fund: '国家融担基金',
  other: '其他分险方',
};

export const sourceTitles: Readonly<Record<string, string>> = {
  form: '网页登记',
  import: '批量导入',
  demo: '演示数据',
};
