import type { ApprovalStatus } from '../../../src/modules/approvals/contract.ts';
import type { StatusTone } from '../../fields/index.ts';

/** How the states of an approval look. */
export const approvalLooks: Readonly<Record<ApprovalStatus, { readonly title: string; readonly tone: StatusTone }>> = {
  open: { title: '审批中', tone: 'busy' },
  approved: { title: '已同意', tone: 'good' },
  rejected: { title: '已否决', tone: 'bad' },
  withdrawn: { title: '已撤回', tone: 'mute' },
  returned: { title: '退回补正', tone: 'warn' },
};

/** How the nodes of the picture look. */
export const stepLooks = {
  done: { title: '已办', tone: 'good' },
  skipped: { title: '自动跳过', tone: 'mute' },
  current: { title: '办理中', tone: 'busy' },
  ahead: { title: '未到', tone: 'mute' },
  'off-path': { title: '不经过', tone: 'mute' },
  rejected: { title: '否决', tone: 'bad' },
  returned: { title: '已退回', tone: 'warn' },
} as const;

/** The chains, for filters and delegations. */
export const chainOptions = [
  { value: 'case', label: '担保项目审批' },
  { value: 'admission', label: '银行准入审批' },
  { value: 'line', label: '额度核定审批' },
  { value: 'change', label: '保后变更审批' },
  { value: 'release', label: '解除担保审批' },
  { value: 'batch-exclusion', label: '批量业务剔除审批' },
  { value: 'template', label: '文书模板审批' },
];
