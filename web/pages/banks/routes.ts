import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/banks', title: '银行与网点', page: () => import('./list.tsx'), permission: 'institutions.read' },
  { path: '/banks/$bankId', title: '银行', page: () => import('./detail.tsx'), permission: 'institutions.read' },
];
