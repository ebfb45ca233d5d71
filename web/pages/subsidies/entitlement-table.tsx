import { Input, Select } from 'antd';
import type { z } from 'zod';
import type { entitlementRow } from '../../../src/modules/subsidies/contract.ts';
import { type Column, DataTable, InstitutionField, MoneyText, StatusBadge, useFilters } from '../../fields/index.ts';
import { EntitlementDrawer } from './entitlement-drawer.tsx';
import { Placeholder } from './looks.tsx';
import type { RunDetail } from './run.tsx';

export type Entitlement = z.infer<typeof entitlementRow>;

/** Every loan under every scheme, paid for or not; a row opens how its amount came about. */
export function EntitlementTable({ run, url }: { run: RunDetail; url: string }) {
  const [filters, setFilters] = useFilters();
  const { eligible, schemeId, guarantorId, contractNo } = filters;
  const here = new URLSearchParams(
    Object.entries({ tab: 'loans', eligible, schemeId, guarantorId, contractNo }).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value]],
    ),
  );
  return (
    <>
      <DataTable<Entitlement>
        url={`${url}/entitlements`}
        filters={{ eligible, schemeId, guarantorId, contractNo }}
        columns={columns}
        rowKey={(row) => String(row.seq)}
        rowUrl={(row) => `/subsidies/${run.id}?${here}&seq=${row.seq}`}
        asOf={run.asOf}
        basis="已定稿的季度反馈凭证；点一行看怎么算的"
        tools={
          <>
            <Select
              allowClear
              placeholder="补与不补"
              aria-label="补与不补"
              style={{ width: 110 }}
              value={eligible ?? null}
              options={[
                { value: 'true', label: '应补' },
                { value: 'false', label: '不补' },
              ]}
              onChange={(chosen) => setFilters({ eligible: chosen ?? undefined })}
            />
            <Select
              allowClear
              placeholder="全部办法"
              aria-label="办法"
              style={{ width: 220 }}
              value={schemeId ?? null}
              options={run.schemes.map((scheme) => ({ value: String(scheme.id), label: scheme.title }))}
              onChange={(chosen) => setFilters({ schemeId: chosen ?? undefined })}
            />
            <InstitutionField
              kind="guarantor"
              width={170}
              value={guarantorId}
              onChange={(chosen) => setFilters({ guarantorId: chosen })}
            />
            <Input.Search
              allowClear
              placeholder="合同号"
              style={{ width: 170 }}
              defaultValue={contractNo ?? ''}
              onSearch={(text) => setFilters({ contractNo: text.trim() || undefined })}
            />
          </>
        }
        empty={{ title: '没有这样的逐笔', next: '换一个条件再看。' }}
      />
      <EntitlementDrawer url={url} seq={filters.seq} close={() => setFilters({ seq: undefined })} />
    </>
  );
}

const columns: readonly Column<Entitlement>[] = [
  { key: 'contract', title: '合同号', width: 160, render: (row) => row.contractNo },
  { key: 'guarantor', title: '机构', width: 120, render: (row) => row.guarantor },
  { key: 'county', title: '县区', width: 90, render: (row) => row.countyName },
  { key: 'quarter', title: '季度', width: 90, render: (row) => row.quarter },
  {
    key: 'scheme',
    title: '办法',
    width: 220,
    render: (row) => (
      <>
        <Placeholder when={row.placeholder} /> {row.scheme}
      </>
    ),
  },
  {
    key: 'eligible',
    title: '结论',
    width: 200,
    render: (row) => (
      <StatusBadge tone={row.eligible ? 'good' : 'mute'}>
        {row.eligible ? '应补' : `不补：${row.reason ?? ''}`}
      </StatusBadge>
    ),
  },
  {
    key: 'computed',
    title: '公式算出',
    width: 100,
    isFigure: true,
    render: (row) => <MoneyText value={row.computed} />,
  },
  { key: 'cap', title: '上限扣减', width: 90, isFigure: true, render: (row) => <MoneyText value={row.capCut} /> },
  {
    key: 'overlap',
    title: '重复扣减',
    width: 90,
    isFigure: true,
    render: (row) => <MoneyText value={row.overlapCut} />,
  },
  { key: 'amount', title: '应补', width: 100, isFigure: true, render: (row) => <MoneyText value={row.amount} /> },
  { key: 'province', title: '省', width: 90, isFigure: true, render: (row) => <MoneyText value={row.province} /> },
  { key: 'city', title: '市', width: 90, isFigure: true, render: (row) => <MoneyText value={row.city} /> },
  { key: 'local', title: '县', width: 90, isFigure: true, render: (row) => <MoneyText value={row.local} /> },
  { key: 'certificate', title: '凭证', width: 180, render: (row) => row.certificateNumber },
];
