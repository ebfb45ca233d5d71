import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/limits', title: '额度', page: () => import('./page.tsx'), permission: 'limits.read' },
  { path: '/limits/banks/$bankId', title: '统一授信', page: () => import('./bank.tsx'), permission: 'limits.read' },
  {
    path: '/limits/lines/$guarantorId/$id',
    title: '年度额度',
    page: () => import('./line.tsx'),
    permission: 'limits.read',
  },
  { path: '/limits/proposals/$id', title: '额度拟定', page: () => import('./proposal.tsx'), permission: 'limits.read' },
];
