import { z } from 'zod';
import { articleWire, idWire, instantOut, pageOf, pageQuery } from '../../wire/wire.ts';
import { type ImportProfile, importProfile, importTarget } from './contract/profile.ts';

export {
  type DateFormat,
  dateFormats,
  type FieldSpec,
  fieldsOf,
  type GuaranteeField,
  guaranteeFields,
  type ImportTarget,
  type MovementField,
  movementFields,
} from './contract/fields.ts';
export {
  type DerivedMovement,
  type FieldSource,
  type ImportProfile,
  type ImportProfileInput,
  importProfile,
  importTarget,
} from './contract/profile.ts';

/** What became of a row. `already`: the same record is in the book, nothing was changed. */
export const verdict = z.enum(['accepted', 'already', 'needs-completing', 'refused']);
export type Verdict = z.infer<typeof verdict>;
/** Verdicts in Chinese. */
export const verdictTitles: Readonly<Record<Verdict, string>> = {
  accepted: '可入账',
  already: '已在账',
  'needs-completing': '待补正',
  refused: '拒绝',
};

/** Why a row was not accepted: the rule, the field and source column at fault, what is wrong and what cures it. */
export const reasonWire = z.object({
  code: z.string(),
  field: z.string().optional(),
  column: z.string().optional(),
  message: z.string(),
  remedy: z.string(),
  article: articleWire.optional(),
  figures: z.record(z.string(), z.string()).optional(),
});
export type Reason = z.infer<typeof reasonWire>;

/** Rows by verdict. */
export const countsWire = z.object({
  rows: z.number().int(),
  accepted: z.number().int(),
  already: z.number().int(),
  needsCompleting: z.number().int(),
  refused: z.number().int(),
  movements: z.number().int().meta({ description: '记入的变动笔数（含派生）' }),
});
export type Counts = z.infer<typeof countsWire>;

/** Where a batch stands. `stalled`: its process ended in the middle; committing again goes on where it stopped. */
export const phase = z.enum(['registered', 'checking', 'checked', 'committing', 'committed', 'failed', 'stalled']);
export type Phase = z.infer<typeof phase>;

/** A batch with its live progress. */
export const batchWire = z.object({
  id: idWire,
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  fileName: z.string(),
  fileHash: z.string().meta({ description: '文件 SM3' }),
  fileBytes: z.number().int(),
  fileKind: z.enum(['csv', 'xlsx']),
  profileCode: z.string(),
  profileTitle: z.string(),
  target: importTarget,
  phase,
  failure: z.string().nullable(),
  counts: countsWire,
  progress: z.object({
    share: z.number().min(0).max(1).meta({ description: '已处理字节 ÷ 文件字节' }),
    rowsPerSecond: z.number(),
    seconds: z.number(),
  }),
  reasons: z
    .array(z.object({ code: z.string(), message: z.string(), rows: z.number().int() }))
    .meta({ description: '未入账各规则的行数，最多 50 项' }),
  recordedAt: instantOut,
  recordedBy: z.string(),
});
export type BatchWire = z.infer<typeof batchWire>;

/** GET /api/imports/batches */
export const batchQuery = pageQuery.extend({ guarantorId: z.coerce.number().int().optional() });
export const batchPage = pageOf(batchWire);

/** POST /api/imports/files (multipart, one part `file`): kept on disk, judged by content. */
export const fileWire = z.object({
  id: idWire,
  name: z.string(),
  bytes: z.number().int(),
  hash: z.string(),
  kind: z.enum(['csv', 'xlsx']),
  encoding: z.string().nullable(),
  delimiter: z.string().nullable(),
  sheets: z.array(z.string()),
});
export const uploadQuery = z.object({ guarantorId: z.coerce.number().int().optional() });

/** GET /api/imports/files/:guarantorId/:id/preview: titles and the first rows, for making a profile. */
export const previewQuery = z.object({
  headerLine: z.coerce.number().int().min(1).max(50).default(1),
  sheet: z.string().optional(),
  encoding: z.enum(['utf-8', 'utf-8-bom', 'gb18030', 'utf-16le', 'utf-16be']).optional(),
});
export const previewWire = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.object({ line: z.number().int(), cells: z.array(z.string()), problems: z.array(z.string()) })),
});

/** POST /api/imports/files/:guarantorId/:id/try: a profile that need not be stored yet, over the first rows. */
export const tryBody = z.object({ profile: importProfile, rows: z.number().int().min(1).max(200).default(50) });
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

// An answer is described, not parsed again: the full schema fills in defaults, which cannot be run backwards.
const profileOut = z.looseObject({ code: z.string(), title: z.string(), target: importTarget }).meta({
  description: '完整的映射，可原样用于保存（PUT）与试读',
}) as unknown as z.ZodType<ImportProfile, ImportProfile>;

/** A stored profile; each saving makes a version, a batch keeps the one it ran with. */
export const profileWire = z.object({
  guarantorId: z.number().int().nullable().meta({ description: 'null 为随系统提供的映射' }),
  code: z.string(),
  version: z.number().int(),
  title: z.string(),
  target: importTarget,
  hash: z.string(),
  profile: profileOut,
  recordedAt: instantOut.nullable(),
});
export const profileQuery = z.object({ guarantorId: z.coerce.number().int().optional() });
export const profileList = z.object({ rows: z.array(profileWire) });
/** PUT /api/imports/profiles */
export const profileBody = z.object({ guarantorId: z.number().int().optional(), profile: importProfile });
/** POST /api/imports/profiles/suggest: source columns by title similarity, for the wizard. */
export const suggestBody = z.object({ target: importTarget, columns: z.array(z.string()).max(1024) });
export const suggestWire = z.object({ fields: z.record(z.string(), z.string()) });

/** POST /api/imports/batches: the same file with the same profile is the same batch. */
export const batchBody = z.object({
  guarantorId: z.number().int().optional(),
  fileId: idWire,
  profileCode: z.string(),
});
/** Path of one thing of an institution. */
export const ofGuarantor = z.object({ guarantorId: z.coerce.number().int(), id: idWire });
/** POST /api/imports/batches/:guarantorId/:id/commit: `all` enters nothing unless every row of the dry run is good. */
export const commitBody = z.object({ take: z.enum(['good', 'all']).default('good') });

/** GET /api/imports/batches/:guarantorId/:id/verdicts: rows that were not accepted, by line. */
export const verdictQuery = pageQuery.extend({
  verdict: z.enum(['already', 'needs-completing', 'refused']).optional(),
  code: z.string().max(80).optional(),
});
export const verdictRow = z.object({
  line: z.number().int(),
  verdict,
  key: z.string().nullable().meta({ description: '合同号' }),
  reasons: z.array(reasonWire),
});
export const verdictPage = pageOf(verdictRow);
