import { z } from 'zod';
import { articleWire, dayOut, idWire, instantOut, moneyWire, pageOf, pageQuery, ratioWire } from '../../wire/wire.ts';
import { fileWire, previewQuery, previewWire } from '../imports/contract.ts';
import { type BatchField, batchFields } from './contract/fields.ts';
import { type BatchProfile, batchProfile } from './contract/profile.ts';

export { type BatchField, batchFields } from './contract/fields.ts';
export { type BatchProfile, batchProfile, templateProfile } from './contract/profile.ts';
export * from './contract/sources.ts';

/** What became of a row. `already`: the very same row was taken before, nothing was changed. */
export const verdict = z.enum(['accepted', 'already', 'needs-completing', 'refused']);
export type Verdict = z.infer<typeof verdict>;
/** Verdicts as shown. */
export const verdictNames: Readonly<Record<Verdict, string>> = {
  accepted: '接受',
  already: '已受理',
  'needs-completing': '待补正',
  refused: '拒绝',
};

/** Why a row was not accepted: rule, field and column, what is wrong, by which clause with its mark, what cures it. */
export const reasonWire = z.object({
  code: z.string(),
  field: z.string().optional(),
  column: z.string().optional(),
  message: z.string(),
  remedy: z.string(),
  article: articleWire.optional(),
  clause: z.string().optional(),
  unverified: z.string().optional(),
  figures: z.record(z.string(), z.string()).optional(),
});
export type Reason = z.infer<typeof reasonWire>;

/** A claim meter (bank × product × year of start) in 元: 累计承保, 累计代偿, 累计解除. */
export const meterWire = z.object({ volume: moneyWire, paid: moneyWire, released: moneyWire });

/**
 * `trying`, `tried`: judged as a whole, nothing entered; the bank accepts it or sends it anew. `stalled`: its process ended in the middle; it
 * goes on at the next start, or when the same file is sent again.
 */
export const phase = z.enum(['trying', 'tried', 'running', 'stalled', 'done', 'failed']);

/** A batch with its live progress, rules and meters. */
export const batchWire = z.object({
  id: idWire,
  bankId: z.number().int(),
  bankName: z.string(),
  batchNo: z.string(),
  guarantorId: z.number().int().nullable().meta({ description: 'null：逐行写明担保机构' }),
  guarantorName: z.string().nullable(),
  productCode: z.string(),
  productName: z.string(),
  channel: z.enum(['web', 'api', 'rows', 'sftp']),
  fileName: z.string(),
  fileKind: z.enum(['csv', 'xlsx']),
  fileBytes: z.number().int(),
  contentHash: z.string().meta({ description: '文件、产品、机构与映射合在一起的 SM3' }),
  resendOf: idWire.nullable(),
  phase,
  isTrial: z.boolean().meta({ description: '试算：结论与仪表照出，没有承保' }),
  failure: z.string().nullable(),
  counts: z.object({
    rows: z.number().int(),
    accepted: z.number().int(),
    already: z.number().int(),
    needsCompleting: z.number().int(),
    refused: z.number().int(),
  }),
  principal: moneyWire.meta({ description: '接受的主债权金额合计（元）' }),
  progress: z.object({
    share: z.number().min(0).max(1).meta({ description: '已处理字节 ÷ 文件字节' }),
    rowsPerSecond: z.number(),
    seconds: z.number(),
  }),
  rules: z
    .array(
      z.object({
        code: z.string(),
        verdict,
        message: z.string(),
        clause: z.string().nullable(),
        unverified: z.string().nullable(),
        rows: z.number().int(),
      }),
    )
    .meta({ description: '未接受各规则的行数，最多 60 项' }),
  meters: z.array(
    z.object({
      guarantorId: z.number().int(),
      guarantorName: z.string(),
      year: z.number().int(),
      before: meterWire,
      after: meterWire.nullable().meta({ description: 'null：尚未处理完毕' }),
    }),
  ),
  recordedAt: instantOut,
  recordedBy: z.string(),
  endedAt: instantOut.nullable(),
});
export type BatchWire = z.infer<typeof batchWire>;

/** GET /api/batches */
export const batchQuery = pageQuery.extend({
  bankId: z.coerce.number().int().optional(),
  guarantorId: z.coerce.number().int().optional(),
  batchNo: z.string().max(100).optional(),
});
export const batchPage = pageOf(batchWire);
export const byId = z.object({ id: idWire });

const named = {
  batchNo: z.string().min(1).max(100).meta({ description: '银行自己的批次号：同号同内容是同一批，同号异内容被拒绝' }),
  guarantorCode: z.string().max(40).optional().meta({ description: '整批的担保机构代码；不填则逐行写明' }),
  productCode: z.string().max(40).default('batch'),
  resendOf: z.string().max(100).optional().meta({ description: '补报哪一批的退回行' }),
};
/** With `dryRun=true` the whole batch is tried: verdicts and meters, nothing entered until it is accepted. */
export const trialQuery = z.object({ dryRun: z.enum(['true', 'false']).optional() });
/** POST /api/batches/files (multipart, one part `file`): a file as a batch. */
export const fileQuery = trialQuery.extend({
  ...named,
  profileCode: z.string().max(40).optional().meta({ description: '映射代号；不填为标准模板' }),
  channel: z.enum(['web', 'api']).default('api'),
  guarantorId: z.coerce.number().int().optional().meta({ description: '同 guarantorCode，写机构编号' }),
});

const rowShape = Object.fromEntries(
  Object.entries(batchFields).map(([field, spec]) => {
    const text = z.string().max(500).meta({ description: spec.title });
    return [field, 'isRequired' in spec ? text : text.optional()];
  }),
) as Record<BatchField, z.ZodOptional<z.ZodString>>;
/** One row over the API: the template's fields as text; amounts in 元, days YYYY-MM-DD, rates as decimals. */
export const rowWire = z.object(rowShape);
/** POST /api/batches: rows as a batch. Row n of the list has line n + 1. */
export const rowsBody = z.object({ ...named, rows: z.array(rowWire).min(1).max(20_000) });

/** POST /api/batches/uploads (multipart, one part `file`): a file to make a mapping on, of the caller's bank. */
export { fileWire, previewQuery, previewWire };
export type FileWire = z.infer<typeof fileWire>;
export type PreviewWire = z.infer<typeof previewWire>;
/** POST /api/batches/uploads/:id/try: a mapping that need not be saved yet, over the first rows; all rules and limits, nothing written. */
export const tryBody = z.object({
  profile: batchProfile,
  guarantorId: z.number().int().optional(),
  productCode: named.productCode,
  rows: z.number().int().min(1).max(200).default(50),
});
export const tryWire = z.object({
  rows: z.array(
    z.object({
      line: z.number().int(),
      verdict,
      values: z.record(z.string(), z.string()).meta({ description: '目标字段 → 读出的值' }),
      reasons: z.array(reasonWire),
    }),
  ),
});
export type TryAnswer = z.infer<typeof tryWire>;
/** POST /api/batches/profiles/suggest: source columns by title similarity. */
export const suggestBody = z.object({ columns: z.array(z.string()).max(1024) });
export const suggestWire = z.object({ fields: z.record(z.string(), z.string()) });
/** POST /api/batches/uploads/:id/batch: the uploaded file as a batch. */
export const uploadBatchBody = z.object({
  ...named,
  guarantorId: z.number().int().optional(),
  profileCode: z.string().max(40).optional(),
});

/** GET /api/batches/:id/rows */
export const rowsQuery = pageQuery.extend({ verdict: verdict.optional(), code: z.string().max(80).optional() });
export const rowsPage = pageOf(
  z.object({
    line: z.number().int(),
    verdict,
    contractNo: z.string().nullable(),
    customerName: z.string().nullable(),
    principal: moneyWire.nullable(),
    guarantorId: z.number().int().nullable(),
    guaranteeId: idWire.nullable(),
    reasons: z.array(reasonWire),
  }),
);
export type RowLine = z.infer<typeof rowsPage>['rows'][number];

export const templateQuery = z.object({ format: z.enum(['csv', 'xlsx']).default('csv') });

// An answer is described, not parsed again: the full schema fills in defaults, which cannot be run backwards.
const profileOut = z.looseObject({ code: z.string(), title: z.string() }) as unknown as z.ZodType<
  BatchProfile,
  BatchProfile
>;
export const profileWire = z.object({
  code: z.string(),
  title: z.string(),
  version: z.number().int(),
  hash: z.string(),
  profile: profileOut,
});
export const profileList = z.object({ rows: z.array(profileWire) });
export const profileBody = z.object({ profile: batchProfile });

/** GET /api/batches/meters: claim-cap meters. */
export const metersQuery = z.object({
  guarantorId: z.coerce.number().int().optional(),
  bankId: z.coerce.number().int().optional(),
  productCode: z.string().max(40).optional(),
  year: z.coerce.number().int().min(2000).max(2199).optional(),
});
export const metersWire = z.object({
  rows: z.array(
    meterWire.extend({
      guarantorId: z.number().int(),
      guarantorName: z.string(),
      bankId: z.number().int(),
      bankName: z.string(),
      productCode: z.string(),
      productName: z.string(),
      year: z.number().int(),
      households: z.number().int(),
      cap: ratioWire.nullable().meta({ description: '代偿率上限；null：没有约定' }),
      source: z.string(),
      unverified: z.string().nullable(),
      ratio: ratioWire.nullable().meta({ description: '代偿率 = 累计代偿 ÷ 累计解除；null：尚无解除' }),
      limit: moneyWire.nullable().meta({ description: '累计解除 × 上限' }),
      room: moneyWire.nullable().meta({ description: '还可代偿' }),
      excess: moneyWire.nullable().meta({ description: '超出上限、由银行承担的部分' }),
      atFullRelease: moneyWire.nullable().meta({ description: '全部解除时的可代偿额度（推算）' }),
      isTripped: z.boolean().meta({ description: '已熔断，暂停新增' }),
    }),
  ),
});
export type MeterRow = z.infer<typeof metersWire>['rows'][number];

/** `proposed`: its approval is under way. */
const exclusionStatus = z.enum(['proposed', 'approved', 'rejected', 'withdrawn']);
const stratum = z.enum(['high', 'middle', 'low']);
const rate = z.object({ perThousand: z.number().int().min(0).max(1000), atLeast: z.number().int().min(0).max(10_000) });
const rates = z.object({ high: rate, middle: rate, low: rate });
const counts = z.object({ high: z.number().int(), middle: z.number().int(), low: z.number().int() });
/** POST /api/batches/:id/samples: the same seed and rates draw the same rows. */
export const sampleBody = z.object({
  guarantorId: z.number().int(),
  seed: z
    .string()
    .regex(/^[0-9A-Za-z-]{8,64}$/, '种子为 8–64 位字母、数字或短横')
    .optional(),
  rates: rates.optional(),
});
export const sampleWire = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  batchId: idWire,
  batchNo: z.string(),
  bankName: z.string(),
  seed: z.string(),
  rates,
  population: counts,
  contentHash: z.string(),
  recordedBy: z.string(),
  recordedAt: instantOut,
  drawn: z.number().int(),
  audited: z.number().int(),
  failed: z.number().int(),
  strataText: z.string(),
});
export type SampleWire = z.infer<typeof sampleWire>;
export const samplesQuery = pageQuery.extend({ batchId: idWire.optional() });
export const samplePage = pageOf(sampleWire);
export const ofGuarantor = z.object({ guarantorId: z.coerce.number().int(), id: idWire });
export const drawnQuery = pageQuery.extend({ result: z.enum(['open', 'pass', 'fail', 'doubt']).optional() });
export const drawnPage = pageOf(
  z.object({
    line: z.number().int(),
    guaranteeId: idWire,
    contractNo: z.string(),
    customerName: z.string(),
    principal: moneyWire,
    outstanding: moneyWire,
    startsOn: dayOut,
    endsOn: dayOut,
    stratum,
    result: z.enum(['pass', 'fail', 'doubt']).nullable(),
    finding: z.string().nullable(),
    auditedBy: z.string().nullable(),
    auditedAt: instantOut.nullable(),
    exclusion: exclusionStatus.nullable(),
  }),
);
export type DrawnLine = z.infer<typeof drawnPage>['rows'][number];
export const drawnLine = ofGuarantor.extend({ line: idWire });
export const resultBody = z.object({
  result: z.enum(['pass', 'fail', 'doubt']),
  finding: z.string().max(500).optional(),
});
export const done = z.object({ done: z.literal(true) });

export const effectWire = z.object({
  release: moneyWire.meta({ description: '解除的在保余额' }),
  refund: moneyWire.meta({ description: '退还的担保费' }),
  owedBack: moneyWire.meta({ description: '已代偿未收回、应由银行返还的金额' }),
});
/** GET /api/batches/exclusions/effect: what taking a guarantee out would do, before it is proposed. */
export const effectQuery = z.object({ guarantorId: z.coerce.number().int(), guaranteeId: idWire });
/** POST /api/batches/exclusions */
export const exclusionBody = z.object({
  guarantorId: z.number().int(),
  guaranteeId: idWire,
  sampleId: idWire.optional(),
  cause: z.string().min(4).max(400),
  clause: z.string().min(2).max(200).meta({ description: '所违反的条件或条款' }),
});
export const exclusionMade = z.object({ id: idWire, effect: effectWire });
export const exclusionWire = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  guaranteeId: idWire,
  contractNo: z.string(),
  bankName: z.string(),
  batchId: idWire,
  batchNo: z.string(),
  cause: z.string(),
  clause: z.string(),
  status: exclusionStatus,
  effect: effectWire,
  isMine: z.boolean().meta({ description: '由我提出，须另一人决定' }),
  recordedBy: z.string(),
  recordedAt: instantOut,
  decidedBy: z.string().nullable(),
  decidedAt: instantOut.nullable(),
  decision: z.string().nullable(),
});
export type ExclusionLine = z.infer<typeof exclusionWire>;
export const exclusionsQuery = pageQuery.extend({
  batchId: idWire.optional(),
  status: exclusionStatus.optional(),
});
export const exclusionPage = pageOf(exclusionWire);
