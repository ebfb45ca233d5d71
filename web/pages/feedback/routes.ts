import type { PageRoute } from '../../shell/page-route.ts';

const permission = 'feedback.read';

export const routes: readonly PageRoute[] = [
  { path: '/feedback', title: '季度反馈', page: () => import('./overview.tsx'), permission },
  { path: '/feedback/objections', title: '异议', page: () => import('./objections.tsx'), permission },
  { path: '/feedback/$certificateId', title: '季度反馈凭证', page: () => import('./certificate.tsx'), permission },
];
