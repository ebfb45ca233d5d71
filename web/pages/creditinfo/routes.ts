import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/credit-info', title: '信用信息授权', page: () => import('./page.tsx'), permission: 'credit-info.query' },
];
