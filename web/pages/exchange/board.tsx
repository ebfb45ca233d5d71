import { ExportOutlined, ReloadOutlined, SendOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { addDays, type Day } from '../../../src/kernel/day.ts';
import type { Board } from '../../../src/modules/exchange/contract.ts';
import { api, withQuery } from '../../api.ts';
import { DayField, RegionField, UnverifiedMark, useFilters } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { EmptyState, QueryState } from '../../shell/states.tsx';
import { BoardTable } from './board-table.tsx';
import { FaultPanel } from './fault-panel.tsx';
import { type CellStatus, cellLooks } from './looks.ts';
import { PackageDrawer } from './package-drawer.tsx';
import { SubmitDialog } from './submit-dialog.tsx';
import './exchange.css';

/** 日报送: who has sent what to the monitoring system, institution by day. */
export default function BoardPage() {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  const [isSending, setSending] = useState(false);
  const length = Number(filters.days ?? 14);
  const to = (filters.to ?? addDays(me.today as Day, -1)) as Day;
  const range = { from: addDays(to, 1 - length), to, region: filters.region };
  const query = useQuery({
    queryKey: ['exchange', 'board', range],
    queryFn: ({ signal }) => api.get<Board>('/api/exchange/board', range, signal),
    placeholderData: keepPreviousData,
  });
  const maySubmit = useMay('exchange.submit');
  return (
    <Page
      title="日报送"
      note={
        <>
          每家机构每个自然日一个数据包；当日无业务也要零报告。
          {me.demo && <StandInMark />}
        </>
      }
      actions={
        <>
          <Link to={'/exchange/packages' as string}>
            <Button>数据包清单</Button>
          </Link>
          {maySubmit && (
            <Button type="primary" icon={<SendOutlined />} onClick={() => setSending(true)}>
              立即报送
            </Button>
          )}
        </>
      }
    >
      <Panel flush>
        <div className="table-tools">
          <RegionField value={filters.region} onChange={(region) => setFilters({ region })} placeholder="全省" />
          <Segmented
            value={length}
            options={[7, 14, 31].map((value) => ({ value, label: `${value} 天` }))}
            onChange={(days) => setFilters({ days: String(days) })}
          />
          截至
          <DayField value={to} max={me.today} allowClear={false} onChange={(day) => setFilters({ to: day })} />
          <div className="table-tools-right">
            <Button
              type="text"
              icon={<ReloadOutlined />}
              aria-label="刷新"
              title="刷新"
              onClick={() => void query.refetch()}
            />
            <Button icon={<ExportOutlined />} href={withQuery('/api/exchange/board', { ...range, format: 'xlsx' })}>
              导出
            </Button>
          </div>
        </div>
        <QueryState query={query} rows={10}>
          {(board) => (
            <>
              <Legend board={board} />
              {board.rows.length === 0 ? (
                <EmptyState title="这里没有要报送的机构" next="换一个区域或时段再看。" />
              ) : (
                <BoardTable board={board} open={(key) => setFilters({ package: key })} />
              )}
              <div className="table-foot">
                今日 {board.today}　业务日次日为报送期限 <UnverifiedMark reason={board.dueUnverified} />
              </div>
            </>
          )}
        </QueryState>
      </Panel>
      <FaultPanel />
      <PackageDrawer
        packageKey={filters.package}
        close={() => setFilters({ package: undefined })}
        open={(key) => setFilters({ package: key })}
      />
      {isSending && <SubmitDialog close={() => setSending(false)} />}
    </Page>
  );
}

/** Says plainly that the other side of a demo is not the real monitoring system. */
export const StandInMark = () => (
  <span className="mark mark-unverified exchange-stand-in">对方是监测系统替身（演示用，不是真实的监测系统）</span>
);

/** What each colour means, and how many there are. */
function Legend({ board }: { board: Board }) {
  return (
    <div className="exchange-legend">
      {(Object.keys(cellLooks) as CellStatus[]).map((status) => (
        <span key={status} className={board.counts[status] ? '' : 'exchange-none'}>
          <i className={`exchange-cell exchange-${status}`}>{cellLooks[status].letter}</i>
          {cellLooks[status].title} <b className="figure">{(board.counts[status] ?? 0).toLocaleString('en-US')}</b>
        </span>
      ))}
    </div>
  );
}
