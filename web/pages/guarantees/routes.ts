import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/guarantees', title: '保函台账', page: () => import('./list.tsx'), permission: 'book.read' },
  { path: '/guarantees/new', title: '登记保函', page: () => import('./new.tsx'), permission: 'guarantees.decide' },
  {
    path: '/guarantees/$guarantorId/$id',
    title: '保函详情',
    page: () => import('./detail.tsx'),
    permission: 'book.read',
  },
];
