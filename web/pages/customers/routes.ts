import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/customers', title: '客户', page: () => import('./list.tsx'), permission: 'customers.read' },
  { path: '/customers/new', title: '客户建档', page: () => import('./new.tsx'), permission: 'customers.write' },
  { path: '/customers/groups', title: '关联集团', page: () => import('./groups.tsx'), permission: 'customers.read' },
  {
    path: '/customers/groups/$guarantorId/$id',
    title: '关联集团',
    page: () => import('./group.tsx'),
    permission: 'customers.read',
  },
  {
    path: '/customers/$guarantorId/$id',
    title: '客户详情',
    page: () => import('./detail.tsx'),
    permission: 'customers.read',
  },
];
