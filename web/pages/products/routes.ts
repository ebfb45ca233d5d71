import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/products', title: '产品', page: () => import('./list.tsx'), permission: 'products.read' },
  {
    path: '/products/simulator',
    title: '准入模拟',
    page: () => import('./simulator.tsx'),
    permission: 'products.read',
  },
  { path: '/products/$code', title: '产品详情', page: () => import('./detail.tsx'), permission: 'products.read' },
];
