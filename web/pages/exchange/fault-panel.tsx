import { useQuery } from '@tanstack/react-query';
import { Button, Form, Input, InputNumber, Select } from 'antd';
import type { z } from 'zod';
import type { FaultKind, FaultOrder, FaultWire, faultList } from '../../../src/modules/exchange/contract.ts';
import { ApiProblem, api } from '../../api.ts';
import { DayField, RefusalList, useWrite } from '../../fields/index.ts';
import { Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';

type Faults = z.infer<typeof faultList>;
type FaultRow = FaultWire['rows'][number];
type Order = Pick<FaultOrder, 'kind' | 'count' | 'asOf' | 'days' | 'field' | 'reason'>;

const url = '/api/exchange/stand-in/faults';
const kinds: readonly { value: FaultKind; label: string }[] = [
  { value: 'lose-rows', label: '丢失若干笔' },
  { value: 'duplicate-rows', label: '若干笔重复' },
  { value: 'delay-rows', label: '若干笔滞后' },
  { value: 'alter-rows', label: '改动若干笔' },
  { value: 'null-key-rows', label: '若干笔合同号丢失' },
  { value: 'lose-package', label: '吞掉以后的数据包' },
  { value: 'refuse-package', label: '退回以后的数据包' },
];
const fieldTitles: Readonly<Record<string, string>> = {
  outstanding: '在保余额',
  principal: '主债权金额',
  guaranteed: '担保责任金额',
  county: '县区',
  status: '状态',
  ends_on: '到期日',
};
const effectTitles: Readonly<Record<string, string>> = {
  'lose-rows': '丢失',
  'duplicate-rows': '重复',
  'null-key-rows': '合同号丢失',
};

/** Only in a demo, only for those who run it: lets the stand-in make the mistakes that reconciliation has to find. */
export function FaultPanel() {
  const isAllowed = useMay('demo.control');
  const me = useMe();
  const query = useQuery({
    queryKey: ['exchange', 'faults'],
    queryFn: ({ signal }) => api.get<Faults>(url, {}, signal),
    enabled: me.demo && isAllowed,
    retry: false,
  });
  const undo = useWrite((_: undefined, options) => api.remove(url, options));
  const isAbsent = query.error instanceof ApiProblem && query.error.status === 404;
  if (!me.demo || !isAllowed || isAbsent) return null;
  const done = query.data?.rows ?? [];
  const problem = undo.error ?? query.error;
  return (
    <Panel
      title="演示：让监测系统替身出错"
      note="只作用于替身的数据，平台自己的台账一分不动；数据核对应当正好找出这些"
      extra={
        done.length > 0 && (
          <Button size="small" loading={undo.isPending} onClick={() => undo.mutate(undefined)}>
            全部撤销
          </Button>
        )
      }
    >
      <OrderForm today={me.today} />
      {problem && <RefusalList problem={problem} />}
      {done.length > 0 && <Ordered faults={done} />}
    </Panel>
  );
}

function OrderForm({ today }: { today: string }) {
  const [form] = Form.useForm<Order>();
  const kind = Form.useWatch('kind', form) ?? 'alter-rows';
  const order = useWrite((body: Order, options) => api.post<Faults>(url, body, options));
  const isOfRows = kind.endsWith('-rows');
  return (
    <>
      <Form<Order>
        form={form}
        layout="inline"
        className="exchange-order"
        initialValues={{ kind: 'alter-rows', count: 2, field: 'outstanding', days: 5 }}
        onFinish={(body) => order.mutate(body)}
      >
        <Form.Item name="kind">
          <Select style={{ width: 180 }} options={[...kinds]} aria-label="出什么错" />
        </Form.Item>
        <Form.Item name="count" label={isOfRows ? '笔数' : '数据包数'} rules={[{ required: true, message: '几个？' }]}>
          <InputNumber min={1} max={100} precision={0} style={{ width: 80 }} />
        </Form.Item>
        {kind === 'alter-rows' && (
          <Form.Item name="field" label="改哪一项">
            <Select
              style={{ width: 140 }}
              options={Object.entries(fieldTitles).map(([value, label]) => ({ value, label }))}
            />
          </Form.Item>
        )}
        {kind === 'delay-rows' && (
          <Form.Item name="days" label="滞后天数" rules={[{ required: true, message: '几天？' }]}>
            <InputNumber min={1} max={366} precision={0} style={{ width: 80 }} />
          </Form.Item>
        )}
        {isOfRows && (
          <Form.Item name="asOf" label="取自何日在保">
            <DayField max={today} placeholder="最近业务日" />
          </Form.Item>
        )}
        {kind === 'refuse-package' && (
          <Form.Item name="reason" label="理由">
            <Input maxLength={200} placeholder="替身按要求退回" />
          </Form.Item>
        )}
        <Button htmlType="submit" loading={order.isPending}>
          让它出错
        </Button>
      </Form>
      {order.error && <RefusalList problem={order.error} />}
    </>
  );
}

/** What was ordered and what came of it, row by row. */
function Ordered({ faults }: { faults: readonly FaultWire[] }) {
  return (
    <ol className="exchange-faults">
      {faults.map((fault, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same fault may be ordered twice
        <li key={index}>
          <b>{fault.title}</b>
          {fault.remaining !== null && `　已作用于 ${fault.hits} 个数据包，还有 ${fault.remaining} 个`}
          {fault.remaining === null && fault.rows.length === 0 && '　没有合适的记录，什么也没有改'}
          {fault.rows.length > 0 && (
            <ul>
              {fault.rows.map((row) => (
                <li key={row.contractNo}>
                  <span className="figure">{row.contractNo ?? '（空）'}</span>　{effectOf(fault, row)}
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ol>
  );
}

function effectOf({ kind }: FaultWire, { field, before, after, days }: FaultRow): string {
  const change = `${fieldTitles[field ?? ''] ?? field ?? ''} ${before ?? '（空）'} → ${after ?? '（空）'}`;
  if (kind === 'delay-rows') return `停在 ${days} 天前：${change}`;
  return effectTitles[kind] ?? change;
}
