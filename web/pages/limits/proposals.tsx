import type { ProposalRow } from '../../../src/modules/limits/contract.ts';
import { type Column, DataTable, DayText, StatusBadge, type StatusTone } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';

/** A proposal's state as shown and how it looks. */
export const proposalLooks: Readonly<Record<ProposalRow['status'], { title: string; tone: StatusTone }>> = {
  proposed: { title: '待审定', tone: 'busy' },
  approved: { title: '已生效', tone: 'good' },
  refused: { title: '未通过', tone: 'bad' },
  withdrawn: { title: '已撤回', tone: 'mute' },
};

/** Lines of banks and formulas that were proposed: who proposed, who decided. */
export function Proposals() {
  const me = useMe();
  return (
    <DataTable<ProposalRow>
      url="/api/limits/proposals"
      columns={columns}
      rowKey={(row) => row.id}
      rowUrl={(row) => `/limits/proposals/${row.id}`}
      empty={{ title: '没有拟定的授信或公式', next: '核定授信、拟定新版公式后在此等待另一人审定。' }}
      asOf={me.today}
      basis="拟定人不得自己审定"
      unit={null}
    />
  );
}

const columns: readonly Column<ProposalRow>[] = [
  { key: 'title', title: '拟定事项', width: 280, render: (row) => row.title },
  {
    key: 'status',
    title: '状态',
    width: 100,
    render: (row) => <StatusBadge tone={proposalLooks[row.status].tone}>{proposalLooks[row.status].title}</StatusBadge>,
  },
  { key: 'proposedBy', title: '拟定人', width: 110, render: (row) => row.proposedBy },
  { key: 'proposedOn', title: '拟定日', width: 110, render: (row) => <DayText value={row.proposedOn} /> },
  { key: 'decidedBy', title: '审定人', width: 110, render: (row) => row.decidedBy ?? '—' },
  { key: 'decidedOn', title: '审定日', width: 110, render: (row) => <DayText value={row.decidedOn} /> },
];
