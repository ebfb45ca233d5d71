import { Button, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { paymentRow } from '../../../src/modules/subsidies/contract.ts';
import { api, withQuery } from '../../api.ts';
import { type Column, DataTable, DayField, MoneyText, RefusalList, useWrite } from '../../fields/index.ts';
import { useMay, useMe } from '../../shell/session.ts';
import { Placeholder } from './looks.tsx';
import type { RunDetail } from './run.tsx';

type Payment = z.infer<typeof paymentRow>;
type Evidence = { kind: 'index' | 'disbursed' | 'received' | 'cancelled'; on: string; reference: string };

/** Letters of a run, and every payment with its evidence: 指标文 → 拨付 → 到账. */
export function PaymentTable({ run }: { run?: RunDetail }) {
  const [chosen, setChosen] = useState<Payment>();
  const mayEnter = useMay('subsidies.compute');
  const mayReceive = useMay('book.write');
  const canDo = mayEnter || mayReceive;
  const shown = run ? columns.filter((column) => column.key !== 'run') : columns;
  return (
    <>
      {run && run.letters.length > 0 && (
        <div className="pad subsidy-letters">
          {run.letters.map((letter) => (
            <span key={letter.id}>
              <a href={`/api/subsidies/letters/${letter.id}.pdf`}>{letter.number}</a> {letter.guarantor ?? '汇总'}{' '}
              <MoneyText value={letter.amount} unit="元" withUnit />{' '}
              <a
                href={withQuery('/subsidies/verify', { number: letter.number, code: letter.code })}
                target="_blank"
                rel="noreferrer"
              >
                查验
              </a>
            </span>
          ))}
        </div>
      )}
      <DataTable<Payment>
        url="/api/subsidies/payments"
        filters={run ? { runId: run.id } : {}}
        columns={canDo ? [...shown, evidenceColumn(mayEnter, setChosen)] : shown}
        rowKey={(row) => row.id}
        basis="核定的补偿补贴批次"
        empty={{
          title: '还没有拨付',
          next: run && run.status !== 'approved' ? '核定以后按承担方生成拨付。' : '没有要拨付或收回的款项。',
        }}
      />
      {chosen && <EvidenceDialog payment={chosen} mayEnter={mayEnter} close={() => setChosen(undefined)} />}
    </>
  );
}

const columns: readonly Column<Payment>[] = [
  {
    key: 'run',
    title: '批次',
    width: 190,
    render: (row) => (
      <>
        {row.runTitle} <Placeholder when={row.placeholder} />
      </>
    ),
  },
  { key: 'guarantor', title: '机构', width: 240, render: (row) => row.guarantor },
  { key: 'payer', title: '承担方', width: 140, render: (row) => `${row.payerRegionName}（${row.payerTitle}）` },
  { key: 'direction', title: '方向', width: 70, render: (row) => (row.direction === 'pay' ? '拨付' : '收回') },
  { key: 'amount', title: '金额', width: 120, isFigure: true, render: (row) => <MoneyText value={row.amount} /> },
  { key: 'state', title: '进度', width: 110, render: (row) => row.state },
  {
    key: 'events',
    title: '凭据',
    width: 280,
    render: (row) =>
      row.events.map((event) => (
        <div key={event.kind}>
          {event.title} {event.on} {event.reference}
        </div>
      )),
  },
];

const evidenceColumn = (mayEnter: boolean, open: (payment: Payment) => void): Column<Payment> => ({
  key: 'do',
  title: '',
  width: 90,
  fixed: 'right',
  render: (row) =>
    openSteps(row).length > 0 &&
    (mayEnter || row.events.some((event) => event.kind === 'disbursed')) && (
      <Button size="small" onClick={() => open(row)}>
        {mayEnter ? '登记凭据' : '确认到账'}
      </Button>
    ),
});

const steps = [
  { value: 'index', label: '指标文' },
  { value: 'disbursed', label: '拨付' },
  { value: 'received', label: '到账' },
  { value: 'cancelled', label: '撤销' },
] as const;

/** What may still be recorded of a payment, the next step first; nothing once it has arrived or was cancelled. */
function openSteps({ direction, events }: Payment): readonly (typeof steps)[number][] {
  const done = events.map((event) => event.kind);
  if (done.includes('received') || done.includes('cancelled')) return [];
  const left = steps.filter((step) => !done.includes(step.value));
  if (direction === 'return') return left.filter((step) => step.value === 'received' || step.value === 'cancelled');
  return left.filter((step, index) => index === 0 || step.value === 'cancelled');
}

type EvidenceDialogProps = { readonly payment: Payment; readonly mayEnter: boolean; readonly close: () => void };

function EvidenceDialog({ payment, mayEnter, close }: EvidenceDialogProps) {
  const me = useMe();
  const left = openSteps(payment);
  const enter = useWrite(
    ({ kind, ...rest }: Evidence, options) =>
      mayEnter
        ? api.post(`/api/subsidies/payments/${payment.id}/evidence`, { kind, ...rest }, options)
        : api.post(`/api/subsidies/payments/${payment.id}/receipts`, rest, options),
    close,
  );
  return (
    <Modal title={mayEnter ? '登记凭据' : '确认到账'} open footer={null} onCancel={close}>
      <p className="subsidy-dialog-note">
        {payment.guarantor}　{payment.payerTitle}　<MoneyText value={payment.amount} unit="元" withUnit />
      </p>
      <Form<Evidence>
        layout="vertical"
        initialValues={{ kind: left[0]?.value, on: me.today }}
        onFinish={(fields) => enter.mutate(fields)}
      >
        {mayEnter && (
          <Form.Item name="kind" label="什么凭据">
            <Select options={[...left]} />
          </Form.Item>
        )}
        <Form.Item name="on" label="日期" rules={[{ required: true, message: '请选择日期' }]}>
          <DayField max={me.today} allowClear={false} />
        </Form.Item>
        <Form.Item name="reference" label="文号、凭证号或流水号" rules={[{ required: true, message: '请填写编号' }]}>
          <Input maxLength={100} />
        </Form.Item>
        {enter.error && <RefusalList problem={enter.error} />}
        <Button type="primary" htmlType="submit" loading={enter.isPending}>
          登记
        </Button>
      </Form>
    </Modal>
  );
}
