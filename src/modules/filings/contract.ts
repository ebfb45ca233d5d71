import { z } from 'zod';
import {
  dayOut,
  dayWire,
  explainWire,
  idWire,
  instantOut,
  moneyWire,
  pageOf,
  pageQuery,
  ratioWire,
} from '../../wire/wire.ts';

export const filingKind = z.enum(['new', 'extend', 'change', 'release']);
export type FilingKind = z.infer<typeof filingKind>;
export const kindTitles: Readonly<Record<FilingKind, string>> = {
  new: '新增',
  extend: '展期',
  change: '内容变更',
  release: '解保',
};
export const filingStatus = z.enum(['prepared', 'submitted', 'denied', 'confirmed', 'withdrawn']);
export type FilingStatus = z.infer<typeof filingStatus>;
export const statusTitles: Readonly<Record<FilingStatus, string>> = {
  prepared: '待申报',
  submitted: '待审核',
  denied: '已驳回',
  confirmed: '已备案',
  withdrawn: '已撤下',
};

type FieldType = 'text' | 'money' | 'day' | 'integer' | 'percent';
type FieldSource = 'flow' | 'book' | 'people' | 'detail';
type Field = {
  readonly key: string;
  readonly title: string;
  readonly type: FieldType;
  /** flow: kept by the filing itself; book: taken from the book; people: entered by people; detail: of a change filing. */
  readonly from: FieldSource;
  readonly width?: number;
};
const field = (from: FieldSource, key: string, title: string, type: FieldType = 'text', width?: number): Field => ({
  key,
  title,
  type,
  from,
  ...(width ? { width } : {}),
});

/** 国担基金再担保备案台账: its columns in order (the field set seen in live systems, regulations §8.1). */
export const ledgerFields: readonly Field[] = [
  field('flow', 'businessNo', '唯一业务编号', 'text', 30),
  field('flow', 'kindTitle', '业务类型'),
  field('flow', 'certificateNo', '项目备案证', 'text', 22),
  field('flow', 'batchNumber', '审查批次', 'text', 24),
  field('flow', 'confirmNo', '确认批次', 'text', 18),
  field('flow', 'fundBatch', '上报融担基金批次', 'text', 18),
  field('flow', 'submittedOn', '直担机构提报时间', 'day'),
  field('flow', 'decidedOn', '省再确认时间', 'day'),
  field('flow', 'sourceTitle', '数据来源'),
  field('flow', 'problemText', '自动校验失败原因', 'text', 30),
  field('flow', 'denyReason', '驳回原因', 'text', 24),
  field('book', 'institutionCode', '机构编码'),
  field('book', 'institutionName', '原担保机构', 'text', 30),
  field('book', 'borrowerName', '借款人名称', 'text', 30),
  field('book', 'borrowerKindTitle', '借款人性质'),
  field('book', 'identityKindTitle', '证件类型'),
  field('book', 'identityNo', '证件号码', 'text', 22),
  field('people', 'businessEntity', '经营主体名称', 'text', 24),
  field('people', 'businessEntityCode', '经营主体统一社会信用代码', 'text', 22),
  field('people', 'legalRepresentative', '法定代表人'),
  field('people', 'isJoint', '是否共同借款人'),
  field('people', 'isFirstLoan', '是否首次贷款'),
  field('book', 'countyName', '登记所在地'),
  field('book', 'industryCode', '所属行业（GB/T 4754）'),
  field('book', 'staff', '从业人数（上年末）', 'integer'),
  field('book', 'assets', '资产总额（上年末，元）', 'money'),
  field('book', 'revenue', '营业收入（上年，元）', 'money'),
  field('book', 'sizeClass', '企业划型'),
  field('people', 'isHighTech', '是否高新'),
  field('book', 'tagTitle', '政策扶持领域'),
  field('book', 'productName', '业务品种', 'text', 18),
  field('book', 'bankName', '贷款机构', 'text', 24),
  field('book', 'branchName', '分支行', 'text', 24),
  field('book', 'loanContractNo', '借款合同号', 'text', 24),
  field('people', 'iouNo', '借据号', 'text', 20),
  field('book', 'principal', '主债权金额（元）', 'money'),
  field('book', 'startsOn', '起始日', 'day'),
  field('book', 'endsOn', '到期日', 'day'),
  field('book', 'dueOn', '展期后到期日', 'day'),
  field('book', 'termMonths', '贷款期限（月）', 'integer'),
  field('people', 'annualRate', '年利率（%）'),
  field('people', 'loanPurpose', '融资用途', 'text', 20),
  field('people', 'repayMethod', '还款方式'),
  field('people', 'isCreditLoan', '是否信用贷款'),
  field('book', 'disbursed', '放款金额（元）', 'money'),
  field('book', 'disbursedOn', '放款日', 'day'),
  field('book', 'outstanding', '贷款余额（元）', 'money'),
  field('book', 'contractNo', '保证合同号', 'text', 24),
  field('people', 'entrustContractNo', '委托担保合同号', 'text', 24),
  field('book', 'guaranteed', '担保金额（元）', 'money'),
  field('book', 'guaranteedShare', '担保责任比例', 'percent'),
  field('people', 'guaranteeMode', '担保方式'),
  field('book', 'feeRate', '担保费率', 'percent'),
  field('people', 'counterMeasures', '反担保措施', 'text', 24),
  field('book', 'agreementNo', '银担合作协议', 'text', 24),
  field('book', 'bankShare', '合作贷款机构分险', 'percent'),
  field('book', 'guarantorShare', '原担保分险', 'percent'),
  field('book', 'provinceShare', '省级再担保分险', 'percent'),
  field('book', 'fundShare', '国担基金分险', 'percent'),
  field('book', 'cityShare', '市级基金分险', 'percent'),
  field('book', 'otherShare', '其他分险', 'percent'),
  field('detail', 'extendedTo', '展期到期日', 'day'),
  field('detail', 'changeText', '变更内容', 'text', 30),
  field('detail', 'releaseTitle', '解保类型'),
  field('book', 'releasedOn', '解保日期', 'day'),
  field('book', 'claimed', '累计代偿本金（元）', 'money'),
  field('book', 'claimedOn', '代偿日期', 'day'),
];

const yesNo = z.enum(['是', '否']);
const short = z.string().trim().max(200);
/** What people add to a filing; the book does not hold it. Left out stays as it is, '' clears. */
export const supplement = z.object({
  businessEntity: short.optional(),
  businessEntityCode: short.optional(),
  legalRepresentative: short.optional(),
  isJoint: yesNo.or(z.literal('')).optional(),
  isFirstLoan: yesNo.or(z.literal('')).optional(),
  isHighTech: yesNo.or(z.literal('')).optional(),
  iouNo: short.optional(),
  annualRate: z
    .string()
    .regex(/^(\d{1,2}(\.\d{1,4})?)?$/, '年利率须为百分数，如 3.85')
    .optional(),
  loanPurpose: short.optional(),
  repayMethod: short.optional(),
  isCreditLoan: yesNo.or(z.literal('')).optional(),
  entrustContractNo: short.optional(),
  guaranteeMode: z.enum(['001抵押', '002质押', '003保证', '004信用', '005综合', '']).optional(),
  counterMeasures: short.optional(),
});
export type Supplement = z.output<typeof supplement>;

/** What an automatic check found. `block`: cannot be submitted; `warn`: goes out marked, for a person to look at. */
export const problemWire = z.object({
  code: z.string(),
  field: z.string(),
  severity: z.enum(['block', 'warn']),
  message: z.string(),
  remedy: z.string(),
});
export type Problem = z.infer<typeof problemWire>;

/** One value that a content change replaces. */
export const changedValue = z.object({ title: z.string().min(1).max(60), before: short, after: short });

export const filingRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  businessNo: z.string(),
  guaranteeId: idWire,
  kind: filingKind,
  status: filingStatus,
  contractNo: z.string(),
  borrowerName: z.string(),
  bankName: z.string(),
  productName: z.string(),
  principal: moneyWire,
  guaranteed: moneyWire,
  occurredOn: dayOut,
  batchNumber: z.string().nullable(),
  problems: z.array(problemWire),
  blocked: z.boolean(),
  denyReason: z.string().nullable(),
  certificateNo: z.string().nullable(),
  submittedAt: instantOut.nullable(),
  decidedAt: instantOut.nullable(),
});
export type FilingRow = z.infer<typeof filingRow>;
export const filingPage = pageOf(filingRow);

const month = z
  .string()
  .regex(/^(19|20|21)\d{2}-(0[1-9]|1[0-2])$/, '月份须为 YYYY-MM')
  .meta({ description: '月份', example: '2026-10' });
export const filingFilter = z.object({
  q: z.string().max(100).optional().meta({ description: '唯一业务编号、保证合同号的开头，或借款人名称' }),
  guarantorId: z.coerce.number().int().optional(),
  kind: filingKind.optional(),
  status: filingStatus.optional(),
  month: month.optional().meta({ description: '业务发生月' }),
  batchId: idWire.optional(),
  problems: z.enum(['block', 'warn', 'none']).optional(),
});
export type FilingFilter = z.output<typeof filingFilter>;
export const filingQuery = pageQuery.extend(filingFilter.shape);
export const ledgerQuery = filingFilter;

export const filingField = z.object({
  key: z.string(),
  title: z.string(),
  type: z.enum(['text', 'money', 'day', 'integer', 'percent']),
  from: z.enum(['flow', 'book', 'people', 'detail']),
  value: z.string().nullable(),
  /** The book's value now, where it is another than the record's. */
  bookNow: z.string().nullable(),
});
export const filingStep = z.object({
  at: instantOut,
  action: z.enum(['prepare', 'deny', 'correct', 'withdraw', 'submit', 'confirm']),
  title: z.string(),
  by: z.string().nullable(),
  reason: z.string().nullable(),
  batchNumber: z.string().nullable(),
});
export const filingDetail = filingRow.extend({
  revision: z.number().int(),
  initialBusinessNo: z.string().nullable(),
  fields: z.array(filingField),
  steps: z.array(filingStep),
  supplement,
  isStale: z.boolean(),
});
export type FilingDetail = z.infer<typeof filingDetail>;
export const filingKey = z.object({ guarantorId: z.coerce.number().int(), id: idWire });

export const monthCommand = z.object({ guarantorId: z.number().int(), month });
export const prepareAnswer = z.object({
  prepared: z.number().int(),
  blocked: z.number().int(),
  ready: z.number().int(),
});
export const submitAnswer = z.object({
  batchId: idWire,
  number: z.string(),
  submitted: z.number().int(),
  held: z.number().int(),
});
export const correctCommand = z.object({
  supplement: supplement.optional(),
  note: z.string().trim().max(500).optional().meta({ description: '更正说明' }),
});
export const withdrawCommand = z.object({ reason: z.string().trim().min(2, '请写明撤下原因').max(500) });

/** Rows by id, or every row of a batch that still waits. */
export const decideCommand = z
  .object({
    guarantorId: z.number().int(),
    verdict: z.enum(['confirm', 'deny']),
    reason: z.string().trim().max(500).optional(),
    ids: z.array(idWire).min(1).max(10_000).optional(),
    batchId: idWire.optional(),
    /** With batchId: leave rows with warnings waiting for a closer look. */
    cleanOnly: z.boolean().default(false),
  })
  .refine((command) => (command.ids === undefined) !== (command.batchId === undefined), '请指明哪几笔，或哪一批')
  .refine((command) => command.verdict === 'confirm' || (command.reason ?? '').length >= 2, '驳回须写明原因');
export const decideAnswer = z.object({ decided: z.number().int(), waiting: z.number().int() });

export const batchRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  number: z.string(),
  month: z.string(),
  dueOn: dayOut,
  submittedAt: instantOut,
  submittedBy: z.string(),
  isLate: z.boolean(),
  rows: z.number().int(),
  waiting: z.number().int(),
  warned: z.number().int(),
  confirmed: z.number().int(),
  denied: z.number().int().meta({ description: '现仍处于驳回状态' }),
  returned: z.number().int().meta({ description: '曾被驳回、已随后续批次再报或待再报' }),
  held: z.number().int(),
  guaranteed: moneyWire,
});
export type BatchRow = z.infer<typeof batchRow>;
export const batchPage = pageOf(batchRow);
export const batchQuery = pageQuery.extend({
  guarantorId: z.coerce.number().int().optional(),
  waiting: z.enum(['true']).optional().meta({ description: '只看还有待审核的' }),
});

export const rateQuery = z.object({
  from: month.optional(),
  to: month.optional(),
  guarantorId: z.coerce.number().int().optional(),
});
const rateFigures = {
  eligible: z.number().int(),
  filed: z.number().int(),
  submitted: z.number().int(),
  denied: z.number().int(),
  eligibleAmount: moneyWire,
  filedAmount: moneyWire,
  rate: ratioWire.nullable(),
  amountRate: ratioWire.nullable(),
};
export const rateAnswer = z.object({
  asOf: dayOut,
  basis: z.string(),
  unverified: z.string(),
  months: z.array(z.object({ month: z.string(), dueOn: dayOut, ...rateFigures })),
  guarantors: z.array(
    z.object({
      guarantorId: z.number().int(),
      name: z.string(),
      ...rateFigures,
      cells: z.array(z.object({ month: z.string(), ...rateFigures })),
    }),
  ),
  total: z.object(rateFigures),
});
export type RateAnswer = z.infer<typeof rateAnswer>;
export const rateExplainQuery = z.object({
  from: month,
  to: month,
  guarantorId: z.coerce.number().int().optional(),
  by: z.enum(['count', 'amount']).default('count'),
});
export const explained = explainWire;
export const missingQuery = pageQuery.extend({
  from: dayWire,
  to: dayWire,
  guarantorId: z.coerce.number().int().optional(),
});
export const missingRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  guaranteeId: idWire,
  contractNo: z.string(),
  borrowerName: z.string(),
  occurredOn: dayOut,
  guaranteed: moneyWire,
  state: z.string(),
});
export type MissingRow = z.infer<typeof missingRow>;
export const missingPage = pageOf(missingRow);

export const overviewQuery = z.object({ guarantorId: z.coerce.number().int().optional() });
/** Where the month stands for one guarantor (or all): what is ready, what is kept back and why, until when. */
export const overview = z.object({
  month: z.string(),
  dueOn: dayOut,
  dueUnverified: z.string(),
  remainingWorkingDays: z.number().int(),
  ready: z.number().int(),
  blocked: z.number().int(),
  warned: z.number().int(),
  denied: z.number().int(),
  submitted: z.number().int(),
  unprepared: z.number().int(),
  reasons: z.array(
    z.object({ code: z.string(), message: z.string(), severity: z.enum(['block', 'warn']), count: z.number().int() }),
  ),
});
export type Overview = z.infer<typeof overview>;

export const readBackLine = z.object({
  line: z.number().int(),
  businessNo: z.string(),
  outcome: z.enum(['confirmed', 'denied', 'already', 'refused']),
  message: z.string(),
});
export const readBackAnswer = z.object({
  fileHash: z.string(),
  rows: z.number().int(),
  confirmed: z.number().int(),
  denied: z.number().int(),
  already: z.number().int(),
  refused: z.number().int(),
  lines: z.array(readBackLine).meta({ description: '未采纳的行，至多 500 行' }),
});
export type ReadBackAnswer = z.infer<typeof readBackAnswer>;
export const importedAnswer = readBackAnswer;
