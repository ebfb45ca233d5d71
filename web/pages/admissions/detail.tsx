import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Alert, Table, Timeline } from 'antd';
import type { AdmissionDetail } from '../../../src/modules/admissions/contract.ts';
import { api } from '../../api.ts';
import { DayText, Facts, FootLine, StatusBadge, showInstant, UnverifiedMark } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { AdmissionActions } from './actions.tsx';
import { DocumentTable } from './document-table.tsx';
import { eventTitles, stateLooks } from './titles.ts';

/** One admission: where it stands, the scorecard, documents, suspensions, and all that happened. */
export default function AdmissionPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const me = useMe();
  const mayWrite = useMay('admissions.write');
  const url = `/api/admissions/${id}`;
  const query = useQuery({
    queryKey: ['admission', id],
    queryFn: ({ signal }) => api.getTagged<AdmissionDetail>(url, signal),
  });
  const found = query.data?.value;
  return (
    <Page
      title={found ? `${found.bankName}　准入` : '准入详情'}
      note={found?.summary}
      trail={[{ title: '银行准入', to: '/admissions' }]}
      actions={mayWrite && found && <AdmissionActions admission={found} url={url} etag={query.data?.etag} />}
    >
      <QueryState query={query} rows={10}>
        {({ value }) => (
          <>
            <Panel
              title="准入情况"
              extra={<StatusBadge tone={stateLooks[value.state].tone}>{stateLooks[value.state].title}</StatusBadge>}
            >
              <Facts facts={factsOf(value)} />
              <Standing admission={value} today={me.today} />
            </Panel>
            <div className="cols" style={{ gridTemplateColumns: 'minmax(0, 7fr) minmax(0, 5fr)' }}>
              <Scorecard admission={value} />
              <DocumentTable admission={value} url={url} />
            </div>
            <Panel title="经过">
              <Timeline
                style={{ paddingTop: 8 }}
                items={[...value.events].reverse().map((event) => ({
                  key: `${event.kind} ${event.recordedAt}`,
                  content: (
                    <>
                      <b>{eventTitles[event.kind] ?? '其他'}</b>
                      {'　'}
                      {event.on}
                      {'　'}
                      <span className="muted">{event.by}</span>
                      <div>{event.note}</div>
                      <div className="muted">登记于 {showInstant(event.recordedAt)}</div>
                    </>
                  ),
                }))}
              />
              <FootLine asOf={me.today} unit={null} basis="一次准入，全体系通用" />
            </Panel>
          </>
        )}
      </QueryState>
    </Page>
  );
}

const factsOf = (of: AdmissionDetail) => [
  { name: '得分与等级', value: of.score === null ? '尚未评估' : `${of.score} 分　${of.grade}` },
  { name: '准入期', value: of.from ? `${of.from} 至 ${of.to}` : '—' },
  { name: '下次复审', value: <DayText value={of.reviewDueOn} /> },
  { name: '产品范围', value: of.products.length === 0 ? '全部产品' : of.products.join('、') },
  { name: '受理日', value: <DayText value={of.appliedOn} /> },
  { name: '决定日', value: <DayText value={of.decidedOn} /> },
  { name: '依据文件', value: of.document ?? '—' },
  { name: '退出日', value: <DayText value={of.exitedOn} /> },
];

function Standing({ admission, today }: { admission: AdmissionDetail; today: string }) {
  const open = admission.suspensions.find((each) => each.to === null);
  const isLate = admission.state === 'in-force' && admission.reviewDueOn !== null && admission.reviewDueOn < today;
  const isWaiting = admission.state === 'approving';
  if (!open && !isLate && !isWaiting) return null;
  return (
    <div style={{ display: 'grid', gap: 8, marginTop: 10 }}>
      {isWaiting && (
        <Alert type="info" showIcon title={`已提交审批，拟自 ${admission.from} 准入；由审批人在待办中办理`} />
      )}
      {open && <Alert type="error" showIcon title={`自 ${open.from} 起暂停：${open.reason}`} />}
      {isLate && <Alert type="warning" showIcon title={`年度复审已于 ${admission.reviewDueOn} 到期，请尽快复审`} />}
    </div>
  );
}

function Scorecard({ admission }: { admission: AdmissionDetail }) {
  const { terms, version, source, unverified } = admission.scorecard;
  const latest = admission.evaluations.at(-1);
  return (
    <Panel
      title="评分卡"
      note={`第 ${version} 版　${source}`}
      extra={unverified && <UnverifiedMark reason={unverified} />}
    >
      <Table
        size="small"
        pagination={false}
        rowKey={(row) => row.code}
        dataSource={terms.criteria}
        columns={[
          {
            title: '指标',
            render: (_, row) => (
              <>
                {row.title}
                <div className="muted">{row.guide}</div>
              </>
            ),
          },
          { title: '满分', width: 60, align: 'right', dataIndex: 'maximum' },
          {
            title: '得分',
            width: 60,
            align: 'right',
            render: (_, row) => <b>{latest?.ratings.find((each) => each.code === row.code)?.points ?? '—'}</b>,
          },
          {
            title: '依据',
            width: 130,
            render: (_, row) => latest?.ratings.find((each) => each.code === row.code)?.evidence,
          },
        ]}
        summary={() => (
          <Table.Summary.Row>
            <Table.Summary.Cell index={0}>
              合计（准入线 {terms.admitFrom} 分，保留线 {terms.keepFrom} 分）
            </Table.Summary.Cell>
            <Table.Summary.Cell index={1} align="right">
              100
            </Table.Summary.Cell>
            <Table.Summary.Cell index={2} align="right">
              <b>{latest?.score ?? '—'}</b>
            </Table.Summary.Cell>
            <Table.Summary.Cell index={3}>{latest?.grade}</Table.Summary.Cell>
          </Table.Summary.Row>
        )}
      />
      {admission.evaluations.length > 1 && (
        <ul className="muted" style={{ margin: '8px 0 0', paddingLeft: 18 }}>
          {admission.evaluations.map((each) => (
            <li key={each.round}>
              {each.evaluatedOn} {each.kind === 'review' ? '复审' : '评估'}
              {'　'}
              {each.score} 分（{each.grade}）{'　'}
              {each.conclusion}
              {'　'}
              {each.evaluatedBy}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
