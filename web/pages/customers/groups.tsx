import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Input } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { GroupRow } from '../../../src/modules/customers/contract.ts';
import type { indicatorAnswer } from '../../../src/modules/guarantees/contract.ts';
import { api } from '../../api.ts';
import {
  type Column,
  CountText,
  DataTable,
  InstitutionField,
  MoneyText,
  RatioText,
  StatusBadge,
  showInstant,
  useFilters,
  useOwnGuarantor,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { NewGroupModal } from './new-group.tsx';

/** 关联集团: customers whose limits count together, and which of them come near the 15% of 条例第十六条. */
export default function GroupListPage() {
  const me = useMe();
  const own = useOwnGuarantor();
  const mayWrite = useMay('customers.write');
  const [filters, setFilters] = useFilters();
  const [isNew, setNew] = useState(false);
  const guarantorId = own ?? filters.guarantorId;
  return (
    <Page
      title="关联集团"
      note="同一被担保人及其关联方合并计算，责任余额不得超过净资产的15%（条例第十六条）"
      trail={[{ title: '客户', to: '/customers' }]}
      actions={
        mayWrite && (
          <Button type="primary" onClick={() => setNew(true)}>
            建立关联集团
          </Button>
        )
      }
    >
      {guarantorId && <Nearest guarantorId={guarantorId} asOf={me.today} />}
      <DataTable<GroupRow>
        url="/api/customers/groups"
        filters={filters}
        columns={columns}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        rowUrl={(row) => `/customers/groups/${row.guarantorId}/${row.id}`}
        tools={
          <>
            <Input.Search
              allowClear
              key={`q${filters.q ?? ''}`}
              defaultValue={filters.q ?? ''}
              placeholder="集团名称"
              aria-label="查找关联集团"
              style={{ width: 220 }}
              onSearch={(q) => setFilters({ q: q.trim() })}
            />
            {own === undefined && (
              <InstitutionField
                kind="guarantor"
                placeholder="全部担保机构"
                value={filters.guarantorId}
                onChange={(chosen) => setFilters({ guarantorId: chosen })}
              />
            )}
          </>
        }
        empty={{
          title: '没有关联集团',
          next: mayWrite ? '发现同一实际控制人、互保或同一家庭的客户，点「建立关联集团」。' : '由担保机构登记。',
        }}
        asOf={me.today}
        basis="合同口径（主债权本金）"
      />
      <NewGroupModal isOpen={isNew} close={() => setNew(false)} />
    </Page>
  );
}

type Indicators = z.infer<typeof indicatorAnswer>;

/** The groups that weigh most at one guarantor; nothing where there are none. */
function Nearest({ guarantorId, asOf }: { guarantorId: string; asOf: string }) {
  const query = useQuery({
    queryKey: ['indicators', guarantorId, asOf],
    queryFn: ({ signal }) => api.get<Indicators>(`/api/indicators/${guarantorId}`, { asOf }, signal),
  });
  const rows = query.data?.largestGroups.slice(0, 5) ?? [];
  if (rows.length === 0) return null;
  return (
    <Panel title="集中度最高的关联集团" note="责任余额 ÷ 计量净资产">
      <table className="dense" aria-label="集中度最高的关联集团">
        <thead>
          <tr>
            <th>关联集团</th>
            <th className="num">成员</th>
            <th className="num">在保余额</th>
            <th className="num">责任余额</th>
            <th className="num">占净资产</th>
            <th>上限15%</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.groupId}>
              <td>
                <Link to={`/customers/groups/${guarantorId}/${row.groupId}` as string}>{row.name}</Link>
              </td>
              <td className="num">
                <CountText value={row.customers} />
              </td>
              <td className="num">
                <MoneyText value={row.outstanding} />
              </td>
              <td className="num">
                <MoneyText value={row.exposure} />
              </td>
              <td className="num">
                <RatioText value={row.ratio} explain={shareUrl(guarantorId, row.groupId, asOf)} />
              </td>
              <td>
                <StatusBadge tone={row.exceeds ? 'bad' : 'good'}>{row.exceeds ? '超过上限' : '未超过'}</StatusBadge>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

const shareUrl = (guarantorId: string, groupId: string, asOf: string) =>
  `/api/indicators/${guarantorId}/explain/group-concentration?of=${groupId}&asOf=${asOf}`;

const columns: readonly Column<GroupRow>[] = [
  { key: 'name', title: '关联集团', width: 240, render: (row) => row.name },
  {
    key: 'members',
    title: '成员（户）',
    width: 90,
    isFigure: true,
    render: (row) => <CountText value={row.members} />,
  },
  {
    key: 'outstanding',
    title: '在保余额合计',
    width: 130,
    isFigure: true,
    render: (row) => <MoneyText value={row.outstanding} />,
  },
  { key: 'evidence', title: '认定依据', width: 320, render: (row) => row.evidence },
  { key: 'guarantorName', title: '担保机构', width: 130, render: (row) => row.guarantorName },
  { key: 'recordedAt', title: '登记时间', width: 140, render: (row) => showInstant(row.recordedAt) },
];
