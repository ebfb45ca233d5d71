import { PlusOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button, Select } from 'antd';
import type { z } from 'zod';
import type { runRow } from '../../../src/modules/subsidies/contract.ts';
import {
  type Column,
  CountText,
  DataTable,
  MoneyText,
  RegionField,
  StatusBadge,
  useFilters,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { Placeholder, runKindTitles, runLooks } from './looks.tsx';
import './subsidies.css';

type RunRow = z.infer<typeof runRow>;

/** 补偿补贴: every prepayment and settlement, computed on final certificates and nothing else. */
export default function RunsPage() {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  const { kind, year, region, status } = filters;
  const thisYear = Number(me.today.slice(0, 4));
  const choice = (name: string, placeholder: string, options: { value: string; label: string }[]) => (
    <Select
      allowClear
      placeholder={placeholder}
      aria-label={placeholder}
      style={{ width: 120 }}
      value={filters[name] ?? null}
      options={options}
      onChange={(chosen) => setFilters({ [name]: chosen ?? undefined })}
    />
  );
  return (
    <Page
      title="补偿补贴"
      note="谁受益、谁补偿、谁补贴：当年按凭证预拨，下年清算；只认已定稿的季度反馈凭证，每一分都能查到哪一笔、哪一条。"
      actions={
        <>
          <Link to={'/subsidies/schemes' as string}>
            <Button>办法</Button>
          </Link>
          <Link to={'/subsidies/payments' as string}>
            <Button>拨付与收回</Button>
          </Link>
          {useMay('subsidies.compute') && (
            <Link to={'/subsidies/new' as string}>
              <Button type="primary" icon={<PlusOutlined />}>
                测算
              </Button>
            </Link>
          )}
        </>
      }
    >
      <DataTable<RunRow>
        url="/api/subsidies/runs"
        filters={{ kind, year, region, status }}
        columns={columns}
        rowKey={(row) => row.id}
        rowUrl={(row) => `/subsidies/${row.id}`}
        basis="已定稿的季度反馈凭证"
        tools={
          <>
            {choice(
              'kind',
              '预拨与清算',
              Object.entries(runKindTitles).map(([value, label]) => ({ value, label })),
            )}
            {choice(
              'year',
              '全部年度',
              [0, 1, 2, 3].map((back) => ({ value: String(thisYear - back), label: `${thisYear - back} 年` })),
            )}
            <RegionField value={region} onChange={(code) => setFilters({ region: code })} />
            {choice(
              'status',
              '全部状态',
              Object.entries(runLooks).map(([value, look]) => ({ value, label: look.title })),
            )}
          </>
        }
        empty={{ title: '还没有测算过', next: '凭证定稿、办法采用以后，点“测算”先试算，再提交核定。' }}
      />
    </Page>
  );
}

const columns: readonly Column<RunRow>[] = [
  { key: 'id', title: '批次', width: 70, isFigure: true, render: (row) => row.id },
  { key: 'kind', title: '类型', width: 110, render: (row) => `${row.year} 年${row.kindTitle}` },
  { key: 'region', title: '地区', width: 130, render: (row) => row.regionName },
  {
    key: 'status',
    title: '状态',
    width: 100,
    render: (row) => <StatusBadge tone={runLooks[row.status].tone}>{runLooks[row.status].title}</StatusBadge>,
  },
  { key: 'rows', title: '逐笔', width: 90, isFigure: true, render: (row) => <CountText value={row.rowCount} /> },
  {
    key: 'eligible',
    title: '应补笔数',
    width: 90,
    isFigure: true,
    render: (row) => <CountText value={row.eligibleCount} />,
  },
  {
    key: 'total',
    title: '应补合计',
    width: 150,
    isFigure: true,
    render: (row) => (
      <>
        <Placeholder when={row.placeholder} /> <MoneyText value={row.total} />
      </>
    ),
  },
  { key: 'payable', title: '本次拨付', width: 130, isFigure: true, render: (row) => <MoneyText value={row.payable} /> },
  { key: 'asOf', title: '测算日', width: 100, render: (row) => row.asOf },
  { key: 'by', title: '测算人', width: 90, render: (row) => row.computedBy },
  { key: 'letter', title: '文号', width: 170, render: (row) => row.letterNumber ?? '' },
];
