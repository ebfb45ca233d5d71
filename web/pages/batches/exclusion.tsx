import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import type { ExclusionLine } from '../../../src/modules/batches/contract.ts';
import { api } from '../../api.ts';
import { Facts, StatusBadge, showInstant } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { EffectFacts } from './effect-facts.tsx';
import { exclusionLooks } from './wire.ts';
import './batches.css';

/** 剔除: what its approvers look at: the guarantee, why, by which clause, and what taking it out does. */
export default function ExclusionPage() {
  const { guarantorId, id } = useParams({ strict: false }) as { guarantorId: string; id: string };
  const url = `/api/batches/exclusions/${guarantorId}/${id}`;
  const query = useQuery({
    queryKey: ['batches', 'exclusion', url],
    queryFn: ({ signal }) => api.get<ExclusionLine>(url, {}, signal),
  });
  const mayApprove = useMay('approvals.read');
  return (
    <Page
      title="剔除批量业务"
      trail={[
        { title: '批量业务', to: '/batches' },
        { title: '抽查与剔除', to: '/batches/samples' },
      ]}
      actions={
        mayApprove && (
          <Link to={'/approvals' as string}>
            <Button>到待办里审批</Button>
          </Link>
        )
      }
    >
      <QueryState query={query} rows={5}>
        {(exclusion) => (
          <>
            <Panel title={`${exclusion.contractNo}　${exclusion.guarantorName}`} note={exclusion.bankName}>
              <Facts
                facts={[
                  {
                    name: '状态',
                    value: (
                      <StatusBadge tone={exclusionLooks[exclusion.status].tone}>
                        {exclusionLooks[exclusion.status].title}
                      </StatusBadge>
                    ),
                  },
                  { name: '剔除原因', value: exclusion.cause },
                  { name: '所违反的条件或条款', value: exclusion.clause },
                  {
                    name: '保函',
                    value: (
                      <Link to={`/guarantees/${guarantorId}/${exclusion.guaranteeId}` as string}>
                        {exclusion.contractNo}
                      </Link>
                    ),
                  },
                  {
                    name: '批次',
                    value: <Link to={`/batches/${exclusion.batchId}` as string}>{exclusion.batchNo}</Link>,
                  },
                  { name: '提出', value: `${exclusion.recordedBy} ${showInstant(exclusion.recordedAt)}` },
                  {
                    name: '决定',
                    value:
                      exclusion.decidedAt === null
                        ? '审批中'
                        : `${exclusion.decidedBy ?? ''} ${showInstant(exclusion.decidedAt)}　${exclusion.decision ?? ''}`,
                  },
                ]}
              />
            </Panel>
            <Panel
              title={exclusion.status === 'proposed' ? '批准后的后果（按提出时）' : '后果'}
              note="批准之日按当时的余额与费用办理"
            >
              <EffectFacts effect={exclusion.effect} />
            </Panel>
          </>
        )}
      </QueryState>
    </Page>
  );
}
