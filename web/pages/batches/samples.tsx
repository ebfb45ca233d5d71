import { Tabs } from 'antd';
import type { ExclusionLine, SampleWire } from '../../../src/modules/batches/contract.ts';
import { type Column, CountText, DataTable, MoneyText, StatusBadge, showInstant } from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { exclusionLooks } from './wire.ts';
import './batches.css';

/** 抽查与剔除: the samples drawn, and the guarantees proposed to be taken out, with their consequences. */
export default function SamplesPage() {
  return (
    <Page
      title="抽查与剔除"
      trail={[{ title: '批量业务', to: '/batches' }]}
      note="样本按风险层、以种子定序，任何人凭种子可重抽出同样的行；剔除提出后交审批，批准前业务不变。"
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

const Exclusions = () => (
  <DataTable<ExclusionLine>
    url="/api/batches/exclusions"
    columns={exclusionColumns}
    rowKey={(row) => `${row.guarantorId}/${row.id}`}
    rowUrl={(row) => `/batches/exclusions/${row.guarantorId}/${row.id}`}
    empty={{ title: '没有剔除', next: '在样本里把不合格的业务提出剔除，交审批。' }}
  />
);

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
  { key: 'decided', title: '决定人', width: 90, render: (row) => row.decidedBy ?? '' },
];
