import { Button, Drawer, Form, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import type { GuarantorLineRow } from '../../../src/modules/limits/contract.ts';
import { api } from '../../api.ts';
import {
  type Column,
  DataTable,
  InstitutionField,
  MoneyText,
  RefusalList,
  requiredRule,
  StatusBadge,
  UnverifiedMark,
  useFilters,
  useWrite,
} from '../../fields/index.ts';
import { useMay, useMe } from '../../shell/session.ts';
import { lineLooks } from './titles.ts';
import { UsedBar } from './used-bar.tsx';

/** 年度额度 of every guarantor. */
export function GuarantorLines() {
  const me = useMe();
  const mayWrite = useMay('limits.write');
  const [filters, setFilters] = useFilters();
  return (
    <DataTable<GuarantorLineRow>
      url="/api/limits/guarantor-lines"
      filters={{ guarantorId: filters.guarantorId }}
      columns={columns}
      rowKey={(row) => row.id}
      rowUrl={(row) => `/limits/lines/${row.guarantorId}/${row.id}`}
      tools={
        <InstitutionField
          kind="guarantor"
          placeholder="全部担保机构"
          value={filters.guarantorId}
          onChange={(guarantorId) => setFilters({ guarantorId })}
        />
      }
      buttons={mayWrite && <ProposeLine />}
      empty={{ title: '还没有年度额度', next: '由省级再担保机构点「测算额度」；没有核定的机构不作限制。' }}
      asOf={me.today}
      basis="当年起始、省级分险的业务的主债权金额"
    />
  );
}

const columns: readonly Column<GuarantorLineRow>[] = [
  { key: 'year', title: '年度', width: 66, render: (row) => row.year },
  { key: 'guarantorName', title: '担保机构', width: 130, render: (row) => row.guarantorName },
  {
    key: 'status',
    title: '状态',
    width: 90,
    render: (row) => <StatusBadge tone={lineLooks[row.status].tone}>{lineLooks[row.status].title}</StatusBadge>,
  },
  { key: 'amount', title: '额度', width: 130, isFigure: true, render: (row) => <MoneyText value={row.amount} /> },
  { key: 'coefficient', title: '系数', width: 86, isFigure: true, render: (row) => row.coefficient },
  { key: 'used', title: '已用', width: 130, isFigure: true, render: (row) => <MoneyText value={row.used} /> },
  { key: 'reserved', title: '预留', width: 110, isFigure: true, render: (row) => <MoneyText value={row.reserved} /> },
  {
    key: 'bar',
    title: '使用情况',
    width: 160,
    render: (row) => <UsedBar used={row.used} reserved={row.reserved} amount={row.amount} />,
  },
  {
    key: 'mark',
    title: '标记',
    width: 70,
    render: (row) => row.unverified && <UnverifiedMark reason={row.unverified} />,
  },
];

type Entry = {
  guarantorId: string;
  year: number;
  document: string;
  filing?: string;
  returned?: string;
  grade?: string;
};

function ProposeLine() {
  const me = useMe();
  const [isOpen, setOpen] = useState(false);
  const write = useWrite(
    (body: unknown, options) => api.post<{ id: string }>('/api/limits/guarantor-lines', body, options),
    () => setOpen(false),
  );
  const send = ({ guarantorId, filing, returned, grade, ...rest }: Entry) =>
    write.mutate({
      ...rest,
      guarantorId: Number(guarantorId),
      filingRate: shareOf(filing),
      returnRate: shareOf(returned),
      grade: grade ?? null,
    });
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        测算额度
      </Button>
      <Drawer title="测算年度额度" open={isOpen} onClose={() => setOpen(false)} size={480} destroyOnHidden>
        <Form<Entry> layout="vertical" initialValues={{ year: Number(me.today.slice(0, 4)) }} onFinish={send}>
          <p className="muted">上年规模与五项指标由系统自台账取数；系统没有的三项在此填报，不填则不计分。</p>
          <Form.Item name="guarantorId" label="担保机构" rules={[requiredRule('担保机构')]}>
            <InstitutionField kind="guarantor" placeholder="选择担保机构" />
          </Form.Item>
          <Form.Item name="year" label="年度" rules={[requiredRule('年度')]}>
            <InputNumber min={2020} max={2199} />
          </Form.Item>
          <Form.Item name="filing" label="业务备案率">
            <InputNumber<string> stringMode min="0" max="100" suffix="%" controls={false} />
          </Form.Item>
          <Form.Item name="returned" label="代偿返还率">
            <InputNumber<string> stringMode min="0" max="100" suffix="%" controls={false} />
          </Form.Item>
          <Form.Item name="grade" label="机构评价">
            <Select
              allowClear
              placeholder="未评价则不填"
              options={['A', 'B', 'C'].map((value) => ({ value, label: value }))}
            />
          </Form.Item>
          <Form.Item name="document" label="依据" rules={[requiredRule('依据')]}>
            <Input maxLength={200} placeholder="测算说明或文件名" />
          </Form.Item>
          <div style={{ display: 'grid', gap: 12 }}>
            <RefusalList problem={write.error} />
            <Button type="primary" htmlType="submit" loading={write.isPending}>
              测算并提交核定
            </Button>
          </div>
        </Form>
      </Drawer>
    </>
  );
}

/** '95' or '95.5' percent as the wire's '0.95', '0.955': the decimal point moves two places, nothing is rounded. */
function shareOf(typed: string | undefined | null): string | null {
  if (!typed) return null;
  const [whole = '0', fraction = ''] = typed.split('.');
  const digits = whole.padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}${fraction}`;
}
