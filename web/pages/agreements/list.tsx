import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import type { AgreementRow } from '../../../src/modules/agreements/contract.ts';
import {
  type Column,
  DataTable,
  DayText,
  InstitutionField,
  RatioText,
  SplitBar,
  SplitLegend,
  StatusBadge,
  useFilters,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';

/** 合作协议: bank × guarantor × product, with the split in force today. */
export default function AgreementListPage() {
  const me = useMe();
  const mayWrite = useMay('agreements.write');
  const [filters, setFilters] = useFilters();
  return (
    <Page
      title="合作协议"
      note="银行 × 担保机构 × 产品；保函起始日当天的版本锁定到该笔"
      actions={
        mayWrite && (
          <Link to={'/agreements/new' as string}>
            <Button type="primary">登记协议</Button>
          </Link>
        )
      }
    >
      <DataTable<AgreementRow>
        url="/api/agreements"
        filters={filters}
        columns={columns}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        rowUrl={(row) => `/agreements/${row.guarantorId}/${row.id}`}
        tools={
          <>
            <InstitutionField
              kind="guarantor"
              placeholder="全部担保机构"
              value={filters.guarantorId}
              onChange={(guarantorId) => setFilters({ guarantorId })}
            />
            <InstitutionField
              kind="bank"
              placeholder="全部银行"
              value={filters.bankId}
              onChange={(bankId) => setFilters({ bankId })}
            />
            <SplitLegend />
          </>
        }
        empty={{ title: '没有符合条件的协议', next: '放宽条件再查；新签协议点「登记协议」。' }}
        asOf={me.today}
        basis="今日有效的版本"
        unit={null}
      />
    </Page>
  );
}

const columns: readonly Column<AgreementRow>[] = [
  { key: 'contractNo', title: '协议编号', width: 165, render: (row) => row.contractNo },
  { key: 'guarantorName', title: '担保机构', width: 110, render: (row) => row.guarantorName },
  { key: 'bankName', title: '合作银行', width: 112, render: (row) => row.bankName },
  { key: 'productName', title: '产品', width: 128, render: (row) => row.productName },
  {
    key: 'split',
    title: '风险分担',
    width: 224,
    render: (row) => (row.current ? <SplitBar shares={row.current} thin /> : '—'),
  },
  {
    key: 'feeRate',
    title: '年费率',
    width: 72,
    isFigure: true,
    render: (row) => <RatioText value={row.current?.feeRate ?? null} />,
  },
  {
    key: 'claimRatioCap',
    title: '代偿率上限',
    width: 90,
    isFigure: true,
    render: (row) => <RatioText value={row.current?.claimRatioCap ?? null} />,
  },
  { key: 'from', title: '本版起', width: 100, render: (row) => <DayText value={row.current?.from ?? null} /> },
  {
    key: 'state',
    title: '状态',
    width: 110,
    render: (row) =>
      row.current ? (
        <StatusBadge tone="good">{`有效 第${row.current.version}版`}</StatusBadge>
      ) : (
        <StatusBadge tone="mute">今日无有效版本</StatusBadge>
      ),
  },
];
