import { App, Button, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { usualItems } from '../../../src/modules/portal/contract/usual-items.ts';
import type { RequestRow } from '../../../src/modules/portal/contract.ts';
import { api } from '../../api.ts';
import {
  type Column,
  CustomerField,
  DataTable,
  DayField,
  RefusalList,
  requiredRule,
  StatusBadge,
  useFilters,
  useOwnGuarantor,
  useWrite,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { DeskPanel } from './desk-panel.tsx';

const looks = {
  open: { title: '待提交', tone: 'warn' },
  answered: { title: '已提交', tone: 'good' },
  withdrawn: { title: '已撤回', tone: 'mute' },
} as const;
/** 向客户要资料: what was asked through the public page, and what has come. */
export default function RequestsPage() {
  const me = useMe();
  const own = useOwnGuarantor();
  const mayAsk = useMay('cases.write') && own !== undefined;
  const [filters, setFilters] = useFilters();
  const [isNew, setNew] = useState(false);
  const { message } = App.useApp();
  const withdraw = useWrite(
    (row: RequestRow, options) => api.post(`/api/portal/requests/${row.guarantorId}/${row.id}/withdrawal`, {}, options),
    () => void message.success('已撤回，客户不再看到这一项'),
  );
  const does: Column<RequestRow> = {
    key: 'does',
    title: '',
    width: 64,
    render: (row) =>
      mayAsk && row.state === 'open' ? (
        <button type="button" className="text-button" onClick={() => withdraw.mutate(row)}>
          撤回
        </button>
      ) : null,
  };
  return (
    <Page
      title="向客户要资料"
      note={
        <>
          客户在公开页面 <a href="/my-case">/my-case</a>{' '}
          凭证件号码与预留手机号的验证码查看进度、提交资料；预留手机号在客户档案里维护。
        </>
      }
      actions={
        mayAsk ? (
          <Button type="primary" onClick={() => setNew(true)}>
            要资料
          </Button>
        ) : undefined
      }
    >
      {own !== undefined && <DeskPanel guarantorId={own} mayEdit={mayAsk} />}
      <RefusalList problem={withdraw.error} />
      <DataTable<RequestRow>
        url="/api/portal/requests"
        filters={{ state: filters.state }}
        columns={[...columns, does]}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        unit={null}
        asOf={me.today}
        tools={
          <Select
            allowClear
            placeholder="全部状态"
            aria-label="状态"
            style={{ width: 120 }}
            value={filters.state ?? null}
            options={Object.entries(looks).map(([value, look]) => ({ value, label: look.title }))}
            onChange={(state) => setFilters({ state: state ?? undefined })}
          />
        }
        empty={{ title: '还没有向客户要资料', next: '点「要资料」，客户即可在公开页面看到并提交。' }}
      />
      {isNew && <AskDialog guarantorId={own} close={() => setNew(false)} />}
    </Page>
  );
}

type Fields = { customerId: string; codes: string[]; note?: string; dueOn?: string };

function AskDialog({ guarantorId, close }: { readonly guarantorId: string | undefined; readonly close: () => void }) {
  const me = useMe();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const ask = useWrite(
    ({ codes, ...fields }: Fields, options) =>
      api.post<{ asked: number }>(
        '/api/portal/requests',
        {
          ...fields,
          guarantorId: Number(guarantorId),
          items: codes.map((code) => ({ code, title: usualItems.find((each) => each.value === code)?.label ?? code })),
        },
        options,
      ),
    ({ asked }) => {
      void message.success(asked > 0 ? `已要 ${asked} 份资料` : '这些资料已经要过，客户尚未提交');
      close();
    },
  );
  return (
    <Modal
      title="向客户要资料"
      open
      okText="发出"
      cancelText="取消"
      confirmLoading={ask.isPending}
      onCancel={close}
      onOk={() => form.submit()}
    >
      <Form<Fields> form={form} layout="vertical" onFinish={(fields) => ask.mutate(fields)}>
        <Form.Item name="customerId" label="客户" rules={[requiredRule('客户')]}>
          <CustomerField guarantorId={guarantorId} />
        </Form.Item>
        <Form.Item name="codes" label="资料" rules={[requiredRule('资料')]}>
          <Select mode="multiple" options={[...usualItems]} placeholder="选一份或几份" />
        </Form.Item>
        <Form.Item name="note" label="说明">
          <Input maxLength={300} placeholder="客户会看到这句话" />
        </Form.Item>
        <Form.Item name="dueOn" label="期限">
          <DayField min={me.today} />
        </Form.Item>
        <RefusalList problem={ask.error} />
      </Form>
    </Modal>
  );
}

const columns: readonly Column<RequestRow>[] = [
  { key: 'customer', title: '客户', width: 220, render: (row) => row.customerName },
  { key: 'title', title: '资料', width: 200, render: (row) => row.title },
  { key: 'note', title: '说明', width: 220, render: (row) => row.note },
  { key: 'due', title: '期限', width: 96, render: (row) => row.dueOn },
  {
    key: 'state',
    title: '状态',
    width: 90,
    render: (row) => <StatusBadge tone={looks[row.state].tone}>{looks[row.state].title}</StatusBadge>,
  },
  {
    key: 'file',
    title: '提交的文件',
    width: 200,
    render: (row) =>
      row.attachmentId && (
        <a href={`/api/attachments/${row.guarantorId}/${row.attachmentId}/content`}>{row.fileName}</a>
      ),
  },
  { key: 'by', title: '经办人', width: 80, render: (row) => row.askedBy },
];
