import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Button, Tabs } from 'antd';
import { useState } from 'react';
import type { ChangeKind, Dossier } from '../../../src/modules/aftercare/contract/change.ts';
import { counterKinds, warningKinds } from '../../../src/modules/aftercare/contract/titles.ts';
import type { WarningRow } from '../../../src/modules/aftercare/contract/watch.ts';
import { statusCodes } from '../../../src/modules/bankreports/contract/titles.ts';
import type { LineRow, ReportAnswer } from '../../../src/modules/bankreports/contract.ts';
import { api } from '../../api.ts';
import { type Column, CountText, DataTable, Facts, MoneyText, useFilters } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { ActionDrawer, type FieldSpec } from './action-drawer.tsx';
import { ChangeForm } from './change-form.tsx';
import { ContentHistory } from './change-parts.tsx';
import { ChangeTable } from './changes.tsx';
import { CounterTable } from './counters.tsx';
import { InspectionTable } from './inspections.tsx';
import { Clock, LevelMark, LineStatus, lineLooks, WarningStatus } from './looks.tsx';
import { ReleaseForm, ReleaseTable } from './releases.tsx';
import './aftercare.css';

const tableHeight = 280;

/** 保后档案: everything that happens to one guarantee while it is in force. */
export default function DossierPage() {
  const { guarantorId, guaranteeId } = useParams({ strict: false }) as { guarantorId: string; guaranteeId: string };
  const query = useQuery({
    queryKey: ['dossier', guarantorId, guaranteeId],
    queryFn: ({ signal }) => api.get<Dossier>(`/api/aftercare/guarantees/${guarantorId}/${guaranteeId}`, {}, signal),
  });
  const found = query.data;
  const mayIssue = useMay('documents.issue');
  return (
    <Page
      title={found ? `保后档案 · ${found.contractNo}` : '保后档案'}
      note={found && `${found.customerName}　${found.bankName}`}
      trail={[
        { title: '保函台账', to: '/guarantees' },
        { title: found?.contractNo ?? '保函', to: `/guarantees/${guarantorId}/${guaranteeId}` },
      ]}
      actions={
        mayIssue && (
          <Link
            to={'/documents/new' as string}
            search={{ subject: `guarantee:${guarantorId}/${guaranteeId}` } as never}
          >
            <Button>制作文书</Button>
          </Link>
        )
      }
    >
      <QueryState query={query} rows={12}>
        {(dossier) => (
          <>
            <Overview of={dossier} />
            <Parts of={dossier} />
          </>
        )}
      </QueryState>
    </Page>
  );
}

function Overview({ of }: { of: Dossier }) {
  const last = of.lastReported;
  return (
    <Panel>
      <Facts
        columns={7}
        facts={[
          { name: '在保余额', value: <MoneyText value={of.outstanding} /> },
          { name: '到期日', value: of.dueOn },
          { name: '网点', value: of.branchName ?? '—' },
          { name: '五级分类', value: of.class ?? '未分类' },
          {
            name: '银行最近一次状态',
            value: last ? `${lineLooks[last.status as LineRow['status']].title}　${last.day}` : '从未报过',
          },
          { name: '逾期', value: last && last.overdueDays > 0 ? `${last.overdueDays} 天` : '无' },
          { name: '未决疑问', value: <CountText value={of.counts.questions} /> },
        ]}
      />
      <div className="care-chain" data-testid="chain">
        {of.chain.map((link) => (
          <Link key={link.guaranteeId} to={`/aftercare/guarantees/${of.guarantorId}/${link.guaranteeId}` as string}>
            {link.position}. {link.kindTitle}　{link.contractNo}
            <small>
              {link.startsOn} 至 {link.dueOn}
              {link.extensions > 0 ? `，展期 ${link.extensions} 次` : ''}
            </small>
          </Link>
        ))}
        <span className="field-hint">{of.chainNote}</span>
      </div>
    </Panel>
  );
}

function Parts({ of }: { of: Dossier }) {
  const [filters, setFilters] = useFilters();
  const own = { guarantorId: String(of.guarantorId), guaranteeId: of.guaranteeId };
  const { counts } = of;
  const named = (title: string, count: number) => (count > 0 ? `${title}（${count}）` : title);
  return (
    <Tabs
      activeKey={filters.tab ?? 'changes'}
      onChange={(tab) => setFilters({ tab })}
      destroyOnHidden
      items={[
        { key: 'changes', label: named('展期续贷与变更', counts.changes), children: <Changes of={of} own={own} /> },
        { key: 'releases', label: named('解保', counts.releases), children: <Releases of={of} own={own} /> },
        { key: 'counters', label: named('反担保', counts.counters), children: <Counters of={of} own={own} /> },
        { key: 'inspections', label: named('检查', counts.inspections), children: <Inspections of={of} own={own} /> },
        { key: 'warnings', label: named('预警', counts.warnings), children: <Warnings of={of} own={own} /> },
        { key: 'lines', label: '银行逐笔状态', children: <Lines of={of} own={own} /> },
      ]}
    />
  );
}

type PartProps = { readonly of: Dossier; readonly own: { guarantorId: string; guaranteeId: string } };

function Changes({ of, own }: PartProps) {
  const [asking, setAsking] = useState<ChangeKind>();
  const may = useMay('aftercare.write') && of.status === 'in-force';
  const buttons = may && (
    <>
      <Button onClick={() => setAsking('extension')}>展期</Button>
      <Button onClick={() => setAsking('renewal')}>续贷</Button>
      <Button onClick={() => setAsking('purpose')}>变更</Button>
    </>
  );
  return (
    <>
      <ChangeTable filters={own} buttons={buttons} height={tableHeight} />
      {of.contents.length > 0 && (
        <div style={{ marginTop: 12 }}>
          <Panel title="合同内容沿革" note="每项都有两个时间：自何日起为真，何时得知">
            <ContentHistory facts={of.contents} />
          </Panel>
        </div>
      )}
      {asking && <ChangeForm of={of} first={asking} close={() => setAsking(undefined)} />}
    </>
  );
}

function Releases({ of, own }: PartProps) {
  const [isAsking, setAsking] = useState(false);
  const may = useMay('aftercare.write') && ['in-force', 'released'].includes(of.status);
  return (
    <>
      <ReleaseTable
        filters={own}
        height={tableHeight}
        buttons={
          may && (
            <Button type="primary" onClick={() => setAsking(true)}>
              申请解保
            </Button>
          )
        }
      />
      {isAsking && <ReleaseForm of={of} close={() => setAsking(false)} />}
    </>
  );
}

const urlOf = (of: Dossier, what: string) => `/api/aftercare/guarantees/${of.guarantorId}/${of.guaranteeId}/${what}`;

function Counters({ of, own }: PartProps) {
  const me = useMe();
  const [isAdding, setAdding] = useState(false);
  const may = useMay('aftercare.write');
  return (
    <>
      <CounterTable
        filters={own}
        height={tableHeight}
        buttons={may && <Button onClick={() => setAdding(true)}>登记反担保</Button>}
      />
      <ActionDrawer
        title="登记反担保"
        isOpen={isAdding}
        close={() => setAdding(false)}
        url={urlOf(of, 'counters')}
        initial={{ kind: '20008', signedOn: me.today }}
        button="登记"
        fields={[
          {
            name: 'kind',
            label: '种类',
            type: 'select',
            options: Object.entries(counterKinds).map(([value, label]) => ({ value, label: `${value} ${label}` })),
          },
          { name: 'title', label: '反担保物或保证人', type: 'text' },
          { name: 'ownerName', label: '所有人', type: 'text' },
          { name: 'contractNo', label: '反担保合同号', type: 'text' },
          { name: 'certificateNo', label: '权证号码', type: 'text', isOptional: true },
          { name: 'signedOn', label: '签署日', type: 'day' },
        ]}
      />
    </>
  );
}

function Inspections({ of, own }: PartProps) {
  const me = useMe();
  const [isAdding, setAdding] = useState(false);
  const may = useMay('aftercare.write') && of.status === 'in-force';
  return (
    <>
      {may && (
        <p>
          <Button onClick={() => setAdding(true)}>临时检查</Button>
        </p>
      )}
      <InspectionTable filters={own} height={tableHeight} />
      <ActionDrawer
        title="临时增加检查"
        isOpen={isAdding}
        close={() => setAdding(false)}
        url={urlOf(of, 'inspections')}
        initial={{ dueOn: me.today }}
        button="增加"
        fields={[
          { name: 'dueOn', label: '应检查日', type: 'day' },
          { name: 'basis', label: '检查原因', type: 'text' },
        ]}
      />
    </>
  );
}

function Warnings({ of, own }: PartProps) {
  const me = useMe();
  const [isRaising, setRaising] = useState(false);
  const isBank = useMay('reports.submit');
  const may = (useMay('aftercare.write') || isBank) && of.status === 'in-force';
  return (
    <>
      <DataTable<WarningRow>
        url="/api/aftercare/warnings"
        filters={own}
        columns={warningColumns}
        rowKey={(row) => row.id}
        rowUrl={(row) => `/aftercare/warnings/${row.guarantorId}/${row.id}`}
        height={tableHeight}
        buttons={
          may && (
            <Button type="primary" onClick={() => setRaising(true)}>
              登记预警
            </Button>
          )
        }
        empty={{ title: '没有预警', next: '知悉风险事件后，点「登记预警」。' }}
        asOf={me.today}
      />
      <ActionDrawer
        title="登记预警"
        isOpen={isRaising}
        close={() => setRaising(false)}
        url={isBank ? '/api/aftercare/warnings/by-bank' : '/api/aftercare/warnings'}
        initial={{ kind: 'lawsuit', occurredOn: me.today, knownOn: me.today }}
        bodyOf={(entry) => ({ ...entry, guarantorId: of.guarantorId, guaranteeId: of.guaranteeId })}
        button="登记"
        fields={[
          {
            name: 'kind',
            label: '事件',
            type: 'select',
            options: Object.entries(warningKinds).map(([value, label]) => ({ value, label })),
          },
          { name: 'occurredOn', label: '发生日', type: 'day' },
          { name: 'knownOn', label: '知悉日', type: 'day', hint: '处置时限自知悉日起按工作日计' },
          { name: 'description', label: '情况', type: 'area' },
        ]}
      />
    </>
  );
}

const warningColumns: readonly Column<WarningRow>[] = [
  { key: 'level', title: '级别', width: 70, render: (row) => <LevelMark of={row.level} /> },
  { key: 'kind', title: '事件', width: 130, render: (row) => warningKinds[row.kind] },
  { key: 'status', title: '状态', width: 110, render: (row) => <WarningStatus of={row.status} /> },
  {
    key: 'clock',
    title: '处置期限',
    width: 220,
    render: (row) => <Clock dueOn={row.dueOn} left={row.remainingWorkingDays} unverified={row.dueUnverified} />,
  },
  { key: 'known', title: '知悉日', width: 110, render: (row) => row.knownOn },
  { key: 'text', title: '情况', width: 320, render: (row) => row.description },
];

function Lines({ of, own }: PartProps) {
  const me = useMe();
  const [isTelling, setTelling] = useState(false);
  const mayTell = useMay('reports.submit') && of.status === 'in-force';
  return (
    <>
      <DataTable<LineRow>
        url="/api/bank-reports/lines"
        filters={own}
        columns={lineColumns}
        rowKey={(row) => row.businessDay}
        height={tableHeight}
        buttons={
          mayTell && (
            <Button type="primary" onClick={() => setTelling(true)}>
              报这一笔
            </Button>
          )
        }
        empty={{ title: '银行还没有报过这笔', next: '到「应报未报」看哪些日子没有状态。' }}
        asOf={me.today}
      />
      <ActionDrawer<ReportAnswer>
        title={`逐笔状态 · ${of.contractNo}`}
        isOpen={isTelling}
        close={() => setTelling(false)}
        url="/api/bank-reports"
        initial={{ ...nothingMoved, businessDay: me.today, balance: of.outstanding }}
        bodyOf={(entry) => reportOf(entry, of.contractNo)}
        button="报送"
        fields={lineFields}
      />
    </>
  );
}

const nothingMoved = { status: 'normal', disbursed: '0', repaid: '0', overdueDays: '0', overdueAmount: '0' };
const lineFields: readonly FieldSpec[] = [
  { name: 'businessDay', label: '业务日', type: 'day' },
  {
    name: 'status',
    label: '状态',
    type: 'select',
    options: Object.entries(statusCodes).map(([value, code]) => ({
      value,
      label: `${code} ${lineLooks[value as LineRow['status']].title}`,
    })),
  },
  { name: 'disbursed', label: '当日放款', type: 'money' },
  { name: 'repaid', label: '当日还款本金', type: 'money' },
  { name: 'overdueDays', label: '逾期天数', type: 'text' },
  { name: 'overdueAmount', label: '逾期金额', type: 'money' },
  { name: 'balance', label: '贷款余额', type: 'money' },
  { name: 'dueOn', label: '展期到期日', type: 'day', isOptional: true },
];

/** One line as a report of its own; a row that is given back shows as a refusal of the report. */
const reportOf = ({ businessDay, overdueDays, ...line }: Record<string, unknown>, contractNo: string) => ({
  businessDay,
  via: 'form',
  lines: [{ ...line, contractNo, overdueDays: Number(overdueDays) }],
});

const lineColumns: readonly Column<LineRow>[] = [
  { key: 'day', title: '业务日', width: 110, render: (row) => row.businessDay },
  { key: 'status', title: '状态', width: 90, render: (row) => <LineStatus of={row.status} /> },
  {
    key: 'repaid',
    title: '当日还款本金',
    width: 130,
    isFigure: true,
    render: (row) => <MoneyText value={row.repaid} />,
  },
  { key: 'days', title: '逾期天数', width: 90, isFigure: true, render: (row) => <CountText value={row.overdueDays} /> },
  {
    key: 'overdue',
    title: '逾期金额',
    width: 130,
    isFigure: true,
    render: (row) => <MoneyText value={row.overdueAmount} />,
  },
  { key: 'balance', title: '贷款余额', width: 130, isFigure: true, render: (row) => <MoneyText value={row.balance} /> },
];
