/** Words of cases. No zod here: the browser takes them as they are. */
import type { applicantKind, CaseState, finding, frequency, papersAsked } from '../contract.ts';

/** States of a case. */
export const stateTitles: Record<CaseState, string> = {
  draft: '草稿',
  submitted: '待受理',
  'due-diligence': '尽调中',
  review: '评审中',
  approving: '审批中',
  approved: '已批准',
  papers: '签约待放款',
  disbursed: '已放款在保',
  returned: '退回补正',
  refused: '未通过',
  withdrawn: '已撤回',
  lapsed: '意向过期',
};

/** Who applied. */
export const applicantTitles: Record<(typeof applicantKind)['options'][number], string> = {
  bank: '银行推荐',
  'client-manager': '客户经理录入',
  customer: '客户自助',
};

/** 反担保种类代码 (regulations §8.2). */
export const counterKinds: Readonly<Record<string, string>> = {
  '10000': '保证',
  '20001': '车辆',
  '20002': '农业设备',
  '20004': '农业设施',
  '20006': '存货',
  '20007': '生物资产',
  '20008': '房地产',
  '20010': '集体建设用地',
  '20011': '海域',
};

/** What the borrower's circumstances are said to be; products ask about them (`no-flag`, `needs-flag`). */
export const flagTitles: Readonly<Record<string, string>> = {
  'government-bond': '为政府债券发行提供担保',
  'financing-platform': '为政府融资平台融资提供增信',
  abnormal: '列入经营异常名录',
  dishonest: '列入严重失信名单',
  'restricted-industry': '禁止、限制或淘汰类项目',
  'major-violation': '近3年有重大安全、质量、环保或税务违法',
  'startup-group': '创业担保贷款十类人员或其小微企业',
};

/** What was found on a line. */
export const findingTitles: Record<(typeof finding)['options'][number], string> = {
  pass: '符合',
  fail: '不符合',
  'not-applicable': '不适用',
};

/** What the reviewer says. */
export const verdictTitles = { support: '同意', conditional: '附条件同意', oppose: '不同意' } as const;

/** Papers of a case. */
export const paperTitles: Record<(typeof papersAsked)['shape']['template']['options'][number], string> = {
  'intent-letter': '意向函',
  'entrust-contract': '委托担保合同',
  'guarantee-contract': '保证合同',
  'counter-contract': '反担保合同',
  'disburse-notice': '放款通知书',
};

/** Every paper that may be listed with a case. */
export const issuedTitles: Readonly<Record<string, string>> = {
  ...paperTitles,
  'fee-notice': '缴费通知',
  'release-letter': '解保函',
  minutes: '评审会纪要',
};

/** How the fee is paid. */
export const frequencyTitles: Record<(typeof frequency)['options'][number], string> = {
  once: '一次性缴纳',
  yearly: '按年缴纳',
  'half-yearly': '按半年缴纳',
  quarterly: '按季缴纳',
};

/** Kinds of borrower, as on the form. */
export const borrowerTitles = {
  enterprise: '企业',
  'individual-business': '个体工商户',
  farmer: '农户',
  'business-owner': '小微企业主',
} as const;
