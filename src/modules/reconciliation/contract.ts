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

/** The fields compared, in the order the screens show them, with their Chinese titles. */
export const fieldTitles = {
  outstanding: '在保余额',
  principal: '主债权金额',
  guaranteed: '担保责任金额',
  claims: '累计代偿',
  recoveries: '累计追偿回收',
  county: '业务所在县区',
  primary_tag: '主标签',
  status: '状态',
  starts_on: '起始日',
  ends_on: '到期日（展期后）',
  identity_hash: '客户证件摘要',
} as const;
export const comparedField = z.enum(Object.keys(fieldTitles) as [keyof typeof fieldTitles]);
export type ComparedField = keyof typeof fieldTitles;

/** The money fields, in the order in which sums and deltas are stored. */
export const moneyFields = ['outstanding', 'principal', 'guaranteed', 'claims', 'recoveries'] as const;
export type MoneyField = (typeof moneyFields)[number];

export const kindTitles = {
  different: '字段不一致',
  'only-ours': '仅我方有',
  'only-theirs': '仅对方有',
  'duplicate-key': '对方主键重复',
  'null-key': '对方主键为空',
} as const;
export const differenceKind = z.enum(Object.keys(kindTitles) as [keyof typeof kindTitles]);
export type DifferenceKind = keyof typeof kindTitles;

/** The guessed cause. Two names for what is no difference of its own: none. */
export const causeTitles = { timing: '时间差', basis: '口径差', entry: '录入差', omission: '遗漏' } as const;
export const cause = z.enum(Object.keys(causeTitles) as [keyof typeof causeTitles]);
export type Cause = keyof typeof causeTitles;

export const statusTitles = { open: '待处理', explained: '已说明', fixed: '已改正待复核' } as const;
export const differenceStatus = z.enum(Object.keys(statusTitles) as [keyof typeof statusTitles]);
export type DifferenceStatus = keyof typeof statusTitles;

export const runStatusTitles = { open: '有差异', clean: '一致', sealed: '已封存' } as const;
export const runStatus = z.enum(Object.keys(runStatusTitles) as [keyof typeof runStatusTitles]);
export type RunStatus = keyof typeof runStatusTitles;

/** 发生日 or 登记日; the day; what was known then; 合同口径 or 实际承担口径; the unit of amounts (of the other side's file only). */
export const declaration = z.object({
  timeBasis: z.enum(['value', 'entry']).default('value').meta({ description: 'value 发生日 / entry 登记日' }),
  asOf: dayWire,
  knownAt: z.iso.datetime({ offset: true }).optional().meta({ description: '截至何时所知；缺省为核对时' }),
  amountBasis: z
    .enum(['contract', 'actual'])
    .default('contract')
    .meta({ description: 'contract 合同口径 / actual 实际承担口径' }),
  unit: z.enum(['元', '万元', '分']).default('元'),
});
export type Declaration = z.output<typeof declaration>;

/** Tolerances carry their unit: money in 分, dates in 天; every other field is compared exactly. */
export const tolerances = z
  .object({
    money: z.object({ 分: z.number().int().min(0).max(100_000_000) }).default({ 分: 0 }),
    dates: z.object({ 天: z.number().int().min(0).max(366) }).default({ 天: 0 }),
  })
  .default({ money: { 分: 0 }, dates: { 天: 0 } });
export type Tolerances = z.output<typeof tolerances>;

/** Which column of an uploaded file holds what, by its title. `institutionCode` stands for files of one institution. */
export const columnMapping = z.object({
  columns: z.object({
    institution: z.string().optional(),
    contract_no: z.string(),
    ...(Object.fromEntries(Object.keys(fieldTitles).map((field) => [field, z.string().optional()])) as Record<
      ComparedField,
      z.ZodOptional<z.ZodString>
    >),
  }),
  institutionCode: z.string().optional(),
  /** Words of the file for our codes, e.g. { 在保: 'in-force' }; county names need none. */
  statusWords: z.record(z.string(), z.string()).default({}),
  tagWords: z.record(z.string(), z.number().int()).default({}),
  headerLine: z.number().int().min(1).max(100).default(1),
  sheet: z.string().optional(),
});
export type ColumnMapping = z.output<typeof columnMapping>;

/** Starts a run. `guarantorId` absent: the whole province. `fields` absent: all that the other side supplies. */
export const startRun = z.object({
  key: z.string().min(8).max(200).optional().meta({ description: '批次键：同键只核对一次' }),
  guarantorId: z.number().int().positive().optional(),
  ours: declaration.omit({ unit: true }),
  theirs: declaration,
  fields: z.array(comparedField).min(1).optional(),
  tolerances,
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('monitor') }),
    z.object({ kind: z.literal('file'), uploadId: idWire, mapping: columnMapping }),
  ]),
});
export type StartRun = z.output<typeof startRun>;

const countsOut = z.object({
  ours: z.number().int(),
  theirs: z.number().int(),
  matched: z.number().int(),
  different: z.number().int(),
  onlyOurs: z.number().int(),
  onlyTheirs: z.number().int(),
  duplicateKey: z.number().int(),
  nullKey: z.number().int(),
});

/** One run in the list. Counts and totals are of the rows the caller may see. `matchRate` null: nothing to match. */
export const runRow = z.object({
  id: z.string(),
  guarantorId: z.number().int().nullable(),
  guarantorName: z.string().meta({ description: '机构简称；全省批次为“全省”' }),
  asOf: dayOut,
  knownAt: instantOut,
  otherSide: z.enum(['monitor', 'file']),
  sourceName: z.string(),
  status: runStatus,
  counts: countsOut,
  matchRate: ratioWire.nullable(),
  openCount: z.number().int(),
  explainedCount: z.number().int(),
  fixedCount: z.number().int(),
  startedByName: z.string(),
  startedAt: instantOut,
});
export type RunRow = z.output<typeof runRow>;

/** Per money field: our total, theirs, the difference, and how it falls into causes; the parts add up to the difference to the 分. */
export const decompositionRow = z.object({
  field: z.enum(moneyFields),
  title: z.string(),
  ours: moneyWire,
  theirs: moneyWire,
  difference: moneyWire,
  byCause: z.object({ timing: moneyWire, basis: moneyWire, entry: moneyWire, omission: moneyWire }),
  tolerated: moneyWire.meta({ description: '容差内差额' }),
});
export type DecompositionRow = z.output<typeof decompositionRow>;

/** As `declaration`, for answers: already read, so only described. */
const declarationOut = declaration.extend({ asOf: dayOut, knownAt: instantOut });

export const runDetail = runRow.extend({
  summary: z.string().meta({ description: '对账小结' }),
  ours: declarationOut.omit({ unit: true }),
  theirs: declarationOut,
  fields: z.array(comparedField),
  tolerances,
  sourceHash: z.string().nullable(),
  recordsHash: z.string(),
  recordsCount: z.number().int(),
  previousRunId: z.string().nullable(),
  carried: z.object({ gone: z.number().int(), unchanged: z.number().int(), changed: z.number().int() }),
  decomposition: z.array(decompositionRow),
  byField: z.array(z.object({ field: z.string(), title: z.string(), count: z.number().int(), open: z.number().int() })),
  byCause: z.array(z.object({ cause, title: z.string(), count: z.number().int(), open: z.number().int() })),
  byGuarantor: z.array(
    z.object({
      guarantorId: z.number().int(),
      name: z.string(),
      counts: countsOut,
      matchRate: ratioWire.nullable(),
      open: z.number().int(),
    }),
  ),
  sealable: z.boolean(),
  sealBlockers: z.array(z.string()),
  seal: z
    .object({
      contentHash: z.string(),
      signature: z.string(),
      signer: z.string(),
      publicKey: z.string(),
      sealedByName: z.string(),
      sealedAt: instantOut,
    })
    .nullable(),
  explain: explainWire,
});
export type RunDetail = z.output<typeof runDetail>;

/** `ours`/`theirs` are text ready to show (money in 元); `delta` is ours less theirs in 元, null where the field is no money. */
export const differenceRow = z.object({
  id: z.string(),
  runId: z.string(),
  guarantorId: z.number().int().meta({ description: '0：对方机构代码为空或不识' }),
  guarantorName: z.string(),
  guaranteeId: z.string().nullable(),
  county: z.number().int().nullable(),
  countyName: z.string().nullable(),
  contractNo: z.string().nullable(),
  line: z.number().int().nullable().meta({ description: '对方数据第几行' }),
  kind: differenceKind,
  kindTitle: z.string(),
  field: z.string(),
  fieldTitle: z.string(),
  ours: z.string().nullable(),
  theirs: z.string().nullable(),
  delta: moneyWire.nullable(),
  cause,
  causeTitle: z.string(),
  reason: z.string(),
  status: differenceStatus,
  firstSeenOn: dayOut,
  ageWorkingDays: z.number().int(),
  ownerInstitutionName: z.string().nullable(),
  ownerUserId: z.number().int().nullable(),
  ownerUserName: z.string().nullable(),
  resolution: z.string().nullable(),
  evidenceReference: z.string().nullable(),
  resolvedByName: z.string().nullable(),
  resolvedAt: instantOut.nullable(),
  previousId: z.string().nullable(),
  version: z.number().int(),
});
export type DifferenceRow = z.output<typeof differenceRow>;

export const differenceFilter = z.object({
  kind: differenceKind.optional(),
  field: z.string().max(40).optional(),
  cause: cause.optional(),
  status: differenceStatus.optional(),
  guarantorId: z.coerce.number().int().optional(),
  county: z.coerce.number().int().optional(),
  ownerUserId: z.coerce.number().int().optional(),
  contractNo: z.string().max(100).optional().meta({ description: '合同编号（前缀）' }),
  minAgeDays: z.coerce.number().int().min(0).max(3000).optional().meta({ description: '账龄不少于（工作日）' }),
});
export type DifferenceFilter = z.output<typeof differenceFilter>;
export const differencesQuery = pageQuery.extend(differenceFilter.shape);

export const historyRow = z.object({
  kind: z.string(),
  kindTitle: z.string(),
  body: z.string(),
  evidenceReference: z.string().nullable(),
  userName: z.string(),
  recordedAt: instantOut,
});

/** One difference with what led to the guess, both sides' whole records and its history (also of the earlier runs it was carried from). */
export const differenceDetail = differenceRow.extend({
  evidence: z.array(z.object({ name: z.string(), value: z.string() })),
  record: z.array(
    z.object({
      field: z.string(),
      title: z.string(),
      ours: z.string().nullable(),
      theirs: z.string().nullable(),
      same: z.boolean(),
    }),
  ),
  history: z.array(historyRow),
  explain: explainWire,
});
export type DifferenceDetail = z.output<typeof differenceDetail>;

/** `explained`: rightly different; `fixed`: corrected, to be verified by the next run; `open`: taken back. */
export const resolveDifference = z.object({
  status: differenceStatus,
  resolution: z.string().trim().min(4, '请写明处理说明（至少 4 字）').max(2000),
  evidenceReference: z.string().trim().max(500).optional(),
});
export type ResolveDifference = z.output<typeof resolveDifference>;

/** Like items at once: those named, or all of the run that match the filter and are open. */
export const resolveMany = resolveDifference.extend({
  ids: z.array(idWire).min(1).max(5000).optional(),
  filter: differenceFilter.optional(),
});
export type ResolveMany = z.output<typeof resolveMany>;

export const assignDifference = z.object({
  ownerUserId: z.number().int().nullable(),
  note: z.string().trim().max(500).optional(),
});
/** Who may be made to answer for a difference. */
export const ownersAnswer = z.object({
  rows: z.array(z.object({ id: z.number().int(), name: z.string(), institutionName: z.string() })),
});
export type OwnersAnswer = z.infer<typeof ownersAnswer>;
export const commentDifference = z.object({ body: z.string().trim().min(1).max(2000) });

/** How far a run asked for has come: it is all there when done; `refusals` say why it failed. */
export const runState = z.object({
  runId: idWire,
  status: z.enum(['waiting', 'running', 'done', 'failed']),
  refusals: z.array(z.object({ code: z.string(), message: z.string(), field: z.string().optional() })),
});
export type RunState = z.infer<typeof runState>;

/** A run asked for that is not there: under way, or failed in the last seven days. */
export const requestRow = runState.extend({
  asOf: dayOut,
  guarantorName: z.string(),
  requestedBy: z.string(),
  requestedAt: instantOut,
});
export type RequestRow = z.infer<typeof requestRow>;
export const requestsAnswer = z.object({ rows: z.array(requestRow) });

export const runsQuery = pageQuery.extend({
  guarantorId: z.coerce.number().int().optional(),
  status: runStatus.optional(),
  from: dayWire.optional(),
  to: dayWire.optional(),
});

/** 热力图: one cell per institution and as-of day, from that day's newest run. */
export const heatMapQuery = z.object({ from: dayWire, to: dayWire });
export const heatMap = z.object({
  days: z.array(dayOut),
  guarantors: z.array(z.object({ id: z.number().int(), name: z.string() })),
  cells: z.array(
    z.object({
      guarantorId: z.number().int(),
      day: dayOut,
      runId: z.string(),
      matchRate: ratioWire.nullable(),
      differences: z.number().int(),
      status: runStatus,
    }),
  ),
});

export const uploadAnswer = z.object({
  id: z.string(),
  name: z.string(),
  bytes: z.number().int(),
  hash: z.string(),
  header: z.array(z.string()),
  sample: z.array(z.array(z.string())),
  suggested: columnMapping.shape.columns.partial(),
});
export type UploadAnswer = z.output<typeof uploadAnswer>;

/** What verifying a sealed run found: every check with its outcome in words. */
export const verifyAnswer = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
});

export const runsAnswer = pageOf(runRow);
export const differencesAnswer = pageOf(differenceRow);
export const printQuery = z.object({ format: z.enum(['pdf', 'xlsx']).default('pdf') });
export const bulkAnswer = z.object({ resolved: z.number().int() });
