import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { RequestRow } from '../../../src/modules/reconciliation/contract.ts';
import { api } from '../../api.ts';
import { StatusBadge, type StatusTone, showInstant } from '../../fields/index.ts';
import { Panel } from '../../shell/page.tsx';

const looks: Readonly<Record<RequestRow['status'], { title: string; tone: StatusTone }>> = {
  waiting: { title: '排队中', tone: 'mute' },
  running: { title: '核对中', tone: 'busy' },
  failed: { title: '未成', tone: 'bad' },
  done: { title: '已完成', tone: 'good' },
};

/** Runs asked for that have no result (yet), above the list of results; nothing where there is none. */
export function OpenRequests() {
  const { data } = useQuery({
    queryKey: ['reconciliation', 'requests'],
    queryFn: ({ signal }) => api.get<{ rows: RequestRow[] }>('/api/reconciliation/requests', {}, signal),
    refetchInterval: ({ state }) => (state.data?.rows.some((row) => row.status !== 'failed') ? 2000 : false),
  });
  if (!data || data.rows.length === 0) return null;
  return (
    <Panel title="已受理，尚无结果">
      <ul className="recon-requests">
        {data.rows.map((row) => (
          <li key={row.runId}>
            <StatusBadge tone={looks[row.status].tone}>{looks[row.status].title}</StatusBadge>
            <Link to={`/reconciliation/${row.runId}` as string}>
              批次 {row.runId}　{row.guarantorName}　截至 {row.asOf}
            </Link>
            <span className="muted">
              {row.requestedBy} {showInstant(row.requestedAt)}
            </span>
            {row.refusals.length > 0 && <span>{row.refusals.map(({ message }) => message).join('；')}</span>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
