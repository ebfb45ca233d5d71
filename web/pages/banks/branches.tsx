import { Input } from 'antd';
import type { z } from 'zod';
import type { branchWire } from '../../../src/modules/banks/contract.ts';
import { type Column, DataTable, InstitutionField, useFilters } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';

type Branch = z.infer<typeof branchWire>;

/** Branches of all banks, or of one. */
export function BranchTable({ bankId }: { bankId?: string }) {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  const bank = bankId ?? filters.bankId;
  return (
    <DataTable<Branch>
      url="/api/bank-branches"
      filters={{ ...(bank ? { bankId: bank } : {}), ...(filters.q ? { q: filters.q } : {}) }}
      columns={columns.filter((each) => !bankId || each.key !== 'bankName')}
      rowKey={(row) => row.id}
      tools={
        <>
          <Input.Search
            allowClear
            key={`q${filters.q ?? ''}`}
            defaultValue={filters.q ?? ''}
            placeholder="网点名称或代码"
            aria-label="查找网点"
            style={{ width: 230 }}
            onSearch={(q) => setFilters({ q: q.trim() })}
          />
          {!bankId && (
            <InstitutionField
              kind="bank"
              placeholder="全部银行"
              value={filters.bankId}
              onChange={(chosen) => setFilters({ bankId: chosen })}
            />
          )}
        </>
      }
      empty={{ title: '没有符合条件的网点', next: '清空查找再看；新网点由再担保业务岗位登记。' }}
      asOf={me.today}
      unit={null}
    />
  );
}

const columns: readonly Column<Branch>[] = [
  { key: 'name', title: '网点', width: 320, render: (row) => row.name },
  { key: 'bankName', title: '银行', width: 200, render: (row) => row.bankName },
  { key: 'code', title: '网点代码', width: 180, render: (row) => row.code },
  { key: 'regionName', title: '所在区划', width: 160, render: (row) => row.regionName ?? '—' },
];
