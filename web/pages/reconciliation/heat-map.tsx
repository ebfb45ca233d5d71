import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Segmented } from 'antd';
import { useMemo } from 'react';
import type { z } from 'zod';
import { addDays, type Day } from '../../../src/kernel/day.ts';
import type { heatMap } from '../../../src/modules/reconciliation/contract.ts';
import { api } from '../../api.ts';
import { DayField, showWireRatio, useFilters } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { EmptyState, QueryState } from '../../shell/states.tsx';
import { runLooks } from './looks.ts';
import './reconciliation.css';

type HeatMap = z.infer<typeof heatMap>;

/** 核对热力图: institution by day, from each day's newest run; a cell opens its run. */
export default function HeatMapPage() {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  const length = Number(filters.days ?? 14);
  const to = (filters.to ?? me.today) as Day;
  const range = { from: addDays(to, 1 - length), to };
  const query = useQuery({
    queryKey: ['reconciliation', 'heat-map', range],
    queryFn: ({ signal }) => api.get<HeatMap>('/api/reconciliation/heat-map', range, signal),
  });
  return (
    <Page
      title="核对热力图"
      trail={[{ title: '数据核对', to: '/reconciliation' }]}
      note="每格是该机构该日最近一批的结果：绿为全部一致，数字是差异条数。"
    >
      <Panel flush>
        <div className="table-tools">
          <Segmented
            value={length}
            options={[14, 31].map((value) => ({ value, label: `${value} 天` }))}
            onChange={(days) => setFilters({ days: String(days) })}
          />
          截至
          <DayField value={to} max={me.today} allowClear={false} onChange={(day) => setFilters({ to: day })} />
          <span className="recon-legend">
            <i className="heat-cell heat-clean" /> 全部一致
            <i className="heat-cell heat-few">3</i> 一致率 99% 以上
            <i className="heat-cell heat-many">9</i> 不足 99%
            <i className="heat-cell heat-none" /> 未核对
          </span>
        </div>
        <QueryState query={query} rows={10}>
          {(map) =>
            map.guarantors.length === 0 ? (
              <EmptyState
                title="这段时间没有核对过"
                next={<Link to={'/reconciliation/new' as string}>发起核对</Link>}
              />
            ) : (
              <HeatTable map={map} />
            )
          }
        </QueryState>
      </Panel>
    </Page>
  );
}

function HeatTable({ map }: { map: HeatMap }) {
  const cells = useMemo(() => new Map(map.cells.map((each) => [`${each.guarantorId} ${each.day}`, each])), [map]);
  return (
    <div className="heat">
      <table>
        <thead>
          <tr>
            <th>机构</th>
            {map.days.map((day) => (
              <th key={day}>{day.slice(5).replace('-', '/')}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {map.guarantors.map((row) => (
            <tr key={row.id}>
              <th>{row.name}</th>
              {map.days.map((day) => (
                <td key={day}>
                  <HeatCell name={row.name} day={day} cell={cells.get(`${row.id} ${day}`)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HeatCell({ name, day, cell }: { name: string; day: string; cell: HeatMap['cells'][number] | undefined }) {
  if (!cell) return <span className="heat-cell heat-none" title={`${name} ${day} 未核对`} />;
  const isFew = cell.matchRate !== null && Number(cell.matchRate) >= 0.99;
  const look = cell.differences === 0 ? 'heat-clean' : isFew ? 'heat-few' : 'heat-many';
  const title = `${name} ${day} ${runLooks[cell.status].title}，一致率 ${showWireRatio(cell.matchRate)}，差异 ${cell.differences} 条`;
  return (
    <Link
      to={`/reconciliation/${cell.runId}` as string}
      className={`heat-cell ${look}`}
      title={title}
      aria-label={title}
    >
      {cell.differences || ''}
    </Link>
  );
}
