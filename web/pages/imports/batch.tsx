import { DownloadOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Button, Popconfirm, Progress, Select } from 'antd';
import { api } from '../../api.ts';
import {
  type Column,
  CountText,
  DataTable,
  RefusalList,
  StatusBadge,
  showInstant,
  useFilters,
  useWrite,
} from '../../fields/index.ts';
import { ReasonLines } from '../../mapping/reason-lines.tsx';
import { Page, Panel } from '../../shell/page.tsx';
import { QueryState } from '../../shell/states.tsx';
import {
  type BatchWire,
  isUnderWay,
  phaseLooks,
  showBytes,
  type Verdict,
  type VerdictRow,
  verdictLooks,
} from './wire.ts';
import './imports.css';

/** 导入批次: its progress live, what would happen to every row, and the steps that may follow. */
export default function BatchPage() {
  const { guarantorId, batchId } = useParams({ strict: false }) as { guarantorId: string; batchId: string };
  const url = `/api/imports/batches/${guarantorId}/${batchId}`;
  const query = useQuery({
    queryKey: ['imports', 'batch', url],
    queryFn: ({ signal }) => api.get<BatchWire>(url, {}, signal),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data.phase) ? 700 : false),
  });
  return (
    <Page
      title={query.data ? query.data.fileName : `批次 ${batchId}`}
      trail={[{ title: '数据导入', to: '/imports' }]}
      note={query.data && <BatchNote batch={query.data} />}
      actions={query.data && <BatchActions batch={query.data} url={url} />}
    >
      <QueryState query={query} rows={6}>
        {(batch) => (
          <>
            <BatchState batch={batch} />
            {!isUnderWay(batch.phase) && batch.phase !== 'registered' && <Verdicts batch={batch} url={url} />}
          </>
        )}
      </QueryState>
    </Page>
  );
}

const BatchNote = ({ batch }: { batch: BatchWire }) => (
  <>
    批次 {batch.id}　{batch.guarantorName}　映射：{batch.profileTitle}　{showBytes(batch.fileBytes)}　{batch.recordedBy}{' '}
    {showInstant(batch.recordedAt)}
  </>
);

/** The steps that may follow in this phase. */
function BatchActions({ batch, url }: { batch: BatchWire; url: string }) {
  const check = useWrite((_: undefined, options) => api.post<BatchWire>(`${url}/check`, {}, options));
  const commit = useWrite((take: 'good' | 'all', options) => api.post<BatchWire>(`${url}/commit`, { take }, options));
  const { counts, phase } = batch;
  const bad = counts.needsCompleting + counts.refused;
  const error = check.error ?? commit.error;
  const canCheck = phase === 'registered' || phase === 'checked' || phase === 'failed' || phase === 'stalled';
  return (
    <>
      {error && <RefusalList problem={error} />}
      {!isUnderWay(phase) && bad > 0 && (
        <Button icon={<DownloadOutlined />} href={`${url}/bad-rows`}>
          下载退回行（{bad.toLocaleString('en-US')}）
        </Button>
      )}
      {canCheck && (
        <Button loading={check.isPending} onClick={() => check.mutate(undefined)}>
          {phase === 'registered' ? '试算' : '重新试算'}
        </Button>
      )}
      {phase === 'stalled' && (
        <Button type="primary" loading={commit.isPending} onClick={() => commit.mutate('good')}>
          从中断处继续入账
        </Button>
      )}
      {phase === 'checked' && (
        <Popconfirm
          title={`把 ${counts.accepted.toLocaleString('en-US')} 行记入台账？`}
          description={
            bad > 0 ? `另有 ${bad.toLocaleString('en-US')} 行未通过，不入账，可下载改好后另送。` : '全部行都已通过。'
          }
          okText="入账"
          cancelText="再看看"
          onConfirm={() => commit.mutate(bad > 0 ? 'good' : 'all')}
        >
          <Button type="primary" loading={commit.isPending} disabled={counts.accepted === 0}>
            入账通过的 {counts.accepted.toLocaleString('en-US')} 行
          </Button>
        </Popconfirm>
      )}
      {phase === 'committed' && (
        <Link to={'/imports/new' as string} search={{ profile: batch.profileCode } as never}>
          <Button type={bad > 0 ? 'primary' : 'default'}>{bad > 0 ? '送改好的退回行' : '再导一个文件'}</Button>
        </Link>
      )}
    </>
  );
}

/** Progress while it runs, counts by verdict, and a sentence that says where the batch stands. */
function BatchState({ batch }: { batch: BatchWire }) {
  const { counts, phase, progress } = batch;
  const look = phaseLooks[phase];
  return (
    <Panel>
      <div className="import-state">
        <StatusBadge tone={look.tone}>{look.title}</StatusBadge>
        <span className="muted">{sentenceOf(batch)}</span>
      </div>
      {isUnderWay(phase) && (
        <div className="progress" aria-live="polite">
          <Progress percent={Math.floor(progress.share * 100)} status="active" />
          <div className="muted">
            已处理 {counts.rows.toLocaleString('en-US')} 行　每秒{' '}
            {Math.round(progress.rowsPerSecond).toLocaleString('en-US')} 行　用时 {progress.seconds.toFixed(0)} 秒
          </div>
        </div>
      )}
      {batch.failure && <div className="import-failure">{batch.failure}</div>}
      {phase !== 'registered' && (
        <div className="import-figures">
          <Figure title="文件行数" value={counts.rows} />
          <span className="import-sign">=</span>
          <Figure title={phase === 'committed' ? '本次入账' : '可入账'} value={counts.accepted} tone="good" />
          <span className="import-sign">+</span>
          <Figure title="已在账" value={counts.already} />
          <span className="import-sign">+</span>
          <Figure title="待补正" value={counts.needsCompleting} tone="warn" />
          <span className="import-sign">+</span>
          <Figure title="拒绝" value={counts.refused} tone="bad" />
          <Figure title="记入变动（笔）" value={counts.movements} aside />
        </div>
      )}
    </Panel>
  );
}

function sentenceOf({ phase, counts }: BatchWire): string {
  const bad = counts.needsCompleting + counts.refused;
  if (phase === 'registered') return '还没有试算。试算逐行给出结论，不会记账。';
  if (phase === 'checking') return '正在逐行判断，没有记账。可以离开本页，稍后再来。';
  if (phase === 'committing') return '正在入账。可以离开本页；中途断电也不会丢、不会重。';
  if (phase === 'checked')
    return bad > 0 ? '没有记账。通过的行可以先入账，其余按原格式退回。' : '没有记账。全部行通过，可以入账。';
  if (phase === 'committed')
    return bad > 0 ? '通过的行已入账。下载退回行，按首列原因改好，只送这些行即可。' : '全部行已处理完毕。';
  return '已入账的行保留；再次提交从中断处继续，不会重复。';
}

type FigureProps = { title: string; value: number; tone?: 'good' | 'warn' | 'bad'; aside?: boolean };
const Figure = ({ title, value, tone, aside }: FigureProps) => (
  <div className={`import-figure${aside ? ' import-aside' : ''}`}>
    <b className={tone && value > 0 ? `import-${tone}` : ''}>
      <CountText value={value} />
    </b>
    <span>{title}</span>
  </div>
);

/** Reasons with their counts to the left, the rows behind them to the right. */
function Verdicts({ batch, url }: { batch: BatchWire; url: string }) {
  const [filters, setFilters] = useFilters();
  const most = Math.max(1, ...batch.reasons.map(({ rows }) => rows));
  return (
    <div className="import-verdicts">
      <Panel title="按原因" note="点一项只看这些行" flush>
        {batch.reasons.length === 0 && <div className="pad muted">没有未通过的行。</div>}
        <ul className="import-reasons">
          {batch.reasons.map((reason) => (
            <li key={reason.code}>
              <button
                type="button"
                aria-pressed={filters.code === reason.code}
                onClick={() => setFilters({ code: filters.code === reason.code ? undefined : reason.code })}
              >
                <span>{reason.message}</span>
                <b className="figure">{reason.rows.toLocaleString('en-US')}</b>
                <i style={{ width: `${(reason.rows / most) * 100}%` }} />
              </button>
            </li>
          ))}
        </ul>
      </Panel>
      <DataTable<VerdictRow>
        url={`${url}/verdicts`}
        filters={{ verdict: filters.verdict, code: filters.code }}
        columns={verdictColumns}
        rowKey={(row) => String(row.line)}
        unit={null}
        tools={
          <Select
            allowClear
            aria-label="结论"
            placeholder="全部未入账的结论"
            style={{ width: 180 }}
            value={filters.verdict ?? null}
            options={(['refused', 'needs-completing', 'already'] as const).map((value) => ({
              value,
              label: verdictLooks[value].title,
            }))}
            onChange={(verdict) => setFilters({ verdict: (verdict ?? undefined) as Verdict | undefined })}
          />
        }
        empty={{ title: '没有这样的行', next: '可入账的行不在此列；换一个原因或结论再看。' }}
      />
    </div>
  );
}

const verdictColumns: readonly Column<VerdictRow>[] = [
  { key: 'line', title: '文件行', width: 70, isFigure: true, render: (row) => row.line },
  {
    key: 'verdict',
    title: '结论',
    width: 84,
    render: (row) => (
      <span title={verdictLooks[row.verdict].meaning}>
        <StatusBadge tone={verdictLooks[row.verdict].tone}>{verdictLooks[row.verdict].title}</StatusBadge>
      </span>
    ),
  },
  { key: 'key', title: '合同号', width: 170, render: (row) => row.key ?? '' },
  {
    key: 'reasons',
    title: '原因与办法',
    width: 460,
    render: (row) => (
      <div className="mapping-wrap">
        <ReasonLines reasons={row.reasons} />
      </div>
    ),
  },
];
