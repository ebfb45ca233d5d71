import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Segmented, Tabs } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { breakdown, runDetail } from '../../../src/modules/subsidies/contract.ts';
import { api, withQuery } from '../../api.ts';
import { FootLine, StatusBadge, showWireRatio, useFilters } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { QueryState } from '../../shell/states.tsx';
import { BreakdownTable } from './breakdown-table.tsx';
import { EntitlementTable } from './entitlement-table.tsx';
import { IdentityLine } from './identity-line.tsx';
import { Placeholder, runLooks } from './looks.tsx';
import { PaymentTable } from './payment-table.tsx';
import { RunActions } from './run-actions.tsx';
import { RunBasis, RunEvents } from './run-basis.tsx';
import './subsidies.css';

export type RunDetail = z.infer<typeof runDetail>;
type By = z.infer<typeof breakdown>['by'];

/** One prepayment or settlement: the identity that adds up, who gets what, every loan, letters, payments, what it rests on. */
export default function RunPage() {
  const { runId } = useParams({ strict: false }) as { runId: string };
  const [filters, setFilters] = useFilters();
  const url = `/api/subsidies/runs/${runId}`;
  const query = useQuery({
    queryKey: ['subsidies', 'run', runId],
    queryFn: ({ signal }) => api.getTagged<RunDetail>(url, signal),
  });
  const run = query.data?.value;
  return (
    <Page
      title={
        run ? (
          <>
            {run.regionName} {run.year} 年{run.kindTitle} <Placeholder when={run.placeholder} />
          </>
        ) : (
          `批次 ${runId}`
        )
      }
      trail={[{ title: '补偿补贴', to: '/subsidies' }]}
      note={
        run && (
          <>
            第 {run.id} 批　<StatusBadge tone={runLooks[run.status].tone}>{runLooks[run.status].title}</StatusBadge>
            {'　'}
            {run.computedBy} 测算于 {run.asOf}
            {run.letterNumber && `　${run.letterNumber}`}
            {run.parameters.prepayRatio && `　预拨比例 ${showWireRatio(run.parameters.prepayRatio)}`}
          </>
        )
      }
      actions={run && <RunActions run={run} url={url} etag={query.data?.etag} />}
    >
      <QueryState query={query} rows={12}>
        {({ value: found }) => (
          <>
            <Panel>
              <IdentityLine
                amounts={found.totals}
                prepayRatio={found.parameters.prepayRatio}
                explain={(field) => withQuery(`${url}/explain`, { field })}
              />
            </Panel>
            <Panel flush>
              <Tabs
                className="subsidy-tabs"
                activeKey={filters.tab ?? 'who'}
                destroyOnHidden
                onChange={(tab) => setFilters({ tab: tab === 'who' ? undefined : tab, seq: undefined })}
                items={[
                  { key: 'who', label: '给谁多少', children: <Breakdown run={found} url={url} /> },
                  {
                    key: 'loans',
                    label: `逐笔（${found.rowCount.toLocaleString('en-US')}）`,
                    children: <EntitlementTable run={found} url={url} />,
                  },
                  { key: 'money', label: '文书与拨付', children: <PaymentTable run={found} /> },
                  { key: 'basis', label: '依据', children: <RunBasis run={found} /> },
                  { key: 'events', label: '经过', children: <RunEvents run={found} /> },
                ]}
              />
            </Panel>
          </>
        )}
      </QueryState>
    </Page>
  );
}

const byTitles: Record<By, string> = { county: '县区', guarantor: '机构', scheme: '办法', payer: '承担方' };
/** How a breakdown's key narrows down 怎么算的. */
const filterOf: Record<By, string> = { county: 'county', guarantor: 'guarantorId', scheme: 'schemeId', payer: 'payer' };

function Breakdown({ run, url }: { run: RunDetail; url: string }) {
  const [by, setBy] = useState<By>('county');
  const query = useQuery({
    queryKey: ['subsidies', 'breakdown', run.id, by],
    queryFn: ({ signal }) => api.get<z.infer<typeof breakdown>>(`${url}/breakdown`, { by }, signal),
  });
  return (
    <div className="pad">
      <div className="subsidy-tools">
        <Segmented
          value={by}
          options={(Object.keys(byTitles) as By[]).map((value) => ({ value, label: `按${byTitles[value]}` }))}
          onChange={setBy}
        />
        <a className="subsidy-export" href={withQuery(`${url}/breakdown`, { by, format: 'xlsx' })}>
          导出汇总
        </a>
        <a className="subsidy-export" href={withQuery(`${url}/lines`, { format: 'xlsx' })}>
          导出账户明细
        </a>
      </div>
      <QueryState query={query} rows={6}>
        {(found) => (
          <BreakdownTable
            heading={byTitles[found.by]}
            rows={found.rows}
            totals={found.totals}
            explain={(row, field) =>
              withQuery(`${url}/explain`, { field, ...(row ? { [filterOf[found.by]]: row.key } : {}) })
            }
          />
        )}
      </QueryState>
      <FootLine asOf={run.asOf} basis="已定稿的季度反馈凭证，合同口径；点数字看怎么算的" />
    </div>
  );
}
