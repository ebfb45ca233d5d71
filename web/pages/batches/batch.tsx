import { DownloadOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useRouter } from '@tanstack/react-router';
import { Button, Popconfirm, Progress, Select } from 'antd';
import { useState } from 'react';
import type { BatchWire, RowLine, SampleWire, Verdict } from '../../../src/modules/batches/contract.ts';
import { api } from '../../api.ts';
import {
  type Column,
  CountText,
  DataTable,
  InstitutionField,
  MoneyText,
  RefusalList,
  StatusBadge,
  showInstant,
  useFilters,
  useWrite,
} from '../../fields/index.ts';
import { ReasonLines } from '../../mapping/reason-lines.tsx';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { channelTitles, isUnderWay, phaseLooks, showCount, verdictLooks } from './wire.ts';
import './batches.css';

/** 批次: progress live, verdicts by rule, rows, the meters before and after, and what may follow. */
export default function BatchPage() {
  const { batchId } = useParams({ strict: false }) as { batchId: string };
  const url = `/api/batches/${batchId}`;
  const query = useQuery({
    queryKey: ['batches', batchId],
    queryFn: ({ signal }) => api.get<BatchWire>(url, {}, signal),
    refetchInterval: ({ state }) => (isUnderWay(state.data?.phase) ? 700 : false),
  });
  return (
    <Page
      title={query.data ? `批次 ${query.data.batchNo}` : `批次 ${batchId}`}
      trail={[{ title: '批量业务', to: '/batches' }]}
      note={query.data && <BatchNote batch={query.data} />}
      actions={query.data && <BatchActions batch={query.data} url={url} />}
    >
      <QueryState query={query} rows={6}>
        {(batch) => (
          <>
            <BatchState batch={batch} />
            {batch.meters.length > 0 && <MeterMoves batch={batch} />}
            {!isUnderWay(batch.phase) && <Verdicts batch={batch} url={url} />}
          </>
        )}
      </QueryState>
    </Page>
  );
}

const BatchNote = ({ batch }: { batch: BatchWire }) => (
  <>
    {batch.bankName}　{batch.guarantorName ?? '逐行写明机构'}　{batch.productName}　{channelTitles[batch.channel]}
    {'　'}
    {batch.fileName}　{batch.recordedBy} {showInstant(batch.recordedAt)}
  </>
);

function BatchActions({ batch, url }: { batch: BatchWire; url: string }) {
  const maySubmit = useMay('batches.submit');
  const bad = batch.counts.needsCompleting + batch.counts.refused;
  if (batch.phase !== 'done' && batch.phase !== 'tried') return null;
  return (
    <>
      {batch.phase === 'tried' && maySubmit && <Accept batch={batch} url={url} />}
      <Button href={`${url}/result`}>结果文件</Button>
      {bad > 0 && (
        <Button icon={<DownloadOutlined />} href={`${url}/bad-rows`}>
          下载退回行（{showCount(bad)}）
        </Button>
      )}
      {maySubmit && bad > 0 && !batch.isTrial && (
        <Link to={'/batches/new' as string} search={{ resendOf: batch.batchNo } as never}>
          <Button type="primary">补报改好的行</Button>
        </Link>
      )}
      {batch.counts.accepted > 0 && !batch.isTrial && <DrawSample batch={batch} url={url} />}
    </>
  );
}

/** Accepts a batch that was tried; from here on it is judged anew and entered. */
function Accept({ batch, url }: { batch: BatchWire; url: string }) {
  const accept = useWrite((_: undefined, options) => api.post<BatchWire>(`${url}/acceptance`, undefined, options));
  return (
    <>
      <Popconfirm
        title={`承保 ${showCount(batch.counts.accepted)} 行？`}
        description="照此刻的台账与额度重新逐行判断，通过的即承保；其余退回。"
        okText="承保"
        onConfirm={() => accept.mutate(undefined)}
      >
        <Button type="primary" loading={accept.isPending} disabled={batch.counts.accepted === 0}>
          接受这一批
        </Button>
      </Popconfirm>
      {accept.error && <RefusalList problem={accept.error} />}
    </>
  );
}

/** Draws the sample for the audit after the fact; whoever works for several guarantors says for which. */
function DrawSample({ batch, url }: { batch: BatchWire; url: string }) {
  const may = useMay('batches.audit');
  const me = useMe();
  const router = useRouter();
  const own = me.institution?.kind === 'guarantor' ? me.institution.id : batch.guarantorId?.toString();
  const [chosen, setChosen] = useState(own);
  const draw = useWrite(
    (guarantorId: string, options) =>
      api.post<SampleWire>(`${url}/samples`, { guarantorId: Number(guarantorId) }, options),
    (sample) => void router.navigate({ to: `/batches/samples/${sample.guarantorId}/${sample.id}` as string }),
  );
  if (!may) return null;
  return (
    <>
      {own === undefined && (
        <InstitutionField kind="guarantor" value={chosen} onChange={setChosen} placeholder="抽查哪家机构" />
      )}
      <Button loading={draw.isPending} disabled={chosen === undefined} onClick={() => chosen && draw.mutate(chosen)}>
        抽样核查
      </Button>
      {draw.error && <RefusalList problem={draw.error} />}
    </>
  );
}

function BatchState({ batch }: { batch: BatchWire }) {
  const { counts, phase, progress } = batch;
  const look = phaseLooks[phase];
  return (
    <Panel>
      <div className="batch-state">
        <StatusBadge tone={look.tone}>{look.title}</StatusBadge>
        <span className="muted">{sentenceOf(batch)}</span>
      </div>
      {isUnderWay(phase) && (
        <div className="progress" aria-live="polite">
          <Progress percent={Math.floor(progress.share * 100)} status="active" />
          <div className="muted">
            已判断 {showCount(counts.rows)} 行　每秒 {showCount(progress.rowsPerSecond)} 行　用时{' '}
            {progress.seconds.toFixed(0)} 秒
          </div>
        </div>
      )}
      {batch.failure && <div className="batch-failure">{batch.failure}</div>}
      <div className="batch-figures">
        <Figure title="行数" value={counts.rows} />
        <span className="batch-sign">=</span>
        <Figure title="接受" value={counts.accepted} tone="good" />
        <span className="batch-sign">+</span>
        <Figure title="已受理" value={counts.already} />
        <span className="batch-sign">+</span>
        <Figure title="待补正" value={counts.needsCompleting} tone="warn" />
        <span className="batch-sign">+</span>
        <Figure title="拒绝" value={counts.refused} tone="bad" />
        <div className="batch-figure batch-aside">
          <b>
            <MoneyText value={batch.principal} />
          </b>
          <span>{batch.isTrial ? '可接受的主债权金额（试算）' : '接受的主债权金额'}</span>
        </div>
      </div>
    </Panel>
  );
}

function sentenceOf({ phase, counts, isTrial }: BatchWire): string {
  const bad = counts.needsCompleting + counts.refused;
  if (phase === 'trying') return '正在逐行试算，什么也不落账。可以离开本页，看过结论再决定。';
  if (phase === 'tried')
    return bad > 0
      ? '这是试算，还没有承保。可以下载退回行改好后用同一批次号重新试算，也可以接受：通过的行承保，其余退回。'
      : '这是试算，还没有承保。各行都通过，接受后即承保。';
  if (isTrial) return '试算没有做完，什么也没有承保；用同一批次号重送同一文件即重新试算。';
  if (phase === 'running') return '正在逐行判断并承保。可以离开本页；中途断电也不会丢、不会重。';
  if (phase === 'done')
    return bad > 0 ? '通过的行已承保。下载退回行，按首列原因改好，换批次号只送这些行。' : '全部行已处理完毕。';
  return '已承保的行保留；用同一批次号重送同一文件会从中断处继续，不会重复。';
}

type FigureProps = { title: string; value: number; tone?: 'good' | 'warn' | 'bad' };
const Figure = ({ title, value, tone }: FigureProps) => (
  <div className="batch-figure">
    <b className={tone && value > 0 ? `batch-${tone}` : ''}>
      <CountText value={value} />
    </b>
    <span>{title}</span>
  </div>
);

/** The cohorts the batch touched: 累计承保, 累计代偿, 累计解除 before and after. */
const MeterMoves = ({ batch }: { batch: BatchWire }) => (
  <Panel
    title={batch.isTrial ? '代偿率仪表：本批前后（试算）' : '代偿率仪表：本批前后'}
    note="银行 × 产品 × 起始年"
    flush
    extra={<Link to={'/batches/meters' as string}>看全部</Link>}
  >
    <table className="dense batch-meters">
      <thead>
        <tr>
          <th>担保机构</th>
          <th>起始年</th>
          <th className="figure">累计承保（前）</th>
          <th className="figure">累计承保（后）</th>
          <th className="figure">累计代偿</th>
          <th className="figure">累计解除</th>
        </tr>
      </thead>
      <tbody>
        {batch.meters.map(({ guarantorId, guarantorName, year, before, after }) => (
          <tr key={`${guarantorId}/${year}`}>
            <td>{guarantorName}</td>
            <td>{year}</td>
            <td className="figure">
              <MoneyText value={before.volume} />
            </td>
            <td className="figure">
              <MoneyText value={after?.volume} />
            </td>
            <td className="figure">
              <MoneyText value={(after ?? before).paid} />
            </td>
            <td className="figure">
              <MoneyText value={(after ?? before).released} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </Panel>
);

/** Rules with their counts to the left, the rows behind them to the right. */
function Verdicts({ batch, url }: { batch: BatchWire; url: string }) {
  const [filters, setFilters] = useFilters();
  const most = Math.max(1, ...batch.rules.map(({ rows }) => rows));
  return (
    <div className="batch-verdicts">
      <Panel title="按规则" note="点一项只看这些行" flush>
        {batch.rules.length === 0 && <div className="pad muted">全部行都已接受。</div>}
        <ul className="batch-rules">
          {batch.rules.map((rule) => (
            <li key={`${rule.code}/${rule.verdict}`}>
              <button
                type="button"
                aria-pressed={filters.code === rule.code}
                onClick={() => setFilters({ code: filters.code === rule.code ? undefined : rule.code })}
              >
                <span>
                  <StatusBadge tone={verdictLooks[rule.verdict].tone}>{verdictLooks[rule.verdict].title}</StatusBadge>{' '}
                  {rule.message}
                </span>
                <b className="figure">{showCount(rule.rows)}</b>
                {rule.clause && (
                  <small>
                    依据：{rule.clause}
                    {rule.unverified ? '（未核实）' : ''}
                  </small>
                )}
                <i style={{ width: `${(rule.rows / most) * 100}%` }} />
              </button>
            </li>
          ))}
        </ul>
      </Panel>
      <DataTable<RowLine>
        url={`${url}/rows`}
        filters={{ verdict: filters.verdict, code: filters.code }}
        columns={rowColumns}
        rowKey={(row) => String(row.line)}
        tools={
          <Select
            allowClear
            aria-label="结论"
            placeholder="全部结论"
            style={{ width: 150 }}
            value={filters.verdict ?? null}
            options={(['accepted', 'refused', 'needs-completing', 'already'] as const).map((value) => ({
              value,
              label: verdictLooks[value].title,
            }))}
            onChange={(verdict) => setFilters({ verdict: (verdict ?? undefined) as Verdict | undefined })}
          />
        }
        empty={{ title: '没有这样的行', next: '换一个规则或结论再看。' }}
      />
    </div>
  );
}

const rowColumns: readonly Column<RowLine>[] = [
  { key: 'line', title: '文件行', width: 70, isFigure: true, render: (row) => row.line },
  {
    key: 'verdict',
    title: '结论',
    width: 80,
    render: (row) => (
      <span title={verdictLooks[row.verdict].meaning}>
        <StatusBadge tone={verdictLooks[row.verdict].tone}>{verdictLooks[row.verdict].title}</StatusBadge>
      </span>
    ),
  },
  {
    key: 'contract',
    title: '担保业务编号',
    width: 130,
    render: (row) =>
      row.guaranteeId ? (
        <Link to={`/guarantees/${row.guarantorId}/${row.guaranteeId}` as string}>{row.contractNo}</Link>
      ) : (
        (row.contractNo ?? '')
      ),
  },
  { key: 'customer', title: '借款人', width: 150, render: (row) => row.customerName ?? '' },
  {
    key: 'principal',
    title: '接受金额',
    width: 90,
    isFigure: true,
    render: (row) => (row.principal === null ? '' : <MoneyText value={row.principal} />),
  },
  { key: 'reasons', title: '原因、依据与办法', width: 300, render: (row) => <ReasonLines reasons={row.reasons} /> },
];
