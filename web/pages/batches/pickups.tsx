import { Link } from '@tanstack/react-router';
import { Select } from 'antd';
import type { PickupLine } from '../../../src/modules/batches/contract.ts';
import { type Column, CountText, DataTable, StatusBadge, showInstant, useFilters } from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { pickupLooks } from './wire.ts';
import './batches.css';

/** 取件: every file seen on the banks' SFTP servers, how far it has come and what the batch made of it. */
export default function PickupsPage() {
  const [filters, setFilters] = useFilters();
  return (
    <Page
      title="取件"
      trail={[{ title: '批量业务', to: '/batches' }]}
      note="每晚 20:00 至次日 8:00 每十分钟到各银行的 SFTP 服务器取一次写完的文件，结果与回执放回，源文件移走；同一文件取两次，账不会重复。"
    >
      <DataTable<PickupLine>
        url="/api/batches/pickups"
        filters={{ state: filters.state }}
        columns={columns}
        rowKey={(row) => row.id}
        unit={null}
        tools={
          <Select
            allowClear
            aria-label="状态"
            placeholder="全部状态"
            style={{ width: 150 }}
            value={filters.state ?? null}
            options={Object.entries(pickupLooks).map(([value, { title }]) => ({ value, label: title }))}
            onChange={(state) => setFilters({ state: state ?? undefined })}
          />
        }
        empty={{
          title: '还没有取到文件',
          next: '银行把文件放进约定的文件夹后，夜间自动取来；也可由系统管理员在“SFTP 来源”里现在取件。',
        }}
      />
    </Page>
  );
}

const columns: readonly Column<PickupLine>[] = [
  { key: 'bank', title: '银行', width: 140, render: (row) => row.bankName },
  {
    key: 'name',
    title: '文件',
    width: 240,
    render: (row) => (row.batchId ? <Link to={`/batches/${row.batchId}` as string}>{row.name}</Link> : row.name),
  },
  {
    key: 'state',
    title: '状态',
    width: 130,
    render: (row) => <StatusBadge tone={pickupLooks[row.state].tone}>{pickupLooks[row.state].title}</StatusBadge>,
  },
  { key: 'accepted', title: '接受', width: 80, isFigure: true, render: (row) => <CountText value={row.accepted} /> },
  { key: 'bad', title: '退回的行', width: 80, isFigure: true, render: (row) => <CountText value={row.bad} /> },
  { key: 'seen', title: '首次见到', width: 140, render: (row) => showInstant(row.seenAt) },
  { key: 'changed', title: '最近一步', width: 140, render: (row) => showInstant(row.changedAt) },
  { key: 'problem', title: '整份退回的原因', width: 260, render: (row) => row.problem ?? '' },
];
