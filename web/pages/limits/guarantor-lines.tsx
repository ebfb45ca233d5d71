import { useRouter } from '@tanstack/react-router';
import { Form, Input, InputNumber, Select } from 'antd';
import { useRef } from 'react';
import type { GuarantorLineRow } from '../../../src/modules/limits/contract.ts';
import {
  type Column,
  DataTable,
  DrawerForm,
  InstitutionField,
  MoneyText,
  requiredRule,
  StatusBadge,
  UnverifiedMark,
  useFilters,
} from '../../fields/index.ts';
import { useMay, useMe } from '../../shell/session.ts';
import { ratioOfPercent } from './percent.ts';
import { RecordOwnership } from './record-ownership.tsx';
import { lineLooks } from './titles.ts';
import { UsedBar } from './used-bar.tsx';

/** 年度额度 of every guarantor. */
export function GuarantorLines() {
  const me = useMe();
  const mayWrite = useMay('limits.write');
  const mayRecord = useMay('customers.write');
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
      buttons={
        <>
          {mayRecord && <RecordOwnership />}
          {mayWrite && <ProposeLine />}
        </>
      }
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
  reason?: string;
  returned?: string;
  grade?: string;
};

function ProposeLine() {
  const me = useMe();
  const router = useRouter();
  const guarantorOf = useRef('');
  return (
    <DrawerForm<Entry>
      note="上年规模与六项指标由系统自台账与备案取数；系统没有的两项在此填报，不填则不计分。"
      opener="测算额度"
      title="测算年度额度"
      send="测算并提交审定"
      url="/api/limits/guarantor-lines"
      initial={{ year: Number(me.today.slice(0, 4)) }}
      bodyOf={({ guarantorId, filing, reason, returned, grade, ...rest }) => {
        guarantorOf.current = guarantorId;
        return {
          ...rest,
          guarantorId: Number(guarantorId),
          filingRate: ratioOfPercent(filing),
          filingRateReason: reason || null,
          returnRate: ratioOfPercent(returned),
          grade: grade ?? null,
        };
      }}
      then={({ id }) => router.history.push(`/limits/lines/${guarantorOf.current}/${id}`)}
    >
      <Form.Item name="guarantorId" label="担保机构" rules={[requiredRule('担保机构')]}>
        <InstitutionField kind="guarantor" placeholder="选择担保机构" />
      </Form.Item>
      <Form.Item name="year" label="年度" rules={[requiredRule('年度')]}>
        <InputNumber min={2020} max={2199} />
      </Form.Item>
      <Form.Item name="filing" label="业务备案率（不填则按备案数据计算）">
        <InputNumber<string> stringMode min="0" max="100" suffix="%" controls={false} />
      </Form.Item>
      <Form.Item name="reason" label="改用填报备案率的理由">
        <Input maxLength={400} placeholder="填了备案率、系统又有备案数据时必填" />
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
    </DrawerForm>
  );
}
