import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/institutions', title: '机构', page: () => import('./list.tsx'), permission: 'institutions.read' },
  { path: '/institutions/$id', title: '机构详情', page: () => import('./detail.tsx'), permission: 'institutions.read' },
];
