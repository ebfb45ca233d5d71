import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/separation', title: '政企分开证明', page: () => import('./page.tsx'), permission: 'separation.read' },
];
