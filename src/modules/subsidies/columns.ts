import { type Column, moneyColumn, textColumn } from '../../platform/sheets/index.ts';

const placeholder: Column = textColumn('mark', '占位');

/** Columns of the workbooks; every one carries the mark of schemes nobody has confirmed. */
export const runColumns: readonly Column[] = [
  textColumn('regionName', '地区'),
  { key: 'year', title: '年度', type: 'integer' },
  textColumn('kindTitle', '种类'),
  textColumn('statusTitle', '状态'),
  placeholder,
  moneyColumn('total', '应补合计'),
  moneyColumn('payable', '本次拨付'),
  textColumn('letterNumber', '文书编号'),
];
/** Columns of the workbook of accounts. */
export const lineColumns: readonly Column[] = [
  textColumn('guarantor', '担保机构'),
  textColumn('countyName', '县区'),
  textColumn('scheme', '办法'),
  placeholder,
  textColumn('payerTitle', '承担'),
  textColumn('payerRegionName', '承担地区'),
  moneyColumn('entitled', '应补'),
  moneyColumn('settledBefore', '本年度已清算'),
  moneyColumn('restatement', '以前年度更正'),
  moneyColumn('carriedIn', '上期结转'),
  moneyColumn('prepaid', '已预拨'),
  moneyColumn('net', '应拨'),
  moneyColumn('payable', '本次拨付'),
  moneyColumn('clawBack', '收回'),
  moneyColumn('shortfall', '结转待补'),
  moneyColumn('credit', '结转抵扣'),
];
/** Columns of the workbook of loans. */
export const entitlementColumns: readonly Column[] = [
  textColumn('quarter', '季度'),
  textColumn('certificateNumber', '反馈凭证'),
  textColumn('guarantor', '担保机构'),
  textColumn('contractNo', '合同编号'),
  textColumn('countyName', '县区'),
  textColumn('scheme', '办法'),
  placeholder,
  textColumn('reason', '不补原因'),
  moneyColumn('computed', '公式结果'),
  moneyColumn('capCut', '上限核减'),
  moneyColumn('overlapCut', '重复补助核减'),
  moneyColumn('amount', '应补'),
  moneyColumn('province', '省级承担'),
  moneyColumn('city', '市级承担'),
  moneyColumn('local', '县级承担'),
];
/** Columns of the workbook of restatements. */
export const deltaColumns: readonly Column[] = [
  { key: 'forYear', title: '年度', type: 'integer' },
  textColumn('guarantor', '担保机构'),
  textColumn('contractNo', '合同编号'),
  textColumn('countyName', '县区'),
  textColumn('scheme', '办法'),
  moneyColumn('before', '此前已清算'),
  moneyColumn('after', '更正后'),
];
/** Columns of the workbook of payments. */
export const paymentColumns: readonly Column[] = [
  textColumn('runTitle', '批次'),
  textColumn('guarantor', '担保机构'),
  textColumn('payerTitle', '承担'),
  textColumn('payerRegionName', '承担地区'),
  placeholder,
  textColumn('directionTitle', '方向'),
  moneyColumn('amount', '金额'),
  textColumn('state', '状态'),
  textColumn('evidence', '凭据'),
];

/** Columns of the workbook of a breakdown; the first names what it is broken down by. */
export const breakdownColumns = (heading: string): readonly Column[] => [
  textColumn('title', heading),
  placeholder,
  { key: 'loans', title: '笔数', type: 'integer' },
  ...lineColumns.filter((column) => column.type === 'money'),
];
