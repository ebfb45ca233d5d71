import { Select } from 'antd';
import type { PackageWire } from '../../../src/modules/exchange/contract.ts';
import {
  type Column,
  CountText,
  DataTable,
  DayField,
  InstitutionField,
  MoneyText,
  StatusBadge,
  showInstant,
  useFilters,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { StandInMark } from './board.tsx';
import { kindTitles, packageLooks, packageUrl } from './looks.ts';
import './exchange.css';

/** Every package ever made, newest first. */
export default function PackagesPage() {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  const { guarantorId, from, to, status } = filters;
  return (
    <Page
      title="数据包清单"
      trail={[{ title: '日报送', to: '/exchange' }]}
      note={me.demo ? <StandInMark /> : undefined}
    >
      <DataTable<PackageWire>
        url="/api/exchange/packages"
        filters={{ guarantorId, from, to, status }}
        columns={columns}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        rowUrl={packageUrl}
        basis="合同口径（主债权本金），按发生日"
        tools={
          <>
            <InstitutionField
              kind="guarantor"
              value={guarantorId}
              onChange={(chosen) => setFilters({ guarantorId: chosen })}
            />
            <DayField value={from} placeholder="业务日起" onChange={(day) => setFilters({ from: day })} />
            <DayField value={to} placeholder="业务日止" onChange={(day) => setFilters({ to: day })} />
            <Select
              allowClear
              placeholder="全部状态"
              aria-label="状态"
              style={{ width: 140 }}
              value={status ?? null}
              options={Object.entries(packageLooks).map(([value, look]) => ({ value, label: look.title }))}
              onChange={(chosen) => setFilters({ status: chosen ?? undefined })}
            />
          </>
        }
        empty={{ title: '还没有数据包', next: '在「日报送」点“立即报送”，或等次日 06:00 自动报送。' }}
      />
    </Page>
  );
}

const columns: readonly Column<PackageWire>[] = [
  { key: 'day', title: '业务日', width: 100, render: (row) => row.businessDay },
  { key: 'name', title: '机构', width: 200, render: (row) => row.guarantorName },
  {
    key: 'kind',
    title: '类型',
    width: 110,
    render: (row) => (
      <span title={row.cause ?? undefined}>
        {kindTitles[row.kind]}
        {row.version > 1 && ` 第 ${row.version} 版`}
      </span>
    ),
  },
  {
    key: 'status',
    title: '状态',
    width: 130,
    render: (row) => <StatusBadge tone={packageLooks[row.status].tone}>{packageLooks[row.status].title}</StatusBadge>,
  },
  {
    key: 'guarantees',
    title: '在保笔数',
    width: 90,
    isFigure: true,
    render: (row) => <CountText value={row.guarantees} />,
  },
  {
    key: 'outstanding',
    title: '在保余额',
    width: 130,
    isFigure: true,
    render: (row) => <MoneyText value={row.outstanding} />,
  },
  {
    key: 'movements',
    title: '变动笔数',
    width: 90,
    isFigure: true,
    render: (row) => <CountText value={row.movements} />,
  },
  { key: 'late', title: '其中补登', width: 90, isFigure: true, render: (row) => <CountText value={row.late} /> },
  { key: 'answered', title: '回执时间', width: 140, render: (row) => showInstant(row.answeredAt) },
  {
    key: 'hash',
    title: '内容摘要',
    width: 150,
    render: (row) => <code title={row.contentHash}>{row.contentHash.slice(0, 16)}</code>,
  },
];
