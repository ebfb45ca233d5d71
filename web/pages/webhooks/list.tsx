import { Button, Modal, Select } from 'antd';
import { useState } from 'react';
import { api } from '../../api.ts';
import {
  type Column,
  CountText,
  DataTable,
  RefusalList,
  StatusBadge,
  useFilters,
  useWrite,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { DeliveryDrawer } from './delivery-drawer.tsx';
import { NewSubscriptionModal } from './new-subscription.tsx';
import { eventTitles, type Subscription } from './titles.ts';

/** 回调通知: which other systems are told what, whether it reaches them, and the switch. */
export default function WebhookListPage() {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  const [isNew, setNew] = useState(false);
  const [shown, setShown] = useState<Subscription>();
  const [changing, setChanging] = useState<Subscription>();
  const change = useWrite(
    (row: Subscription, options) =>
      api.post(`/api/webhooks/${row.id}/${row.status === 'active' ? 'disable' : 'enable'}`, {}, options),
    () => setChanging(undefined),
  );
  const does: Column<Subscription> = {
    key: 'does',
    title: '',
    width: 130,
    render: (row) => (
      <span style={{ display: 'flex', gap: 12 }}>
        <button type="button" className="text-button" onClick={() => setShown(row)}>
          投递记录
        </button>
        <button type="button" className="text-button" onClick={() => setChanging(row)}>
          {row.status === 'active' ? '停用' : '启用'}
        </button>
      </span>
    ),
  };
  return (
    <Page
      title="回调通知"
      note="事件发生后以签名的 HTTPS 请求告知接收系统；送不到的按 1、5、30 分钟、2、6、12、24 小时重试，至少送达一次"
      actions={
        <Button type="primary" onClick={() => setNew(true)}>
          新增订阅
        </Button>
      }
    >
      <DataTable<Subscription>
        url="/api/webhooks"
        filters={filters}
        columns={[...columns, does]}
        rowKey={(row) => row.id}
        tools={
          <Select
            allowClear
            placeholder="全部状态"
            aria-label="状态"
            style={{ width: 120 }}
            value={filters.status ?? null}
            options={[
              { value: 'active', label: '启用' },
              { value: 'disabled', label: '已停用' },
            ]}
            onChange={(status) => setFilters({ status: status ?? undefined })}
          />
        }
        empty={{ title: '还没有回调订阅', next: '点「新增订阅」，填写接收系统的地址和要收的事件。' }}
        asOf={me.today}
        unit={null}
      />
      <NewSubscriptionModal isOpen={isNew} close={() => setNew(false)} />
      <DeliveryDrawer of={shown} close={() => setShown(undefined)} />
      <Modal
        title={changing?.status === 'active' ? '停用回调订阅' : '启用回调订阅'}
        open={changing !== undefined}
        onCancel={() => {
          setChanging(undefined);
          change.reset();
        }}
        okText={changing?.status === 'active' ? '确认停用' : '确认启用'}
        cancelText="取消"
        confirmLoading={change.isPending}
        onOk={() => changing && change.mutate(changing)}
      >
        <p>
          {changing?.status === 'active'
            ? `停用后不再通知「${changing.name}」，尚未送达的 ${changing.waiting} 条留待启用后再送。`
            : `启用后继续通知「${changing?.name}」，尚未送达的立即再试。`}
        </p>
        <RefusalList problem={change.error} />
      </Modal>
    </Page>
  );
}

const columns: readonly Column<Subscription>[] = [
  { key: 'name', title: '接收系统', width: 130, render: (row) => row.name },
  { key: 'institution', title: '机构', width: 160, render: (row) => row.institution.name },
  { key: 'url', title: '接收地址', width: 190, render: (row) => row.url },
  {
    key: 'kinds',
    title: '事件',
    width: 190,
    render: (row) => row.kinds.map((kind) => eventTitles[kind]).join('、'),
  },
  { key: 'waiting', title: '待送达', width: 66, isFigure: true, render: (row) => <CountText value={row.waiting} /> },
  {
    key: 'failures',
    title: '连续未送达',
    width: 86,
    isFigure: true,
    render: (row) => <CountText value={row.failures} />,
  },
  {
    key: 'status',
    title: '状态',
    width: 84,
    render: (row) =>
      row.status === 'active' ? (
        <StatusBadge tone="good">启用</StatusBadge>
      ) : (
        <span title={row.disabledReason ?? ''}>
          <StatusBadge tone="mute">已停用</StatusBadge>
        </span>
      ),
  },
];
