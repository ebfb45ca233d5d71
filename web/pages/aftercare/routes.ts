import type { PageRoute } from '../../shell/page-route.ts';

const permission = 'aftercare.read';

export const routes: readonly PageRoute[] = [
  { path: '/bank-reports', title: '银行逐笔状态', page: () => import('./bank-board.tsx'), permission },
  { path: '/bank-reports/gaps', title: '应报未报', page: () => import('./bank-gaps.tsx'), permission },
  { path: '/bank-reports/questions', title: '状态疑问', page: () => import('./bank-questions.tsx'), permission },
  { path: '/bank-reports/receipts', title: '报送回执', page: () => import('./bank-receipts.tsx'), permission },
  { path: '/aftercare', title: '风险预警', page: () => import('./warnings.tsx'), permission },
  { path: '/aftercare/warnings/$guarantorId/$id', title: '预警处置', page: () => import('./warning.tsx'), permission },
  { path: '/aftercare/inspections', title: '保后检查', page: () => import('./inspections.tsx'), permission },
  { path: '/aftercare/counters', title: '反担保', page: () => import('./counters.tsx'), permission },
  { path: '/aftercare/changes', title: '展期续贷与变更', page: () => import('./changes.tsx'), permission },
  { path: '/aftercare/releases', title: '解保', page: () => import('./releases.tsx'), permission },
  {
    path: '/aftercare/guarantees/$guarantorId/$guaranteeId',
    title: '保后档案',
    page: () => import('./dossier.tsx'),
    permission,
  },
];
