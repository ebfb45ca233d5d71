import { useQuery } from '@tanstack/react-query';
import { Button, Form, InputNumber, Select } from 'antd';
import { ApiProblem, api } from '../../api.ts';
import { RefusalList, useWrite } from '../../fields/index.ts';
import { Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';

/** What the stand-in has been told to do wrong: GET, POST, DELETE /api/exchange/stand-in/faults. */
type Fault = {
  readonly kind: string;
  readonly title: string;
  readonly rows: readonly {
    readonly contractNo: string | null;
    readonly field: string | null;
    readonly before: string | null;
    readonly after: string | null;
  }[];
};
type Order = { kind: string; count: number };

const url = '/api/exchange/stand-in/faults';
const kinds = [
  { value: 'lose-rows', label: '丢失若干笔' },
  { value: 'duplicate-rows', label: '若干笔重复' },
  { value: 'delay-rows', label: '若干笔滞后' },
  { value: 'alter-rows', label: '改动若干笔的金额' },
  { value: 'null-key-rows', label: '若干笔合同号丢失' },
  { value: 'lose-package', label: '吞掉以后的数据包' },
  { value: 'refuse-package', label: '退回以后的数据包' },
];

/** Only in a demo, only for those who run it: lets the stand-in make the mistakes that reconciliation has to find. */
export function FaultPanel() {
  const isAllowed = useMay('demo.control');
  const me = useMe();
  const query = useQuery({
    queryKey: ['exchange', 'faults'],
    queryFn: ({ signal }) => api.get<{ rows: readonly Fault[] }>(url, {}, signal),
    enabled: me.demo && isAllowed,
    retry: false,
  });
  const order = useWrite((body: Order, options) => api.post(url, body, options));
  const undo = useWrite((_: undefined, options) => api.remove(url, options));
  const isAbsent = query.error instanceof ApiProblem && query.error.status === 404;
  if (!me.demo || !isAllowed || isAbsent) return null;
  const done = query.data?.rows ?? [];
  return (
    <Panel title="演示：让监测系统替身出错" note="只作用于替身的数据，平台自己的台账一分不动；数据核对应当正好找出这些">
      <Form<Order>
        layout="inline"
        initialValues={{ kind: 'alter-rows', count: 2 }}
        onFinish={(body) => order.mutate(body)}
      >
        <Form.Item name="kind">
          <Select style={{ width: 190 }} options={kinds} aria-label="出什么错" />
        </Form.Item>
        <Form.Item name="count" label="笔数">
          <InputNumber min={1} max={100} />
        </Form.Item>
        <Button htmlType="submit" loading={order.isPending}>
          出错
        </Button>
        {done.length > 0 && (
          <Button type="link" loading={undo.isPending} onClick={() => undo.mutate(undefined)}>
            全部撤销
          </Button>
        )}
      </Form>
      {(order.error ?? undo.error) && <RefusalList problem={order.error ?? undo.error} />}
      {done.length > 0 && (
        <ul className="exchange-problems">
          {done.map((fault, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same fault may be ordered twice
            <li key={index}>
              {fault.title}
              {fault.rows.length > 0 && `：${fault.rows.map((row) => row.contractNo ?? '（空）').join('、')}`}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
