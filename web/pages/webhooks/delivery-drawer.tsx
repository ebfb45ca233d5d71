import { Drawer, Select } from 'antd';
import { useState } from 'react';
import { api } from '../../api.ts';
import {
  type Column,
  CountText,
  DataTable,
  RefusalList,
  StatusBadge,
  showInstant,
  useWrite,
} from '../../fields/index.ts';
import { type Delivery, deliveryLooks, eventTitles, type Subscription, subjectTitle } from './titles.ts';

/** Every notification of one subscription: where it stands, the last answer, the next try; any can be sent again. */
export function DeliveryDrawer({ of, close }: { of: Subscription | undefined; close: () => void }) {
  const [status, setStatus] = useState<string>();
  const again = useWrite((row: Delivery, options) =>
    api.post(`/api/webhooks/deliveries/${row.id}/redeliver`, {}, options),
  );
  const resend: Column<Delivery> = {
    key: 'again',
    title: '',
    width: 84,
    render: (row) => (
      <button type="button" className="text-button" disabled={again.isPending} onClick={() => again.mutate(row)}>
        重新投递
      </button>
    ),
  };
  return (
    <Drawer
      title={`投递记录${of ? `：${of.name}` : ''}`}
      open={of !== undefined}
      onClose={close}
      size={980}
      destroyOnHidden
    >
      <RefusalList problem={again.error} />
      {of && (
        <DataTable<Delivery>
          url={`/api/webhooks/${of.id}/deliveries`}
          filters={{ status }}
          columns={[...columns, resend]}
          rowKey={(row) => row.id}
          tools={
            <Select
              allowClear
              placeholder="全部状态"
              aria-label="投递状态"
              style={{ width: 150 }}
              value={status ?? null}
              options={Object.entries(deliveryLooks).map(([value, { title }]) => ({ value, label: title }))}
              onChange={(chosen) => setStatus(chosen ?? undefined)}
            />
          }
          unit={null}
          empty={{ title: '还没有投递', next: '订阅之后发生的事件，一分钟内开始投递。' }}
        />
      )}
    </Drawer>
  );
}

const columns: readonly Column<Delivery>[] = [
  { key: 'kind', title: '事件', width: 170, render: (row) => eventTitles[row.kind] },
  { key: 'subject', title: '对象', width: 110, render: (row) => subjectTitle(row.subject) },
  { key: 'occurredAt', title: '发生时间', width: 136, render: (row) => showInstant(row.occurredAt) },
  {
    key: 'status',
    title: '状态',
    width: 120,
    render: (row) => <StatusBadge tone={deliveryLooks[row.status].tone}>{deliveryLooks[row.status].title}</StatusBadge>,
  },
  { key: 'attempts', title: '已试', width: 56, isFigure: true, render: (row) => <CountText value={row.attempts} /> },
  {
    key: 'last',
    title: '最近结果',
    width: 170,
    render: (row) => [row.lastStatusCode, row.lastDetail].filter((each) => each !== null).join(' ') || '—',
  },
  {
    key: 'next',
    title: '下次重试 / 送达',
    width: 136,
    render: (row) => showInstant(row.nextAt ?? row.deliveredAt) || '—',
  },
];
