import { PlusOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button, Progress } from 'antd';
import type { BatchWire } from '../../../src/modules/batches/contract.ts';
import { type Column, CountText, DataTable, MoneyText, StatusBadge, showInstant } from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay } from '../../shell/session.ts';
import { useLiveList } from './use-live-list.ts';
import { channelTitles, isUnderWay, phaseLooks, showCount } from './wire.ts';
import './batches.css';

/** 批量业务: every batch with where it stands; those under way move by themselves. */
export default function BatchesPage() {
  const may = useMay('batches.submit');
  const onLoaded = useLiveList('/api/batches', isMoving);
  return (
    <Page
      title="批量业务"
      note="总对总、见贷即担：银行尽调放款后按批报送，系统逐行判断，通过的即承保，其余按原格式退回；同一批次号报两次，账不会重复。"
      actions={
        may && (
          <Link to={'/batches/new' as string}>
            <Button type="primary" icon={<PlusOutlined />}>
              报送一批
            </Button>
          </Link>
        )
      }
    >
      <DataTable<BatchWire>
        url="/api/batches"
        columns={columns}
        rowKey={(row) => row.id}
        rowUrl={(row) => `/batches/${row.id}`}
        onLoaded={onLoaded}
        empty={{
          title: '还没有批量业务',
          next: may ? '点右上角“报送一批”，照标准模板填好文件即可。' : '合作银行报送之后，这里列出每一批的结论与进度。',
        }}
      />
    </Page>
  );
}

const isMoving = ({ phase }: BatchWire): boolean => isUnderWay(phase);

const columns: readonly Column<BatchWire>[] = [
  { key: 'no', title: '批次号', width: 190, render: (row) => <span title={row.fileName}>{row.batchNo}</span> },
  { key: 'bank', title: '银行', width: 130, render: (row) => row.bankName },
  { key: 'guarantor', title: '担保机构', width: 130, render: (row) => row.guarantorName ?? '逐行写明' },
  { key: 'product', title: '产品', width: 130, render: (row) => row.productName },
  { key: 'channel', title: '渠道', width: 90, render: (row) => channelTitles[row.channel] },
  { key: 'phase', title: '进度', width: 130, render: (row) => <PhaseCell batch={row} /> },
  { key: 'rows', title: '行数', width: 80, isFigure: true, render: (row) => <CountText value={row.counts.rows} /> },
  { key: 'ok', title: '接受', width: 80, isFigure: true, render: (row) => <CountText value={row.counts.accepted} /> },
  {
    key: 'already',
    title: '已受理',
    width: 72,
    isFigure: true,
    render: (row) => <CountText value={row.counts.already} />,
  },
  {
    key: 'incomplete',
    title: '待补正',
    width: 72,
    isFigure: true,
    render: (row) => <BadCount count={row.counts.needsCompleting} tone="warn" />,
  },
  {
    key: 'refused',
    title: '拒绝',
    width: 72,
    isFigure: true,
    render: (row) => <BadCount count={row.counts.refused} tone="bad" />,
  },
  { key: 'money', title: '接受金额', width: 130, isFigure: true, render: (row) => <MoneyText value={row.principal} /> },
  { key: 'at', title: '收到时间', width: 140, render: (row) => showInstant(row.recordedAt) },
];

function PhaseCell({ batch }: { batch: BatchWire }) {
  if (isUnderWay(batch.phase)) return <Progress percent={Math.floor(batch.progress.share * 100)} size="small" />;
  const { title, tone } = phaseLooks[batch.phase];
  return (
    <span title={batch.failure ?? undefined}>
      <StatusBadge tone={tone}>{title}</StatusBadge>
    </span>
  );
}

const BadCount = ({ count, tone }: { count: number; tone: 'warn' | 'bad' }) => (
  <span className={count > 0 ? `figure batch-${tone}` : 'figure'}>{showCount(count)}</span>
);
