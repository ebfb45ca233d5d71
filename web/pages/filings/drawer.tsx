import { useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Input, Modal } from 'antd';
import { useState } from 'react';
import type { FilingDetail } from '../../../src/modules/filings/contract.ts';
import { api } from '../../api.ts';
import { Facts, MoneyText, RefusalList, showInstant, useWrite } from '../../fields/index.ts';
import { useMay } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { CorrectForm } from './correct-form.tsx';
import { CheckMark, FilingState, kindTitles } from './looks.tsx';

type Key = { readonly guarantorId: number; readonly id: string };

/** One filing: its checks, its fields beside the book's, its way so far; and what may be done with it. */
export function FilingDrawer({ of, close }: { readonly of: Key | undefined; readonly close: () => void }) {
  const query = useQuery({
    queryKey: ['filings', 'one', of?.guarantorId, of?.id],
    queryFn: ({ signal }) => api.get<FilingDetail>(`/api/filings/${of?.guarantorId}/${of?.id}`, {}, signal),
    enabled: of !== undefined,
  });
  return (
    <Drawer title={query.data?.businessNo ?? '备案'} open={of !== undefined} onClose={close} size={880} destroyOnHidden>
      {of && (
        <QueryState query={query} rows={10}>
          {(found) => <Detail of={found} />}
        </QueryState>
      )}
    </Drawer>
  );
}

const sections = [
  ['flow', '申报与确认'],
  ['book', '取自台账'],
  ['people', '补充资料'],
  ['detail', '变更与解保'],
] as const;

function Detail({ of }: { readonly of: FilingDetail }) {
  const maySubmit = useMay('filings.submit');
  const [isCorrecting, setCorrecting] = useState(false);
  const isOpen = ['prepared', 'denied', 'withdrawn'].includes(of.status);
  return (
    <>
      <Facts
        columns={4}
        facts={[
          { name: '业务类型', value: kindTitles[of.kind] },
          { name: '状态', value: <FilingState row={{ status: of.status, denyReason: null }} /> },
          { name: '自动校验', value: <CheckMark problems={of.problems} blocked={of.blocked} /> },
          { name: '担保金额', value: <MoneyText value={of.guaranteed} withUnit /> },
        ]}
      />
      {of.denyReason && of.status !== 'confirmed' && (
        <Alert type="error" showIcon style={{ marginTop: 12 }} title={`驳回原因：${of.denyReason}`} />
      )}
      {of.isStale && isOpen && (
        <Alert type="warning" showIcon style={{ marginTop: 12 }} title="台账在取数之后有改动，点「更正」可重新取数" />
      )}
      {maySubmit && isOpen && (
        <div style={{ display: 'flex', gap: 8, margin: '14px 0' }}>
          <Button type="primary" onClick={() => setCorrecting(true)}>
            更正
          </Button>
          {of.status !== 'withdrawn' && <Withdraw of={of} />}
        </div>
      )}
      {isCorrecting && <CorrectForm of={of} close={() => setCorrecting(false)} />}
      {of.problems.length > 0 && (
        <>
          <h3 className="filing-section">自动校验</h3>
          <ul className="filing-problems">
            {of.problems.map((each) => (
              <li key={`${each.code}${each.message}`} className={each.severity}>
                {each.message}
                <small>办法：{each.remedy}</small>
              </li>
            ))}
          </ul>
        </>
      )}
      <h3 className="filing-section">经过</h3>
      {of.steps.map((step) => (
        <div key={`${step.at}${step.action}`} className="filing-step">
          <b>{step.title}</b>
          {showInstant(step.at)}
          {step.by && `　${step.by}`}
          {step.batchNumber && `　${step.batchNumber}`}
          {step.reason && <span className="muted">　{step.reason}</span>}
        </div>
      ))}
      {sections.map(([from, title]) => {
        const fields = of.fields.filter(
          (field) => field.from === from && (field.value !== null || field.bookNow !== null),
        );
        if (fields.length === 0) return null;
        return (
          <div key={from}>
            <h3 className="filing-section">{title}</h3>
            <dl className="filing-fields" style={{ margin: 0 }}>
              {fields.map((field) => (
                <div key={field.key}>
                  <dt>{field.title}</dt>
                  <dd>
                    {field.type === 'money' ? <MoneyText value={field.value} unit="元" /> : field.value}
                    {field.bookNow !== null && <span className="filing-now">台账现为 {field.bookNow}</span>}
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        );
      })}
    </>
  );
}

function Withdraw({ of }: { readonly of: FilingDetail }) {
  const { message } = App.useApp();
  const [reason, setReason] = useState<string>();
  const withdraw = useWrite(
    (given: string, options) =>
      api.post(`/api/filings/${of.guarantorId}/${of.id}/withdrawal`, { reason: given }, options),
    () => {
      setReason(undefined);
      void message.success('已撤下');
    },
  );
  return (
    <>
      <Button onClick={() => setReason('')}>撤下</Button>
      <Modal
        title="撤下备案"
        open={reason !== undefined}
        okText="确认撤下"
        cancelText="取消"
        okButtonProps={{ disabled: (reason ?? '').trim().length < 2 }}
        confirmLoading={withdraw.isPending}
        onCancel={() => setReason(undefined)}
        onOk={() => reason && withdraw.mutate(reason.trim())}
      >
        <p>撤下后不再申报；仍计入应备案，备案率会因此降低。以后点「更正」可恢复。</p>
        <Input.TextArea
          aria-label="撤下原因"
          rows={3}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          placeholder="撤下原因"
        />
        <RefusalList problem={withdraw.error} />
      </Modal>
    </>
  );
}
