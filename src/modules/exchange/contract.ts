import { z } from 'zod';
import { dayOut, dayWire, idWire, instantOut, moneyWire, pageOf, pageQuery } from '../../wire/wire.ts';

export const cellStatus = z.enum([
  'not-required',
  'not-due',
  'accepted',
  'zero',
  'late',
  'missing',
  'refused',
  'restated',
]);
export const cellTitles: Record<z.infer<typeof cellStatus>, string> = {
  'not-required': '无需报送',
  'not-due': '未到期',
  accepted: '已接收',
  zero: '零报告',
  late: '迟报',
  missing: '未报',
  refused: '被退回',
  restated: '重报',
};
export const packageKind = z.enum(['daily', 'zero', 'restatement']);
export const kindTitles: Record<z.infer<typeof packageKind>, string> = {
  daily: '日报',
  zero: '零报告',
  restatement: '重报',
};
export const packageStatus = z.enum(['built', 'sent', 'accepted', 'refused', 'unanswered']);
export const packageStatusTitles: Record<z.infer<typeof packageStatus>, string> = {
  built: '已生成',
  sent: '已发出，待回执',
  accepted: '已接收',
  refused: '被退回',
  unanswered: '对方无应答',
};

/** Days of the board: at most 62, both ends included. */
export const boardQuery = z.object({
  from: dayWire,
  to: dayWire,
  region: z.coerce.number().int().optional().meta({ description: '省、市或县的区划代码' }),
  format: z.enum(['json', 'xlsx', 'csv']).default('json'),
});
export const boardCell = z.object({
  day: dayOut,
  status: cellStatus,
  packageId: idWire.nullable(),
  version: z.number().int().nullable(),
  packageStatus: packageStatus.nullable(),
});
export const board = z.object({
  from: dayOut,
  to: dayOut,
  today: dayOut,
  dueUnverified: z.string(),
  days: z.array(
    z.object({ day: dayOut, dueOn: dayOut, isWorkingDay: z.boolean(), counts: z.record(cellStatus, z.number().int()) }),
  ),
  rows: z.array(
    z.object({
      guarantorId: z.number().int(),
      code: z.string(),
      name: z.string(),
      regionName: z.string(),
      cells: z.array(boardCell),
    }),
  ),
  counts: z.record(cellStatus, z.number().int()),
});
export type Board = z.infer<typeof board>;

export const packageRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  businessDay: dayOut,
  version: z.number().int(),
  kind: packageKind,
  sequence: z.number().int(),
  cause: z.string().nullable(),
  contentHash: z.string(),
  bytes: z.number().int(),
  guarantees: z.number().int().meta({ description: '期末在保笔数' }),
  outstanding: moneyWire,
  movements: z.number().int(),
  late: z.number().int().meta({ description: '其中补登' }),
  status: packageStatus,
  builtAt: instantOut,
  answeredAt: instantOut.nullable(),
});
export type PackageWire = z.infer<typeof packageRow>;
export const packagePage = pageOf(packageRow);
export const packageQuery = pageQuery.extend({
  guarantorId: z.coerce.number().int().optional(),
  from: dayWire.optional(),
  to: dayWire.optional(),
  status: packageStatus.optional(),
});

export const receiptReason = z.object({
  code: z.string(),
  message: z.string(),
  section: z.string().optional(),
  line: z.number().int().optional(),
  contractNo: z.string().optional(),
});
export const packageDetail = packageRow.extend({
  manifest: z.unknown(),
  signature: z.string(),
  publicKey: z.string(),
  signatureValid: z.boolean(),
  restatesId: idWire.nullable(),
  knownAt: instantOut,
  attempts: z.array(
    z.object({
      number: z.number().int(),
      link: z.string(),
      startedAt: instantOut,
      endedAt: instantOut.nullable(),
      outcome: z.string().nullable(),
      detail: z.string().nullable(),
    }),
  ),
  receipts: z.array(
    z.object({
      receiptNo: z.string(),
      verdict: z.enum(['accepted', 'refused']),
      reasons: z.array(receiptReason),
      missing: z.array(z.number().int()),
      receivedAt: instantOut,
    }),
  ),
  versions: z.array(
    z.object({
      id: idWire,
      version: z.number().int(),
      kind: packageKind,
      status: packageStatus,
      cause: z.string().nullable(),
    }),
  ),
});
export type PackageDetail = z.infer<typeof packageDetail>;

export const packageKey = z.object({ guarantorId: z.coerce.number().int(), id: idWire });
export const submitCommand = z.object({ day: dayWire.optional(), guarantorId: z.number().int().optional() });
export const submitReport = z.object({
  day: dayOut,
  guarantors: z.number().int(),
  accepted: z.number().int(),
  zero: z.number().int(),
  refused: z.number().int(),
  sent: z.number().int(),
  unanswered: z.number().int(),
  problems: z.array(z.object({ guarantorId: z.number().int(), name: z.string(), message: z.string() })),
});
export const restateCommand = z.object({ cause: z.string().min(4).max(500).meta({ description: '重报原因' }) });
export const sendAnswer = z.object({ id: idWire, status: packageStatus });

/** What the stand-in can be told to do wrong, as monitor/README.md has it. */
export const faultTitles = {
  'lose-rows': '丢失若干笔',
  'duplicate-rows': '若干笔重复',
  'delay-rows': '若干笔滞后',
  'alter-rows': '改动若干笔',
  'null-key-rows': '若干笔合同号丢失',
  'lose-package': '吞掉以后的数据包',
  'refuse-package': '退回以后的数据包',
} as const;
export type FaultKind = keyof typeof faultTitles;
export const faultOrder = z.object({
  kind: z.enum(Object.keys(faultTitles) as [FaultKind, ...FaultKind[]]),
  count: z.number().int().min(1).max(100).default(1).meta({ description: '几笔，或以后几个数据包' }),
  contractNos: z.array(z.string().min(1).max(100)).min(1).max(100).optional().meta({ description: '指定合同号' }),
  asOf: dayWire.optional().meta({ description: '只挑这一日在保的；缺省为最近一个业务日' }),
  days: z.number().int().min(1).max(366).optional().meta({ description: '滞后几天' }),
  field: z.enum(['outstanding', 'principal', 'guaranteed', 'county', 'status', 'ends_on']).optional(),
  reason: z.string().trim().min(1).max(200).optional().meta({ description: '退回的理由' }),
});
export type FaultOrder = z.output<typeof faultOrder>;
export const faultWire = z.object({
  kind: z.string(),
  title: z.string(),
  remaining: z.number().int().nullable().meta({ description: '还要吞掉、退回几个数据包' }),
  hits: z.number().int().meta({ description: '已吞掉、退回几个数据包' }),
  rows: z.array(
    z.object({
      contractNo: z.string().nullable(),
      field: z.string().nullable(),
      before: z.string().nullable(),
      after: z.string().nullable(),
      days: z.number().int().nullable(),
    }),
  ),
});
export type FaultWire = z.infer<typeof faultWire>;
export const faultList = z.object({ rows: z.array(faultWire) });
