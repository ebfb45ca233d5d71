import type { PageRoute } from '../../shell/page-route.ts';

export const routes: readonly PageRoute[] = [
  { path: '/ledger', title: '总账', page: () => import('./page.tsx'), permission: 'ledger.read' },
  { path: '/ledger/transfers', title: '记账明细', page: () => import('./transfers.tsx'), permission: 'ledger.read' },
];
