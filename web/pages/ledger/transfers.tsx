import { Link } from '@tanstack/react-router';
import type { TransferRow } from '../../../src/wire/ledger.ts';
import {
  type Column,
  DataTable,
  DayField,
  DayText,
  InstitutionField,
  MoneyText,
  StatusBadge,
  useFilters,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { partyTitles, reasonTitle, stateTitles } from './titles.ts';

/** 记账明细: the transfers of one account or of all, each leading to its guarantee. */
export default function TransfersPage() {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  return (
    <Page
      title={filters.account ? `记账明细 · 科目 ${filters.account}` : '记账明细'}
      note="按机构与凭证号排列；一笔凭证的各分录在一起"
      trail={[{ title: '总账', to: '/ledger' }]}
    >
      <DataTable<TransferRow>
        url="/api/ledger/transfers"
        filters={filters}
        columns={columns}
        rowKey={(row) => `${row.guarantorId}/${row.key}/${row.leg}`}
        tools={
          <>
            <InstitutionField
              kind="guarantor"
              placeholder="全部担保机构"
              value={filters.guarantorId}
              onChange={(guarantorId) => setFilters({ guarantorId })}
            />
            <DayField value={filters.from} placeholder="记账日从" onChange={(from) => setFilters({ from })} />
            <DayField value={filters.to} placeholder="到" max={me.today} onChange={(to) => setFilters({ to })} />
          </>
        }
        empty={{ title: '没有符合条件的记账', next: '放宽机构或日期再查。' }}
        asOf={filters.to ?? me.today}
        basis="总账，含待定与作废"
      />
    </Page>
  );
}

const columns: readonly Column<TransferRow>[] = [
  {
    key: 'key',
    title: '凭证号',
    width: 120,
    render: (row) =>
      row.guaranteeId ? (
        <Link to={`/guarantees/${row.guarantorId}/${row.guaranteeId}` as string}>{row.key}</Link>
      ) : (
        row.key
      ),
  },
  { key: 'leg', title: '分录', width: 56, isFigure: true, render: (row) => row.leg },
  { key: 'effectiveOn', title: '记账日', width: 100, render: (row) => <DayText value={row.effectiveOn} /> },
  { key: 'reason', title: '事由', width: 100, render: (row) => reasonTitle(row.reason) },
  { key: 'debit', title: '借方科目', width: 172, render: (row) => `${row.debit} ${row.debitTitle}` },
  { key: 'credit', title: '贷方科目', width: 172, render: (row) => `${row.credit} ${row.creditTitle}` },
  { key: 'amount', title: '金额', width: 110, isFigure: true, render: (row) => <MoneyText value={row.amount} /> },
  {
    key: 'party',
    title: '分险方',
    width: 110,
    render: (row) => (row.party ? (partyTitles[row.party] ?? row.party) : '—'),
  },
  {
    key: 'state',
    title: '状态',
    width: 100,
    render: (row) => <StatusBadge tone={stateTitles[row.state].tone}>{stateTitles[row.state].title}</StatusBadge>,
  },
  { key: 'guarantorName', title: '担保机构', width: 110, render: (row) => row.guarantorName },
];
