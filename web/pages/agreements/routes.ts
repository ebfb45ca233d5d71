import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/agreements', title: '合作协议', page: () => import('./list.tsx'), permission: 'agreements.read' },
  { path: '/agreements/new', title: '登记协议', page: () => import('./new.tsx'), permission: 'agreements.write' },
  {
    path: '/agreements/$guarantorId/$agreementId',
    title: '协议详情',
    page: () => import('./detail.tsx'),
    permission: 'agreements.read',
  },
];
