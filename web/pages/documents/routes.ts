import type { PageRoute } from '../../shell/page-route.ts';

const permission = 'documents.read';

export const routes: readonly PageRoute[] = [
  { path: '/documents', title: '文书', page: () => import('./list.tsx'), permission },
  { path: '/documents/new', title: '制作文书', page: () => import('./new.tsx'), permission: 'documents.issue' },
  { path: '/documents/templates', title: '文书模板', page: () => import('./templates.tsx'), permission },
  { path: '/documents/templates/$code', title: '文书模板', page: () => import('./template.tsx'), permission },
  { path: '/documents/$guarantorId/$id', title: '文书', page: () => import('./detail.tsx'), permission },
  { path: '/verify-letter', title: '文书查验', page: () => import('./verify.tsx'), open: true },
];
