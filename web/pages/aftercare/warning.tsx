import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Button, Timeline } from 'antd';
import { useState } from 'react';
import { levelTitles, warningKinds } from '../../../src/modules/aftercare/contract/titles.ts';
import type { WarningDetail } from '../../../src/modules/aftercare/contract/watch.ts';
import { api } from '../../api.ts';
import { Facts, MoneyText, showInstant, useWrite } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { ActionDrawer, type FieldSpec } from './action-drawer.tsx';
import { Clock, LevelMark, WarningStatus } from './looks.tsx';
import './aftercare.css';

type Verb = 'plan' | 'level' | 'close';
const sides = { guarantor: '担保机构', bank: '银行' } as const;
const sources = { guarantor: '担保机构登记', bank: '银行登记', 'bank-report': '银行逐笔状态自动登记' } as const;

/** 预警处置: the event and its clock, the joint plan, its tasks, everything that happened. */
export default function WarningPage() {
  const { guarantorId, id } = useParams({ strict: false }) as { guarantorId: string; id: string };
  const url = `/api/aftercare/warnings/${guarantorId}/${id}`;
  const query = useQuery({
    queryKey: ['warning', guarantorId, id],
    queryFn: ({ signal }) => api.get<WarningDetail>(url, {}, signal),
  });
  const found = query.data;
  return (
    <Page
      title={found ? `${warningKinds[found.kind]} · ${found.contractNo}` : '预警处置'}
      note={found && <Head of={found} />}
      trail={[{ title: '风险预警', to: '/aftercare' }]}
      actions={found && <Actions of={found} url={url} />}
    >
      <QueryState query={query} rows={10}>
        {(warning) => (
          <div className="cols" style={{ gridTemplateColumns: 'minmax(0, 3fr) minmax(0, 2fr)' }}>
            <div style={{ display: 'grid', gap: 12, alignContent: 'start' }}>
              <Panel title="事件">
                <Facts
                  columns={3}
                  facts={[
                    { name: '发生日', value: warning.occurredOn },
                    { name: '知悉日', value: warning.knownOn },
                    {
                      name: '处置期限',
                      value: (
                        <Clock
                          dueOn={warning.dueOn}
                          left={warning.remainingWorkingDays}
                          unverified={warning.dueUnverified}
                        />
                      ),
                    },
                    { name: '银行', value: warning.bankName },
                    { name: '在保余额', value: <MoneyText value={warning.outstanding} /> },
                    { name: '来源', value: sources[warning.source] },
                  ]}
                />
                <p className="care-text">{warning.description}</p>
                {warning.closeReason && <p className="care-text">关闭原因：{warning.closeReason}</p>}
              </Panel>
              <Plan of={warning} url={url} />
            </div>
            <Panel title="经过">
              <Timeline
                items={warning.events.map((event) => ({
                  content: (
                    <>
                      <b>{event.verb}</b>　{event.by}　<small>{showInstant(event.at)}</small>
                      {event.note && <p className="care-text">{event.note}</p>}
                    </>
                  ),
                }))}
              />
            </Panel>
          </div>
        )}
      </QueryState>
    </Page>
  );
}

const Head = ({ of }: { of: WarningDetail }) => (
  <span className="care-head">
    <LevelMark of={of.level} />
    <WarningStatus of={of.status} />
    <Link to={`/aftercare/guarantees/${of.guarantorId}/${of.guaranteeId}` as string}>{of.customerName}</Link>
    <span>{of.guarantorName}</span>
  </span>
);

const forms: Readonly<Record<Verb, { title: string; button: string; fields: readonly FieldSpec[] }>> = {
  plan: {
    title: '制定处置方案',
    button: '提交方案',
    fields: [
      { name: 'plan', label: '处置方案', type: 'area' },
      { name: 'title', label: '任务', type: 'text' },
      {
        name: 'doer',
        label: '由谁办',
        type: 'select',
        options: [
          { value: 'guarantor', label: '担保机构' },
          { value: 'bank', label: '银行' },
        ],
      },
      { name: 'taskDueOn', label: '完成期限', type: 'day' },
    ],
  },
  level: {
    title: '调整级别',
    button: '调整',
    fields: [
      {
        name: 'level',
        label: '级别',
        type: 'select',
        options: Object.entries(levelTitles).map(([value, label]) => ({ value, label })),
      },
      { name: 'note', label: '原因', type: 'area' },
    ],
  },
  close: { title: '关闭预警', button: '确认关闭', fields: [{ name: 'reason', label: '关闭原因', type: 'area' }] },
};

function Actions({ of, url }: { of: WarningDetail; url: string }) {
  const [verb, setVerb] = useState<Verb>();
  const mayWrite = useMay('aftercare.write');
  const isBank = useMay('reports.submit');
  const agree = useWrite((_: string, options) => api.post(`${url}/agree`, {}, options));
  if (of.status === 'closed') return null;
  return (
    <>
      {isBank && of.status === 'planned' && !of.planAgreedOn && (
        <Button type="primary" loading={agree.isPending} onClick={() => agree.mutate(url)}>
          确认方案
        </Button>
      )}
      {mayWrite && (
        <>
          <Button onClick={() => setVerb('level')}>调整级别</Button>
          <Button onClick={() => setVerb('close')}>关闭</Button>
          <Button type="primary" onClick={() => setVerb('plan')}>
            {of.status === 'open' ? '制定方案' : '追加任务'}
          </Button>
        </>
      )}
      {verb && <VerbDrawer verb={verb} of={of} url={url} close={() => setVerb(undefined)} />}
    </>
  );
}

function VerbDrawer({ verb, of, url, close }: { verb: Verb; of: WarningDetail; url: string; close: () => void }) {
  const form = forms[verb];
  return (
    <ActionDrawer
      title={form.title}
      isOpen
      close={close}
      url={`${url}/${verb}`}
      fields={form.fields}
      initial={
        verb === 'plan' ? { plan: of.plan ?? '', doer: 'guarantor' } : verb === 'level' ? { level: of.level } : {}
      }
      button={form.button}
      {...(verb === 'plan' ? { bodyOf: planBody } : {})}
    />
  );
}

const planBody = (entry: Record<string, unknown>) => ({
  plan: entry.plan,
  tasks: [{ title: entry.title, doer: entry.doer, dueOn: entry.taskDueOn }],
});

function Plan({ of, url }: { of: WarningDetail; url: string }) {
  const [seq, setSeq] = useState<number>();
  const mayWrite = useMay('aftercare.write');
  const isBank = useMay('reports.submit');
  const mayFinish = (doer: 'guarantor' | 'bank') =>
    of.status !== 'closed' && (doer === 'bank' ? isBank || mayWrite : mayWrite);
  const path = isBank ? 'bank-tasks' : 'tasks';
  return (
    <Panel
      title="处置方案"
      note={of.planAgreedOn ? `银行已于 ${of.planAgreedOn} 确认` : of.plan ? '待银行确认' : undefined}
    >
      {of.plan ? (
        <p className="care-text">{of.plan}</p>
      ) : (
        <p className="field-hint">还没有方案。期限前制定方案并请银行确认。</p>
      )}
      {of.tasks.length > 0 && (
        <table className="care-effect">
          <thead>
            <tr>
              <th>任务</th>
              <th>由谁办</th>
              <th>期限</th>
              <th>完成</th>
            </tr>
          </thead>
          <tbody>
            {of.tasks.map((task) => (
              <tr key={task.seq}>
                <td>{task.title}</td>
                <td>{sides[task.doer]}</td>
                <td>{task.dueOn}</td>
                <td>
                  {task.doneOn ? (
                    `${task.doneOn}　${task.note ?? ''}`
                  ) : mayFinish(task.doer) ? (
                    <button type="button" className="text-button" onClick={() => setSeq(task.seq)}>
                      登记完成
                    </button>
                  ) : (
                    '未完成'
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <ActionDrawer
        title="登记任务完成"
        isOpen={seq !== undefined}
        close={() => setSeq(undefined)}
        url={`${url}/${path}/${seq}/finish`}
        fields={[{ name: 'note', label: '完成情况', type: 'area' }]}
        button="确认完成"
      />
    </Panel>
  );
}
