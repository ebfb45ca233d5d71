import type { PageRoute } from '../../shell/page-route.ts';

const permission = 'imports.run';

export const routes: readonly PageRoute[] = [
  { path: '/imports', title: '数据导入', page: () => import('./list.tsx'), permission },
  { path: '/imports/new', title: '导入文件', page: () => import('./wizard.tsx'), permission },
  { path: '/imports/$guarantorId/$batchId', title: '导入批次', page: () => import('./batch.tsx'), permission },
];
