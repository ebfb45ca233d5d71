import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Input, Switch, Tabs } from 'antd';
import { applicantTitles } from '../../../src/modules/cases/contract/titles.ts';
import type { CaseRow, CaseState } from '../../../src/modules/cases/contract.ts';
import { api } from '../../api.ts';
import { type Column, DataTable, DayText, MoneyText, StatusBadge, useFilters } from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { lookOf } from './looks.ts';

const tabs: readonly CaseState[] = [
  'draft',
  'submitted',
  'due-diligence',
  'review',
  'approving',
  'approved',
  'papers',
  'disbursed',
  'returned',
  'refused',
  'withdrawn',
  'lapsed',
];

/** Counting stops at 1,000 a state. */
const countText = (count: number | undefined): string => (count ? `（${count < 1000 ? count : '999+'}）` : '');

/** 担保项目: every case by state, mine or all. */
export default function CaseListPage() {
  const me = useMe();
  const mayApply = useMay('cases.apply');
  const [filters, setFilters] = useFilters();
  const { state, ...others } = filters;
  const counts = useQuery({
    queryKey: ['cases', 'counts', others],
    queryFn: ({ signal }) =>
      api.get<{ rows: { state: CaseState; count: number }[] }>('/api/cases/counts', others, signal),
  });
  const count = (of: CaseState) => counts.data?.rows.find((row) => row.state === of)?.count;
  return (
    <Page
      title="担保项目"
      note={`${me.scope.text}　从申请到放款入账的逐笔业务`}
      actions={
        mayApply && (
          <Link to={'/cases/new' as string}>
            <Button type="primary">新建申请</Button>
          </Link>
        )
      }
    >
      <Tabs
        activeKey={state ?? 'all'}
        onChange={(key) => setFilters({ state: key === 'all' ? undefined : key })}
        items={[
          { key: 'all', label: '全部' },
          ...tabs.map((each) => ({
            key: each,
            label: `${lookOf(each).title}${countText(count(each))}`,
          })),
        ]}
      />
      <DataTable<CaseRow>
        url="/api/cases"
        filters={filters}
        columns={columns}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        rowUrl={(row) => `/cases/${row.guarantorId}/${row.id}`}
        tools={
          <>
            <Input.Search
              allowClear
              defaultValue={filters.q ?? ''}
              key={`q${filters.q ?? ''}`}
              placeholder="项目编号、名称、拼音首字母、证件号"
              aria-label="查找项目"
              style={{ width: 230 }}
              onSearch={(q) => setFilters({ q: q.trim() })}
            />
            <span>
              <Switch
                size="small"
                aria-label="只看我的"
                checked={filters.mine === 'true'}
                onChange={(mine) => setFilters({ mine: mine ? 'true' : undefined })}
              />{' '}
              只看我录入或经办的
            </span>
          </>
        }
        empty={{
          title: Object.keys(filters).length > 0 ? '没有符合条件的项目' : '还没有担保项目',
          next: mayApply ? '点「新建申请」开始，填写中自动保存。' : '放宽条件再查一次。',
        }}
        asOf={me.today}
        basis="金额为主债权金额"
      />
    </Page>
  );
}

const columns: readonly Column<CaseRow>[] = [
  { key: 'number', title: '项目编号', width: 128, render: (row) => row.number },
  { key: 'customerName', title: '客户', width: 190, render: (row) => row.customerName },
  { key: 'amount', title: '金额', width: 106, isFigure: true, render: (row) => <MoneyText value={row.amount} /> },
  {
    key: 'state',
    title: '状态',
    width: 112,
    render: (row) => <StatusBadge tone={lookOf(row.state).tone}>{lookOf(row.state).title}</StatusBadge>,
  },
  { key: 'bankName', title: '银行', width: 104, render: (row) => row.bankName ?? '—' },
  { key: 'productName', title: '产品', width: 118, render: (row) => row.productName ?? '—' },
  { key: 'countyName', title: '业务所在县', width: 90, render: (row) => row.countyName ?? '—' },
  {
    key: 'managers',
    title: 'A角 / B角',
    width: 110,
    render: (row) => (row.managerA ? `${row.managerA} / ${row.managerB}` : '—'),
  },
  { key: 'applicantKind', title: '来源', width: 96, render: (row) => applicantTitles[row.applicantKind] },
  { key: 'submittedOn', title: '提交日', width: 96, render: (row) => <DayText value={row.submittedOn} /> },
  { key: 'guarantorName', title: '担保机构', width: 100, render: (row) => row.guarantorName },
];
