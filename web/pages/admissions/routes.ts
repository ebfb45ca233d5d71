import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/admissions', title: '银行准入', page: () => import('./list.tsx'), permission: 'admissions.read' },
  { path: '/admissions/$id', title: '准入详情', page: () => import('./detail.tsx'), permission: 'admissions.read' },
];
