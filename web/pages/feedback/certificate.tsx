import { FilePdfOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useRouter } from '@tanstack/react-router';
import { Button, Form, Input, Modal, Popconfirm, Tabs } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { CertificateDetail, restateAnswer } from '../../../src/modules/feedback/contract.ts';
import { api } from '../../api.ts';
import { RefusalList, StatusBadge, showWireQuarter, UnverifiedMark, useFilters, useWrite } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { ChangesTable } from './changes-table.tsx';
import { ConfirmActions } from './confirm-actions.tsx';
import { FigureTable } from './figure-table.tsx';
import { LoanTable } from './loan-table.tsx';
import { certificateLooks } from './looks.tsx';
import { ObjectionTable } from './objection-table.tsx';
import { SealView } from './seal-view.tsx';
import './feedback.css';

/** 季度反馈凭证: the sealed figures of one region, the loans behind them, objections, seal and signature. */
export default function CertificatePage() {
  const { certificateId } = useParams({ strict: false }) as { certificateId: string };
  const url = `/api/feedback/certificates/${certificateId}`;
  const query = useQuery({
    queryKey: ['feedback', 'certificate', certificateId],
    queryFn: ({ signal }) => api.get<CertificateDetail>(url, {}, signal),
  });
  const found = query.data;
  return (
    <Page
      title={found ? `${found.regionName}　${showWireQuarter(found.quarter)}` : '季度反馈凭证'}
      trail={[{ title: '季度反馈', to: '/feedback' }]}
      note={found && <CertificateNote found={found} />}
      actions={found && <CertificateActions found={found} url={url} />}
    >
      <QueryState query={query} rows={12}>
        {(certificate) => (
          <>
            {certificate.restatedBy && (
              <div className="feedback-notice">
                本凭证已被更正凭证{' '}
                <Link to={`/feedback/${certificate.restatedBy.id}` as string}>{certificate.restatedBy.number}</Link>{' '}
                取代，数字保留备查，不再使用。
              </div>
            )}
            {certificate.restates && (
              <div className="feedback-notice">
                本凭证更正{' '}
                <Link to={`/feedback/${certificate.restates.id}` as string}>{certificate.restates.number}</Link>
                ，原因：{certificate.cause}
              </div>
            )}
            <CertificateTabs certificate={certificate} url={url} />
          </>
        )}
      </QueryState>
    </Page>
  );
}

function CertificateNote({ found }: { found: CertificateDetail }) {
  const look = certificateLooks[found.status];
  const left = found.remainingWorkingDays;
  return (
    <>
      {found.number}　<StatusBadge tone={look.tone}>{look.title}</StatusBadge>
      {found.status === 'published' && (
        <>
          {`　异议期至 ${found.objectionUntil}（${left >= 0 ? `还剩 ${left} 个工作日` : '已满'}）`}
          {found.objectionUnverified && <UnverifiedMark reason={found.objectionUnverified} />}
        </>
      )}
      {found.status === 'published' && found.unconfirmed.length > 0 && `　待确认：${found.unconfirmed.join('、')}`}
      {found.openObjections > 0 && `　${found.openObjections} 条异议待答复`}
    </>
  );
}

function CertificateTabs({ certificate, url }: { certificate: CertificateDetail; url: string }) {
  const [filters, setFilters] = useFilters();
  const tabs = [
    { key: 'figures', label: '数字', children: <FigureTable certificate={certificate} /> },
    {
      key: 'rows',
      label: `逐笔明细（${certificate.rowsCount.toLocaleString('en-US')}）`,
      children: <LoanTable certificate={certificate} url={url} />,
    },
    { key: 'objections', label: '异议', children: <ObjectionTable certificateId={certificate.id} /> },
    ...(certificate.restates
      ? [{ key: 'changes', label: '更正差异', children: <ChangesTable certificate={certificate} url={url} /> }]
      : []),
    { key: 'seal', label: '封存与签名', children: <SealView certificate={certificate} /> },
  ];
  return (
    <Panel flush>
      <Tabs
        className="feedback-tabs"
        activeKey={filters.tab ?? 'figures'}
        items={tabs}
        destroyOnHidden
        onChange={(tab) => setFilters({ tab: tab === 'figures' ? undefined : tab, line: undefined, metric: undefined })}
      />
    </Panel>
  );
}

function CertificateActions({ found, url }: { found: CertificateDetail; url: string }) {
  const router = useRouter();
  const maySeal = useMay('feedback.seal');
  const [isRestating, setRestating] = useState(false);
  const finalise = useWrite((_: undefined, options) => api.post(`${url}/finalisation`, {}, options));
  const restate = useWrite(
    (cause: string, options) => api.post<z.infer<typeof restateAnswer>>(`${url}/restatement`, { cause }, options),
    (answer) => {
      setRestating(false);
      const [first] = answer.certificates;
      if (first) router.history.push(`/feedback/${first.id}?tab=changes`);
    },
  );
  return (
    <>
      {finalise.error && <RefusalList problem={finalise.error} />}
      <ConfirmActions certificate={found} url={url} />
      <Button icon={<FilePdfOutlined />} href={`${url}/pdf`}>
        凭证 PDF
      </Button>
      {maySeal && found.regionLevel === 3 && found.status !== 'superseded' && (
        <Button onClick={() => setRestating(true)}>更正</Button>
      )}
      {maySeal && found.status === 'published' && (
        <Popconfirm
          title="定稿？"
          description="定稿后可用于补偿补贴；只能用更正凭证改。"
          okText="定稿"
          cancelText="取消"
          onConfirm={() => finalise.mutate(undefined)}
        >
          <Button type="primary" loading={finalise.isPending}>
            定稿
          </Button>
        </Popconfirm>
      )}
      <Modal title="出具更正凭证" open={isRestating} footer={null} onCancel={() => setRestating(false)}>
        <p className="muted">按现在的台账重新出具本县凭证及其市、省凭证，与原凭证相连；原凭证保留，注明已被更正。</p>
        <Form layout="vertical" onFinish={({ cause }: { cause: string }) => restate.mutate(cause.trim())}>
          <Form.Item
            name="cause"
            label="更正原因"
            rules={[{ required: true, min: 4, message: '请写明更正原因（至少 4 字）' }]}
          >
            <Input.TextArea rows={3} maxLength={2000} />
          </Form.Item>
          {restate.error && <RefusalList problem={restate.error} />}
          <Button type="primary" htmlType="submit" loading={restate.isPending}>
            出具更正凭证
          </Button>
        </Form>
      </Modal>
    </>
  );
}
