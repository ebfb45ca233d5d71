import type { PageRoute } from '../../shell/page-route.ts';

const permission = 'approvals.read';

export const routes: readonly PageRoute[] = [
  { path: '/approvals', title: '审批', page: () => import('./list.tsx'), permission },
  {
    path: '/approvals/delegations',
    title: '审批委托',
    page: () => import('./delegations.tsx'),
    permission: 'approvals.act',
  },
  { path: '/approvals/chains', title: '审批流程', page: () => import('./chains.tsx'), permission },
  {
    path: '/approvals/chains/$chain',
    title: '另存审批流程',
    page: () => import('./chain-edit.tsx'),
    permission: 'approvals.configure',
  },
  {
    path: '/approvals/unattended',
    title: '无人可办',
    page: () => import('./unattended.tsx'),
    permission: ['users.manage', 'approvals.configure'],
  },
  { path: '/approvals/$approvalId', title: '审批详情', page: () => import('./detail.tsx'), permission },
];
