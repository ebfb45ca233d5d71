import type { PageRoute } from '../../shell/page-route.ts';

const permission = 'reconciliation.read';

export const routes: readonly PageRoute[] = [
  { path: '/reconciliation', title: '数据核对', page: () => import('./list.tsx'), permission },
  {
    path: '/reconciliation/new',
    title: '发起核对',
    page: () => import('./start.tsx'),
    permission: 'reconciliation.run',
  },
  { path: '/reconciliation/heat-map', title: '核对热力图', page: () => import('./heat-map.tsx'), permission },
  { path: '/reconciliation/$runId', title: '核对批次', page: () => import('./run.tsx'), permission },
  {
    path: '/reconciliation/$runId/differences',
    title: '差异处理',
    page: () => import('./workbench.tsx'),
    permission,
  },
];
