import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { api } from '../../api.ts';
import { DayText, Facts, FootLine, MoneyText, StatusBadge, showInstant } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { Indicators } from './indicators.tsx';
import {
  type InstitutionDetail,
  kindTitles,
  levelTitles,
  licenceTitles,
  lineageTitles,
  statusTitles,
} from './titles.ts';

/** One institution: licence, lineage, capital, and for a guarantor its indicators. */
export default function InstitutionPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const mayBook = useMay('book.read');
  const query = useQuery({
    queryKey: ['institution', id],
    queryFn: ({ signal }) => api.get<InstitutionDetail>(`/api/institutions/${id}`, {}, signal),
  });
  const found = query.data;
  return (
    <Page
      title={found?.name ?? '机构详情'}
      note={found && `${kindTitles[found.kind]}　${levelTitles[found.level]}　${found.regionName}`}
      trail={[{ title: '机构', to: '/institutions' }]}
    >
      <QueryState query={query} rows={8}>
        {(institution) => (
          <>
            <div className="cols" style={{ gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)' }}>
              <Panel title="登记与许可">
                <Facts columns={3} facts={factsOf(institution)} />
              </Panel>
              <Panel title="沿革" note="由谁而来，成为谁">
                <Lineage of={institution} />
              </Panel>
            </div>
            {institution.kind === 'guarantor' && mayBook && <Indicators guarantorId={institution.id} />}
            {institution.capital.length > 0 && <Capital of={institution} />}
          </>
        )}
      </QueryState>
    </Page>
  );
}

const factsOf = (of: InstitutionDetail) => [
  { name: '机构代码', value: of.code },
  { name: '简称', value: of.shortName },
  {
    name: '状态',
    value: <StatusBadge tone={statusTitles[of.status].tone}>{statusTitles[of.status].title}</StatusBadge>,
  },
  { name: '许可证号', value: of.licenceNo ?? '—' },
  {
    name: '许可证状态',
    value: of.licenceStatus ? (
      <StatusBadge tone={licenceTitles[of.licenceStatus].tone}>{licenceTitles[of.licenceStatus].title}</StatusBadge>
    ) : (
      '—'
    ),
  },
  { name: '开业日', value: <DayText value={of.openedOn} /> },
  ...(of.closedOn ? [{ name: '停业日', value: <DayText value={of.closedOn} /> }] : []),
];

function Lineage({ of }: { of: InstitutionDetail }) {
  const rows = [
    ...of.predecessors.map((each) => ({ ...each, side: '前身' })),
    ...of.successors.map((each) => ({ ...each, side: '后继' })),
  ];
  if (rows.length === 0) return <span className="muted">设立以来没有合并、更名或分立。</span>;
  return (
    <table className="dense" aria-label="沿革">
      <thead>
        <tr>
          <th>关系</th>
          <th>机构</th>
          <th>事由</th>
          <th>日期</th>
          <th>文件</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((each) => (
          <tr key={`${each.side}${each.id}${each.happenedOn}`}>
            <td>{each.side}</td>
            <td>
              <Link to={`/institutions/${each.id}` as string}>{each.name}</Link>
            </td>
            <td>{lineageTitles[each.kind] ?? each.kind}</td>
            <td className="nowrap">
              <DayText value={each.happenedOn} />
            </td>
            <td>{each.document ?? '—'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Capital({ of }: { of: InstitutionDetail }) {
  const me = useMe();
  return (
    <Panel title="资本" note="每期一条，只增不改；更正时同一截至日再登记一条">
      <table className="dense" aria-label="资本">
        <thead>
          <tr>
            <th>截至日</th>
            <th className="num">注册资本</th>
            <th className="num">净资产</th>
            <th className="num">对其他担保公司的股权投资</th>
            <th>来源</th>
            <th>登记时间</th>
          </tr>
        </thead>
        <tbody>
          {of.capital.map((each) => (
            <tr key={`${each.asOf}${each.recordedAt}`}>
              <td>{each.asOf}</td>
              <td className="num">
                <MoneyText value={each.registeredCapital} />
              </td>
              <td className="num">
                <MoneyText value={each.netAssets} />
              </td>
              <td className="num">
                <MoneyText value={each.stakesInGuarantors} />
              </td>
              <td>{each.source}</td>
              <td className="muted nowrap">{showInstant(each.recordedAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <FootLine asOf={me.today} basis="非合并口径" />
    </Panel>
  );
}
