import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  {
    path: '/admissions/scorecards',
    title: '准入评分卡',
    page: () => import('./scorecards.tsx'),
    permission: 'admissions.read',
  },
  { path: '/admissions', title: '银行准入', page: () => import('./list.tsx'), permission: 'admissions.read' },
  { path: '/admissions/$id', title: '准入详情', page: () => import('./detail.tsx'), permission: 'admissions.read' },
];
