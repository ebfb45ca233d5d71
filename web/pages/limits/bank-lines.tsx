import type { BankLineRow } from '../../../src/modules/limits/contract.ts';
import { type Column, DataTable, DayText, MoneyText } from '../../fields/index.ts';
import { useMay, useMe } from '../../shell/session.ts';
import { NewBankLine } from './new-bank-line.tsx';
import { UsedBar } from './used-bar.tsx';

/** 统一授信 of every bank: the line, what of it is allocated, what is used. */
export function BankLines() {
  const me = useMe();
  const mayWrite = useMay('limits.write');
  return (
    <DataTable<BankLineRow>
      url="/api/limits/bank-lines"
      columns={columns}
      rowKey={(row) => String(row.bankId)}
      rowUrl={(row) => `/limits/banks/${row.bankId}`}
      buttons={mayWrite && <NewBankLine />}
      empty={{ title: '还没有核定统一授信', next: '由省级再担保机构点「核定授信」；没有核定的银行不作限制。' }}
      asOf={me.today}
      basis="主债权在保余额，最近一次盘点；担保机构只看到分配给自己的部分"
    />
  );
}

const columns: readonly Column<BankLineRow>[] = [
  { key: 'bankName', title: '银行', width: 140, render: (row) => row.bankName },
  { key: 'from', title: '起', width: 105, render: (row) => <DayText value={row.from} /> },
  { key: 'to', title: '止', width: 105, render: (row) => <DayText value={row.to} /> },
  { key: 'amount', title: '授信额度', width: 130, isFigure: true, render: (row) => <MoneyText value={row.amount} /> },
  {
    key: 'allocated',
    title: '已分配',
    width: 130,
    isFigure: true,
    render: (row) => <MoneyText value={row.allocated} />,
  },
  { key: 'used', title: '已用', width: 130, isFigure: true, render: (row) => <MoneyText value={row.used} /> },
  { key: 'reserved', title: '预留', width: 110, isFigure: true, render: (row) => <MoneyText value={row.reserved} /> },
  {
    key: 'bar',
    title: '使用情况（占已分配）',
    width: 190,
    render: (row) => <UsedBar used={row.used} reserved={row.reserved} amount={row.allocated} />,
  },
];
