import { useQuery } from '@tanstack/react-query';
import { Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { DelegationWire, peopleAnswer } from '../../../src/modules/approvals/contract.ts';
import { api } from '../../api.ts';
import { type Column, DataTable, DayField, RefusalList, StatusBadge, useWrite } from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { FormDialog } from './form-dialog.tsx';
import { chainOptions } from './looks.ts';

const states = {
  ahead: { title: '未开始', tone: 'mute' },
  'in-force': { title: '生效中', tone: 'good' },
  over: { title: '已到期', tone: 'mute' },
  revoked: { title: '已撤销', tone: 'mute' },
} as const;
type Fields = { to: number; from: string; until: string; chains?: string[]; reason: string };

/** 委托: whom I let act for me, who lets me act for him. */
export default function DelegationsPage() {
  const me = useMe();
  const [isNew, setNew] = useState(false);
  const revoke = useWrite((id: number, options) => api.post(`/api/approvals/delegations/${id}/revoke`, {}, options));
  const does: Column<DelegationWire> = {
    key: 'does',
    title: '',
    width: 80,
    render: (row) =>
      row.mayRevoke && (
        <button type="button" className="text-button" onClick={() => revoke.mutate(row.id)}>
          撤销
        </button>
      ),
  };
  return (
    <Page
      title="审批委托"
      trail={[{ title: '审批', to: '/approvals' }]}
      note="受托人以我的名义办理，审批记录两人姓名；受托人不得再转委托。决策节点须受托人自己也有决策权限；评审会须本人表决。"
      actions={
        <Button type="primary" onClick={() => setNew(true)}>
          新增委托
        </Button>
      }
    >
      {revoke.error && <RefusalList problem={revoke.error} />}
      <DataTable<DelegationWire>
        url="/api/approvals/delegations"
        columns={[...columns, does]}
        rowKey={(row) => String(row.id)}
        empty={{ title: '没有委托', next: '出差或休假前，点“新增委托”请同事代办。' }}
        asOf={me.today}
        unit={null}
      />
      {isNew && <NewDelegation close={() => setNew(false)} />}
    </Page>
  );
}

const columns: readonly Column<DelegationWire>[] = [
  { key: 'from', title: '委托人', width: 110, render: (row) => row.fromName },
  { key: 'to', title: '受托人', width: 110, render: (row) => row.toName },
  { key: 'days', title: '日期', width: 200, render: (row) => `${row.from} 至 ${row.to}` },
  {
    key: 'chains',
    title: '流程',
    width: 200,
    render: (row) =>
      row.chains === null
        ? '全部'
        : row.chains.map((code) => chainOptions.find((each) => each.value === code)?.label ?? code).join('、'),
  },
  { key: 'reason', title: '事由', width: 200, render: (row) => row.reason },
  {
    key: 'state',
    title: '状态',
    width: 90,
    render: (row) => <StatusBadge tone={states[row.state].tone}>{states[row.state].title}</StatusBadge>,
  },
];

function NewDelegation({ close }: { readonly close: () => void }) {
  const { today } = useMe();
  const people = useQuery({
    queryKey: ['approvals', 'colleagues'],
    queryFn: ({ signal }) => api.get<z.infer<typeof peopleAnswer>>('/api/approvals/colleagues', {}, signal),
  });
  const required = (message: string) => [{ required: true, message }];
  return (
    <FormDialog<Fields>
      title="新增委托"
      note="受托人以我的名义办理，记录两人姓名；决策节点须受托人自己也有决策权限。"
      confirm="确定委托"
      initialValues={{ from: today, until: today }}
      send={({ chains, ...fields }, options) =>
        api.post('/api/approvals/delegations', { ...fields, chains: chains?.length ? chains : null }, options)
      }
      close={close}
    >
      <Form.Item name="to" label="受托人" rules={required('请选择受托人')}>
        <Select
          showSearch
          optionFilterProp="label"
          loading={people.isPending}
          options={(people.data?.rows ?? []).map((each) => ({
            value: each.userId,
            label: `${each.name}（${each.roles.join('、')}）`,
          }))}
        />
      </Form.Item>
      <Form.Item name="from" label="起日" rules={required('请选择起日')}>
        <DayField min={today} />
      </Form.Item>
      <Form.Item name="until" label="止日" rules={required('请选择止日')}>
        <DayField min={today} />
      </Form.Item>
      <Form.Item name="chains" label="流程">
        <Select mode="multiple" placeholder="全部流程" options={chainOptions} />
      </Form.Item>
      <Form.Item name="reason" label="事由" rules={[{ required: true, min: 2, message: '请写明事由' }]}>
        <Input maxLength={200} placeholder="如：出差" />
      </Form.Item>
    </FormDialog>
  );
}
