import { useQuery } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { useLayoutEffect, useState } from 'react';
import type { HomeSummary } from '../../../src/modules/home/contract.ts';
import { api } from '../../api.ts';
import { useExplain } from '../../fields/how-computed.tsx';
import { notApplicable, showFigure, showWireDay } from '../../fields/show.ts';
import { ShanxiMap } from '../../map/shanxi-map.tsx';
import { Page, Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { EmptyState, QueryState } from '../../shell/states.tsx';
import { useUnit } from '../../shell/unit.tsx';
import { ReportingStrip } from './reporting-strip.tsx';
import { TodoList } from './todo-list.tsx';
import './home.css';

/** 工作台: what waits for me and why, the figures of my area, the map, and who has reported. */
export default function HomePage() {
  const me = useMe();
  const summary = useQuery({
    queryKey: ['home', 'summary'],
    queryFn: ({ signal }) => api.get<HomeSummary>('/api/home/summary', {}, signal),
  });
  const mapHeight = useMapHeight();
  return (
    <Page title="工作台" note={`${showWireDay(me.today, true)}　${me.user.name}　${me.scope.text}`}>
      <QueryState query={summary} rows={2}>
        {(found) => <KeyFigures summary={found} />}
      </QueryState>
      <div className="home-grid">
        <Panel title="待办" note="按剩余工作日排列，已计调休" flush className="home-todo">
          <TodoList />
        </Panel>
        <Panel title="区域地图" note="只用已封存的季度反馈数据" flush className="home-map" extra={<MapLink />}>
          <QueryState query={summary} rows={8}>
            {(found) => <HomeMap map={found.map} height={mapHeight} />}
          </QueryState>
        </Panel>
        <Panel title="日报送" note="机构 × 日" flush className="home-reporting" extra={<MoreLink to="/exchange" />}>
          <QueryState query={summary} rows={3}>
            {(found) => <ReportingStrip reporting={found.reporting} />}
          </QueryState>
        </Panel>
      </div>
    </Page>
  );
}

function KeyFigures({ summary }: { summary: HomeSummary }) {
  return (
    <div>
      <div className="key-figures">
        {summary.figures.map((figure) => (
          <KeyCard key={figure.key} figure={figure} />
        ))}
      </div>
      <div className="foot-line">
        数据截至 {summary.asOf}　口径：{summary.basis}
      </div>
    </div>
  );
}

function KeyCard({ figure }: { figure: HomeSummary['figures'][number] }) {
  const unit = useUnit();
  const open = useExplain();
  const shown = showFigure(figure.value, figure.unit, unit);
  const change = figure.change && showFigure(figure.change.value, figure.unit, unit);
  const { explain } = figure;
  return (
    <div className="key-card">
      <div className="key-title">
        {figure.url ? <Link to={figure.url as string}>{figure.title}</Link> : figure.title}
      </div>
      <div className="key-value">
        {explain ? (
          <button type="button" className="figure-link" title="点开看怎么算的" onClick={() => open(explain)}>
            {shown.text}
          </button>
        ) : (
          shown.text
        )}
        {shown.text !== notApplicable && <small>{shown.unit}</small>}
      </div>
      <div className="key-change">
        {change?.text ? (
          <>
            {figure.change?.against}{' '}
            <span className={change.text.startsWith('−') ? 'figure-negative' : ''}>
              {/^[−—]/.test(change.text) ? change.text : `+${change.text}`}
            </span>
          </>
        ) : (
          ' '
        )}
      </div>
    </div>
  );
}

function HomeMap({ map, height }: { map: HomeSummary['map']; height: number }) {
  const router = useRouter();
  if (!map) {
    return (
      <EmptyState
        title="还没有封存的季度数据"
        next={<Link to={'/feedback' as string}>核对无误后，到「季度反馈」封存第一个季度</Link>}
      />
    );
  }
  return (
    <ShanxiMap
      title={map.title}
      unit={map.unit}
      data={map.rows}
      asOf={map.asOf}
      basis={map.basis}
      height={height}
      onCounty={(code) => router.history.push(`/guarantees?region=${code}`)}
    />
  );
}

const MapLink = () => <MoreLink to="/map" label="全屏查看" />;

/** A link to a page this person's menu may lack: left out then. */
function MoreLink({ to, label = '查看全部' }: { to: string; label?: string }) {
  const router = useRouter();
  if (!Object.hasOwn(router.routesByPath, to)) return null;
  return <Link to={to as string}>{label}</Link>;
}

/** The map takes what 1366×768 leaves below the cards, and more on a larger screen. */
function useMapHeight(): number {
  const [height, setHeight] = useState(360);
  useLayoutEffect(() => {
    const measure = () => setHeight(Math.max(340, Math.min(640, window.innerHeight - 340)));
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, []);
  return height;
}
