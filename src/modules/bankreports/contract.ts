import { z } from 'zod';
import { dayOut, dayWire, idWire, instantOut, moneyWire, pageOf, pageQuery, refusalWire } from '../../wire/wire.ts';
import { cellStates, lineStatuses, questionStates } from './contract/titles.ts';

export * from './contract/titles.ts';

/** Columns of the template, in its order; the header may have them in any order. */
export const templateColumns = [
  { key: 'businessDay', title: '业务日', isRequired: true },
  { key: 'guarantorCode', title: '担保机构代码', isRequired: false },
  { key: 'contractNo', title: '保证合同号', isRequired: true },
  { key: 'status', title: '状态代码', isRequired: true },
  { key: 'disbursed', title: '当日放款', isRequired: true },
  { key: 'repaid', title: '当日还款本金', isRequired: true },
  { key: 'overdueDays', title: '逾期天数', isRequired: true },
  { key: 'overdueAmount', title: '逾期金额', isRequired: true },
  { key: 'balance', title: '贷款余额', isRequired: true },
  { key: 'dueOn', title: '展期到期日', isRequired: false },
] as const;

const contractNo = z.string().trim().min(1, '请填保证合同号').max(100);
export const reportLine = z.object({
  contractNo,
  guarantorCode: z.string().trim().max(40).optional().meta({ description: '同一合同号在两家机构时必填' }),
  status: z.enum(lineStatuses),
  disbursed: moneyWire.default('0'),
  repaid: moneyWire.default('0'),
  overdueDays: z.number().int().min(0).max(36_500).default(0),
  overdueAmount: moneyWire.default('0'),
  balance: moneyWire,
  dueOn: dayWire.optional(),
});
/** Most lines of one request; a larger day comes as a file or in several requests. */
export const linesMax = 20_000;
export const newReport = z.object({
  bankId: z.number().int().positive().optional().meta({ description: '省级用户代报时必填；银行用户即本行' }),
  businessDay: dayWire,
  via: z.enum(['api', 'form']).default('api'),
  lines: z.array(reportLine).min(1, '至少一行；当日无变动也须逐笔报送状态').max(linesMax),
});
export const uploadFields = z.object({ bankId: z.coerce.number().int().positive().optional(), businessDay: dayWire });

/** The receipt of a hand-in, which the bank keeps. */
export const receiptOf = (bankId: number, day: string, version: number): string =>
  `ZB${bankId}-${day.replaceAll('-', '')}-${version}`;

export const badRow = z.object({
  line: z.number().int(),
  contractNo: z.string().nullable(),
  reasons: z.array(refusalWire),
});
export const reportRow = z.object({
  bankId: z.number().int(),
  bankName: z.string(),
  id: idWire,
  receipt: z.string(),
  businessDay: dayOut,
  version: z.number().int(),
  source: z.enum(['file', 'api', 'form']),
  fileName: z.string().nullable(),
  rows: z.number().int(),
  taken: z.number().int(),
  refused: z.number().int(),
  moved: z.number().int(),
  questions: z.number().int(),
  isApplied: z.boolean(),
  contentHash: z.string(),
  submittedBy: z.string(),
  submittedAt: instantOut,
});
export type ReportRow = z.infer<typeof reportRow>;
export const reportAnswer = reportRow.extend({
  isRepeat: z.boolean().meta({ description: '内容与已收到的一次完全相同：返回原回执，未重复记入' }),
  expected: z.number().int(),
  reported: z.number().int(),
  missing: z.number().int().meta({ description: '当日应报未报笔数' }),
  badRows: z.array(badRow).meta({ description: '退回行（前 200 行）' }),
});
export type ReportAnswer = z.infer<typeof reportAnswer>;
export const reportPage = pageOf(reportRow);
export const reportQuery = pageQuery.extend({
  bankId: z.coerce.number().int().optional(),
  businessDay: dayWire.optional(),
});
export const ofReport = z.object({ bankId: z.coerce.number().int(), id: idWire });

export const boardQuery = z.object({ to: dayWire, days: z.coerce.number().int().min(1).max(31).default(10) });
export const board = z.object({
  today: dayOut,
  unverified: z.string(),
  days: z.array(z.object({ day: dayOut, dueOn: dayOut })),
  rows: z.array(
    z.object({
      bankId: z.number().int(),
      name: z.string(),
      from: dayOut.nullable(),
      cells: z.array(
        z.object({
          day: dayOut,
          state: z.enum(cellStates),
          expected: z.number().int(),
          reported: z.number().int(),
          overdue: z.number().int(),
          overdueAmount: moneyWire,
        }),
      ),
    }),
  ),
});
export type Board = z.infer<typeof board>;

export const gapQuery = pageQuery.extend({
  day: dayWire,
  bankId: z.coerce.number().int().optional(),
  guarantorId: z.coerce.number().int().optional(),
});
export const gapRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  contractNo: z.string(),
  customerName: z.string(),
  bankId: z.number().int(),
  bankName: z.string(),
  outstanding: moneyWire,
  dueOn: dayOut,
  lastDay: dayOut.nullable(),
  lastStatus: z.enum(lineStatuses).nullable(),
  ageWorkingDays: z.number().int().meta({ description: '已有几个工作日没有状态' }),
  ageUnverified: z.string().nullable(),
});
export type GapRow = z.infer<typeof gapRow>;
export const gapPage = pageOf(gapRow);

export const lineQuery = pageQuery.extend({
  day: dayWire.optional(),
  bankId: z.coerce.number().int().optional(),
  guarantorId: z.coerce.number().int().optional(),
  guaranteeId: idWire.optional(),
  status: z.enum(lineStatuses).optional(),
});
export const lineRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  guaranteeId: idWire,
  contractNo: z.string(),
  customerName: z.string(),
  bankName: z.string(),
  businessDay: dayOut,
  version: z.number().int(),
  status: z.enum(lineStatuses),
  disbursed: moneyWire,
  repaid: moneyWire,
  overdueDays: z.number().int(),
  overdueAmount: moneyWire,
  balance: moneyWire,
  dueOn: dayOut.nullable(),
});
export type LineRow = z.infer<typeof lineRow>;
export const linePage = pageOf(lineRow);

export const questionQuery = pageQuery.extend({
  status: z.enum(questionStates).optional(),
  bankId: z.coerce.number().int().optional(),
  guarantorId: z.coerce.number().int().optional(),
  guaranteeId: idWire.optional(),
});
export const questionRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  guaranteeId: idWire,
  contractNo: z.string(),
  customerName: z.string(),
  bankId: z.number().int(),
  bankName: z.string(),
  code: z.string(),
  message: z.string(),
  figures: z.record(z.string(), z.string()),
  mayEnter: z.boolean().meta({ description: '可按银行所报登记变动' }),
  firstDay: dayOut,
  businessDay: dayOut,
  status: z.enum(questionStates),
  answer: z.string().nullable(),
});
export type QuestionRow = z.infer<typeof questionRow>;
export const questionPage = pageOf(questionRow);
export const ofQuestion = z.object({ guarantorId: z.coerce.number().int(), id: idWire });
export const questionAnswer = z.object({
  answer: z.enum(['enter', 'ask-bank', 'explain']),
  note: z.string().trim().min(2, '请写明依据或原因').max(500),
});
export const newStart = z.object({
  from: dayWire,
  document: z.string().trim().min(2, '请写明通知的名称与文号').max(200),
});
