import { Link, useRouter } from '@tanstack/react-router';
import { Button, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import type { AdmissionRow, AdmissionState } from '../../../src/modules/admissions/contract.ts';
import { api } from '../../api.ts';
import {
  type Column,
  DataTable,
  DayText,
  InstitutionField,
  RefusalList,
  requiredRule,
  StatusBadge,
  useFilters,
  useWrite,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { stateLooks } from './titles.ts';

/** 银行准入: one admission serves the whole system. */
export default function AdmissionListPage() {
  const me = useMe();
  const mayWrite = useMay('admissions.write');
  const [filters, setFilters] = useFilters();
  return (
    <Page
      title="银行准入"
      note="集中准入：省级评估一次，全体系通用；到期、暂停或退出后不得新签协议"
      actions={
        <>
          <Link to={'/admissions/scorecards' as string}>准入评分卡</Link>
          {mayWrite && <NewApplication />}
        </>
      }
    >
      <DataTable<AdmissionRow>
        url="/api/admissions"
        filters={filters}
        columns={columns}
        rowKey={(row) => row.id}
        rowUrl={(row) => `/admissions/${row.id}`}
        tools={
          <>
            <InstitutionField
              kind="bank"
              placeholder="全部银行"
              value={filters.bankId}
              onChange={(bankId) => setFilters({ bankId })}
            />
            <Select
              aria-label="状态"
              allowClear
              placeholder="全部状态"
              style={{ width: 130 }}
              value={filters.state ?? null}
              onChange={(state) => setFilters({ state: state ?? undefined })}
              options={Object.entries(stateLooks).map(([value, { title }]) => ({ value, label: title }))}
            />
          </>
        }
        empty={{ title: '没有符合条件的准入', next: '放宽条件再查；新的银行由省级再担保机构点「受理申请」。' }}
        asOf={me.today}
        basis="按今日看的状态"
        unit={null}
      />
    </Page>
  );
}

const columns: readonly Column<AdmissionRow>[] = [
  { key: 'bankName', title: '银行', width: 150, render: (row) => row.bankName },
  { key: 'state', title: '状态', width: 100, render: (row) => <State state={row.state} /> },
  { key: 'score', title: '得分', width: 70, isFigure: true, render: (row) => row.score ?? '—' },
  { key: 'grade', title: '等级', width: 70, render: (row) => row.grade ?? '—' },
  { key: 'from', title: '准入起', width: 110, render: (row) => <DayText value={row.from} /> },
  { key: 'to', title: '准入止', width: 110, render: (row) => <DayText value={row.to} /> },
  { key: 'reviewDueOn', title: '下次复审', width: 110, render: (row) => <DayText value={row.reviewDueOn} /> },
  {
    key: 'products',
    title: '产品范围',
    width: 180,
    render: (row) => (row.products.length === 0 ? '全部产品' : row.products.join('、')),
  },
  { key: 'appliedOn', title: '受理日', width: 110, render: (row) => <DayText value={row.appliedOn} /> },
];

const State = ({ state }: { state: AdmissionState }) => (
  <StatusBadge tone={stateLooks[state].tone}>{stateLooks[state].title}</StatusBadge>
);

function NewApplication() {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const write = useWrite(
    (body: unknown, options) => api.post<{ id: string }>('/api/admissions', body, options),
    ({ id }) => router.history.push(`/admissions/${id}`),
  );
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        受理申请
      </Button>
      <Modal title="受理银行准入申请" open={isOpen} footer={null} onCancel={() => setOpen(false)} destroyOnHidden>
        <Form<{ bankId: string; summary: string }>
          layout="vertical"
          onFinish={({ bankId, summary }) => write.mutate({ bankId: Number(bankId), summary, products: [] })}
        >
          <Form.Item name="bankId" label="银行" rules={[requiredRule('银行')]}>
            <InstitutionField kind="bank" placeholder="选择银行" width={330} />
          </Form.Item>
          <Form.Item name="summary" label="申请情况" rules={[requiredRule('申请情况')]}>
            <Input.TextArea rows={4} maxLength={1000} placeholder="合作产品、分担比例、投放计划等" />
          </Form.Item>
          <div style={{ display: 'grid', gap: 12 }}>
            <RefusalList problem={write.error} />
            <Button type="primary" htmlType="submit" loading={write.isPending}>
              受理
            </Button>
          </div>
        </Form>
      </Modal>
    </>
  );
}
