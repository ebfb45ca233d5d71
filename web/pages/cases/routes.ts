import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/cases', title: '担保项目', page: () => import('./list.tsx'), permission: 'cases.read' },
  { path: '/cases/new', title: '新建申请', page: () => import('./new.tsx'), permission: 'cases.apply' },
  {
    path: '/cases/$guarantorId/$id/edit',
    title: '填写申请',
    page: () => import('./edit.tsx'),
    permission: 'cases.apply',
  },
  { path: '/cases/$guarantorId/$id', title: '项目详情', page: () => import('./detail.tsx'), permission: 'cases.read' },
];
