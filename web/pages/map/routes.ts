import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/map', title: '区域地图', page: () => import('./page.tsx'), permission: 'feedback.read' },
];
