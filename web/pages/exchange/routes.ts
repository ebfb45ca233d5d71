import type { PageRoute } from '../../shell/page-route.ts';

const permission = 'exchange.read';

export const routes: readonly PageRoute[] = [
  { path: '/exchange', title: '日报送', page: () => import('./board.tsx'), permission },
  { path: '/exchange/packages', title: '数据包清单', page: () => import('./packages.tsx'), permission },
];
