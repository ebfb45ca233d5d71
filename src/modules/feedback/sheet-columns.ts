import { type Column, countColumn, dayColumn, moneyColumn, textColumn } from '../../platform/sheets/index.ts';

/** Columns of the workbook of certificates. */
export const certificateColumns: readonly Column[] = [
  textColumn('number', '凭证编号'),
  textColumn('quarter', '季度'),
  textColumn('regionName', '区域'),
  countColumn('version', '版本'),
  textColumn('statusTitle', '状态'),
  dayColumn('asOf', '数据截至'),
  countColumn('households', '在保户数'),
  countColumn('guaranteeCount', '在保笔数'),
  moneyColumn('outstanding', '在保余额（合同口径）'),
  moneyColumn('outstandingActual', '在保余额（实际承担口径）'),
  countColumn('newHouseholds', '新增户数'),
  moneyColumn('newAmount', '新增担保额（合同口径）'),
  moneyColumn('claimCash', '代偿金额（实际支付）'),
  moneyColumn('recoveryAmount', '追偿回收'),
  moneyColumn('feeIncome', '担保费收入（减退费）'),
];

/** Columns of the workbook of a certificate's loans. */
export const loanColumns: readonly Column[] = [
  textColumn('guarantorName', '担保机构'),
  textColumn('contractNo', '保证合同号'),
  textColumn('countyName', '业务所在县'),
  textColumn('bankName', '合作银行'),
  textColumn('productName', '产品'),
  textColumn('primaryTagTitle', '主标签'),
  textColumn('sizeClass', '企业规模'),
  textColumn('household', '客户证件摘要（前12位）'),
  moneyColumn('principal', '主债权金额'),
  moneyColumn('guaranteed', '担保责任金额'),
  { key: 'feeRate', title: '年费率', type: 'percent' },
  dayColumn('startsOn', '起始日'),
  dayColumn('endsOn', '到期日（展期后）'),
  moneyColumn('outstanding', '在保余额（合同口径）'),
  moneyColumn('outstandingActual', '在保余额（实际承担口径）'),
  moneyColumn('newAmount', '季内新增（合同口径）'),
  moneyColumn('newActual', '季内新增（实际承担口径）'),
  moneyColumn('feeIncome', '季内担保费收入'),
  moneyColumn('claimAmount', '季内代偿本金'),
  moneyColumn('claimCash', '季内代偿金额'),
  moneyColumn('recoveryAmount', '季内追偿回收'),
  moneyColumn('releasedAmount', '季内解除担保额'),
];

/** Columns of the workbook of what a correction changed. */
export const changeColumns: readonly Column[] = [
  textColumn('guarantorName', '担保机构'),
  textColumn('contractNo', '保证合同号'),
  { key: 'changeText', title: '变化', type: 'text', width: 90 },
];

/** Columns of the workbook of objections. */
export const objectionColumns: readonly Column[] = [
  textColumn('certificateNumber', '凭证编号'),
  textColumn('regionName', '区域'),
  textColumn('target', '异议对象'),
  textColumn('reason', '理由'),
  textColumn('evidence', '依据'),
  textColumn('statusTitle', '状态'),
  textColumn('answer', '答复'),
  textColumn('raisedBy', '提出人'),
  textColumn('answeredBy', '答复人'),
];
