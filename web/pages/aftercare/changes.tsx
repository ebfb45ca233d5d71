import { Select } from 'antd';
import { useState } from 'react';
import type { ChangeRow } from '../../../src/modules/aftercare/contract/change.ts';
import { changeKinds, changeStateTitles, partyTitles } from '../../../src/modules/aftercare/contract/titles.ts';
import { api } from '../../api.ts';
import { type Column, DataTable, RefusalList, useFilters, useWrite } from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { ActionDrawer } from './action-drawer.tsx';
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
type Doing = { readonly what: 'consent' | 'carry-out'; readonly row: ChangeRow };

/** Changes as a table, with the next step of each. */
export function ChangeTable({ filters, tools, buttons, height }: TableProps) {
  const me = useMe();
  const [doing, setDoing] = useState<Doing>();
  const step = useWrite(({ row, verb }: { row: ChangeRow; verb: 'submit' | 'drop' }, options) =>
    api.post(`/api/aftercare/changes/${row.guarantorId}/${row.id}/${verb}`, {}, options),
  );
  const does: Column<ChangeRow> = {
    key: 'does',
    title: '',
    width: 190,
    render: (row) => <Steps row={row} open={setDoing} step={(verb) => step.mutate({ row, verb })} />,
  };
  return (
    <>
      {step.error && <RefusalList problem={step.error} />}
      <DataTable<ChangeRow>
        url="/api/aftercare/changes"
        filters={filters}
        columns={[...columns, does]}
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
  const missing = row.needs.filter((party) => !row.consents.some((consent) => consent.party === party));
  const isOpen = row.status === 'draft' || row.status === 'returned';
  const mayConsent = isBank ? missing.includes('bank') : mayWrite && missing.length > 0;
  return (
    <span className="care-row-actions">
      {isOpen && mayConsent && (
        <button type="button" className="text-button" onClick={() => open({ what: 'consent', row })}>
          登记同意
        </button>
      )}
      {isOpen && mayWrite && missing.length === 0 && (
        <button type="button" className="text-button" onClick={() => step('submit')}>
          提交审批
        </button>
      )}
      {row.status === 'draft' && mayWrite && (
        <button type="button" className="text-button" onClick={() => step('drop')}>
          撤销
        </button>
      )}
      {row.status === 'approved' && mayEnter && (
        <button type="button" className="text-button" onClick={() => open({ what: 'carry-out', row })}>
          执行
        </button>
      )}
    </span>
  );
}

function DoingDrawer({ doing, close }: { doing: Doing; close: () => void }) {
  const me = useMe();
  const isBank = useMay('reports.submit');
  const { what, row } = doing;
  const base = `/api/aftercare/changes/${row.guarantorId}/${row.id}`;
  const missing = row.needs.filter((party) => !row.consents.some((consent) => consent.party === party));
  if (what === 'carry-out')
    return (
      <ActionDrawer
        title={`执行 · ${changeKinds[row.kind]}`}
        isOpen
        close={close}
        url={`${base}/carry-out`}
        fields={[{ name: 'on', label: '生效日', type: 'day', hint: row.after }]}
        initial={{ on: me.today }}
        button="确认执行"
      />
    );
  return (
    <ActionDrawer
      title={`登记书面同意 · ${changeKinds[row.kind]}`}
      isOpen
      close={close}
      url={isBank ? `${base}/bank-consent` : `${base}/consents`}
      fields={[
        ...(isBank
          ? []
          : [
              {
                name: 'party',
                label: '哪一方',
                type: 'select' as const,
                options: missing.map((party) => ({ value: party, label: partyTitles[party] })),
              },
            ]),
        { name: 'consentedOn', label: '同意日期', type: 'day' },
        { name: 'document', label: '同意函名称或文号', type: 'text' },
      ]}
      initial={{ consentedOn: me.today, ...(isBank ? {} : { party: missing[0] }) }}
      button="确认"
    />
  );
}

const columns: readonly Column<ChangeRow>[] = [
  { key: 'status', title: '状态', width: 116, render: (row) => <ChangeStatus of={row.status} /> },
  { key: 'kind', title: '种类', width: 110, render: (row) => changeKinds[row.kind] },
  { key: 'contract', title: '保证合同号', width: 170, render: (row) => row.contractNo },
  { key: 'customer', title: '客户', width: 180, render: (row) => row.customerName },
  { key: 'before', title: '变更前', width: 200, render: (row) => row.before },
  { key: 'after', title: '变更后', width: 210, render: (row) => row.after },
  {
    key: 'consents',
    title: '须由谁同意',
    width: 170,
    render: (row) =>
      row.needs
        .map(
          (party) => `${partyTitles[party]}${row.consents.some((consent) => consent.party === party) ? '✓' : '（缺）'}`,
        )
        .join('、'),
  },
  { key: 'asked', title: '申请日', width: 104, render: (row) => row.askedOn },
];
