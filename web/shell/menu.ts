/** One line of the side menu. `href` leaves the single-page app. */
export type MenuEntry = { readonly label: string; readonly path: string; readonly href?: true };
export type MenuGroup = { readonly label: string; readonly icon: string; readonly entries: readonly MenuEntry[] };

/**
 * The menu in the order of the work. An entry shows when a page of that path exists and the person may open it;
 * a group with a single entry shows as that entry.
 */
export const menu: readonly MenuGroup[] = [
  { label: '工作台', icon: 'home', entries: [{ label: '工作台', path: '/' }] },
  { label: '区域地图', icon: 'map', entries: [{ label: '区域地图', path: '/map' }] },
  { label: '担保项目', icon: 'case', entries: [{ label: '担保项目', path: '/cases' }] },
  {
    label: '审批',
    icon: 'approve',
    entries: [
      { label: '待办与已办', path: '/approvals' },
      { label: '委托', path: '/approvals/delegations' },
      { label: '审批流程', path: '/approvals/chains' },
      { label: '无人可办', path: '/approvals/unattended' },
    ],
  },
  {
    label: '业务台账',
    icon: 'book',
    entries: [
      { label: '客户', path: '/customers' },
      { label: '关联集团', path: '/customers/groups' },
      { label: '合作协议', path: '/agreements' },
      { label: '保函台账', path: '/guarantees' },
    ],
  },
  {
    label: '保后管理',
    icon: 'care',
    entries: [
      { label: '银行逐笔状态', path: '/bank-reports' },
      { label: '风险预警', path: '/aftercare' },
      { label: '保后检查', path: '/aftercare/inspections' },
      { label: '反担保', path: '/aftercare/counters' },
      { label: '展期续贷与变更', path: '/aftercare/changes' },
      { label: '解保', path: '/aftercare/releases' },
    ],
  },
  {
    label: '文书',
    icon: 'paper',
    entries: [
      { label: '文书', path: '/documents' },
      { label: '文书模板', path: '/documents/templates' },
    ],
  },
  {
    label: '准入与额度',
    icon: 'gauge',
    entries: [
      { label: '额度', path: '/limits' },
      { label: '银行准入', path: '/admissions' },
      { label: '产品', path: '/products' },
    ],
  },
  {
    label: '再担保备案',
    icon: 'filing',
    entries: [
      { label: '再担保备案', path: '/filings' },
      { label: '备案审核', path: '/filings/desk' },
      { label: '申报批次', path: '/filings/batches' },
      { label: '备案率', path: '/filings/rates' },
    ],
  },
  {
    label: '客户服务',
    icon: 'service',
    entries: [
      { label: '信用信息授权', path: '/credit-info' },
      { label: '向客户要资料', path: '/portal/requests' },
    ],
  },
  {
    label: '批量业务',
    icon: 'batch',
    entries: [
      { label: '批量业务', path: '/batches' },
      { label: '代偿率仪表', path: '/batches/meters' },
      { label: '抽查与剔除', path: '/batches/samples' },
      { label: '取件', path: '/batches/pickups' },
    ],
  },
  { label: '数据导入', icon: 'import', entries: [{ label: '数据导入', path: '/imports' }] },
  { label: '日报送', icon: 'send', entries: [{ label: '日报送', path: '/exchange' }] },
  { label: '数据核对', icon: 'match', entries: [{ label: '数据核对', path: '/reconciliation' }] },
  { label: '季度反馈', icon: 'seal', entries: [{ label: '季度反馈', path: '/feedback' }] },
  { label: '补偿补贴', icon: 'fund', entries: [{ label: '补偿补贴', path: '/subsidies' }] },
  {
    label: '机构与用户',
    icon: 'people',
    entries: [
      { label: '机构', path: '/institutions' },
      { label: '银行与网点', path: '/banks' },
      { label: '用户与岗位', path: '/users' },
      { label: '政企分开证明', path: '/separation' },
    ],
  },
  { label: '制度图谱', icon: 'law', entries: [{ label: '制度图谱', path: '/law' }] },
  {
    label: '审计',
    icon: 'audit',
    entries: [
      { label: '审计日志', path: '/audit' },
      { label: '总账', path: '/ledger' },
    ],
  },
  {
    label: '系统对接',
    icon: 'api',
    entries: [
      { label: '接口文档', path: '/api/docs', href: true },
      { label: '回调通知', path: '/webhooks' },
      { label: 'SFTP 来源', path: '/batches/sources' },
    ],
  },
];
