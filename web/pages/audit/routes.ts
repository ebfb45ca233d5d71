import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/audit', title: '审计日志', page: () => import('./page.tsx'), permission: 'audit.read' },
];
