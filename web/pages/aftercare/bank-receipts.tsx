import type { ReportRow } from '../../../src/modules/bankreports/contract.ts';
import { type Column, CountText, DataTable, showInstant, useFilters } from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';

/** 报送回执: every hand-in with what was taken, given back, entered and asked. */
export default function BankReceiptsPage() {
  const me = useMe();
  const [filters] = useFilters();
  return (
    <Page
      title="报送回执"
      note="每一次报送一张回执；同样的内容再送仍是原回执"
      trail={[{ title: '银行逐笔状态', to: '/bank-reports' }]}
    >
      <DataTable<ReportRow>
        url="/api/bank-reports"
        filters={filters}
        columns={columns}
        rowKey={(row) => `${row.bankId}/${row.id}`}
        empty={{ title: '还没有报送', next: '银行在「银行逐笔状态」点「报送」，或通过接口、文件报送。' }}
        asOf={me.today}
        unit={null}
      />
    </Page>
  );
}

const sources = { file: '文件', api: '接口', form: '网页' } as const;
const count = (key: 'rows' | 'taken' | 'refused' | 'moved' | 'questions', title: string): Column<ReportRow> => ({
  key,
  title,
  width: 76,
  isFigure: true,
  render: (row) => <CountText value={row[key]} />,
});
const columns: readonly Column<ReportRow>[] = [
  { key: 'receipt', title: '回执', width: 170, render: (row) => row.receipt },
  { key: 'bank', title: '银行', width: 130, render: (row) => row.bankName },
  { key: 'day', title: '业务日', width: 104, render: (row) => row.businessDay },
  {
    key: 'source',
    title: '来源',
    width: 180,
    render: (row) => `${sources[row.source]}${row.fileName ? `　${row.fileName}` : ''}`,
  },
  count('rows', '行数'),
  count('taken', '接收'),
  count('refused', '退回'),
  count('moved', '登记变动'),
  count('questions', '疑问'),
  {
    key: 'by',
    title: '报送',
    width: 190,
    render: (row) => `${row.submittedBy}　${showInstant(row.submittedAt)}`,
  },
  {
    key: 'bad',
    title: '',
    width: 90,
    render: (row) =>
      row.refused > 0 && row.fileName ? (
        <a href={`/api/bank-reports/${row.bankId}/${row.id}/bad-rows`}>退回行</a>
      ) : null,
  },
];
