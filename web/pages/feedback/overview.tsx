import { ExportOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Popconfirm, Table } from 'antd';
import { parseDay } from '../../../src/kernel/day.ts';
import { parseQuarter, quarterOf } from '../../../src/kernel/month.ts';
import type { CertificateListRow } from '../../../src/modules/feedback/contract.ts';
import { api, type Listing, withQuery } from '../../api.ts';
import {
  CountText,
  FootLine,
  MoneyText,
  QuarterField,
  RefusalList,
  StatusBadge,
  showWireQuarter,
  useFilters,
  useWrite,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { EmptyState, QueryState } from '../../shell/states.tsx';
import { certificateLooks } from './looks.tsx';
import { ReadinessPanel } from './readiness-panel.tsx';
import './feedback.css';

/** 季度反馈: one quarter's certificates as a tree of province, cities and counties; or what still stands in the way. */
export default function FeedbackPage() {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  const newest = lastEnded(me.today);
  const quarter = filters.quarter ?? newest;
  const maySeal = useMay('feedback.seal');
  const query = useQuery({
    queryKey: ['feedback', 'certificates', quarter],
    queryFn: ({ signal }) =>
      api.get<Listing<CertificateListRow>>('/api/feedback/certificates', { quarter, limit: 500 }, signal),
  });
  const rows = query.data?.rows ?? [];
  return (
    <Page
      title="季度反馈"
      note="与监测系统核对一致后封存的数字，按县、市、省出具凭证；补偿补贴只认已定稿的凭证。"
      actions={
        <>
          <QuarterField value={quarter} newest={newest} onChange={(chosen) => setFilters({ quarter: chosen })} />
          <Link to={'/feedback/objections' as string}>
            <Button>异议</Button>
          </Link>
          {maySeal && rows.some((row) => row.status === 'published') && <FinaliseButton quarter={quarter} />}
        </>
      }
    >
      <QueryState query={query} rows={12}>
        {({ rows: found }) =>
          found.length > 0 ? (
            <CertificateTree rows={found} quarter={quarter} />
          ) : maySeal ? (
            <ReadinessPanel quarter={quarter} />
          ) : (
            <Panel>
              <EmptyState
                title={`${showWireQuarter(quarter)}还没有封存`}
                next="省级再担保机构在核对无差异（或差异全部说明）后封存，届时这里会有本地区的凭证。可先选别的季度。"
              />
            </Panel>
          )
        }
      </QueryState>
    </Page>
  );
}

/** The newest quarter that is over. */
function lastEnded(today: string): string {
  const now = quarterOf(parseDay(today)!);
  const index = Number(now.slice(0, 4)) * 4 + Number(now.slice(6)) - 2;
  return parseQuarter(`${Math.floor(index / 4)}-Q${(index % 4) + 1}`) ?? now;
}

function FinaliseButton({ quarter }: { quarter: string }) {
  const finalise = useWrite((_: undefined, options) =>
    api.post<{ finalised: number }>(`/api/feedback/quarters/${quarter}/finalisation`, {}, options),
  );
  return (
    <>
      {finalise.error && <RefusalList problem={finalise.error} />}
      <Popconfirm
        title="把异议期已满、异议已清的凭证定稿？"
        description="定稿后只能用更正凭证改，不能撤回；没有满期或还有异议的不受影响。"
        okText="定稿"
        cancelText="取消"
        onConfirm={() => finalise.mutate(undefined)}
      >
        <Button type="primary" loading={finalise.isPending}>
          {finalise.data ? `已定稿 ${finalise.data.finalised} 份` : '满期定稿'}
        </Button>
      </Popconfirm>
    </>
  );
}

type Node = CertificateListRow & { children?: Node[] };

/** Rows nested by region code: 140000 ⊃ 140100 ⊃ 140105. A region whose parent is out of sight stands at the top. */
function toTree(rows: readonly CertificateListRow[]): Node[] {
  const nodes = new Map(rows.map((row) => [row.regionCode, { ...row } as Node]));
  const roots: Node[] = [];
  for (const node of [...nodes.values()].sort((one, other) => one.regionCode - other.regionCode)) {
    const code = node.regionCode;
    const parentCode = node.regionLevel === 3 ? Math.floor(code / 100) * 100 : Math.floor(code / 10_000) * 10_000;
    const parent = node.regionLevel === 1 ? undefined : nodes.get(parentCode);
    if (parent) parent.children = [...(parent.children ?? []), node];
    else roots.push(node);
  }
  return roots;
}

function CertificateTree({ rows, quarter }: { rows: readonly CertificateListRow[]; quarter: string }) {
  const finals = rows.filter((row) => row.status === 'final').length;
  const open = rows.reduce((sum, row) => sum + (row.regionLevel === 3 ? row.openObjections : 0), 0);
  const province = rows.find((row) => row.regionLevel === 1);
  return (
    <Panel
      flush
      title={showWireQuarter(quarter)}
      note={`${rows.length} 份凭证，${finals} 份已定稿${open > 0 ? `，${open} 条异议待答复` : ''}`}
      extra={
        <Button
          size="small"
          icon={<ExportOutlined />}
          href={withQuery('/api/feedback/certificates', { quarter, format: 'xlsx' })}
        >
          导出
        </Button>
      }
    >
      <Table<Node>
        size="small"
        rowKey="id"
        dataSource={toTree(rows)}
        columns={treeColumns}
        pagination={false}
        expandable={{ defaultExpandedRowKeys: province ? [province.id] : [] }}
        scroll={{ y: 'calc(100vh - 268px)' }}
      />
      <div className="pad">
        <FootLine
          asOf={rows[0]?.asOf}
          basis="合同口径（另有说明的除外），封存时所知；省、市为所辖县之和，户数逐级重新去重"
        />
      </div>
    </Panel>
  );
}

const treeColumns = [
  {
    title: '区域',
    key: 'region',
    width: 180,
    render: (_: unknown, row: Node) => <Link to={`/feedback/${row.id}` as string}>{row.regionName}</Link>,
  },
  {
    title: '状态',
    key: 'status',
    width: 112,
    render: (_: unknown, row: Node) => (
      <StatusBadge tone={certificateLooks[row.status].tone}>{certificateLooks[row.status].title}</StatusBadge>
    ),
  },
  figure('在保户数', (row) => <CountText value={row.households} />, 78),
  figure('在保笔数', (row) => <CountText value={row.guaranteeCount} />, 78),
  figure('在保余额', (row) => <MoneyText value={row.outstanding} />, 110),
  figure('实际承担', (row) => <MoneyText value={row.outstandingActual} />, 110),
  figure('本季新增', (row) => <MoneyText value={row.newAmount} />, 110),
  figure('本季代偿', (row) => <MoneyText value={row.claimCash} />, 110),
  figure(
    '待答复异议',
    (row) => <span className={row.openObjections > 0 ? 'figure feedback-warn' : 'figure'}>{row.openObjections}</span>,
    88,
  ),
  { title: '凭证号', key: 'number', width: 172, render: (_: unknown, row: Node) => row.number },
];

function figure(title: string, show: (row: Node) => React.ReactNode, width: number) {
  return {
    title,
    key: title,
    width,
    align: 'right' as const,
    className: 'num',
    render: (_: unknown, row: Node) => show(row),
  };
}
