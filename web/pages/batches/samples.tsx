import { useQueryClient } from '@tanstack/react-query';
import { Button, Input, Modal, Tabs } from 'antd';
import { useState } from 'react';
import type { ExclusionLine, SampleWire } from '../../../src/modules/batches/contract.ts';
import { api } from '../../api.ts';
import {
  type Column,
  CountText,
  DataTable,
  MoneyText,
  RefusalList,
  StatusBadge,
  showInstant,
  useWrite,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay } from '../../shell/session.ts';
import { exclusionLooks } from './wire.ts';
import './batches.css';

/** 抽查与剔除: the samples drawn, and the guarantees proposed to be taken out, with their consequences. */
export default function SamplesPage() {
  return (
    <Page
      title="抽查与剔除"
      trail={[{ title: '批量业务', to: '/batches' }]}
      note="样本按风险层、以种子定序，任何人凭种子可重抽出同样的行；剔除由一人提出、另一人决定。"
    >
      <Tabs
        items={[
          { key: 'samples', label: '样本', children: <Samples /> },
          { key: 'exclusions', label: '剔除', children: <Exclusions /> },
        ]}
      />
    </Page>
  );
}

const Samples = () => (
  <DataTable<SampleWire>
    url="/api/batches/samples"
    columns={sampleColumns}
    rowKey={(row) => `${row.guarantorId}/${row.id}`}
    rowUrl={(row) => `/batches/samples/${row.guarantorId}/${row.id}`}
    unit={null}
    empty={{ title: '还没有抽样', next: '打开一个已处理的批次，点“抽样核查”。' }}
  />
);

const sampleColumns: readonly Column<SampleWire>[] = [
  { key: 'no', title: '批次号', width: 190, render: (row) => row.batchNo },
  { key: 'guarantor', title: '担保机构', width: 150, render: (row) => row.guarantorName },
  { key: 'bank', title: '银行', width: 150, render: (row) => row.bankName },
  { key: 'seed', title: '种子', width: 170, render: (row) => <code>{row.seed}</code> },
  { key: 'drawn', title: '抽取', width: 80, isFigure: true, render: (row) => <CountText value={row.drawn} /> },
  { key: 'audited', title: '已查', width: 80, isFigure: true, render: (row) => <CountText value={row.audited} /> },
  { key: 'failed', title: '不合格', width: 80, isFigure: true, render: (row) => <CountText value={row.failed} /> },
  { key: 'by', title: '抽样人', width: 100, render: (row) => row.recordedBy },
  { key: 'at', title: '抽样时间', width: 150, render: (row) => showInstant(row.recordedAt) },
];

function Exclusions() {
  const may = useMay('guarantees.decide');
  const [deciding, setDeciding] = useState<ExclusionLine>();
  const columns: readonly Column<ExclusionLine>[] = [
    ...exclusionColumns,
    {
      key: 'decide',
      title: '决定',
      width: 110,
      render: (row) =>
        row.status === 'proposed' && may && !row.isMine ? (
          <Button size="small" type="primary" onClick={() => setDeciding(row)}>
            复核决定
          </Button>
        ) : (
          (row.decidedBy ?? (row.isMine ? '须另一人决定' : ''))
        ),
    },
  ];
  return (
    <>
      <DataTable<ExclusionLine>
        url="/api/batches/exclusions"
        columns={columns}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        empty={{ title: '没有剔除', next: '在样本里把不合格的业务提出剔除，由另一人决定。' }}
      />
      {deciding && <DecideModal exclusion={deciding} close={() => setDeciding(undefined)} />}
    </>
  );
}

const exclusionColumns: readonly Column<ExclusionLine>[] = [
  { key: 'contract', title: '担保业务编号', width: 160, render: (row) => row.contractNo },
  { key: 'guarantor', title: '担保机构', width: 120, render: (row) => row.guarantorName },
  { key: 'bank', title: '银行', width: 120, render: (row) => row.bankName },
  { key: 'cause', title: '原因', width: 240, render: (row) => <span title={row.clause}>{row.cause}</span> },
  {
    key: 'status',
    title: '状态',
    width: 100,
    render: (row) => (
      <StatusBadge tone={exclusionLooks[row.status].tone}>{exclusionLooks[row.status].title}</StatusBadge>
    ),
  },
  {
    key: 'release',
    title: '解除余额',
    width: 120,
    isFigure: true,
    render: (row) => <MoneyText value={row.effect.release} />,
  },
  {
    key: 'refund',
    title: '退担保费',
    width: 110,
    isFigure: true,
    render: (row) => <MoneyText value={row.effect.refund} />,
  },
  {
    key: 'owed',
    title: '银行应返还代偿',
    width: 130,
    isFigure: true,
    render: (row) => <MoneyText value={row.effect.owedBack} />,
  },
  { key: 'by', title: '提出人', width: 90, render: (row) => row.recordedBy },
];

function DecideModal({ exclusion, close }: { exclusion: ExclusionLine; close: () => void }) {
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const decide = useWrite(
    (approve: boolean, options) =>
      api.post(
        `/api/batches/exclusions/${exclusion.guarantorId}/${exclusion.id}/decision`,
        { approve, reason },
        options,
      ),
    () => {
      void queries.invalidateQueries({ queryKey: ['list', '/api/batches/exclusions'] });
      close();
    },
  );
  const tooShort = reason.trim().length < 2;
  return (
    <Modal
      open
      title={`剔除 ${exclusion.contractNo}`}
      onCancel={close}
      footer={[
        <Button key="no" disabled={tooShort} loading={decide.isPending} onClick={() => decide.mutate(false)}>
          不予剔除
        </Button>,
        <Button
          key="yes"
          type="primary"
          danger
          disabled={tooShort}
          loading={decide.isPending}
          onClick={() => decide.mutate(true)}
        >
          同意剔除
        </Button>,
      ]}
    >
      <p>{exclusion.cause}</p>
      <p className="muted">依据：{exclusion.clause}</p>
      <p>
        同意后解除在保余额 {exclusion.effect.release} 元，退还担保费 {exclusion.effect.refund} 元，银行应返还已代偿{' '}
        {exclusion.effect.owedBack} 元。
      </p>
      <Input.TextArea
        rows={3}
        maxLength={400}
        value={reason}
        aria-label="决定理由"
        placeholder="决定理由"
        onChange={(event) => setReason(event.target.value)}
      />
      {decide.error && <RefusalList problem={decide.error} />}
    </Modal>
  );
}
