import type { PageRoute } from '../../shell/page-route.ts';

const permission = 'batches.read';

export const routes: readonly PageRoute[] = [
  { path: '/batches', title: '批量业务', page: () => import('./list.tsx'), permission },
  { path: '/batches/new', title: '报送一批', page: () => import('./new.tsx'), permission: 'batches.submit' },
  { path: '/batches/mapping', title: '建立映射', page: () => import('./mapping.tsx'), permission: 'batches.submit' },
  { path: '/batches/meters', title: '代偿率仪表', page: () => import('./meters.tsx'), permission },
  { path: '/batches/samples', title: '抽查与剔除', page: () => import('./samples.tsx'), permission },
  { path: '/batches/samples/$guarantorId/$sampleId', title: '样本', page: () => import('./sample.tsx'), permission },
  {
    path: '/batches/exclusions/$guarantorId/$id',
    title: '剔除批量业务',
    page: () => import('./exclusion.tsx'),
    permission,
  },
  { path: '/batches/pickups', title: '取件', page: () => import('./pickups.tsx'), permission },
  { path: '/batches/sources', title: 'SFTP 来源', page: () => import('./sources.tsx'), permission: 'clients.manage' },
  { path: '/batches/$batchId', title: '批次', page: () => import('./batch.tsx'), permission },
];
