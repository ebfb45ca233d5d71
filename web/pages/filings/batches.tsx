import type { BatchRow } from '../../../src/modules/filings/contract.ts';
import {
  type Column,
  CountText,
  DataTable,
  InstitutionField,
  MoneyText,
  StatusBadge,
  showInstant,
  useFilters,
  useOwnGuarantor,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';

/** 申报批次: what was handed in when, and what has become of it. */
export default function BatchesPage() {
  const me = useMe();
  const own = useOwnGuarantor();
  const [filters, setFilters] = useFilters();
  return (
    <Page
      title="申报批次"
      trail={[{ title: '再担保备案', to: '/filings' }]}
      note="一批为一家机构一次申报；被驳回的更正后随下一批再报。"
    >
      <DataTable<BatchRow>
        url="/api/filings/batches"
        filters={{ guarantorId: filters.guarantorId }}
        columns={columns}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        rowUrl={(row) => `/filings?guarantorId=${row.guarantorId}&batchId=${row.id}`}
        asOf={me.today}
        tools={
          own === undefined && (
            <InstitutionField
              kind="guarantor"
              value={filters.guarantorId}
              onChange={(chosen) => setFilters({ guarantorId: chosen })}
            />
          )
        }
        empty={{ title: '还没有申报批次', next: '到「再担保备案」点「申报」，即生成一批。' }}
      />
    </Page>
  );
}

const columns: readonly Column<BatchRow>[] = [
  { key: 'number', title: '批次号', width: 210, fixed: 'left', render: (row) => row.number },
  { key: 'guarantor', title: '担保机构', width: 130, render: (row) => row.guarantorName },
  { key: 'month', title: '所属月', width: 80, render: (row) => row.month },
  { key: 'submitted', title: '申报时间', width: 140, render: (row) => showInstant(row.submittedAt) },
  {
    key: 'due',
    title: '期限',
    width: 130,
    render: (row) => (
      <>
        {row.dueOn} {row.isLate && <StatusBadge tone="warn">逾期</StatusBadge>}
      </>
    ),
  },
  { key: 'by', title: '申报人', width: 80, render: (row) => row.submittedBy },
  { key: 'rows', title: '申报笔数', width: 80, isFigure: true, render: (row) => <CountText value={row.rows} /> },
  {
    key: 'guaranteed',
    title: '担保金额',
    width: 120,
    isFigure: true,
    render: (row) => <MoneyText value={row.guaranteed} />,
  },
  { key: 'waiting', title: '待审核', width: 72, isFigure: true, render: (row) => <CountText value={row.waiting} /> },
  {
    key: 'confirmed',
    title: '已备案',
    width: 72,
    isFigure: true,
    render: (row) => <CountText value={row.confirmed} />,
  },
  { key: 'denied', title: '被驳回', width: 72, isFigure: true, render: (row) => <CountText value={row.denied} /> },
  {
    key: 'returned',
    title: '已转后续批次',
    width: 100,
    isFigure: true,
    render: (row) => <CountText value={row.returned} />,
  },
  { key: 'held', title: '校验留下', width: 80, isFigure: true, render: (row) => <CountText value={row.held} /> },
];
