import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Popconfirm } from 'antd';
import type { z } from 'zod';
import type { readinessAnswer, sealAnswer } from '../../../src/modules/feedback/contract.ts';
import { api } from '../../api.ts';
import { RefusalList, StatusBadge, type StatusTone, showWireQuarter, useWrite } from '../../fields/index.ts';
import { Panel } from '../../shell/page.tsx';
import { QueryState } from '../../shell/states.tsx';

type Readiness = z.infer<typeof readinessAnswer>;
const looks: Readonly<Record<Readiness['guarantors'][number]['state'], { title: string; tone: StatusTone }>> = {
  ready: { title: '可以封存', tone: 'good' },
  unsealed: { title: '核对未封存', tone: 'warn' },
  open: { title: '有差异待处理', tone: 'bad' },
  missing: { title: '没有核对', tone: 'bad' },
};

/** Whether a quarter can be sealed, institution by institution, and the button that does it. */
export function ReadinessPanel({ quarter }: { quarter: string }) {
  const query = useQuery({
    queryKey: ['feedback', 'readiness', quarter],
    queryFn: ({ signal }) => api.get<Readiness>('/api/feedback/readiness', { quarter }, signal),
  });
  const seal = useWrite((_: undefined, options) =>
    api.post<z.infer<typeof sealAnswer>>('/api/feedback/quarters', { quarter }, options),
  );
  return (
    <QueryState query={query} rows={8}>
      {(found) => {
        const blocking = found.guarantors.filter((each) => each.state !== 'ready');
        return (
          <Panel
            title={`封存${showWireQuarter(quarter)}`}
            note={
              found.ready
                ? `${found.guarantors.length} 家机构截至 ${found.asOf} 的核对都已说清`
                : `截至 ${found.asOf}，${blocking.length} 家机构还不行`
            }
            extra={
              <Popconfirm
                title={`封存${showWireQuarter(quarter)}并出具凭证？`}
                description="县、市、省凭证同时公示，进入异议期；封存后只能用更正凭证改。"
                okText="封存"
                cancelText="取消"
                onConfirm={() => seal.mutate(undefined)}
              >
                <Button type="primary" loading={seal.isPending}>
                  封存并出具凭证
                </Button>
              </Popconfirm>
            }
          >
            {seal.error && <RefusalList problem={seal.error} />}
            {blocking.length === 0 ? (
              <p>没有挡在前面的机构，可以封存。</p>
            ) : (
              <div className="feedback-blockers">
                <table className="dense">
                  <thead>
                    <tr>
                      <th>机构</th>
                      <th>情况</th>
                      <th>原因</th>
                      <th />
                    </tr>
                  </thead>
                  <tbody>
                    {blocking.map((each) => (
                      <tr key={each.guarantorId}>
                        <td>{each.name}</td>
                        <td>
                          <StatusBadge tone={looks[each.state].tone}>{looks[each.state].title}</StatusBadge>
                        </td>
                        <td>{each.reason}</td>
                        <td>
                          <Link to={(each.url ?? '/reconciliation/new') as string}>
                            {each.url ? '去处理' : '发起核对'}
                          </Link>
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </Panel>
        );
      }}
    </QueryState>
  );
}
