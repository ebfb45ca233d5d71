import { useQueries, useQuery } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { Select } from 'antd';
import { useLayoutEffect, useState } from 'react';
import type { z } from 'zod';
import type { mapAnswer } from '../../../src/modules/feedback/contract.ts';
import { api } from '../../api.ts';
import { FootLine, StatusBadge, showFigure, showWireQuarter, useExplain, useFilters } from '../../fields/index.ts';
import { ShanxiMap } from '../../map/shanxi-map.tsx';
import { Page, Panel } from '../../shell/page.tsx';
import { EmptyState, QueryState } from '../../shell/states.tsx';
import { useUnit } from '../../shell/unit.tsx';
import './map.css';

type Answer = z.infer<typeof mapAnswer>;
type Area = Answer['rows'][number];

/** The figures worth a map, of those a certificate holds. */
const metrics = [
  ['outstanding', '在保余额（合同口径）'],
  ['outstandingActual', '在保余额（实际承担口径）'],
  ['guaranteeCount', '在保笔数'],
  ['households', '在保户数'],
  ['newAmount', '本季新增担保额'],
  ['claimCash', '代偿金额（实际支付）'],
  ['claimRatio', '担保代偿率（本年）'],
  ['recoveryAmount', '追偿回收'],
  ['averageFeeRate', '年化平均担保费率'],
  ['smallShare', '单户500万元及以下占比'],
] as const;
const lines = [
  ['total', '全部业务'],
  ['p1', '支小'],
  ['p2', '支农'],
  ['p4', '支新'],
  ['p8', '支创'],
] as const;
const province = '140000';

const areasQuery = (asked: { quarter?: string | undefined; metric: string; line: string; region: string }) => ({
  queryKey: ['feedback-map', asked],
  queryFn: ({ signal }: { signal: AbortSignal }) => api.get<Answer>('/api/feedback/map', asked, signal),
  staleTime: 5 * 60_000,
});

/** 区域地图: sealed figures by city and county; a county leads to its certificate and from there to its loans. */
export default function MapPage() {
  const [filters, setFilters] = useFilters();
  const asked = { quarter: filters.quarter, metric: filters.metric ?? 'outstanding', line: filters.line ?? 'total' };
  const query = useQuery(areasQuery({ ...asked, region: province }));
  return (
    <Page
      title="区域地图"
      note="只用已封存的季度反馈数据；省 → 市 → 县 → 逐笔"
      actions={
        <>
          <Select
            aria-label="指标"
            style={{ width: 210 }}
            value={asked.metric}
            options={metrics.map(([value, label]) => ({ value, label }))}
            onChange={(metric) => setFilters({ metric: metric === 'outstanding' ? undefined : metric })}
          />
          <Select
            aria-label="业务"
            style={{ width: 104 }}
            value={asked.line}
            options={lines.map(([value, label]) => ({ value, label }))}
            onChange={(line) => setFilters({ line: line === 'total' ? undefined : line })}
          />
          {query.data && query.data.quarters.length > 0 && (
            <Select
              aria-label="季度"
              style={{ width: 150 }}
              value={query.data.quarter}
              options={query.data.quarters.map((value) => ({ value, label: showWireQuarter(value) }))}
              onChange={(quarter) => setFilters({ quarter: quarter ?? undefined })}
            />
          )}
        </>
      }
    >
      <QueryState query={query} rows={12}>
        {(found) =>
          found.quarter === null ? (
            <Panel>
              <EmptyState
                title="还没有封存的季度数据"
                next={
                  <>
                    数据核对无误后，到<Link to={'/feedback' as string}>季度反馈</Link>
                    封存第一个季度，这里随即显示各市县的数字。
                  </>
                }
              />
            </Panel>
          ) : (
            <Areas found={found} asked={{ ...asked, quarter: found.quarter }} />
          )
        }
      </QueryState>
    </Page>
  );
}

type AreasProps = { found: Answer; asked: { quarter: string; metric: string; line: string } };

function Areas({ found, asked }: AreasProps) {
  const router = useRouter();
  const [area, setArea] = useState(province);
  const height = useMapHeight();
  const counties = useQueries({
    queries: found.rows.map((city) => areasQuery({ ...asked, region: String(city.code) })),
    combine: (answers) => answers.flatMap((each) => each.data?.rows ?? []),
  });
  const all = [...found.rows, ...counties];
  const shown =
    area === province ? found.rows : counties.filter((each) => String(each.code).startsWith(area.slice(0, 4)));
  const openCounty = (code: string) => {
    const county = all.find((each) => String(each.code) === code);
    if (county) router.history.push(certificateUrl(county));
  };
  const unit = found.metric.unit === '比例' ? '%' : found.metric.unit;
  return (
    <div className="map-page">
      <Panel flush>
        <ShanxiMap
          title={found.metric.title}
          unit={unit}
          data={all.map((each) => ({
            code: String(each.code),
            value: each.value,
            lines: [{ name: '凭证', value: each.number }],
          }))}
          height={height}
          onArea={setArea}
          onCounty={openCounty}
          asOf={found.asOf}
          basis={found.basis}
        />
      </Panel>
      <AreaTable found={found} rows={shown} asked={asked} isProvince={area === province} />
    </div>
  );
}

const certificateUrl = (area: Area) => `/feedback/${area.certificateId}`;

type AreaTableProps = {
  readonly found: Answer;
  readonly rows: readonly Area[];
  readonly asked: { readonly metric: string; readonly line: string };
  readonly isProvince: boolean;
};

function AreaTable({ found, rows, asked, isProvince }: AreaTableProps) {
  const moneyUnit = useUnit();
  const explain = useExplain();
  const heading = showFigure('0', found.metric.unit, moneyUnit).unit;
  const ordered = [...rows].sort((a, b) => Number(b.value ?? -1) - Number(a.value ?? -1));
  return (
    <Panel flush title={isProvince ? '各市' : '各县（市、区）'} note={showWireQuarter(found.quarter)}>
      <div className="map-table">
        <table className="dense" aria-label="各地数字">
          <thead>
            <tr>
              <th>区域</th>
              <th className="num">
                {found.metric.title}
                {heading && `（${heading}）`}
              </th>
              <th>凭证</th>
            </tr>
          </thead>
          <tbody>
            {ordered.map((row) => (
              <tr key={row.code}>
                <td className="nowrap">{row.name}</td>
                <td className="num">
                  <button
                    type="button"
                    className="figure-link"
                    title="点开看怎么算的"
                    onClick={() =>
                      explain(
                        `/api/feedback/certificates/${row.certificateId}/explain?metric=${asked.metric}&line=${asked.line}`,
                      )
                    }
                  >
                    {showFigure(row.value, found.metric.unit, moneyUnit).text}
                  </button>
                </td>
                <td>
                  <Link to={certificateUrl(row) as string} title={row.number}>
                    <StatusBadge tone={row.status === 'final' ? 'good' : row.status === 'published' ? 'busy' : 'mute'}>
                      {row.status === 'final' ? '已定稿' : row.status === 'published' ? '公示期' : '已更正'}
                    </StatusBadge>
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {ordered.length === 0 && <EmptyState title="这里没有封存的数据" next="点地图左上角回到全省，或换一个季度。" />}
      </div>
      <div style={{ padding: '0 12px 8px' }}>
        <FootLine asOf={found.asOf} unit={null} basis={found.basis} />
      </div>
    </Panel>
  );
}

/** What the window leaves below the heading, so that the whole province is in sight without scrolling. */
function useMapHeight(): number {
  const [height, setHeight] = useState(560);
  useLayoutEffect(() => {
    const measure = () => setHeight(Math.max(420, window.innerHeight - 190));
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, []);
  return height;
}
