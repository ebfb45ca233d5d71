import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Alert, Tabs } from 'antd';
import type { CaseDetail } from '../../../src/modules/cases/contract/detail.ts';
import { api } from '../../api.ts';
import { StatusBadge, showInstant, TagBadges, useFilters } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { QueryState } from '../../shell/states.tsx';
import './cases.css';
import { lookOf } from './looks.ts';
import { ApplicationTab } from './tab-application.tsx';
import { ApprovalTab } from './tab-approval.tsx';
import { DiligenceTab } from './tab-diligence.tsx';
import { FeeTab } from './tab-fees.tsx';
import { PapersTab } from './tab-papers.tsx';
import { ReviewTab } from './tab-review.tsx';
import { Verbs } from './verbs.tsx';

/** One case: what was asked, found, thought, decided, signed, paid; with the buttons of whoever looks. */
export default function CasePage() {
  const { guarantorId, id } = useParams({ strict: false }) as { guarantorId: string; id: string };
  const url = `/api/cases/${guarantorId}/${id}`;
  const query = useQuery({
    queryKey: ['case', guarantorId, id],
    queryFn: ({ signal }) => api.get<CaseDetail>(url, {}, signal),
  });
  const found = query.data;
  return (
    <Page
      title={
        found ? (
          <>
            {found.customerName}{' '}
            <small style={{ fontSize: 13, fontWeight: 400 }}>
              <StatusBadge tone={lookOf(found.state).tone}>{lookOf(found.state).title}</StatusBadge>
            </small>
          </>
        ) : (
          '项目详情'
        )
      }
      note={
        found && (
          <>
            {found.number}　{found.guarantorName}　{found.bankName ?? ''}　
            <TagBadges tags={found.tags} primaryTag={found.primaryTag} />
          </>
        )
      }
      trail={[{ title: '担保项目', to: '/cases' }]}
      actions={found && <Verbs of={found} url={url} />}
    >
      <QueryState query={query} rows={12}>
        {(of) => <Content of={of} url={url} />}
      </QueryState>
    </Page>
  );
}

function Content({ of, url }: { of: CaseDetail; url: string }) {
  const [filters, setFilters] = useFilters();
  const tabs = [
    { key: 'application', label: '申请', children: <ApplicationTab of={of} /> },
    ...(of.isOwnSide && of.submittedOn
      ? [
          { key: 'diligence', label: '尽调', children: <DiligenceTab of={of} url={url} /> },
          { key: 'review', label: '评审', children: <ReviewTab of={of} url={url} /> },
          { key: 'approval', label: '审批', children: <ApprovalTab of={of} url={url} /> },
        ]
      : []),
    { key: 'papers', label: '文书', children: <PapersTab of={of} url={url} /> },
    ...(of.isOwnSide ? [{ key: 'fees', label: '收费', children: <FeeTab of={of} url={url} /> }] : []),
    { key: 'history', label: '历史', children: <History of={of} /> },
  ];
  const wanted = tabs.some((tab) => tab.key === filters.tab) ? filters.tab : tabOf(of, tabs);
  return (
    <>
      {of.guaranteeId && (
        <Alert
          type="success"
          showIcon
          title={
            <>
              已放款在保：保证合同号{' '}
              <Link to={`/guarantees/${of.guarantorId}/${of.guaranteeId}` as string}>{of.guaranteeNo}</Link>，放款日{' '}
              {of.disbursedOn}，凭证 {of.disburseReference}
            </>
          }
        />
      )}
      <Panel flush>
        <Tabs
          activeKey={wanted ?? 'application'}
          onChange={(tab) => setFilters({ tab })}
          tabBarStyle={{ padding: '0 14px', marginBottom: 0 }}
          items={tabs.map((tab) => ({ ...tab, children: <div style={{ padding: 14 }}>{tab.children}</div> }))}
        />
      </Panel>
    </>
  );
}

/** The tab where the work of the state is. */
function tabOf({ state }: CaseDetail, tabs: readonly { key: string }[]): string {
  const byState: Readonly<Record<string, string>> = {
    'due-diligence': 'diligence',
    review: 'review',
    approving: 'approval',
    approved: 'papers',
    papers: 'papers',
  };
  const key = byState[state] ?? 'application';
  return tabs.some((tab) => tab.key === key) ? key : 'application';
}

const History = ({ of }: { of: CaseDetail }) => (
  <ul className="case-files">
    {of.events.map((event) => (
      <li key={event.id}>
        <div>
          <b>{event.title}</b>
          {event.toState && event.toState !== event.fromState && <>　→ {lookOf(event.toState).title}</>}
          {event.note && <div className="field-hint">{event.note}</div>}
        </div>
        <span className="muted">
          {event.name}　{showInstant(event.at)}
        </span>
      </li>
    ))}
  </ul>
);
