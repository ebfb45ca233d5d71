import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Button, Checkbox, Input, Select } from 'antd';
import { useState } from 'react';
import type { DifferenceRow, RunDetail } from '../../../src/modules/reconciliation/contract.ts';
import { api, withQuery } from '../../api.ts';
import {
  type Column,
  DataTable,
  InstitutionField,
  MoneyText,
  RegionField,
  StatusBadge,
  useFilters,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay } from '../../shell/session.ts';
import { DifferenceDrawer } from './difference-drawer.tsx';
import { causeLooks, differenceLooks, fieldTitles, kindTitles } from './looks.ts';
import { ResolveDialog } from './resolve-dialog.tsx';
import { SideText } from './side-text.tsx';
import './reconciliation.css';

const filterNames = ['kind', 'field', 'cause', 'status', 'guarantorId', 'county', 'contractNo', 'minAgeDays'] as const;

/** 差异处理: every difference of a run, narrowed down, looked at side by side, and resolved one by one or many at once. */
export default function WorkbenchPage() {
  const { runId } = useParams({ strict: false }) as { runId: string };
  const [address, setFilters] = useFilters();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isResolving, setResolving] = useState<'chosen' | 'filtered'>();
  const run = useQuery({
    queryKey: ['reconciliation', 'run', runId],
    queryFn: ({ signal }) => api.get<RunDetail>(`/api/reconciliation/runs/${runId}`, {}, signal),
  });
  const mayResolve = useMay('reconciliation.resolve') && run.data?.status !== 'sealed';
  const filters = Object.fromEntries(filterNames.map((name) => [name, address[name]]));
  const here = `/reconciliation/${runId}/differences`;
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <Page
      title="差异处理"
      trail={[
        { title: '数据核对', to: '/reconciliation' },
        {
          title: run.data ? `${run.data.guarantorName} 截至 ${run.data.asOf}` : `第 ${runId} 批`,
          to: `/reconciliation/${runId}`,
        },
      ]}
      note={
        run.data &&
        `待处理 ${run.data.openCount} 条，已说明 ${run.data.explainedCount} 条，已改正待复核 ${run.data.fixedCount} 条`
      }
    >
      <DataTable<DifferenceRow>
        url={`/api/reconciliation/runs/${runId}/differences`}
        filters={filters}
        columns={mayResolve ? [choiceColumn(chosen, toggle), ...columns] : columns}
        rowKey={(row) => row.id}
        rowUrl={(row) => withQuery(here, { ...filters, difference: row.id })}
        asOf={run.data?.asOf}
        basis="差额 = 我方 − 对方"
        tools={<Filters filters={address} setFilters={setFilters} />}
        buttons={
          mayResolve && (
            <>
              <Button disabled={chosen.size === 0} onClick={() => setResolving('chosen')}>
                处理勾选的 {chosen.size} 条
              </Button>
              <Button onClick={() => setResolving('filtered')}>处理筛选出的全部</Button>
            </>
          )
        }
        empty={{ title: '没有这样的差异', next: '换一个条件；若全部一致，可回到批次封存。' }}
      />
      <DifferenceDrawer
        id={address.difference}
        close={() => setFilters({ difference: undefined })}
        mayResolve={mayResolve}
      />
      {isResolving && (
        <ResolveDialog
          runId={runId}
          ids={isResolving === 'chosen' ? [...chosen] : undefined}
          filter={filters}
          close={() => {
            setResolving(undefined);
            setChosen(new Set());
          }}
        />
      )}
    </Page>
  );
}

type FiltersProps = {
  readonly filters: Readonly<Record<string, string | undefined>>;
  readonly setFilters: (change: Readonly<Record<string, string | undefined>>) => void;
};

function Filters({ filters, setFilters }: FiltersProps) {
  const choice = (name: string, placeholder: string, titles: Readonly<Record<string, string>>, width: number) => (
    <Select
      allowClear
      placeholder={placeholder}
      aria-label={placeholder}
      style={{ width }}
      value={filters[name] ?? null}
      options={Object.entries(titles).map(([value, label]) => ({ value, label }))}
      onChange={(chosen) => setFilters({ [name]: chosen ?? undefined })}
    />
  );
  const titlesOf = (looks: Readonly<Record<string, { title: string }>>) =>
    Object.fromEntries(Object.entries(looks).map(([key, look]) => [key, look.title]));
  return (
    <>
      {choice('status', '全部状态', titlesOf(differenceLooks), 120)}
      {choice('cause', '全部原因', titlesOf(causeLooks), 105)}
      {choice('kind', '全部类型', kindTitles, 125)}
      {choice('field', '全部字段', fieldTitles, 130)}
      <InstitutionField
        kind="guarantor"
        width={150}
        value={filters.guarantorId}
        onChange={(chosen) => setFilters({ guarantorId: chosen })}
      />
      <RegionField width={120} value={filters.county} onChange={(chosen) => setFilters({ county: chosen })} />
      {choice('minAgeDays', '账龄', { '1': '1 个工作日以上', '3': '3 个以上', '5': '5 个以上', '10': '10 个以上' }, 90)}
      <Input.Search
        allowClear
        placeholder="合同号"
        style={{ width: 140 }}
        defaultValue={filters.contractNo ?? ''}
        onSearch={(text) => setFilters({ contractNo: text.trim() || undefined })}
      />
    </>
  );
}

const choiceColumn = (chosen: ReadonlySet<string>, toggle: (id: string) => void): Column<DifferenceRow> => ({
  key: 'choice',
  title: '',
  width: 38,
  render: (row) => (
    <Checkbox
      checked={chosen.has(row.id)}
      aria-label={`勾选 ${row.contractNo ?? row.id}`}
      onClick={(event) => event.stopPropagation()}
      onChange={() => toggle(row.id)}
    />
  ),
});

const columns: readonly Column<DifferenceRow>[] = [
  {
    key: 'status',
    title: '状态',
    width: 115,
    render: (row) => (
      <StatusBadge tone={differenceLooks[row.status].tone}>{differenceLooks[row.status].title}</StatusBadge>
    ),
  },
  {
    key: 'contract',
    title: '合同号',
    width: 178,
    render: (row) => row.contractNo ?? `（对方第 ${row.line ?? '?'} 行，无合同号）`,
  },
  { key: 'guarantor', title: '机构', width: 110, render: (row) => row.guarantorName },
  {
    key: 'field',
    title: '差在哪里',
    width: 130,
    render: (row) => (row.kind === 'different' ? row.fieldTitle : row.kindTitle),
  },
  { key: 'ours', title: '我方', width: 120, isFigure: true, render: (row) => <SideText text={row.ours} /> },
  { key: 'theirs', title: '对方', width: 120, isFigure: true, render: (row) => <SideText text={row.theirs} /> },
  { key: 'delta', title: '差额', width: 110, isFigure: true, render: (row) => <MoneyText value={row.delta} /> },
  {
    key: 'cause',
    title: '推测原因',
    width: 90,
    render: (row) => <span title={row.reason}>{row.causeTitle}</span>,
  },
  { key: 'age', title: '账龄', width: 70, isFigure: true, render: (row) => `${row.ageWorkingDays} 日` },
  { key: 'county', title: '县区', width: 90, render: (row) => row.countyName ?? '' },
  { key: 'owner', title: '经办', width: 90, render: (row) => row.ownerUserName ?? row.ownerInstitutionName ?? '' },
];
