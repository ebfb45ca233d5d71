import type { Column } from '../../platform/sheets/index.ts';

const money = (key: string, title: string): Column => ({ key, title, type: 'money' });
const text = (key: string, title: string): Column => ({ key, title, type: 'text' });
const day = (key: string, title: string): Column => ({ key, title, type: 'day' });
const integer = (key: string, title: string): Column => ({ key, title, type: 'integer' });

/** Columns of the workbook of certificates. */
export const certificateColumns: readonly Column[] = [
  text('number', '凭证编号'),
  text('quarter', '季度'),
  text('regionName', '区域'),
  integer('version', '版本'),
  text('statusTitle', '状态'),
  day('asOf', '数据截至'),
  integer('households', '在保户数'),
  integer('guaranteeCount', '在保笔数'),
  money('outstanding', '在保余额（合同口径）'),
  money('outstandingActual', '在保余额（实际承担口径）'),
  integer('newHouseholds', '新增户数'),
  money('newAmount', '新增担保额（合同口径）'),
  money('claimCash', '代偿金额（实际支付）'),
  money('recoveryAmount', '追偿回收'),
  money('feeIncome', '担保费收入（减退费）'),
];

/** Columns of the workbook of a certificate's loans. */
export const loanColumns: readonly Column[] = [
  text('guarantorName', '担保机构'),
  text('contractNo', '保证合同号'),
  text('countyName', '业务所在县'),
  text('bankName', '合作银行'),
  text('productName', '产品'),
  text('primaryTagTitle', '主标签'),
  text('sizeClass', '企业规模'),
  text('household', '客户证件摘要（前12位）'),
  money('principal', '主债权金额'),
  money('guaranteed', '担保责任金额'),
  { key: 'feeRate', title: '年费率', type: 'percent' },
  day('startsOn', '起始日'),
  day('endsOn', '到期日（展期后）'),
  money('outstanding', '在保余额（合同口径）'),
  money('outstandingActual', '在保余额（实际承担口径）'),
  money('newAmount', '季内新增（合同口径）'),
  money('newActual', '季内新增（实际承担口径）'),
  money('feeIncome', '季内担保费收入'),
  money('claimAmount', '季内代偿本金'),
  money('claimCash', '季内代偿金额'),
  money('recoveryAmount', '季内追偿回收'),
  money('releasedAmount', '季内解除担保额'),
];

/** Columns of the workbook of what a correction changed. */
export const changeColumns: readonly Column[] = [
  text('guarantorName', '担保机构'),
  text('contractNo', '保证合同号'),
  { key: 'changeText', title: '变化', type: 'text', width: 90 },
];

/** Columns of the workbook of objections. */
export const objectionColumns: readonly Column[] = [
  text('certificateNumber', '凭证编号'),
  text('regionName', '区域'),
  text('target', '异议对象'),
  text('reason', '理由'),
  text('evidence', '依据'),
  text('statusTitle', '状态'),
  text('answer', '答复'),
  text('raisedBy', '提出人'),
  text('answeredBy', '答复人'),
];
