import { Checkbox, Select } from 'antd';
import { useState } from 'react';
import { counterKinds } from '../../../src/modules/aftercare/contract/titles.ts';
import type { CounterRow } from '../../../src/modules/aftercare/contract/watch.ts';
import { type Column, DataTable, DayText, MoneyText, UnverifiedMark, useFilters } from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { ActionDrawer, type FieldSpec } from './action-drawer.tsx';
import './aftercare.css';

/** 反担保: the register with what is out of date. */
export default function CountersPage() {
  const [filters, setFilters] = useFilters();
  return (
    <Page title="反担保" note="种类代码按全国农担数据标准；评估、登记、保险到期前提醒">
      <CounterTable
        filters={filters}
        tools={
          <>
            <Select
              allowClear
              placeholder="全部种类"
              aria-label="种类"
              style={{ width: 150 }}
              value={filters.kind ?? null}
              options={Object.entries(counterKinds).map(([value, label]) => ({ value, label: `${value} ${label}` }))}
              onChange={(kind) => setFilters({ kind: kind ?? undefined })}
            />
            <Checkbox
              checked={filters.alert === 'true'}
              onChange={(event) => setFilters({ alert: event.target.checked ? 'true' : undefined })}
            >
              只看有提醒的
            </Checkbox>
          </>
        }
      />
    </Page>
  );
}

const factFields: readonly FieldSpec[] = [
  {
    name: 'kind',
    label: '种类',
    type: 'select',
    options: [
      { value: 'valuation', label: '评估' },
      { value: 'registration', label: '登记' },
      { value: 'insurance', label: '保险' },
    ],
  },
  { name: 'amount', label: '评估价值或保险金额', type: 'money', isOptional: true, hint: '登记不填' },
  { name: 'onDay', label: '日期', type: 'day' },
  { name: 'expiresOn', label: '到期日', type: 'day', isOptional: true, hint: '登记与保险必填' },
  { name: 'reference', label: '报告号、登记证明号或保单号', type: 'text' },
];
const releaseFields: readonly FieldSpec[] = [
  { name: 'on', label: '解除日', type: 'day' },
  { name: 'cause', label: '解除原因', type: 'area' },
];

type TableProps = {
  readonly filters: Readonly<Record<string, string | undefined>>;
  readonly tools?: React.ReactNode;
  readonly buttons?: React.ReactNode;
  readonly height?: number;
};

/** Counter-guarantees as a table, with the ways to value, register, insure and release them. */
export function CounterTable({ filters, tools, buttons, height }: TableProps) {
  const me = useMe();
  const [doing, setDoing] = useState<{ what: 'facts' | 'release'; row: CounterRow }>();
  const mayWrite = useMay('aftercare.write');
  const does: Column<CounterRow> = {
    key: 'does',
    title: '',
    width: 130,
    render: (row) =>
      mayWrite && row.releasedOn === null ? (
        <span className="care-row-actions">
          <button type="button" className="text-button" onClick={() => setDoing({ what: 'facts', row })}>
            补登
          </button>
          <button type="button" className="text-button" onClick={() => setDoing({ what: 'release', row })}>
            解除
          </button>
        </span>
      ) : null,
  };
  return (
    <>
      <DataTable<CounterRow>
        url="/api/aftercare/counters"
        filters={filters}
        columns={[...columns, does]}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        tools={tools}
        buttons={buttons}
        {...(height ? { height } : {})}
        empty={{ title: '没有反担保', next: '在保函的保后档案「反担保」里登记。' }}
        asOf={me.today}
      />
      {doing && (
        <ActionDrawer
          title={`${doing.what === 'facts' ? '评估、登记、保险' : '解除反担保'} · ${doing.row.title}`}
          isOpen
          close={() => setDoing(undefined)}
          url={`/api/aftercare/counters/${doing.row.guarantorId}/${doing.row.id}/${doing.what}`}
          fields={doing.what === 'facts' ? factFields : releaseFields}
          initial={doing.what === 'facts' ? { kind: 'valuation', onDay: me.today } : { on: me.today }}
          button="确认"
        />
      )}
    </>
  );
}

const columns: readonly Column<CounterRow>[] = [
  { key: 'kind', title: '种类', width: 130, render: (row) => `${row.kind} ${row.kindTitle}` },
  { key: 'title', title: '反担保物或保证人', width: 190, render: (row) => row.title },
  { key: 'owner', title: '所有人', width: 150, render: (row) => row.ownerName },
  { key: 'no', title: '反担保合同号', width: 150, render: (row) => row.contractNo },
  { key: 'of', title: '保证合同号', width: 170, render: (row) => row.guaranteeNo },
  { key: 'value', title: '评估价值', width: 110, isFigure: true, render: (row) => <MoneyText value={row.value} /> },
  { key: 'valued', title: '评估日', width: 104, render: (row) => <DayText value={row.valuedOn} /> },
  { key: 'registered', title: '登记到期', width: 104, render: (row) => <DayText value={row.registrationEndsOn} /> },
  { key: 'insured', title: '保险到期', width: 104, render: (row) => <DayText value={row.insuranceEndsOn} /> },
  {
    key: 'alerts',
    title: '提醒',
    width: 250,
    render: (row) =>
      row.releasedOn
        ? `已于 ${row.releasedOn} 解除`
        : row.alerts.map((alert) => (
            <span key={alert.code} className="care-alert">
              {alert.message} {alert.unverified && <UnverifiedMark reason={alert.unverified} />}
            </span>
          )),
  },
];
