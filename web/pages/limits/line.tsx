import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Table } from 'antd';
import type { GuarantorLineDetail } from '../../../src/modules/limits/contract.ts';
import { api } from '../../api.ts';
import { Facts, FootLine, MoneyText, RatioText, StatusBadge, UnverifiedMark } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { ApprovalState } from './approval-state.tsx';
import './limits.css';
import { lineLooks } from './titles.ts';

type Indicator = GuarantorLineDetail['working']['indicators'][number];

/** One yearly line with every number and its arithmetic. */
export default function GuarantorLinePage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const me = useMe();
  const query = useQuery({
    queryKey: ['guarantor-line', id],
    queryFn: ({ signal }) => api.get<GuarantorLineDetail>(`/api/limits/guarantor-lines/${id}`, {}, signal),
  });
  const found = query.data;
  return (
    <Page
      title={found ? `${found.guarantorName}　${found.year}年度额度` : '年度额度'}
      note={found && `依据：${found.document}`}
      trail={[{ title: '额度', to: '/limits' }]}
      actions={found && <ApprovalState approval={found.approval} url={`/api/limits/guarantor-lines/${id}`} />}
    >
      <QueryState query={query} rows={10}>
        {(line) => (
          <>
            <Panel
              title="额度"
              note={`公式第 ${line.formula.version} 版：${line.formula.source}`}
              extra={
                <>
                  {line.unverified && <UnverifiedMark reason={line.unverified} />}{' '}
                  <StatusBadge tone={lineLooks[line.status].tone}>{lineLooks[line.status].title}</StatusBadge>
                </>
              }
            >
              <Facts
                columns={5}
                facts={[
                  { name: '上年再担保规模', value: <MoneyText value={line.working.lastVolume} withUnit /> },
                  { name: '增长率', value: <RatioText value={line.working.growth} /> },
                  { name: '综合得分', value: line.working.weightedScore },
                  { name: '额度系数', value: line.working.coefficient },
                  { name: '年度额度', value: <MoneyText value={line.amount} withUnit /> },
                ]}
              />
              <p style={{ margin: '10px 0 0' }}>{line.working.text}</p>
              {line.decision && (
                <p className="muted" style={{ margin: '6px 0 0' }}>
                  {line.decidedOn}
                  {'　'}
                  {line.decision}
                </p>
              )}
            </Panel>
            <Panel title="八项指标">
              <Table<Indicator>
                size="small"
                pagination={false}
                rowKey={(row) => row.code}
                dataSource={line.working.indicators}
                columns={[
                  { title: '指标', dataIndex: 'title', width: 130 },
                  { title: '权重', width: 80, align: 'right', render: (_, row) => <RatioText value={row.weight} /> },
                  { title: '得分（0–1）', width: 100, align: 'right', render: (_, row) => row.score ?? '不计分' },
                  { title: '怎么算的', dataIndex: 'text' },
                  { title: '数据来源', dataIndex: 'source', width: 300 },
                ]}
              />
            </Panel>
            <Panel
              title="四个分配组"
              note={`四组相加等于年度额度；超出时${line.formula.terms.groupBreach === 'refuse' ? '拒绝新增' : '只作提示'}，国企子限额只限国有客户，其余可用至该部分总额`}
            >
              <Table
                size="small"
                pagination={false}
                rowKey={(row) => row.code}
                dataSource={line.working.groups}
                columns={[
                  { title: '分组', dataIndex: 'title', width: 230 },
                  { title: '额度', width: 150, align: 'right', render: (_, row) => <MoneyText value={row.amount} /> },
                  ...usage(line.groups),
                  { title: '怎么算的', dataIndex: 'text' },
                ]}
              />
              <FootLine asOf={me.today} basis="公式形式参考外省公开资料，数值为占位" />
            </Panel>
          </>
        )}
      </QueryState>
    </Page>
  );
}

/** What of each group is used and held, where it is this year's line. */
const usage = (groups: GuarantorLineDetail['groups']) =>
  groups.length === 0
    ? []
    : (['used', 'reserved'] as const).map((key) => ({
        title: { used: '已用', reserved: '预留' }[key],
        width: 130,
        align: 'right' as const,
        render: (_: unknown, row: { code: string }) => (
          <MoneyText value={groups.find((each) => each.code === row.code)?.[key] ?? '0'} />
        ),
      }));
