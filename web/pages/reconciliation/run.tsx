import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useRouter } from '@tanstack/react-router';
import { Button, Popconfirm, Segmented, Spin } from 'antd';
import { useState } from 'react';
import type { RunDetail, RunState } from '../../../src/modules/reconciliation/contract.ts';
import { api } from '../../api.ts';
import {
  CountText,
  MoneyText,
  RatioText,
  RefusalList,
  StatusBadge,
  showInstant,
  useWrite,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { ExplainInline } from './explain-inline.tsx';
import { amountBasisTitles, causeLooks, runLooks, timeBasisTitles } from './looks.ts';
import { SealPanel } from './seal-panel.tsx';
import { Waterfall } from './waterfall.tsx';
import './reconciliation.css';

/** 核对批次: how far it has come until it is done, then what it found. */
export default function RunPage() {
  const { runId } = useParams({ strict: false }) as { runId: string };
  const state = useQuery({
    queryKey: ['reconciliation', 'state', runId],
    queryFn: ({ signal }) => api.get<RunState>(`/api/reconciliation/runs/${runId}/state`, {}, signal),
    refetchInterval: ({ state: { data } }) => (data && isUnderWay(data) ? 1000 : false),
  });
  if (state.data?.status === 'done') return <FinishedRun runId={runId} />;
  return (
    <Page title={`核对批次 ${runId}`} trail={[{ title: '数据核对', to: '/reconciliation' }]}>
      <QueryState query={state} rows={6}>
        {(found) => (
          <Panel title={isUnderWay(found) ? '正在核对' : '核对未成，没有留下任何结果'}>
            {isUnderWay(found) ? (
              <p role="status">
                <Spin size="small" /> {found.status === 'waiting' ? '已受理，排队中' : '正在取对方数据并逐笔核对'}
                ；完成后自动显示结果，可以离开此页。
              </p>
            ) : (
              <>
                <RefusalList refusals={found.refusals} />
                <Link to={'/reconciliation/new' as string}>重新发起核对</Link>
              </>
            )}
          </Panel>
        )}
      </QueryState>
    </Page>
  );
}

const isUnderWay = ({ status }: RunState): boolean => status === 'waiting' || status === 'running';

/** Totals of both sides, what agreed, and how the difference falls into causes. */
function FinishedRun({ runId }: { runId: string }) {
  const url = `/api/reconciliation/runs/${runId}`;
  const query = useQuery({
    queryKey: ['reconciliation', 'run', runId],
    queryFn: ({ signal }) => api.get<RunDetail>(url, {}, signal),
  });
  const run = query.data;
  return (
    <Page
      title={run ? `${run.guarantorName}　截至 ${run.asOf}` : `核对批次 ${runId}`}
      trail={[{ title: '数据核对', to: '/reconciliation' }]}
      note={run && <RunNote run={run} />}
      actions={run && <RunActions run={run} url={url} />}
    >
      <QueryState query={query} rows={12}>
        {(found) => (
          <>
            <Counts run={found} />
            <div className="recon-grid">
              <DecompositionPanel run={found} />
              <SummaryPanel run={found} />
            </div>
            <div className="recon-grid">
              <ByGuarantor run={found} />
              <ByField run={found} />
            </div>
            <SealPanel run={found} url={url} />
          </>
        )}
      </QueryState>
    </Page>
  );
}

const RunNote = ({ run }: { run: RunDetail }) => {
  const theirs = `${run.otherSide === 'monitor' ? '监测系统' : run.sourceName}（${timeBasisTitles[run.theirs.timeBasis]}、${amountBasisTitles[run.theirs.amountBasis]}）`;
  const ours = `${timeBasisTitles[run.ours.timeBasis]}、${amountBasisTitles[run.ours.amountBasis]}、${showInstant(run.knownAt)} 所知`;
  return (
    <>
      <StatusBadge tone={runLooks[run.status].tone}>{runLooks[run.status].title}</StatusBadge>
      {`　第 ${run.id} 批　对方：${theirs}　我方：${ours}　${run.startedByName} ${showInstant(run.startedAt)}`}
    </>
  );
};

function RunActions({ run, url }: { run: RunDetail; url: string }) {
  const maySeal = useMay('reconciliation.seal');
  const seal = useWrite((_: undefined, options) => api.post(`${url}/seal`, {}, options));
  const differences = run.openCount + run.explainedCount + run.fixedCount;
  return (
    <>
      {seal.error && <RefusalList problem={seal.error} />}
      {differences > 0 && (
        <Link to={`/reconciliation/${run.id}/differences` as string}>
          <Button type={run.openCount > 0 ? 'primary' : 'default'}>
            处理差异（{run.openCount.toLocaleString('en-US')} 条待处理）
          </Button>
        </Link>
      )}
      {maySeal && run.status !== 'sealed' && (
        <Popconfirm
          title="封存本批？"
          description={run.sealable ? '封存后任何人不能再改，可随时原样重印。' : run.sealBlockers.join('；')}
          okText="封存"
          cancelText="取消"
          okButtonProps={{ disabled: !run.sealable }}
          onConfirm={() => seal.mutate(undefined)}
        >
          <Button type={run.openCount === 0 ? 'primary' : 'default'} loading={seal.isPending}>
            封存
          </Button>
        </Popconfirm>
      )}
      {run.status === 'sealed' && maySeal && (
        <>
          <Button href={`${url}/print?format=xlsx`}>导出 XLSX</Button>
          <Button type="primary" href={`${url}/print`}>
            打印 PDF
          </Button>
        </>
      )}
    </>
  );
}

function Counts({ run }: { run: RunDetail }) {
  const { counts } = run;
  const cards = [
    { title: '我方笔数', value: counts.ours },
    { title: '对方笔数', value: counts.theirs },
    { title: '一致', value: counts.matched, tone: 'good' },
    { title: '字段不一致', value: counts.different, tone: 'bad', kind: 'different' },
    { title: '仅我方有', value: counts.onlyOurs, tone: 'bad', kind: 'only-ours' },
    { title: '仅对方有', value: counts.onlyTheirs, tone: 'bad', kind: 'only-theirs' },
    { title: '对方主键重复', value: counts.duplicateKey, tone: 'bad', kind: 'duplicate-key' },
    { title: '对方主键为空', value: counts.nullKey, tone: 'bad', kind: 'null-key' },
  ];
  return (
    <Panel className="recon-counts">
      <div className="recon-count">
        <b>
          <RatioText value={run.matchRate} places={2} />
        </b>
        <span>一致率</span>
      </div>
      {cards.map((card) => {
        const figure = (
          <>
            <b className={card.value > 0 && card.tone ? `recon-${card.tone}` : ''}>
              <CountText value={card.value} />
            </b>
            <span>{card.title}</span>
          </>
        );
        return card.kind && card.value > 0 ? (
          <Link
            key={card.title}
            className="recon-count"
            to={`/reconciliation/${run.id}/differences` as string}
            search={{ kind: card.kind } as never}
          >
            {figure}
          </Link>
        ) : (
          <div key={card.title} className="recon-count">
            {figure}
          </div>
        );
      })}
    </Panel>
  );
}

/** Our total less theirs, and the causes that make up the difference, to the 分. */
function DecompositionPanel({ run }: { run: RunDetail }) {
  const router = useRouter();
  const [field, setField] = useState<string>(run.decomposition[0]?.field ?? '');
  const row = run.decomposition.find((each) => each.field === field);
  if (!row) return null;
  const pick = (cause: string) => () => router.history.push(`/reconciliation/${run.id}/differences?cause=${cause}`);
  return (
    <Panel
      title="差额分解"
      extra={
        <Segmented
          size="small"
          value={field}
          options={run.decomposition.map((each) => ({ value: each.field, label: each.title }))}
          onChange={setField}
        />
      }
    >
      <div className="recon-equation">
        <span>
          <small>我方合计</small>
          <MoneyText value={row.ours} />
        </span>
        −
        <span>
          <small>对方合计</small>
          <MoneyText value={row.theirs} />
        </span>
        =
        <span>
          <small>差额</small>
          <b>
            <MoneyText value={row.difference} />
          </b>
        </span>
      </div>
      <Waterfall
        steps={[
          ...(Object.keys(causeLooks) as (keyof typeof causeLooks)[]).map((cause) => ({
            title: causeLooks[cause].title,
            value: row.byCause[cause],
            color: causeLooks[cause].color,
            onPick: pick(cause),
          })),
          { title: '容差内', value: row.tolerated, color: '#b8c4d1' },
        ]}
        total={{ title: '差额', value: row.difference }}
      />
      <div className="foot-line">
        {`数据截至 ${run.asOf}　口径：${timeBasisTitles[run.ours.timeBasis]}、${amountBasisTitles[run.ours.amountBasis]}　正数为我方多；点柱看这一类差异`}
      </div>
    </Panel>
  );
}

function SummaryPanel({ run }: { run: RunDetail }) {
  const { carried } = run;
  return (
    <Panel title="对账小结">
      <p className="recon-summary">{run.summary}</p>
      {run.previousRunId && (
        <p className="muted">
          与<Link to={`/reconciliation/${run.previousRunId}` as string}>上一批（{run.previousRunId}）</Link>
          相比：已消失 {carried.gone} 条，仍在 {carried.unchanged} 条，有变 {carried.changed} 条
        </p>
      )}
      <ul className="recon-causes">
        {run.byCause.map((each) => (
          <li key={each.cause}>
            <i style={{ background: causeLooks[each.cause].color }} />
            <Link to={`/reconciliation/${run.id}/differences` as string} search={{ cause: each.cause } as never}>
              {each.title}
            </Link>
            <span className="muted">{causeLooks[each.cause].meaning}</span>
            <b className="figure">{each.count.toLocaleString('en-US')} 条</b>
          </li>
        ))}
      </ul>
      <ExplainInline explain={run.explain} />
    </Panel>
  );
}

const ByField = ({ run }: { run: RunDetail }) => (
  <Panel title="按字段" flush>
    <table className="dense">
      <thead>
        <tr>
          <th>字段</th>
          <th className="num">差异</th>
          <th className="num">待处理</th>
        </tr>
      </thead>
      <tbody>
        {run.byField.map((each) => (
          <tr key={each.field}>
            <td>
              <Link to={`/reconciliation/${run.id}/differences` as string} search={{ field: each.field } as never}>
                {each.title}
              </Link>
            </td>
            <td className="num">{each.count}</td>
            <td className="num">{each.open}</td>
          </tr>
        ))}
        {run.byField.length === 0 && (
          <tr>
            <td colSpan={3} className="muted">
              逐字段一致
            </td>
          </tr>
        )}
      </tbody>
    </table>
  </Panel>
);

const ByGuarantor = ({ run }: { run: RunDetail }) => (
  <Panel title="按机构" note="差异多的在前" flush>
    <div className="recon-scroll">
      <table className="dense">
        <thead>
          <tr>
            <th>机构</th>
            <th className="num">我方</th>
            <th className="num">对方</th>
            <th className="num">一致</th>
            <th className="num">一致率</th>
            <th className="num">待处理</th>
          </tr>
        </thead>
        <tbody>
          {[...run.byGuarantor]
            .sort((one, other) => other.open - one.open)
            .map((each) => (
              <tr key={each.guarantorId}>
                <td>
                  <Link
                    to={`/reconciliation/${run.id}/differences` as string}
                    search={{ guarantorId: String(each.guarantorId) } as never}
                  >
                    {each.name}
                  </Link>
                </td>
                <td className="num">{each.counts.ours.toLocaleString('en-US')}</td>
                <td className="num">{each.counts.theirs.toLocaleString('en-US')}</td>
                <td className="num">{each.counts.matched.toLocaleString('en-US')}</td>
                <td className="num">
                  <RatioText value={each.matchRate} places={2} />
                </td>
                <td className={`num ${each.open > 0 ? 'recon-bad' : ''}`}>{each.open}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  </Panel>
);
