import type { AccountRow, TransferRow } from '../../../src/wire/ledger.ts';
import type { StatusTone } from '../../fields/index.ts';

export const kindTitles: Record<AccountRow['kind'], string> = {
  asset: '资产',
  liability: '负债',
  equity: '所有者权益',
  income: '收入',
  expense: '费用',
  memorandum: '备查',
};
export const stateTitles: Record<TransferRow['state'], { readonly title: string; readonly tone: StatusTone }> = {
  posted: { title: '已入账', tone: 'good' },
  pending: { title: '待定', tone: 'warn' },
  'posted-pending': { title: '待定转入账', tone: 'good' },
  voided: { title: '已作废', tone: 'mute' },
};

const reasons: Readonly<Record<string, string>> = {
  disburse: '放款',
  repay: '还款',
  extend: '展期',
  release: '解保',
  'claim-paid': '代偿',
  recovery: '追偿回收',
  fee: '收取担保费',
  refund: '退费',
  'write-off': '核销',
  'transfer-out': '合并转出',
  'transfer-in': '合并转入',
};

/** Why a transfer was made, in words; a reversal names what it reverses. */
export const reasonTitle = (reason: string): string =>
  reason.startsWith('reverse-') ? `冲正${reasons[reason.slice(8)] ?? reason.slice(8)}` : (reasons[reason] ?? reason);

export const partyTitles: Readonly<Record<string, string>> = {
  guarantor: '直保机构',
  bank: '银行',
  province: '省再担保',
  fund: '国家融担基金',
  other: '其他分险方',
};
