import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import type { CustomerRow, GroupRow } from '../../../src/modules/customers/contract.ts';
import { ApiProblem, api } from '../../api.ts';
import {
  type Column,
  CountText,
  DataTable,
  type Explanation,
  Facts,
  MoneyText,
  RatioText,
  StatusBadge,
  showInstant,
  UnverifiedMark,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { AddMemberModal, RemoveMemberModal } from './group-members.tsx';
import { kindTitles, sizeTone } from './titles.ts';

/** One related group: who belongs to it, and its 责任余额 against the 15% of 条例第十六条. */
export default function GroupPage() {
  const { guarantorId, id } = useParams({ strict: false }) as { guarantorId: string; id: string };
  const me = useMe();
  const mayWrite = useMay('customers.write');
  const [isAdding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<CustomerRow>();
  const url = `/api/customers/groups/${guarantorId}/${id}`;
  const query = useQuery({
    queryKey: ['group', guarantorId, id],
    queryFn: ({ signal }) => api.get<GroupRow>(url, {}, signal),
  });
  const found = query.data;
  const takeOut: Column<CustomerRow> = {
    key: 'out',
    title: '',
    width: 64,
    render: (row) => (
      <button
        type="button"
        className="text-button"
        onClick={(event) => {
          event.stopPropagation();
          setLeaving(row);
        }}
      >
        移出
      </button>
    ),
  };
  return (
    <Page
      title={found?.name ?? '关联集团'}
      note={found?.guarantorName}
      trail={[
        { title: '客户', to: '/customers' },
        { title: '关联集团', to: '/customers/groups' },
      ]}
      actions={
        mayWrite && (
          <Button type="primary" onClick={() => setAdding(true)}>
            增加成员
          </Button>
        )
      }
    >
      <QueryState query={query} rows={4}>
        {(group) => (
          <div className="cols" style={{ gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)' }}>
            <Panel title="认定">
              <Facts columns={2} facts={factsOf(group)} />
            </Panel>
            <Share guarantorId={guarantorId} groupId={id} asOf={me.today} />
          </div>
        )}
      </QueryState>
      {found && (
        <DataTable<CustomerRow>
          url="/api/customers"
          filters={{ guarantorId, groupId: id }}
          columns={mayWrite ? [...columns, takeOut] : columns}
          rowKey={(row) => row.id}
          rowUrl={(row) => `/customers/${row.guarantorId}/${row.id}`}
          tools={<b>成员</b>}
          empty={{ title: '这个集团没有成员', next: mayWrite ? '点「增加成员」选择客户。' : '由担保机构登记成员。' }}
          asOf={me.today}
          basis="合同口径（主债权本金）"
        />
      )}
      {found && <AddMemberModal group={found} isOpen={isAdding} close={() => setAdding(false)} />}
      {found && <RemoveMemberModal group={found} member={leaving} close={() => setLeaving(undefined)} />}
    </Page>
  );
}

const factsOf = (group: GroupRow) => [
  { name: '成员（户）', value: <CountText value={group.members} /> },
  { name: '在保余额合计', value: <MoneyText value={group.outstanding} withUnit /> },
  { name: '登记时间', value: showInstant(group.recordedAt) },
  { name: '认定依据', value: group.evidence, wide: true },
];

type ShareProps = { readonly guarantorId: string; readonly groupId: string; readonly asOf: string };

/** The share of the guarantor's net assets that the group takes up, with how it was computed behind the figure. */
function Share({ guarantorId, groupId, asOf }: ShareProps) {
  const url = `/api/indicators/${guarantorId}/explain/group-concentration?of=${groupId}&asOf=${asOf}`;
  const query = useQuery({
    queryKey: ['group-share', guarantorId, groupId, asOf],
    queryFn: async ({ signal }) => {
      try {
        return { found: await api.get<Explanation>(url, {}, signal) };
      } catch (problem) {
        // Nothing outstanding has no share to explain.
        if (problem instanceof ApiProblem && problem.status === 404) return { found: undefined };
        throw problem;
      }
    },
  });
  return (
    <Panel title="集中度" note="责任余额 ÷ 计量净资产，条例第十六条">
      <QueryState query={query} rows={3}>
        {({ found }) => (found ? <ShareOf found={found} url={url} /> : <p className="muted">成员没有在保余额。</p>)}
      </QueryState>
    </Panel>
  );
}

const ShareOf = ({ found, url }: { found: Explanation; url: string }) => (
  <div style={{ display: 'grid', gap: 8 }} data-testid="group-share">
    <div style={{ fontSize: 20, fontWeight: 600 }}>
      <RatioText value={found.value} explain={url} /> {found.unverified && <UnverifiedMark reason={found.unverified} />}
    </div>
    <div>{found.formula}</div>
  </div>
);

const columns: readonly Column<CustomerRow>[] = [
  { key: 'name', title: '客户名称', width: 260, render: (row) => row.name },
  { key: 'kind', title: '类别', width: 100, render: (row) => kindTitles[row.kind] },
  { key: 'identityNo', title: '证件号码', width: 190, render: (row) => row.identityNo },
  { key: 'countyName', title: '所在县', width: 110, render: (row) => row.countyName },
  {
    key: 'sizeClass',
    title: '划型',
    width: 96,
    render: (row) => <StatusBadge tone={sizeTone(row.sizeClass)}>{row.sizeClass}</StatusBadge>,
  },
  {
    key: 'outstanding',
    title: '在保余额',
    width: 130,
    isFigure: true,
    render: (row) => <MoneyText value={row.outstanding} />,
  },
];
