import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Table } from 'antd';
import type { ProposalDetail } from '../../../src/modules/limits/contract.ts';
import { api } from '../../api.ts';
import { Facts, FootLine, MoneyText, StatusBadge, UnverifiedMark } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { ApprovalState } from './approval-state.tsx';
import { FormulaView } from './formula-view.tsx';
import './limits.css';
import { proposalLooks } from './proposals.tsx';

type BankLine = NonNullable<ProposalDetail['bankLine']>;

/** One proposal in full, as it would come into force. */
export default function ProposalPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const query = useQuery({
    queryKey: ['limit-proposal', id],
    queryFn: ({ signal }) => api.get<ProposalDetail>(`/api/limits/proposals/${id}`, {}, signal),
  });
  const found = query.data;
  return (
    <Page
      title={found?.title ?? '拟定'}
      note={found && `${found.proposedBy} 于 ${found.proposedOn} 拟定；由另一人在「审批」中审定`}
      trail={[{ title: '额度', to: '/limits' }]}
      actions={found && <ApprovalState approval={found.approval} url={`/api/limits/proposals/${id}`} />}
    >
      <QueryState query={query} rows={8}>
        {(proposal) => (
          <Panel
            title="拟定内容"
            extra={
              <StatusBadge tone={proposalLooks[proposal.status].tone}>
                {proposalLooks[proposal.status].title}
              </StatusBadge>
            }
          >
            {proposal.decidedOn && (
              <p className="muted">
                {proposal.decidedOn}　{proposal.decidedBy}　{proposal.decision}
              </p>
            )}
            {proposal.formula && (
              <>
                <p>
                  自 {proposal.formula.from} 起　依据：{proposal.formula.source}{' '}
                  {proposal.formula.unverified && <UnverifiedMark reason={proposal.formula.unverified} />}
                </p>
                <FormulaView terms={proposal.formula.terms} />
              </>
            )}
            {proposal.bankLine && <BankLineView line={proposal.bankLine} names={proposal.names} />}
          </Panel>
        )}
      </QueryState>
    </Page>
  );
}

function BankLineView({ line, names }: { line: BankLine; names: Readonly<Record<string, string>> }) {
  const me = useMe();
  return (
    <>
      <Facts
        columns={4}
        facts={[
          { name: '银行', value: names[line.bankId] ?? '—' },
          { name: '授信额度', value: <MoneyText value={line.amount} withUnit /> },
          { name: '有效期', value: `${line.from} 至 ${line.to}` },
          { name: '依据文件', value: line.document },
        ]}
      />
      <Table
        size="small"
        pagination={false}
        style={{ marginTop: 10 }}
        rowKey={(row) => `${row.guarantorId} ${row.productCode ?? ''}`}
        dataSource={line.allocations}
        locale={{ emptyText: '没有分配给任何机构' }}
        columns={[
          { title: '担保机构', render: (_, row) => names[row.guarantorId] ?? row.guarantorId },
          { title: '产品', render: (_, row) => (row.productCode ? names[row.productCode] : '全部（未单列的）') },
          { title: '分配额度', align: 'right', width: 160, render: (_, row) => <MoneyText value={row.amount} /> },
        ]}
      />
      <FootLine asOf={me.today} basis="审定后整表取代上一版" />
    </>
  );
}
