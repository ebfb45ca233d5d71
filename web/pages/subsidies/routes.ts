import type { PageRoute } from '../../shell/page-route.ts';

const permission = 'subsidies.read';

export const routes: readonly PageRoute[] = [
  { path: '/subsidies', title: '补偿补贴', page: () => import('./list.tsx'), permission },
  { path: '/subsidies/schemes', title: '补偿补贴办法', page: () => import('./schemes.tsx'), permission },
  { path: '/subsidies/payments', title: '拨付与收回', page: () => import('./payments.tsx'), permission },
  { path: '/subsidies/new', title: '测算', page: () => import('./compute.tsx'), permission: 'subsidies.compute' },
  { path: '/subsidies/verify', title: '通知书查验', page: () => import('./verify.tsx'), open: true },
  { path: '/subsidies/$runId', title: '补偿补贴批次', page: () => import('./run.tsx'), permission },
];
