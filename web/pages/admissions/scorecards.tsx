import { useQuery } from '@tanstack/react-query';
import { Table } from 'antd';
import type { ScorecardWire } from '../../../src/modules/admissions/contract.ts';
import { api } from '../../api.ts';
import { FootLine, UnverifiedMark } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { NewScorecard } from './scorecard-form.tsx';

/** The scorecards of admission, newest first; each serves the applications taken in from its day on. */
export default function ScorecardsPage() {
  const me = useMe();
  const mayWrite = useMay('admissions.write');
  const query = useQuery({
    queryKey: ['admissions', 'scorecards'],
    queryFn: ({ signal }) => api.get<{ rows: ScorecardWire[] }>('/api/admissions/scorecards', {}, signal),
  });
  const newest = query.data?.rows[0];
  return (
    <Page
      title="准入评分卡"
      note="只用于生效日起受理的申请与复审；已办的仍按当日的一版"
      trail={[{ title: '银行准入', to: '/admissions' }]}
      actions={mayWrite && newest && <NewScorecard previous={newest} />}
    >
      <QueryState query={query} rows={8}>
        {({ rows }) => (
          <>
            {rows.map((card) => (
              <Panel
                key={card.version}
                title={`第 ${card.version} 版，自 ${card.from} 起`}
                note={card.source}
                extra={card.unverified && <UnverifiedMark reason={card.unverified} />}
              >
                <CardView card={card} />
                <FootLine asOf={me.today} unit={null} basis="各项满分合计 100 分" />
              </Panel>
            ))}
          </>
        )}
      </QueryState>
    </Page>
  );
}

function CardView({ card: { terms } }: { card: ScorecardWire }) {
  return (
    <>
      <p>
        等级：{terms.grades.map(({ grade, least }) => `${grade} 级 ${least} 分起`).join('，')}；准入线 {terms.admitFrom}{' '}
        分，保留线 {terms.keepFrom} 分；有效 {terms.validMonths} 个月，每 {terms.reviewMonths} 个月复审
      </p>
      <div className="cols" style={{ gridTemplateColumns: 'minmax(0, 7fr) minmax(0, 5fr)' }}>
        <Table
          size="small"
          pagination={false}
          rowKey={(row) => row.code}
          dataSource={terms.criteria}
          columns={[
            { title: '指标', dataIndex: 'title', width: 150 },
            { title: '满分', dataIndex: 'maximum', width: 70, align: 'right' },
            { title: '评什么', dataIndex: 'guide' },
          ]}
        />
        <Table
          size="small"
          pagination={false}
          rowKey={(row) => row.code}
          dataSource={terms.checklist}
          columns={[
            { title: '资料', dataIndex: 'title' },
            { title: '必备', width: 60, render: (_, row) => (row.required ? '是' : '否') },
          ]}
        />
      </div>
    </>
  );
}
