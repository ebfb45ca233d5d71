import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [{ path: '/', title: '工作台', page: () => import('./page.tsx') }];
