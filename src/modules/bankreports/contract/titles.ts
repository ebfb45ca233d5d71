/** Codes of bank reports and their titles. Without zod, so that pages may carry them. */

/** How a loan stands on a business day. The codes of the template are an agreement of the platform, no published standard. */
export const lineStatuses = ['normal', 'disbursed', 'repaid', 'overdue', 'extended', 'settled'] as const;
export type LineStatus = (typeof lineStatuses)[number];
export const lineStatusTitles: Readonly<Record<LineStatus, string>> = {
  normal: '正常',
  disbursed: '放款',
  repaid: '还款',
  overdue: '逾期',
  extended: '展期',
  settled: '结清',
};
export const statusCodes: Readonly<Record<LineStatus, string>> = {
  normal: '10',
  disbursed: '11',
  repaid: '12',
  overdue: '20',
  extended: '30',
  settled: '40',
};

export const cellStates = ['not-required', 'not-due', 'complete', 'partial', 'missing'] as const;
export type CellState = (typeof cellStates)[number];
export const cellTitles: Readonly<Record<CellState, string>> = {
  'not-required': '不需报送',
  'not-due': '未到期',
  complete: '已报全',
  partial: '部分未报',
  missing: '未报',
};

export const questionStates = ['open', 'asked-bank', 'entered', 'explained', 'agreed'] as const;
export const questionTitles: Readonly<Record<(typeof questionStates)[number], string>> = {
  open: '待核实',
  'asked-bank': '已退银行更正',
  entered: '已登记变动',
  explained: '已说明',
  agreed: '已一致',
};
