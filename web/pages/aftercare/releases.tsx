import { useMutation } from '@tanstack/react-query';
import { App, Button, Checkbox, Drawer, Form, Input, Radio } from 'antd';
import { useState } from 'react';
import type { Dossier, ReleasePreview, ReleaseRow } from '../../../src/modules/aftercare/contract/change.ts';
import { api } from '../../api.ts';
import {
  type Column,
  DataTable,
  DayField,
  MoneyField,
  MoneyText,
  moneyRule,
  RatioText,
  RefusalList,
  UnverifiedMark,
  useFilters,
  useWrite,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { ReleaseStatus } from './looks.tsx';
import './aftercare.css';

/** 解保: every release, where it stands, its refund and its letter. */
export default function ReleasesPage() {
  const [filters] = useFilters();
  return (
    <Page title="解保" note="批准后一并解除担保责任、退费、出具解保函、解除反担保">
      <ReleaseTable filters={filters} />
    </Page>
  );
}

type TableProps = {
  readonly filters: Readonly<Record<string, string | undefined>>;
  readonly buttons?: React.ReactNode;
  readonly height?: number;
};

/** Releases as a table. */
export function ReleaseTable({ filters, buttons, height }: TableProps) {
  const me = useMe();
  return (
    <DataTable<ReleaseRow>
      url="/api/aftercare/releases"
      filters={filters}
      columns={columns}
      rowKey={(row) => `${row.guarantorId}/${row.id}`}
      buttons={buttons}
      {...(height ? { height } : {})}
      empty={{ title: '没有解保', next: '在保函的保后档案「解保」里试算并申请。' }}
      asOf={me.today}
    />
  );
}

const columns: readonly Column<ReleaseRow>[] = [
  { key: 'status', title: '状态', width: 96, render: (row) => <ReleaseStatus of={row.status} /> },
  { key: 'contract', title: '保证合同号', width: 180, render: (row) => row.contractNo },
  { key: 'customer', title: '客户', width: 200, render: (row) => row.customerName },
  { key: 'kind', title: '种类', width: 90, render: (row) => (row.kind === 'full' ? '全部解保' : '部分解保') },
  { key: 'amount', title: '解保金额', width: 120, isFigure: true, render: (row) => <MoneyText value={row.amount} /> },
  { key: 'on', title: '解保日', width: 104, render: (row) => row.releaseOn },
  { key: 'refund', title: '退费', width: 110, isFigure: true, render: (row) => <MoneyText value={row.refund} /> },
  { key: 'letter', title: '解保函', width: 190, render: (row) => row.letterNo ?? '—' },
  { key: 'reason', title: '原因', width: 180, render: (row) => row.reason },
];

type Ask = { kind: 'full' | 'partial'; amount?: string; releaseOn: string; reason?: string; counters?: string[] };

/** Tries a release first: the balance after it and the refund with its arithmetic; then hands it in for approval. */
export function ReleaseForm({ of, close }: { of: Dossier; close: () => void }) {
  const me = useMe();
  const { message } = App.useApp();
  const [form] = Form.useForm<Ask>();
  const [preview, setPreview] = useState<ReleasePreview>();
  const kind = Form.useWatch('kind', form) ?? 'full';
  const url = `/api/aftercare/guarantees/${of.guarantorId}/${of.guaranteeId}/releases`;
  const trial = useMutation({
    mutationFn: ({ kind: asked, amount, releaseOn }: Ask) =>
      api.post<ReleasePreview>(`${url}/preview`, {
        kind: asked,
        releaseOn,
        ...(asked === 'partial' ? { amount } : {}),
      }),
    onSuccess: (found) => {
      setPreview(found);
      form.setFieldValue('counters', kind === 'full' ? found.counters.map((each) => each.id) : []);
    },
  });
  const write = useWrite(
    (entry: Ask, options) => api.post(url, entry, options),
    () => {
      void message.success('已提交审批');
      close();
    },
  );
  return (
    <Drawer title={`解保 · ${of.contractNo}`} open onClose={close} size={520}>
      <Form<Ask>
        form={form}
        layout="vertical"
        initialValues={{ kind: 'full', releaseOn: me.today, counters: [] }}
        onValuesChange={(changed) => {
          write.reset();
          if ('reason' in changed || 'counters' in changed) return;
          setPreview(undefined);
          trial.reset();
        }}
        onFinish={(entry) => (preview ? write.mutate(entry) : trial.mutate(entry))}
      >
        <Form.Item name="kind" label="种类">
          <Radio.Group
            options={[
              { value: 'full', label: '全部解保' },
              { value: 'partial', label: '部分解保' },
            ]}
          />
        </Form.Item>
        {kind === 'partial' && (
          <Form.Item
            name="amount"
            label="解除的主债权金额"
            rules={[{ required: true, message: '请填写解除金额' }, moneyRule]}
          >
            <MoneyField />
          </Form.Item>
        )}
        <Form.Item name="releaseOn" label="解保日" rules={[{ required: true, message: '请选择解保日' }]}>
          <DayField />
        </Form.Item>
        {preview && (
          <>
            <Refund of={preview} />
            {preview.counters.length > 0 && (
              <Form.Item name="counters" label="同时解除的反担保">
                <Checkbox.Group options={preview.counters.map((each) => ({ value: each.id, label: each.title }))} />
              </Form.Item>
            )}
            <Form.Item name="reason" label="解保原因" rules={[{ required: true, message: '请填写解保原因' }]}>
              <Input.TextArea rows={2} maxLength={300} />
            </Form.Item>
          </>
        )}
        <div style={{ display: 'grid', gap: 12 }} aria-live="polite">
          <RefusalList problem={trial.error ?? write.error} />
          <div className="form-foot">
            <Button type="primary" htmlType="submit" loading={trial.isPending || write.isPending}>
              {preview ? '提交审批' : '试算'}
            </Button>
            <Button onClick={close}>取消</Button>
          </div>
        </div>
      </Form>
    </Drawer>
  );
}

function Refund({ of }: { of: ReleasePreview }) {
  const { refund } = of;
  return (
    <div data-testid="refund-preview">
      <dl className="care-refund">
        <div>
          <dt>解保金额</dt>
          <dd>
            <MoneyText value={of.amount} />
          </dd>
        </div>
        <div>
          <dt>解保后在保余额</dt>
          <dd>
            <MoneyText value={of.outstandingAfter} />
          </dd>
        </div>
        <div>
          <dt>解除的担保责任金额</dt>
          <dd>
            <MoneyText value={refund.borne} />
          </dd>
        </div>
        <div>
          <dt>年费率 × 未到期天数</dt>
          <dd>
            <RatioText value={refund.feeRate} /> × {refund.unexpiredDays} 天
          </dd>
        </div>
        <div>
          <dt>未到期担保费</dt>
          <dd>{refund.unexpiredFee} 元</dd>
        </div>
        <div>
          <dt>已收 − 已退 − 已赚</dt>
          <dd>
            {refund.received} − {refund.refunded} − {refund.earned}
          </dd>
        </div>
      </dl>
      <p>
        退费 <b data-testid="refund">{refund.refund}</b> 元（{refund.dayCount}）：{refund.formula}{' '}
        {refund.unverified && <UnverifiedMark reason={refund.unverified} />}
      </p>
    </div>
  );
}
