import { Drawer, Select } from 'antd';
import { useState } from 'react';
import type { ChangeRow } from '../../../src/modules/aftercare/contract/change.ts';
import {
  changeKinds,
  changeStateTitles,
  type Party,
  partyTitles,
} from '../../../src/modules/aftercare/contract/titles.ts';
import { api } from '../../api.ts';
import { type Column, DataTable, RefusalList, useFilters, useWrite } from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { ActionDrawer } from './action-drawer.tsx';
import { ChangeDetail, ConsentSummary } from './change-parts.tsx';
import { Evidence } from './evidence.tsx';
import { ChangeStatus } from './looks.tsx';
import './aftercare.css';

/** 展期续贷与变更: every request with its consents and where it stands. */
export default function ChangesPage() {
  const [filters, setFilters] = useFilters();
  return (
    <Page title="展期续贷与变更" note="各方书面同意后提交审批；批准后执行。续贷与原保函成链，户数只计一次">
      <ChangeTable
        filters={filters}
        tools={
          <Select
            allowClear
            placeholder="全部状态"
            aria-label="状态"
            style={{ width: 150 }}
            value={filters.status ?? null}
            options={Object.entries(changeStateTitles).map(([value, label]) => ({ value, label }))}
            onChange={(status) => setFilters({ status: status ?? undefined })}
          />
        }
      />
    </Page>
  );
}

type TableProps = {
  readonly filters: Readonly<Record<string, string | undefined>>;
  readonly tools?: React.ReactNode;
  readonly buttons?: React.ReactNode;
  readonly height?: number;
};
type Doing = { readonly what: 'consent' | 'files' | 'carry-out' | 'show'; readonly row: ChangeRow };

/** Changes as a table, with the next step of each. */
export function ChangeTable({ filters, tools, buttons, height }: TableProps) {
  const me = useMe();
  const [doing, setDoing] = useState<Doing>();
  // In the file of one guarantee its own number and customer say nothing new.
  const isOfOne = filters.guaranteeId !== undefined;
  const shown = isOfOne ? columns.filter((column) => !ofWhat.includes(column.key)) : columns;
  const step = useWrite(({ row, verb }: { row: ChangeRow; verb: 'submit' | 'drop' }, options) =>
    api.post(`/api/aftercare/changes/${row.guarantorId}/${row.id}/${verb}`, {}, options),
  );
  const does: Column<ChangeRow> = {
    key: 'does',
    title: '',
    width: 230,
    render: (row) => <Steps row={row} open={setDoing} step={(verb) => step.mutate({ row, verb })} />,
  };
  return (
    <>
      {step.error && <RefusalList problem={step.error} />}
      <DataTable<ChangeRow>
        url="/api/aftercare/changes"
        filters={filters}
        // What can be done stands beside the state: on a small screen the far end is out of sight.
        columns={[...shown.slice(0, 2), does, ...shown.slice(2)]}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        tools={tools}
        buttons={buttons}
        {...(height ? { height } : {})}
        empty={{ title: '没有变更', next: '在保函的保后档案里申请展期、续贷或变更。' }}
        asOf={me.today}
        unit={null}
      />
      {doing && <DoingDrawer doing={doing} close={() => setDoing(undefined)} />}
    </>
  );
}

type StepsProps = {
  readonly row: ChangeRow;
  readonly open: (doing: Doing) => void;
  readonly step: (verb: 'submit' | 'drop') => void;
};

function Steps({ row, open, step }: StepsProps) {
  const mayWrite = useMay('aftercare.write');
  const isBank = useMay('reports.submit');
  const mayEnter = useMay('book.write');
  const mine = row.needs.filter((need) => (isBank ? need.party === 'bank' : mayWrite));
  const isOpen = row.status === 'draft' || row.status === 'returned';
  const isComplete = row.needs.every((need) => need.consentedOn !== null && need.files > 0);
  const verb = (title: string, act: () => void) => (
    <button type="button" className="text-button" onClick={act}>
      {title}
    </button>
  );
  return (
    <span className="care-row-actions">
      {isOpen && mine.some((need) => !need.consentedOn) && verb('登记同意', () => open({ what: 'consent', row }))}
      {isOpen &&
        mine.some((need) => need.consentedOn && need.files === 0) &&
        verb('补传原件', () => open({ what: 'files', row }))}
      {isOpen && mayWrite && isComplete && verb('提交审批', () => step('submit'))}
      {row.status === 'draft' && mayWrite && verb('撤销', () => step('drop'))}
      {row.status === 'approved' && mayEnter && verb('执行', () => open({ what: 'carry-out', row }))}
      {verb('详情', () => open({ what: 'show', row }))}
    </span>
  );
}

function DoingDrawer({ doing, close }: { doing: Doing; close: () => void }) {
  const me = useMe();
  const isBank = useMay('reports.submit');
  const { what, row } = doing;
  const title = changeKinds[row.kind];
  const base = `/api/aftercare/changes/${row.guarantorId}/${row.id}`;
  if (what === 'show')
    return (
      <Drawer title={`${title} · ${row.contractNo}`} open onClose={close} size={640}>
        <ChangeDetail row={row} />
      </Drawer>
    );
  if (what === 'files')
    return (
      <Drawer title={`同意函原件 · ${title}`} open onClose={close} size={480}>
        {row.needs
          .filter((need) => need.files === 0 && (!isBank || need.party === 'bank'))
          .map((need) => (
            <ConsentPaper key={need.party} row={row} party={need.party} />
          ))}
      </Drawer>
    );
  if (what === 'carry-out')
    return (
      <ActionDrawer
        title={`执行 · ${title}`}
        isOpen
        close={close}
        url={`${base}/carry-out`}
        fields={[{ name: 'on', label: '生效日', type: 'day', hint: row.after }]}
        initial={{ on: me.today }}
        button="确认执行"
      />
    );
  const missing = row.needs.filter((need) => !need.consentedOn).map((need) => need.party);
  const partyField = {
    name: 'party',
    label: '哪一方',
    type: 'select' as const,
    options: missing.map((party) => ({ value: party, label: partyTitles[party] })),
  };
  return (
    <ActionDrawer
      title={`登记书面同意 · ${title}`}
      isOpen
      close={close}
      url={isBank ? `${base}/bank-consent` : `${base}/consents`}
      fields={[
        ...(isBank ? [] : [partyField]),
        { name: 'consentedOn', label: '同意日期', type: 'day' },
        { name: 'document', label: '同意函名称或文号', type: 'text' },
      ]}
      initial={{ consentedOn: me.today, ...(isBank ? {} : { party: missing[0] }) }}
      below={(entry) => <ConsentPaper row={row} party={isBank ? 'bank' : ((entry.party ?? missing[0]) as Party)} />}
      button="确认"
    />
  );
}

const ConsentPaper = ({ row, party }: { row: ChangeRow; party: Party }) => (
  <>
    <b>{partyTitles[party]}的同意函原件</b>
    <Evidence
      key={party}
      subject={`change:${row.guarantorId}/${row.id}`}
      item={`consent-${party}`}
      hint="签字盖章的同意函扫描件；没有原件不能提交审批"
    />
  </>
);

const ofWhat = ['contract', 'customer'];
const columns: readonly Column<ChangeRow>[] = [
  { key: 'status', title: '状态', width: 116, render: (row) => <ChangeStatus of={row.status} /> },
  { key: 'kind', title: '种类', width: 130, render: (row) => changeKinds[row.kind] },
  { key: 'contract', title: '保证合同号', width: 170, render: (row) => row.contractNo },
  { key: 'customer', title: '客户', width: 180, render: (row) => row.customerName },
  { key: 'before', title: '变更前', width: 200, render: (row) => row.before },
  { key: 'after', title: '变更后', width: 210, render: (row) => row.after },
  {
    key: 'consents',
    title: '须由谁同意',
    width: 170,
    render: (row) => <ConsentSummary needs={row.needs} />,
  },
  { key: 'asked', title: '申请日', width: 104, render: (row) => row.askedOn },
  { key: 'effective', title: '生效日', width: 104, render: (row) => row.effectiveOn },
];
