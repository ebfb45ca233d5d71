import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Input, Select } from 'antd';
import { useState } from 'react';
import type { FilingRow, Overview } from '../../../src/modules/filings/contract.ts';
import { api, withQuery } from '../../api.ts';
import {
  type Column,
  CountText,
  DataTable,
  InstitutionField,
  UnverifiedMark,
  useFilters,
  useOwnGuarantor,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { FilingDrawer } from './drawer.tsx';
import { CheckMark, FilingState, filingColumns, kindTitles, statusLooks } from './looks.tsx';
import { MonthActions } from './month-actions.tsx';
import './filings.css';

/** 再担保备案: the month's batch of one's own, and every filing one may see. */
export default function FilingListPage() {
  const me = useMe();
  const own = useOwnGuarantor();
  const maySubmit = useMay('filings.submit') && own !== undefined;
  const [filters, setFilters] = useFilters();
  const [shown, setShown] = useState<{ guarantorId: number; id: string }>();
  const { q, guarantorId, kind, status, month, problems, batchId } = filters;
  const query = { q, guarantorId, kind, status, month, problems, batchId };
  const overview = useQuery({
    queryKey: ['filings', 'overview', own],
    queryFn: ({ signal }) => api.get<Overview>('/api/filings/overview', { guarantorId: own }, signal),
  });
  return (
    <Page
      title="再担保备案"
      note="放款、展期、变更、解保的业务按月向省级再担保申报；内容取自台账，自动校验后整批申报。"
      actions={
        maySubmit && overview.data ? <MonthActions guarantorId={Number(own)} overview={overview.data} /> : undefined
      }
    >
      <QueryState query={overview} rows={1}>
        {(found) => <Standing of={found} choose={setFilters} />}
      </QueryState>
      <DataTable<FilingRow>
        url="/api/filings"
        filters={query}
        columns={[
          ...filingColumns.slice(0, 4),
          ...stateColumns,
          ...filingColumns.slice(4),
          batchColumn,
          openColumn((row) => setShown(row)),
        ]}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        asOf={me.today}
        basis="备案申报时的台账数据"
        tools={
          <>
            <Input.Search
              allowClear
              placeholder="合同号、业务编号或借款人"
              aria-label="查找备案"
              style={{ width: 210 }}
              defaultValue={q ?? ''}
              onSearch={(text) => setFilters({ q: text || undefined })}
            />
            {own === undefined && (
              <InstitutionField
                kind="guarantor"
                value={guarantorId}
                width={180}
                onChange={(chosen) => setFilters({ guarantorId: chosen })}
              />
            )}
            <Pick
              name="业务类型"
              value={kind}
              options={kindTitles}
              onChange={(chosen) => setFilters({ kind: chosen })}
            />
            <Pick
              name="状态"
              value={status}
              options={Object.fromEntries(Object.entries(statusLooks).map(([code, look]) => [code, look.title]))}
              onChange={(chosen) => setFilters({ status: chosen })}
            />
            <Pick
              name="校验"
              value={problems}
              options={{ block: '未通过', warn: '有提示', none: '通过' }}
              onChange={(chosen) => setFilters({ problems: chosen })}
            />
            {batchId && <Button onClick={() => setFilters({ batchId: undefined })}>只看一批 ✕</Button>}
          </>
        }
        buttons={<Button href={withQuery('/api/filings/ledger.csv', query)}>台账 CSV</Button>}
        empty={{ title: '没有符合条件的备案', next: '点「从台账取数」准备本月备案，或放宽筛选条件。' }}
      />
      <FilingDrawer of={shown} close={() => setShown(undefined)} />
    </Page>
  );
}

type PickProps = {
  readonly name: string;
  readonly value: string | undefined;
  readonly options: Readonly<Record<string, string>>;
  readonly onChange: (chosen: string | undefined) => void;
};
const Pick = ({ name, value, options, onChange }: PickProps) => (
  <Select
    allowClear
    placeholder={`全部${name}`}
    aria-label={name}
    style={{ width: 118 }}
    value={value ?? null}
    options={Object.entries(options).map(([code, label]) => ({ value: code, label }))}
    onChange={(chosen) => onChange(chosen ?? undefined)}
  />
);

/** Where the month stands; each figure leads to its rows. */
function Standing({ of, choose }: { of: Overview; choose: (change: Record<string, string | undefined>) => void }) {
  const cells = [
    { name: `${of.month} 可申报`, value: of.ready, filters: { status: 'prepared', problems: undefined } },
    { name: '未通过校验', value: of.blocked, filters: { status: 'prepared', problems: 'block' } },
    { name: '有提示', value: of.warned, filters: { status: 'prepared', problems: 'warn' } },
    { name: '待审核', value: of.submitted, filters: { status: 'submitted', problems: undefined } },
    { name: '被驳回', value: of.denied, filters: { status: 'denied', problems: undefined } },
  ] as const;
  return (
    <>
      <dl className="key-row" style={{ margin: 0 }}>
        {cells.map((cell) => (
          <div key={cell.name}>
            <dt>{cell.name}</dt>
            <dd className="key-figure" style={{ margin: 0 }}>
              <button type="button" className="figure figure-link" onClick={() => choose(cell.filters)}>
                <CountText value={cell.value} />
              </button>
              <small>笔</small>
            </dd>
          </div>
        ))}
        <div>
          <dt>
            申报期限 <UnverifiedMark reason={of.dueUnverified} />
          </dt>
          <dd className="key-figure" style={{ margin: 0 }}>
            {of.dueOn.slice(5)}
            <small>
              {of.remainingWorkingDays < 0
                ? `逾期 ${-of.remainingWorkingDays} 工作日`
                : `还剩 ${of.remainingWorkingDays} 工作日`}
            </small>
          </dd>
        </div>
      </dl>
      {of.reasons.some((each) => each.severity === 'block') && (
        <Alert
          type="warning"
          showIcon
          title="未通过的原因"
          description={
            <ul className="filing-reasons">
              {of.reasons
                .filter((each) => each.severity === 'block')
                .map((each) => (
                  <li key={each.code}>
                    <b className="figure">{each.count}</b> 笔　{each.message}
                  </li>
                ))}
            </ul>
          }
        />
      )}
    </>
  );
}

const stateColumns: readonly Column<FilingRow>[] = [
  {
    key: 'check',
    title: '自动校验',
    width: 104,
    render: (row) => <CheckMark problems={row.problems} blocked={row.blocked} />,
  },
  { key: 'state', title: '状态', width: 160, render: (row) => <FilingState row={row} /> },
];
const batchColumn: Column<FilingRow> = {
  key: 'batch',
  title: '审查批次',
  width: 250,
  render: (row) => row.batchNumber,
};

const openColumn = (open: (row: FilingRow) => void): Column<FilingRow> => ({
  key: 'open',
  title: '',
  width: 56,
  fixed: 'right',
  render: (row) => (
    <button type="button" className="text-button" onClick={() => open(row)}>
      查看
    </button>
  ),
});
