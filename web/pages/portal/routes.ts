import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/my-case', title: '我的担保业务', page: () => import('./my-case.tsx'), open: true },
  { path: '/portal/requests', title: '向客户要资料', page: () => import('./requests.tsx'), permission: 'cases.read' },
];
