import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/law', title: '制度图谱', page: () => import('./page.tsx'), permission: 'law.read' },
];
