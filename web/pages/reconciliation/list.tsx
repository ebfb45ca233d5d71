import { PlusOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button, Select } from 'antd';
import type { RunRow } from '../../../src/modules/reconciliation/contract.ts';
import {
  type Column,
  CountText,
  DataTable,
  DayField,
  InstitutionField,
  RatioText,
  StatusBadge,
  showInstant,
  useFilters,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay } from '../../shell/session.ts';
import { runLooks } from './looks.ts';
import { OpenRequests } from './requests.tsx';
import './reconciliation.css';

/** 数据核对: every run with how much agreed and what is still open. */
export default function RunsPage() {
  const [filters, setFilters] = useFilters();
  const { guarantorId, status, from, to } = filters;
  return (
    <Page
      title="数据核对"
      note="把平台台账与监测系统逐笔、逐字段比对；每条差异有原因、经办人与处理结果，全部说清才能封存。"
      actions={
        <>
          <Link to={'/reconciliation/heat-map' as string}>
            <Button>热力图</Button>
          </Link>
          {useMay('reconciliation.run') && (
            <Link to={'/reconciliation/new' as string}>
              <Button type="primary" icon={<PlusOutlined />}>
                发起核对
              </Button>
            </Link>
          )}
        </>
      }
    >
      <OpenRequests />
      <DataTable<RunRow>
        url="/api/reconciliation/runs"
        filters={{ guarantorId, status, from, to }}
        columns={columns}
        rowKey={(row) => row.id}
        rowUrl={(row) => `/reconciliation/${row.id}`}
        unit={null}
        tools={
          <>
            <InstitutionField
              kind="guarantor"
              value={guarantorId}
              onChange={(chosen) => setFilters({ guarantorId: chosen })}
            />
            <Select
              allowClear
              placeholder="全部状态"
              aria-label="状态"
              style={{ width: 120 }}
              value={status ?? null}
              options={Object.entries(runLooks).map(([value, look]) => ({ value, label: look.title }))}
              onChange={(chosen) => setFilters({ status: chosen ?? undefined })}
            />
            <DayField value={from} placeholder="截至日起" onChange={(day) => setFilters({ from: day })} />
            <DayField value={to} placeholder="截至日止" onChange={(day) => setFilters({ to: day })} />
          </>
        }
        empty={{ title: '还没有核对过', next: '报送之后点“发起核对”，取监测系统的数据逐笔比对。' }}
      />
    </Page>
  );
}

const columns: readonly Column<RunRow>[] = [
  { key: 'id', title: '批次', width: 56, isFigure: true, render: (row) => row.id },
  { key: 'asOf', title: '截至', width: 100, render: (row) => row.asOf },
  { key: 'scope', title: '范围', width: 120, render: (row) => row.guarantorName },
  {
    key: 'other',
    title: '对方',
    width: 130,
    render: (row) => (row.otherSide === 'monitor' ? '监测系统' : `文件：${row.sourceName}`),
  },
  {
    key: 'status',
    title: '状态',
    width: 82,
    render: (row) => <StatusBadge tone={runLooks[row.status].tone}>{runLooks[row.status].title}</StatusBadge>,
  },
  { key: 'rate', title: '一致率', width: 80, isFigure: true, render: (row) => <RatioText value={row.matchRate} /> },
  { key: 'ours', title: '我方笔数', width: 80, isFigure: true, render: (row) => <CountText value={row.counts.ours} /> },
  {
    key: 'theirs',
    title: '对方笔数',
    width: 80,
    isFigure: true,
    render: (row) => <CountText value={row.counts.theirs} />,
  },
  {
    key: 'open',
    title: '待处理',
    width: 66,
    isFigure: true,
    render: (row) => (
      <span className={row.openCount > 0 ? 'figure figure-negative' : 'figure'}>
        {row.openCount.toLocaleString('en-US')}
      </span>
    ),
  },
  {
    key: 'explained',
    title: '已说明',
    width: 66,
    isFigure: true,
    render: (row) => <CountText value={row.explainedCount} />,
  },
  { key: 'fixed', title: '待复核', width: 66, isFigure: true, render: (row) => <CountText value={row.fixedCount} /> },
  { key: 'by', title: '发起', width: 76, render: (row) => row.startedByName },
  { key: 'at', title: '发起时间', width: 132, render: (row) => showInstant(row.startedAt) },
];
