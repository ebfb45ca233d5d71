import { Input, Tabs } from 'antd';
import type { z } from 'zod';
import type { institutionWire } from '../../../src/modules/institutions/contract.ts';
import { type Column, DataTable, StatusBadge, useFilters } from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { AliasTable } from './aliases.tsx';
import { BranchTable } from './branches.tsx';
import { MatchPanel } from './match.tsx';

type Bank = z.infer<typeof institutionWire>;

/** 银行与网点: the master data that names in imported files are matched against. */
export default function BankListPage() {
  const mayConfirm = useMay('imports.run');
  const [filters, setFilters] = useFilters();
  const tab = filters.tab ?? 'banks';
  return (
    <Page title="银行与网点" note="导入文件里的银行名称按别名对上；对不上的由人确认一次，以后自动识别">
      <Tabs
        activeKey={tab}
        onChange={(chosen) => setFilters({ tab: chosen === 'banks' ? undefined : chosen, q: undefined })}
        style={{ marginTop: -8 }}
        tabBarStyle={{ marginBottom: 10 }}
        destroyOnHidden
        items={[
          { key: 'banks', label: '银行', children: <BankTable /> },
          { key: 'branches', label: '网点', children: <BranchTable /> },
          { key: 'aliases', label: '已确认的别名', children: <AliasTable /> },
          ...(mayConfirm ? [{ key: 'match', label: '待确认的名称', children: <MatchPanel /> }] : []),
        ]}
      />
    </Page>
  );
}

function BankTable() {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  return (
    <DataTable<Bank>
      url="/api/institutions"
      filters={{ kind: 'bank', ...(filters.q ? { q: filters.q } : {}) }}
      columns={columns}
      rowKey={(row) => row.id}
      rowUrl={(row) => `/banks/${row.id}`}
      tools={
        <Input.Search
          allowClear
          key={`q${filters.q ?? ''}`}
          defaultValue={filters.q ?? ''}
          placeholder="名称、代码、拼音首字母"
          aria-label="查找银行"
          style={{ width: 230 }}
          onSearch={(q) => setFilters({ q: q.trim() })}
        />
      }
      empty={{ title: '没有符合条件的银行', next: '清空查找再看；新银行由再担保业务岗位在「机构」登记。' }}
      asOf={me.today}
      unit={null}
    />
  );
}

const columns: readonly Column<Bank>[] = [
  { key: 'name', title: '银行', width: 320, render: (row) => row.name },
  { key: 'shortName', title: '简称', width: 140, render: (row) => row.shortName },
  { key: 'code', title: '代码', width: 160, render: (row) => row.code },
  { key: 'regionName', title: '所在区划', width: 140, render: (row) => row.regionName },
  {
    key: 'status',
    title: '状态',
    width: 120,
    render: (row) => (
      <StatusBadge tone={row.status === 'active' ? 'good' : 'mute'}>
        {row.status === 'active' ? '在营' : '停业'}
      </StatusBadge>
    ),
  },
];
