import type { PageRoute } from '../../shell/page-route.ts';

const permission = 'filings.read';

export const routes: readonly PageRoute[] = [
  { path: '/filings', title: '再担保备案', page: () => import('./list.tsx'), permission },
  { path: '/filings/batches', title: '申报批次', page: () => import('./batches.tsx'), permission },
  { path: '/filings/desk', title: '备案审核', page: () => import('./desk.tsx'), permission: 'filings.confirm' },
  { path: '/filings/rates', title: '备案率', page: () => import('./rates.tsx'), permission },
  { path: '/filings/missing', title: '应备案未备案', page: () => import('./missing.tsx'), permission },
];
