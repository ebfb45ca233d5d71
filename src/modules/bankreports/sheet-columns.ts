import type { Day } from '../../kernel/day.ts';
import { type Fen, fen } from '../../kernel/money.ts';
import type { Column, Table } from '../../platform/sheets/index.ts';
import { statusCodes, templateColumns } from './contract.ts';

const text = (key: string, title: string, width = 18): Column => ({ key, title, type: 'text', width });
const day = (key: string, title: string): Column => ({ key, title, type: 'day', whenNull: '—' });
const money = (key: string, title: string): Column => ({ key, title, type: 'money' });
const count = (key: string, title: string): Column => ({ key, title, type: 'integer' });

/** Columns of the list of gaps. */
export const gapColumns: readonly Column[] = [
  text('guarantorName', '担保机构'),
  text('contractNo', '保证合同号', 26),
  text('customerName', '客户名称', 30),
  text('bankName', '合作银行'),
  money('outstanding', '在保余额'),
  day('dueOn', '到期日'),
  day('lastDay', '最近一次状态日'),
  count('ageWorkingDays', '未报工作日数'),
];

/** Columns of the list of hand-ins. */
export const reportColumns: readonly Column[] = [
  text('bankName', '银行'),
  day('businessDay', '业务日'),
  count('version', '版次'),
  text('fileName', '文件', 30),
  count('rows', '行数'),
  count('taken', '接收'),
  count('refused', '退回'),
  count('moved', '登记变动'),
  count('questions', '疑问'),
  text('submittedBy', '报送人'),
];

/** Columns of the list of lines. */
export const lineColumns: readonly Column[] = [
  day('businessDay', '业务日'),
  text('guarantorName', '担保机构'),
  text('contractNo', '保证合同号', 26),
  text('customerName', '客户名称', 30),
  text('bankName', '合作银行'),
  text('statusTitle', '状态', 10),
  money('disbursed', '当日放款'),
  money('repaid', '当日还款本金'),
  count('overdueDays', '逾期天数'),
  money('overdueAmount', '逾期金额'),
  money('balance', '贷款余额'),
];

/** Columns of the list of questions. */
export const questionColumns: readonly Column[] = [
  text('guarantorName', '担保机构'),
  text('contractNo', '保证合同号', 26),
  text('customerName', '客户名称', 30),
  text('bankName', '合作银行'),
  text('message', '疑问', 60),
  day('firstDay', '首次出现'),
  day('businessDay', '最近业务日'),
  text('statusTitle', '状态', 12),
  text('answer', '处理', 40),
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
      text('customerName', '客户名称（不必填）', 30),
    ],
    rows: rows.map((row) => ({
      ...{ businessDay, guarantorCode: row.guarantorCode, contractNo: row.contractNo, status: statusCodes.normal },
      ...{ disbursed: nil, repaid: nil, overdueDays: 0, overdueAmount: nil, balance: row.balance, dueOn: null },
      customerName: row.customerName,
    })),
  };
}
