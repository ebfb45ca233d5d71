import { App, Button, Select } from 'antd';
import { useState } from 'react';
import { classTitles, inspectionTitles } from '../../../src/modules/aftercare/contract/titles.ts';
import type { InspectionRow } from '../../../src/modules/aftercare/contract/watch.ts';
import { api } from '../../api.ts';
import {
  type Column,
  DataTable,
  InstitutionField,
  MoneyText,
  useFilters,
  useOwnGuarantor,
  useWrite,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { ActionDrawer } from './action-drawer.tsx';
import { Evidence } from './evidence.tsx';
import { Clock, InspectionStatus } from './looks.tsx';
import './aftercare.css';

type Planned = { readonly planned: number; readonly unverified: string | null };

/** 保后检查: what is planned by risk, what was found. */
export default function InspectionsPage() {
  const [filters, setFilters] = useFilters();
  const { message } = App.useApp();
  const mayWrite = useMay('aftercare.write');
  const own = useOwnGuarantor();
  const guarantorId = filters.guarantorId ?? (own === undefined ? undefined : String(own));
  const plan = useWrite(
    (id: string, options) => api.post<Planned>('/api/aftercare/inspections/plan', { guarantorId: Number(id) }, options),
    ({ planned }) => void message.success(planned > 0 ? `新排 ${planned} 笔检查` : '计划已是最新，没有新增'),
  );
  return (
    <Page
      title="保后检查"
      note="按在保余额、逾期和五级分类排定频次（占位规则，请按本单位制度调整）"
      actions={
        mayWrite &&
        guarantorId && (
          <Button type="primary" loading={plan.isPending} onClick={() => plan.mutate(guarantorId)}>
            排定检查
          </Button>
        )
      }
    >
      <InspectionTable
        filters={filters}
        tools={
          <>
            <Select
              allowClear
              placeholder="全部状态"
              aria-label="状态"
              style={{ width: 130 }}
              value={filters.status ?? null}
              options={Object.entries(inspectionTitles).map(([value, label]) => ({ value, label }))}
              onChange={(status) => setFilters({ status: status ?? undefined })}
            />
            <InstitutionField
              kind="guarantor"
              value={filters.guarantorId}
              onChange={(id) => setFilters({ guarantorId: id })}
              placeholder="全部机构"
            />
          </>
        }
      />
    </Page>
  );
}

type TableProps = {
  readonly filters: Readonly<Record<string, string | undefined>>;
  readonly tools?: React.ReactNode;
  readonly height?: number;
};

/** Inspections as a table, with the way to enter what was found. */
export function InspectionTable({ filters, tools, height }: TableProps) {
  const me = useMe();
  const [finishing, setFinishing] = useState<InspectionRow>();
  const mayWrite = useMay('aftercare.write');
  const does: Column<InspectionRow> = {
    key: 'does',
    title: '',
    width: 90,
    render: (row) =>
      mayWrite && row.status === 'open' ? (
        <button type="button" className="text-button" onClick={() => setFinishing(row)}>
          登记结果
        </button>
      ) : null,
  };
  return (
    <>
      <DataTable<InspectionRow>
        url="/api/aftercare/inspections"
        filters={filters}
        columns={[...columns, does]}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        tools={tools}
        {...(height ? { height } : {})}
        empty={{ title: '没有检查', next: '点「排定检查」按风险排出计划，或在保后档案里临时增加。' }}
        asOf={me.today}
      />
      {finishing && (
        <ActionDrawer
          title={`登记检查结果 · ${finishing.contractNo}`}
          isOpen
          close={() => setFinishing(undefined)}
          url={`/api/aftercare/inspections/${finishing.guarantorId}/${finishing.id}/finish`}
          initial={{ doneOn: me.today, class: finishing.class ?? 'normal' }}
          button="确认"
          fields={[
            { name: 'doneOn', label: '检查日', type: 'day' },
            {
              name: 'class',
              label: '五级分类',
              type: 'select',
              options: Object.entries(classTitles).map(([value, label]) => ({ value, label })),
            },
            { name: 'findings', label: '检查情况', type: 'area' },
          ]}
          below={() => <Evidence subject={`inspection:${finishing.guarantorId}/${finishing.id}`} item="inspection" />}
        />
      )}
    </>
  );
}

const columns: readonly Column<InspectionRow>[] = [
  { key: 'status', title: '状态', width: 84, render: (row) => <InspectionStatus of={row.status} /> },
  {
    key: 'due',
    title: '应检查日',
    width: 200,
    render: (row) => <Clock dueOn={row.dueOn} left={row.remainingWorkingDays} />,
  },
  { key: 'contract', title: '保证合同号', width: 180, render: (row) => row.contractNo },
  { key: 'customer', title: '客户', width: 200, render: (row) => row.customerName },
  { key: 'guarantor', title: '担保机构', width: 120, render: (row) => row.guarantorName },
  {
    key: 'outstanding',
    title: '在保余额',
    width: 110,
    isFigure: true,
    render: (row) => <MoneyText value={row.outstanding} />,
  },
  { key: 'basis', title: '依据', width: 190, render: (row) => row.basis },
  { key: 'class', title: '五级分类', width: 84, render: (row) => (row.class ? classTitles[row.class] : '') },
  { key: 'findings', title: '检查情况', width: 240, render: (row) => row.findings ?? '' },
];
