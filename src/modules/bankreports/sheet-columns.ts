import type { Day } from '../../kernel/day.ts';
import { type Fen, fen } from '../../kernel/money.ts';
import {
  type Column,
  countColumn,
  dayColumn,
  moneyColumn,
  type Table,
  textColumn,
} from '../../platform/sheets/index.ts';
import { statusCodes, templateColumns } from './contract.ts';

/** Columns of the list of gaps. */
export const gapColumns: readonly Column[] = [
  textColumn('guarantorName', '担保机构'),
  textColumn('contractNo', '保证合同号', 26),
  textColumn('customerName', '客户名称', 30),
  textColumn('bankName', '合作银行'),
  moneyColumn('outstanding', '在保余额'),
  dayColumn('dueOn', '到期日'),
  dayColumn('lastDay', '最近一次状态日'),
  countColumn('ageWorkingDays', '未报工作日数'),
];

/** Columns of the list of hand-ins. */
export const reportColumns: readonly Column[] = [
  textColumn('bankName', '银行'),
  dayColumn('businessDay', '业务日'),
  countColumn('version', '版次'),
  textColumn('fileName', '文件', 30),
  countColumn('rows', '行数'),
  countColumn('taken', '接收'),
  countColumn('refused', '退回'),
  countColumn('moved', '登记变动'),
  countColumn('questions', '疑问'),
  textColumn('submittedBy', '报送人'),
];

/** Columns of the list of lines. */
export const lineColumns: readonly Column[] = [
  dayColumn('businessDay', '业务日'),
  textColumn('guarantorName', '担保机构'),
  textColumn('contractNo', '保证合同号', 26),
  textColumn('customerName', '客户名称', 30),
  textColumn('bankName', '合作银行'),
  textColumn('statusTitle', '状态', 10),
  moneyColumn('disbursed', '当日放款'),
  moneyColumn('repaid', '当日还款本金'),
  countColumn('overdueDays', '逾期天数'),
  moneyColumn('overdueAmount', '逾期金额'),
  moneyColumn('balance', '贷款余额'),
];

/** Columns of the list of questions. */
export const questionColumns: readonly Column[] = [
  textColumn('guarantorName', '担保机构'),
  textColumn('contractNo', '保证合同号', 26),
  textColumn('customerName', '客户名称', 30),
  textColumn('bankName', '合作银行'),
  textColumn('message', '疑问', 60),
  dayColumn('firstDay', '首次出现'),
  dayColumn('businessDay', '最近业务日'),
  textColumn('statusTitle', '状态', 12),
  textColumn('answer', '处理', 40),
];

type TemplateRow = { guarantorCode: string; contractNo: string; customerName: string; balance: Fen; dueOn: Day };

/** The template with every loan in force, status 正常 and the balance of the book: the bank changes what has moved. */
export function templateTable(rows: readonly TemplateRow[], businessDay: Day): Table {
  const types: Readonly<Record<string, Column['type']>> = {
    businessDay: 'day',
    disbursed: 'money',
    repaid: 'money',
    overdueDays: 'integer',
    overdueAmount: 'money',
    balance: 'money',
    dueOn: 'day',
  };
  const nil = fen(0n);
  return {
    columns: [
      ...templateColumns.map(({ key, title }) => ({ key, title, type: types[key] ?? ('text' as const), width: 18 })),
      textColumn('customerName', '客户名称（不必填）', 30),
    ],
    rows: rows.map((row) => ({
      ...{ businessDay, guarantorCode: row.guarantorCode, contractNo: row.contractNo, status: statusCodes.normal },
      ...{ disbursed: nil, repaid: nil, overdueDays: 0, overdueAmount: nil, balance: row.balance, dueOn: null },
      customerName: row.customerName,
    })),
  };
}
