import { Link } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import type { CustomerRow } from '../../../src/modules/customers/contract.ts';
import {
  type Column,
  DataTable,
  InstitutionField,
  MoneyText,
  RegionField,
  StatusBadge,
  useFilters,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { kindTitles, sizeTone } from './titles.ts';

/** 客户: enterprises, 个体户 and farmers of the guarantors one may see. */
export default function CustomerListPage() {
  const me = useMe();
  const mayRegister = useMay('customers.write');
  const [filters, setFilters] = useFilters();
  return (
    <Page
      title="客户"
      note="证件号码按岗位显示；划型按申报数据计算，证据留存"
      actions={
        mayRegister && (
          <Link to={'/customers/new' as string}>
            <Button type="primary">客户建档</Button>
          </Link>
        )
      }
    >
      <DataTable<CustomerRow>
        url="/api/customers"
        filters={filters}
        columns={columns}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        rowUrl={(row) => `/customers/${row.guarantorId}/${row.id}`}
        tools={
          <>
            <Input.Search
              allowClear
              key={`q${filters.q ?? ''}`}
              defaultValue={filters.q ?? ''}
              placeholder="名称、证件号、拼音首字母"
              aria-label="查找客户"
              style={{ width: 250 }}
              onSearch={(q) => setFilters({ q: q.trim() })}
            />
            <InstitutionField
              kind="guarantor"
              placeholder="全部担保机构"
              value={filters.guarantorId}
              onChange={(guarantorId) => setFilters({ guarantorId })}
            />
            <RegionField
              countyOnly
              placeholder="全部县（市、区）"
              value={filters.county}
              onChange={(county) => setFilters({ county })}
            />
          </>
        }
        empty={{ title: '没有符合条件的客户', next: '放宽条件再查；新客户点「客户建档」，或随业务数据一起导入。' }}
        asOf={me.today}
        basis="合同口径（主债权本金）"
      />
    </Page>
  );
}

const columns: readonly Column<CustomerRow>[] = [
  { key: 'name', title: '客户名称', width: 240, render: (row) => row.name },
  { key: 'kind', title: '类别', width: 96, render: (row) => kindTitles[row.kind] },
  { key: 'identityNo', title: '证件号码', width: 180, render: (row) => row.identityNo },
  { key: 'countyName', title: '所在县', width: 100, render: (row) => row.countyName },
  { key: 'industryCode', title: '行业代码', width: 84, render: (row) => row.industryCode ?? '—' },
  {
    key: 'sizeClass',
    title: '划型',
    width: 96,
    render: (row) => <StatusBadge tone={sizeTone(row.sizeClass)}>{row.sizeClass}</StatusBadge>,
  },
  { key: 'groupName', title: '关联集团', width: 140, render: (row) => row.groupName ?? '—' },
  {
    key: 'outstanding',
    title: '在保余额',
    width: 120,
    isFigure: true,
    render: (row) => <MoneyText value={row.outstanding} />,
  },
  { key: 'guarantorName', title: '担保机构', width: 130, render: (row) => row.guarantorName },
];
