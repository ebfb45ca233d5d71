import type { GapRow } from '../../../src/modules/bankreports/contract.ts';
import {
  type Column,
  DataTable,
  DayField,
  DayText,
  InstitutionField,
  MoneyText,
  UnverifiedMark,
  useFilters,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { LineStatus } from './looks.tsx';
import './aftercare.css';

/** 应报未报: what was in force on a day and nobody said a word about, longest silent first. */
export default function BankGapsPage() {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  const day = filters.day ?? me.today;
  return (
    <Page
      title="应报未报"
      note={`${day} 在保而银行没有报状态的保函；没有报不等于没有变动`}
      trail={[{ title: '银行逐笔状态', to: '/bank-reports' }]}
    >
      <DataTable<GapRow>
        url="/api/bank-reports/gaps"
        filters={{ ...filters, day }}
        columns={columns}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        rowUrl={(row) => `/aftercare/guarantees/${row.guarantorId}/${row.id}`}
        tools={
          <>
            <DayField value={day} max={me.today} allowClear={false} onChange={(value) => setFilters({ day: value })} />
            <InstitutionField
              kind="bank"
              value={filters.bankId}
              onChange={(bankId) => setFilters({ bankId })}
              placeholder="全部银行"
            />
          </>
        }
        empty={{ title: '这一天没有应报未报', next: '全部在保业务都有状态；换一个业务日再看。' }}
        asOf={me.today}
        basis="合同口径（主债权本金）；未报工作日数计调休"
      />
    </Page>
  );
}

const columns: readonly Column<GapRow>[] = [
  { key: 'bank', title: '银行', width: 116, render: (row) => row.bankName },
  { key: 'guarantor', title: '担保机构', width: 112, render: (row) => row.guarantorName },
  { key: 'contract', title: '保证合同号', width: 176, render: (row) => row.contractNo },
  { key: 'customer', title: '客户', width: 200, render: (row) => row.customerName },
  {
    key: 'outstanding',
    title: '在保余额',
    width: 120,
    isFigure: true,
    render: (row) => <MoneyText value={row.outstanding} />,
  },
  { key: 'due', title: '到期日', width: 110, render: (row) => <DayText value={row.dueOn} /> },
  {
    key: 'last',
    title: '最近一次状态',
    width: 170,
    render: (row) =>
      row.lastDay && row.lastStatus ? (
        <>
          <LineStatus of={row.lastStatus} /> {row.lastDay}
        </>
      ) : (
        '从未报过'
      ),
  },
  {
    key: 'age',
    title: '未报工作日',
    width: 100,
    isFigure: true,
    render: (row) => (
      <>
        <b className={row.ageWorkingDays > 3 ? 'care-late' : ''}>{row.ageWorkingDays}</b>
        {row.ageUnverified && <UnverifiedMark reason={row.ageUnverified} />}
      </>
    ),
  },
];
