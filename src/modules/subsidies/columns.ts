import type { Column } from '../../platform/sheets/index.ts';

const text = (key: string, title: string): Column => ({ key, title, type: 'text' });
const money = (key: string, title: string): Column => ({ key, title, type: 'money' });
const placeholder: Column = text('mark', '占位');

/** Columns of the workbooks; every one carries the mark of schemes nobody has confirmed. */
export const runColumns: readonly Column[] = [
  text('regionName', '地区'),
  { key: 'year', title: '年度', type: 'integer' },
  text('kindTitle', '种类'),
  text('statusTitle', '状态'),
  placeholder,
  money('total', '应补合计'),
  money('payable', '本次拨付'),
  text('letterNumber', '文书编号'),
];
/** Columns of the workbook of accounts. */
export const lineColumns: readonly Column[] = [
  text('guarantor', '担保机构'),
  text('countyName', '县区'),
  text('scheme', '办法'),
  placeholder,
  text('payerTitle', '承担'),
  text('payerRegionName', '承担地区'),
  money('entitled', '应补'),
  money('settledBefore', '本年度已清算'),
  money('restatement', '以前年度更正'),
  money('carriedIn', '上期结转'),
  money('prepaid', '已预拨'),
  money('net', '应拨'),
  money('payable', '本次拨付'),
  money('clawBack', '收回'),
  money('shortfall', '结转待补'),
  money('credit', '结转抵扣'),
];
/** Columns of the workbook of loans. */
export const entitlementColumns: readonly Column[] = [
  text('quarter', '季度'),
  text('certificateNumber', '反馈凭证'),
  text('guarantor', '担保机构'),
  text('contractNo', '合同编号'),
  text('countyName', '县区'),
  text('scheme', '办法'),
  placeholder,
  text('reason', '不补原因'),
  money('computed', '公式结果'),
  money('capCut', '上限核减'),
  money('overlapCut', '重复补助核减'),
  money('amount', '应补'),
  money('province', '省级承担'),
  money('city', '市级承担'),
  money('local', '县级承担'),
];
/** Columns of the workbook of restatements. */
export const deltaColumns: readonly Column[] = [
  { key: 'forYear', title: '年度', type: 'integer' },
  text('guarantor', '担保机构'),
  text('contractNo', '合同编号'),
  text('countyName', '县区'),
  text('scheme', '办法'),
  money('before', '此前已清算'),
  money('after', '更正后'),
];
/** Columns of the workbook of payments. */
export const paymentColumns: readonly Column[] = [
  text('runTitle', '批次'),
  text('guarantor', '担保机构'),
  text('payerTitle', '承担'),
  text('payerRegionName', '承担地区'),
  placeholder,
  text('directionTitle', '方向'),
  money('amount', '金额'),
  text('state', '状态'),
  text('evidence', '凭据'),
];

/** Columns of the workbook of a breakdown; the first names what it is broken down by. */
export const breakdownColumns = (heading: string): readonly Column[] => [
  text('title', heading),
  placeholder,
  { key: 'loans', title: '笔数', type: 'integer' },
  ...lineColumns.filter((column) => column.type === 'money'),
];
