import { PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Progress } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import type { Listing } from '../../api.ts';
import { type Column, CountText, DataTable, StatusBadge, showInstant } from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { type BatchWire, isUnderWay, phaseLooks, showBytes } from './wire.ts';
import './imports.css';

/** 数据导入: every batch with where it stands; those under way move by themselves. */
export default function ImportsPage() {
  const queries = useQueryClient();
  const [isLive, setLive] = useState(false);
  const onLoaded = useCallback((answer: Listing<BatchWire>) => {
    setLive(answer.rows.some(({ phase }) => isUnderWay(phase)));
  }, []);
  useEffect(() => {
    if (!isLive) return;
    const timer = setInterval(
      () => void queries.invalidateQueries({ queryKey: ['list', '/api/imports/batches'] }),
      1500,
    );
    return () => clearInterval(timer);
  }, [isLive, queries]);
  return (
    <Page
      title="数据导入"
      note="把业务系统导出的 CSV 或 XLSX 记入台账：先试算，再入账；未通过的行按原格式退回，改好只送这些行。同一文件送两次，账不会重复。"
      actions={
        <Link to={'/imports/new' as string}>
          <Button type="primary" icon={<PlusOutlined />}>
            导入文件
          </Button>
        </Link>
      }
    >
      <DataTable<BatchWire>
        url="/api/imports/batches"
        columns={columns}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        rowUrl={(row) => `/imports/${row.guarantorId}/${row.id}`}
        onLoaded={onLoaded}
        unit={null}
        empty={{
          title: '还没有导入过文件',
          next: <>点右上角“导入文件”，选业务系统导出的表格；第一次要对应一下列名，以后同样的表直接用。</>,
        }}
      />
    </Page>
  );
}

const columns: readonly Column<BatchWire>[] = [
  { key: 'id', title: '批次', width: 70, isFigure: true, render: (row) => row.id },
  {
    key: 'file',
    title: '文件',
    width: 260,
    render: (row) => (
      <span title={`SM3 ${row.fileHash}`}>
        {row.fileName} <span className="muted">{showBytes(row.fileBytes)}</span>
      </span>
    ),
  },
  { key: 'guarantor', title: '机构', width: 180, render: (row) => row.guarantorName },
  { key: 'profile', title: '映射', width: 190, render: (row) => row.profileTitle },
  { key: 'phase', title: '进度', width: 180, render: (row) => <PhaseCell batch={row} /> },
  { key: 'rows', title: '行数', width: 80, isFigure: true, render: (row) => <CountText value={row.counts.rows} /> },
  { key: 'ok', title: '可入账', width: 80, isFigure: true, render: (row) => <CountText value={row.counts.accepted} /> },
  {
    key: 'already',
    title: '已在账',
    width: 80,
    isFigure: true,
    render: (row) => <CountText value={row.counts.already} />,
  },
  {
    key: 'incomplete',
    title: '待补正',
    width: 80,
    isFigure: true,
    render: (row) => <BadCount count={row.counts.needsCompleting} tone="warn" />,
  },
  {
    key: 'refused',
    title: '拒绝',
    width: 80,
    isFigure: true,
    render: (row) => <BadCount count={row.counts.refused} tone="bad" />,
  },
  { key: 'by', title: '经办', width: 90, render: (row) => row.recordedBy },
  { key: 'at', title: '登记时间', width: 140, render: (row) => showInstant(row.recordedAt) },
];

function PhaseCell({ batch }: { batch: BatchWire }) {
  const { title, tone } = phaseLooks[batch.phase];
  if (isUnderWay(batch.phase)) return <Progress percent={Math.floor(batch.progress.share * 100)} size="small" />;
  return (
    <span title={batch.failure ?? undefined}>
      <StatusBadge tone={tone}>{title}</StatusBadge>
    </span>
  );
}

const BadCount = ({ count, tone }: { count: number; tone: 'warn' | 'bad' }) => (
  <span className={count > 0 ? `figure import-${tone}` : 'figure'}>{count.toLocaleString('en-US')}</span>
);
