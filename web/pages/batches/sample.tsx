import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Button, Input, Modal, Radio } from 'antd';
import { useState } from 'react';
import type { DrawnLine, ExclusionLine, SampleWire } from '../../../src/modules/batches/contract.ts';
import { api } from '../../api.ts';
import {
  type Column,
  DataTable,
  DayText,
  Facts,
  MoneyText,
  RefusalList,
  StatusBadge,
  useWrite,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { EffectFacts } from './effect-facts.tsx';
import { exclusionLooks, resultLooks, showCount, stratumTitles } from './wire.ts';
import './batches.css';

/** 样本: how it was drawn, what was found, and what is proposed to be taken out. */
export default function SamplePage() {
  const { guarantorId, sampleId } = useParams({ strict: false }) as { guarantorId: string; sampleId: string };
  const url = `/api/batches/samples/${guarantorId}/${sampleId}`;
  const may = useMay('batches.audit');
  const [auditing, setAuditing] = useState<DrawnLine>();
  const [excluding, setExcluding] = useState<DrawnLine>();
  const query = useQuery({
    queryKey: ['batches', 'sample', url],
    queryFn: ({ signal }) => api.get<SampleWire>(url, {}, signal),
  });
  const columns: readonly Column<DrawnLine>[] = [
    ...drawnColumns,
    {
      key: 'act',
      title: '办理',
      width: 150,
      render: (row) => (
        <>
          {may && (row.result === null || row.result === 'doubt') && (
            <Button size="small" onClick={() => setAuditing(row)}>
              登记结果
            </Button>
          )}
          {may &&
            row.result === 'fail' &&
            (row.exclusion === null || row.exclusion === 'rejected' || row.exclusion === 'withdrawn') && (
              <Button size="small" danger onClick={() => setExcluding(row)}>
                提出剔除
              </Button>
            )}
        </>
      ),
    },
  ];
  return (
    <Page
      title="样本"
      trail={[
        { title: '批量业务', to: '/batches' },
        { title: '抽查与剔除', to: '/batches/samples' },
      ]}
    >
      <QueryState query={query} rows={4}>
        {(sample) => (
          <>
            <Panel title={`批次 ${sample.batchNo}　${sample.bankName}`} note={sample.strataText}>
              <Facts
                facts={[
                  { name: '担保机构', value: sample.guarantorName },
                  { name: '种子', value: <code>{sample.seed}</code> },
                  {
                    name: '抽取 / 已查 / 不合格',
                    value: `${showCount(sample.drawn)} / ${showCount(sample.audited)} / ${showCount(sample.failed)}`,
                  },
                  ...(['high', 'middle', 'low'] as const).map((stratum) => ({
                    name: `${stratumTitles[stratum]}（总体）`,
                    value: `${showCount(sample.population[stratum])} 笔，抽 ${sample.rates[stratum].perThousand / 10}%，不少于 ${sample.rates[stratum].atLeast} 笔`,
                  })),
                  { name: '样本摘要', value: <code>{sample.contentHash.slice(0, 16)}…</code> },
                ]}
              />
            </Panel>
            <DataTable<DrawnLine>
              url={`${url}/rows`}
              columns={columns}
              rowKey={(row) => String(row.line)}
              empty={{ title: '样本里没有业务', next: '回到批次重新抽样。' }}
            />
          </>
        )}
      </QueryState>
      {auditing && <ResultModal url={url} row={auditing} close={() => setAuditing(undefined)} />}
      {excluding && (
        <ExcludeModal {...{ guarantorId, sampleId, url }} row={excluding} close={() => setExcluding(undefined)} />
      )}
    </Page>
  );
}

const drawnColumns: readonly Column<DrawnLine>[] = [
  { key: 'line', title: '文件行', width: 70, isFigure: true, render: (row) => row.line },
  { key: 'contract', title: '担保业务编号', width: 150, render: (row) => row.contractNo },
  { key: 'customer', title: '借款人', width: 190, render: (row) => row.customerName },
  {
    key: 'principal',
    title: '主债权金额',
    width: 120,
    isFigure: true,
    render: (row) => <MoneyText value={row.principal} />,
  },
  {
    key: 'outstanding',
    title: '在保余额',
    width: 120,
    isFigure: true,
    render: (row) => <MoneyText value={row.outstanding} />,
  },
  { key: 'ends', title: '到期日', width: 100, render: (row) => <DayText value={row.endsOn} /> },
  { key: 'stratum', title: '风险层', width: 80, render: (row) => stratumTitles[row.stratum] },
  {
    key: 'result',
    title: '结果',
    width: 180,
    render: (row) => (
      <span title={row.auditedBy ?? undefined}>
        <StatusBadge tone={resultLooks[row.result ?? 'open'].tone}>
          {resultLooks[row.result ?? 'open'].title}
        </StatusBadge>{' '}
        {row.finding}
      </span>
    ),
  },
  {
    key: 'exclusion',
    title: '剔除',
    width: 100,
    render: (row) =>
      row.exclusion && (
        <StatusBadge tone={exclusionLooks[row.exclusion].tone}>{exclusionLooks[row.exclusion].title}</StatusBadge>
      ),
  },
];

type ModalProps = { readonly url: string; readonly row: DrawnLine; readonly close: () => void };

function useReload(url: string, close: () => void) {
  const queries = useQueryClient();
  return () => {
    void queries.invalidateQueries({ queryKey: ['list', `${url}/rows`] });
    void queries.invalidateQueries({ queryKey: ['batches', 'sample', url] });
    close();
  };
}

function ResultModal({ url, row, close }: ModalProps) {
  const [result, setResult] = useState<'pass' | 'fail' | 'doubt'>('pass');
  const [finding, setFinding] = useState('');
  const reload = useReload(url, close);
  const write = useWrite(
    (_: undefined, options) =>
      api.post(`${url}/rows/${row.line}/result`, { result, ...(finding ? { finding } : {}) }, options),
    reload,
  );
  return (
    <Modal
      open
      title={`抽查 ${row.contractNo}`}
      okText="登记"
      confirmLoading={write.isPending}
      onOk={() => write.mutate(undefined)}
      onCancel={close}
    >
      <Radio.Group
        value={result}
        onChange={(event) => setResult(event.target.value)}
        options={(['pass', 'fail', 'doubt'] as const).map((value) => ({ value, label: resultLooks[value].title }))}
      />
      <Input.TextArea
        rows={3}
        maxLength={500}
        value={finding}
        aria-label="发现"
        placeholder="发现的问题与依据（合格可不填）"
        onChange={(event) => setFinding(event.target.value)}
      />
      {write.error && <RefusalList problem={write.error} />}
    </Modal>
  );
}

function ExcludeModal({
  guarantorId,
  sampleId,
  url,
  row,
  close,
}: ModalProps & { guarantorId: string; sampleId: string }) {
  const [cause, setCause] = useState(row.finding ?? '');
  const [clause, setClause] = useState('');
  const reload = useReload(url, close);
  const of = { guarantorId, guaranteeId: row.guaranteeId };
  const effect = useQuery({
    queryKey: ['batches', 'effect', guarantorId, row.guaranteeId],
    queryFn: ({ signal }) => api.get<ExclusionLine['effect']>('/api/batches/exclusions/effect', of, signal),
  });
  const write = useWrite(
    (_: undefined, options) =>
      api.post(
        '/api/batches/exclusions',
        { guarantorId: Number(guarantorId), guaranteeId: row.guaranteeId, sampleId, cause, clause },
        options,
      ),
    reload,
  );
  return (
    <Modal
      open
      title={`提出剔除 ${row.contractNo}`}
      okText="提出并送审"
      confirmLoading={write.isPending}
      onOk={() => write.mutate(undefined)}
      onCancel={close}
    >
      <p>提出后交审批，批准前业务不变。批准的后果：</p>
      <QueryState query={effect} rows={2}>
        {(found) => <EffectFacts effect={found} />}
      </QueryState>
      <Input
        value={cause}
        maxLength={400}
        aria-label="剔除原因"
        placeholder="剔除原因（至少 4 字）"
        onChange={(event) => setCause(event.target.value)}
      />
      <Input
        style={{ marginTop: 8 }}
        value={clause}
        maxLength={200}
        aria-label="依据条款"
        placeholder="所违反的条件或条款"
        onChange={(event) => setClause(event.target.value)}
      />
      {write.error && <RefusalList problem={write.error} />}
    </Modal>
  );
}
