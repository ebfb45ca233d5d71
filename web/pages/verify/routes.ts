import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/verify', title: '凭证验证', page: () => import('./page.tsx'), open: true },
];
