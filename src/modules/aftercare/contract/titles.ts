/** Codes of aftercare and their titles. Without zod, so that pages may carry them. */

/** Kinds of counter-guarantee by the codes of the national agricultural guarantee upload standard; 90000 is the platform's own. */
export const counterKinds = {
  '10000': '保证',
  '20001': '车辆',
  '20002': '农业设备',
  '20004': '农业设施',
  '20006': '存货',
  '20007': '生物资产',
  '20008': '房地产',
  '20010': '集体建设用地',
  '20011': '海域使用权',
  '90000': '其他',
} as const;
export type CounterKind = keyof typeof counterKinds;

export const factKinds = ['valuation', 'registration', 'insurance'] as const;
export const factTitles = { valuation: '评估', registration: '登记', insurance: '保险' } as const;

/** The five classes, best first. */
export const classes = ['normal', 'attention', 'substandard', 'doubtful', 'loss'] as const;
export type Class = (typeof classes)[number];
export const classTitles: Readonly<Record<Class, string>> = {
  normal: '正常',
  attention: '关注',
  substandard: '次级',
  doubtful: '可疑',
  loss: '损失',
};

export const inspectionStates = ['open', 'done', 'cancelled'] as const;
export const inspectionTitles = { open: '待检查', done: '已检查', cancelled: '已取消' } as const;

export const warningKinds = {
  overdue: '贷款逾期',
  'interest-arrears': '欠息',
  lawsuit: '涉诉或被执行',
  seizure: '账户冻结或资产查封',
  stopped: '停产停业',
  'missing-owner': '实际控制人失联',
  downgrade: '贷款分类下调',
  'collateral-loss': '反担保物灭失或减值',
  misuse: '挪用贷款',
  other: '其他',
} as const;
export type WarningKind = keyof typeof warningKinds;

export const levels = ['yellow', 'orange', 'red'] as const;
export type Level = (typeof levels)[number];
export const levelTitles: Readonly<Record<Level, string>> = { yellow: '黄色', orange: '橙色', red: '红色' };
export const warningStates = ['open', 'planned', 'closed'] as const;
export const warningStateTitles = { open: '待定方案', planned: '方案执行中', closed: '已关闭' } as const;

/** One after the other: kinds that carry a loan on, then the eight changes of content. */
export const chainKinds = {
  extension: '展期',
  renewal: '续贷',
  refinance: '借新还旧',
  'no-repay-renewal': '无还本续贷',
} as const;
export const contentKinds = {
  representative: '法定代表人变更',
  name: '名称变更',
  purpose: '借款用途变更',
  term: '期限变更',
  repayment: '还款方式变更',
  counter: '反担保变更',
  reduction: '担保金额下调',
  branch: '银行网点变更',
} as const;
export const changeKinds = { ...chainKinds, ...contentKinds } as const;
export type ChangeKind = keyof typeof changeKinds;
export type ContentKind = keyof typeof contentKinds;
export type RenewalKind = Exclude<keyof typeof chainKinds, 'extension'>;

export const parties = ['bank', 'customer', 'guarantor'] as const;
export type Party = (typeof parties)[number];
export const partyTitles: Readonly<Record<Party, string>> = { bank: '银行', customer: '客户', guarantor: '反担保人' };

export const changeStates = ['draft', 'approving', 'approved', 'rejected', 'withdrawn', 'returned', 'done'] as const;
export const changeStateTitles: Readonly<Record<(typeof changeStates)[number], string>> = {
  draft: '待同意',
  approving: '审批中',
  approved: '已批准待执行',
  rejected: '已否决',
  withdrawn: '已撤回',
  returned: '退回补正',
  done: '已执行',
};

export const releaseStates = ['draft', 'approving', 'approved', 'rejected', 'withdrawn', 'returned'] as const;
export const releaseStateTitles: Readonly<Record<(typeof releaseStates)[number], string>> = {
  draft: '待提交',
  approving: '审批中',
  approved: '已解保',
  rejected: '已否决',
  withdrawn: '已撤回',
  returned: '退回补正',
};
