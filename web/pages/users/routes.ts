import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/users', title: '用户与岗位', page: () => import('./list.tsx'), permission: 'users.read' },
];
