import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/webhooks', title: '回调通知', page: () => import('./list.tsx'), permission: 'webhooks.manage' },
];
