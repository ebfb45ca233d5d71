import { Input, Select, Tree } from 'antd';
import { useMemo } from 'react';
import {
  type Column,
  DataTable,
  DayText,
  type Region,
  StatusBadge,
  useFilters,
  useRegions,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { type Institution, kindTitles, levelTitles, licenceTitles, statusTitles } from './titles.ts';
import './institutions.css';

/** 机构: by the tree of regions and by kind. */
export default function InstitutionListPage() {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  return (
    <Page title="机构" note="担保、再担保、银行、财政、监管等全部机构；区划依 GB/T 2260">
      <div className="institutions">
        <RegionTree chosen={filters.region} choose={(region) => setFilters({ region })} />
        <DataTable<Institution>
          url="/api/institutions"
          filters={filters}
          columns={columns}
          rowKey={(row) => row.id}
          rowUrl={(row) => (row.kind === 'bank' ? `/banks/${row.id}` : `/institutions/${row.id}`)}
          tools={
            <>
              <Input.Search
                allowClear
                key={`q${filters.q ?? ''}`}
                defaultValue={filters.q ?? ''}
                placeholder="名称、代码、拼音首字母"
                aria-label="查找机构"
                style={{ width: 230 }}
                onSearch={(q) => setFilters({ q: q.trim() })}
              />
              <Select
                allowClear
                placeholder="全部类别"
                aria-label="类别"
                style={{ width: 160 }}
                value={filters.kind ?? null}
                options={Object.entries(kindTitles).map(([value, label]) => ({ value, label }))}
                onChange={(kind) => setFilters({ kind: kind ?? undefined })}
              />
              <Select
                allowClear
                placeholder="层级"
                aria-label="层级"
                style={{ width: 90 }}
                value={filters.level ?? null}
                options={Object.entries(levelTitles).map(([value, label]) => ({ value, label }))}
                onChange={(level) => setFilters({ level: level ?? undefined })}
              />
            </>
          }
          empty={{ title: '没有符合条件的机构', next: '在左侧换一个区域，或清空类别与查找。' }}
          asOf={me.today}
          unit={null}
        />
      </div>
    </Page>
  );
}

type Node = { key: string; title: string; children?: Node[] };

function RegionTree({ chosen, choose }: { chosen: string | undefined; choose: (code: string | undefined) => void }) {
  const { data: regions = [] } = useRegions();
  const tree = useMemo(() => treeOf(regions), [regions]);
  return (
    <aside className="panel institutions-tree" aria-label="区划">
      {tree.length > 0 && (
        <Tree
          blockNode
          treeData={tree}
          defaultExpandedKeys={['140000']}
          selectedKeys={chosen ? [chosen] : []}
          onSelect={([key]) => choose(key === undefined ? undefined : String(key))}
        />
      )}
    </aside>
  );
}

function treeOf(regions: readonly Region[]): Node[] {
  const children = Map.groupBy(regions, (each) => each.parentCode ?? '');
  const below = (code: string): Node[] =>
    (children.get(code) ?? []).map((each) => {
      const nested = below(each.code);
      return { key: each.code, title: each.name, ...(nested.length > 0 ? { children: nested } : {}) };
    });
  return below('');
}

const columns: readonly Column<Institution>[] = [
  { key: 'name', title: '机构名称', width: 236, render: (row) => row.name },
  { key: 'kind', title: '类别', width: 128, render: (row) => kindTitles[row.kind] },
  { key: 'level', title: '层级', width: 56, render: (row) => levelTitles[row.level] },
  { key: 'regionName', title: '所在区划', width: 80, render: (row) => row.regionName },
  { key: 'code', title: '机构代码', width: 178, render: (row) => row.code },
  {
    key: 'licence',
    title: '许可证',
    width: 78,
    render: (row) =>
      row.licenceStatus ? (
        <StatusBadge tone={licenceTitles[row.licenceStatus].tone}>{licenceTitles[row.licenceStatus].title}</StatusBadge>
      ) : (
        '—'
      ),
  },
  {
    key: 'status',
    title: '状态',
    width: 78,
    render: (row) => <StatusBadge tone={statusTitles[row.status].tone}>{statusTitles[row.status].title}</StatusBadge>,
  },
  { key: 'openedOn', title: '开业日', width: 98, render: (row) => <DayText value={row.openedOn} /> },
];
