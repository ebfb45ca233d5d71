import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/sign-in', title: '登录', page: () => import('./page.tsx'), open: true },
];
