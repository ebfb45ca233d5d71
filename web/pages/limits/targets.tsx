import type { TargetRow } from '../../../src/modules/limits/contract.ts';
import { type Column, DataTable, InstitutionField, MoneyText, useFilters } from '../../fields/index.ts';
import { useMay, useMe } from '../../shell/session.ts';
import { NewTarget } from './new-target.tsx';
import { UsedBar } from './used-bar.tsx';

/** County targets and how far they are reached: information, never a reason to refuse a case. */
export function Targets() {
  const me = useMe();
  const mayWrite = useMay('limits.write');
  const [filters, setFilters] = useFilters();
  return (
    <DataTable<TargetRow>
      url="/api/limits/targets"
      filters={{ guarantorId: filters.guarantorId }}
      columns={columns}
      rowKey={(row) => `${row.year} ${row.guarantorId} ${row.county}`}
      tools={
        <InstitutionField
          kind="guarantor"
          placeholder="全部担保机构"
          value={filters.guarantorId}
          onChange={(guarantorId) => setFilters({ guarantorId })}
        />
      }
      buttons={mayWrite && <NewTarget />}
      empty={{ title: '还没有下达县域目标', next: '由省级再担保机构点「下达目标」，只作提示。' }}
      asOf={me.today}
      basis="当年起始的业务的主债权金额"
    />
  );
}

const columns: readonly Column<TargetRow>[] = [
  { key: 'year', title: '年度', width: 70, render: (row) => row.year },
  { key: 'guarantorName', title: '担保机构', width: 150, render: (row) => row.guarantorName },
  { key: 'countyName', title: '县（区）', width: 120, render: (row) => row.countyName },
  { key: 'amount', title: '目标新增', width: 130, isFigure: true, render: (row) => <MoneyText value={row.amount} /> },
  { key: 'done', title: '已新增', width: 130, isFigure: true, render: (row) => <MoneyText value={row.done} /> },
  {
    key: 'bar',
    title: '完成情况',
    width: 180,
    render: (row) => <UsedBar used={row.done} reserved="0" amount={row.amount} />,
  },
  { key: 'document', title: '依据', width: 200, render: (row) => row.document },
];
