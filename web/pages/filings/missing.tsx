import type { MissingRow } from '../../../src/modules/filings/contract.ts';
import {
  type Column,
  DataTable,
  DayField,
  InstitutionField,
  MoneyText,
  useFilters,
  useOwnGuarantor,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';

/** 应备案未备案: the guarantees behind a 备案率 below one. */
export default function MissingPage() {
  const me = useMe();
  const own = useOwnGuarantor();
  const [filters, setFilters] = useFilters();
  const from = filters.from ?? `${me.today.slice(0, 7)}-01`;
  const to = filters.to ?? me.today;
  return (
    <Page
      title="应备案未备案"
      trail={[
        { title: '再担保备案', to: '/filings' },
        { title: '备案率', to: '/filings/rates' },
      ]}
      note="期间内首次放款、协议约定省级再担保或国担基金分险，而新增备案还没有确认的保函。"
    >
      <DataTable<MissingRow>
        url="/api/filings/missing"
        filters={{ from, to, guarantorId: filters.guarantorId }}
        columns={columns}
        rowKey={(row) => `${row.guarantorId}/${row.guaranteeId}`}
        rowUrl={(row) => `/guarantees/${row.guarantorId}/${row.guaranteeId}`}
        asOf={me.today}
        basis="担保责任金额"
        tools={
          <>
            <DayField value={from} placeholder="放款日起" onChange={(day) => setFilters({ from: day })} />
            <DayField value={to} placeholder="放款日止" onChange={(day) => setFilters({ to: day })} />
            {own === undefined && (
              <InstitutionField
                kind="guarantor"
                value={filters.guarantorId}
                onChange={(chosen) => setFilters({ guarantorId: chosen })}
              />
            )}
          </>
        }
        empty={{ title: '没有遗漏', next: '这段时间应备案的都已备案；可换一段时间再看。' }}
      />
    </Page>
  );
}

const columns: readonly Column<MissingRow>[] = [
  { key: 'guarantor', title: '担保机构', width: 130, render: (row) => row.guarantorName },
  { key: 'contract', title: '保证合同号', width: 190, render: (row) => row.contractNo },
  { key: 'borrower', title: '借款人', width: 220, render: (row) => row.borrowerName },
  { key: 'on', title: '首次放款日', width: 100, render: (row) => row.occurredOn },
  {
    key: 'guaranteed',
    title: '担保金额',
    width: 120,
    isFigure: true,
    render: (row) => <MoneyText value={row.guaranteed} />,
  },
  { key: 'state', title: '备案状态', width: 100, render: (row) => row.state },
];
