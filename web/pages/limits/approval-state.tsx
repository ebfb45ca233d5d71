import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import type { ProposalDetail } from '../../../src/modules/limits/contract.ts';
import { api } from '../../api.ts';
import { RefusalList, useWrite } from '../../fields/index.ts';
import { useMay } from '../../shell/session.ts';

const titles = {
  open: '审批中',
  approved: '审批已同意',
  rejected: '审批未通过',
  withdrawn: '审批已撤回',
  returned: '审批退回补正',
} as const;

/** The way to the approval; where it was returned, the way to hand it in again. */
export function ApprovalState({ approval, url }: { approval: ProposalDetail['approval']; url: string }) {
  const mayWrite = useMay('limits.write');
  const write = useWrite((_: unknown, options) => api.post(`${url}/submission`, {}, options));
  if (!approval) return null;
  return (
    <>
      <Link to={`/approvals/${approval.instanceId}` as string}>{titles[approval.status]}</Link>
      {mayWrite && approval.status === 'returned' && (
        <Button type="primary" loading={write.isPending} onClick={() => write.mutate({})}>
          重新提交审定
        </Button>
      )}
      <RefusalList problem={write.error} />
    </>
  );
}
