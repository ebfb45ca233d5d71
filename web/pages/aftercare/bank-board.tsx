import { DownloadOutlined, UploadOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import type { Day } from '../../../src/kernel/day.ts';
import type { Board } from '../../../src/modules/bankreports/contract.ts';
import { api } from '../../api.ts';
import { DayField, showWireMoney, UnverifiedMark, useFilters } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { EmptyState, QueryState } from '../../shell/states.tsx';
import { cellLooks } from './looks.tsx';
import { UploadDialog } from './upload-dialog.tsx';
import './aftercare.css';

/** 银行逐笔状态: bank by working day, how much of each day is covered; the way in for the bank's file. */
export default function BankBoardPage() {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  const [isSending, setSending] = useState(false);
  const maySend = useMay('reports.submit');
  const to = (filters.to ?? me.today) as Day;
  const range = { to, days: Number(filters.days ?? 10) };
  const query = useQuery({
    queryKey: ['bank-reports', 'board', range],
    queryFn: ({ signal }) => api.get<Board>('/api/bank-reports/board', range, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title="银行逐笔状态"
      note="每家银行每个业务日对每笔在保贷款报一行，当日无变动也要报：沉默不等于零"
      actions={
        <>
          <Link to={`/bank-reports/gaps?day=${query.data?.days.at(-2)?.day ?? to}` as string}>
            <Button>应报未报</Button>
          </Link>
          <Link to={'/bank-reports/questions?status=open' as string}>
            <Button>疑问</Button>
          </Link>
          <Link to={'/bank-reports/receipts' as string}>
            <Button>回执</Button>
          </Link>
          {maySend && (
            <Button type="primary" icon={<UploadOutlined />} onClick={() => setSending(true)}>
              报送
            </Button>
          )}
        </>
      }
    >
      <Panel flush>
        <div className="table-tools">
          <Segmented
            value={range.days}
            options={[5, 10, 20].map((value) => ({ value, label: `${value} 个工作日` }))}
            onChange={(days) => setFilters({ days: String(days) })}
          />
          截至
          <DayField value={to} max={me.today} allowClear={false} onChange={(day) => setFilters({ to: day })} />
          {maySend && (
            <div className="table-tools-right">
              <Button icon={<DownloadOutlined />} onClick={() => setSending(true)}>
                下载模板
              </Button>
            </div>
          )}
        </div>
        <QueryState query={query} rows={8}>
          {(board) => (
            <>
              <div className="care-legend">
                {Object.values(cellLooks).map((look) => (
                  <span key={look.title}>
                    <i className={`care-cell ${look.className}`}>{look.letter}</i>
                    {look.title}
                  </span>
                ))}
              </div>
              {board.rows.length === 0 ? (
                <EmptyState title="没有在保业务的银行" next="有在保业务后，这里逐日显示报送情况。" />
              ) : (
                <BoardTable board={board} />
              )}
              <div className="table-foot">
                今日 {board.today}　业务日按工作日，次一工作日为期限 <UnverifiedMark reason={board.unverified} />
              </div>
            </>
          )}
        </QueryState>
      </Panel>
      {isSending && <UploadDialog day={query.data?.days.at(-1)?.day ?? me.today} close={() => setSending(false)} />}
    </Page>
  );
}

function BoardTable({ board }: { board: Board }) {
  const router = useRouter();
  return (
    <div className="care-board">
      <table>
        <thead>
          <tr>
            <th className="care-name">银行</th>
            {board.days.map(({ day, dueOn }) => (
              <th key={day} title={`期限 ${dueOn}`}>
                {day.slice(5).replace('-', '/')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {board.rows.map((row) => (
            <tr key={row.bankId}>
              <th className="care-name">
                {row.name}
                <small>{row.from ? `自 ${row.from} 起` : '尚未规定起始日'}</small>
              </th>
              {row.cells.map((cell) => {
                const look = cellLooks[cell.state];
                const isPlain = cell.state === 'not-required';
                const title = `${row.name} ${cell.day} ${look.title}`;
                return (
                  <td key={cell.day}>
                    <button
                      type="button"
                      className={`care-cell ${look.className}`}
                      aria-label={title}
                      title={
                        cell.overdue > 0
                          ? `${title}，逾期 ${cell.overdue} 笔 ${showWireMoney(cell.overdueAmount, '万元')} 万元`
                          : title
                      }
                      disabled={isPlain}
                      onClick={() => router.history.push(`/bank-reports/gaps?day=${cell.day}&bankId=${row.bankId}`)}
                    >
                      {isPlain ? '—' : `${cell.reported}/${cell.expected}`}
                      {cell.overdue > 0 && <small>逾期 {cell.overdue}</small>}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
