import { z } from 'zod';
import { dayOut, dayWire, idWire, instantOut, pageOf, pageQuery } from '../../wire/wire.ts';
import { type KindCode, kinds } from './contract/kinds.ts';

export const kindCode = z.enum(Object.keys(kinds) as [KindCode, ...KindCode[]]);
const guarantorId = z.coerce.number().int().positive().optional();
const subject = z.string().regex(/^[a-z][a-z-]{1,38}:[1-9]\d{0,8}\/\d{1,19}$/, '归属须形如 case:26/118');
const values = z.record(z.string().max(60), z.string().max(2000));

export const documentQuery = pageQuery.extend({
  guarantorId,
  template: kindCode.optional(),
  status: z.enum(['issued', 'revoked']).optional(),
  subject: subject.optional(),
  search: z.string().trim().max(100).optional(),
});
export const documentRow = z.object({
  guarantorId: z.number().int(),
  guarantor: z.string(),
  id: idWire,
  template: z.string(),
  title: z.string(),
  number: z.string(),
  subject: z.string(),
  customerName: z.string().nullable(),
  bankName: z.string().nullable(),
  amount: z.string().nullable(),
  issuedOn: dayOut,
  issuedBy: z.string(),
  status: z.enum(['issued', 'revoked']),
});
export type DocumentWire = z.infer<typeof documentRow>;
export const documentPage = pageOf(documentRow);

const paragraph = z.object({
  kind: z.literal('paragraph'),
  runs: z
    .array(
      z.object({ text: z.string(), bold: z.boolean().optional(), underline: z.boolean().optional(), size: z.number() }),
    )
    .readonly(),
  align: z.enum(['left', 'center', 'right', 'justify']),
  first: z.number(),
  left: z.number(),
  before: z.number(),
  after: z.number(),
});
const cell = z.object({
  span: z.number().int(),
  continues: z.boolean().optional(),
  paragraphs: z.array(paragraph).readonly(),
});
const table = z.object({
  kind: z.literal('table'),
  widths: z.array(z.number()).readonly(),
  rows: z.array(z.object({ cells: z.array(cell).readonly() })).readonly(),
  hasRules: z.boolean(),
});
/** The text of a paper as the page shows it: the same paragraphs and tables the PDF is drawn from. */
export const blockWire = z.union([paragraph, table]);
export type BlockWire = z.infer<typeof blockWire>;
export type ParagraphWire = z.infer<typeof paragraph>;

export const documentDetail = documentRow.extend({
  templateVersion: z.number().int().meta({ description: '0 为随系统提供的样例文本' }),
  fields: values,
  docxSm3: z.string(),
  pdfSm3: z.string(),
  contentHash: z.string(),
  checkCode: z.string(),
  payload: z.string(),
  keyId: z.string(),
  issuedAt: instantOut,
  revokedAt: instantOut.nullable(),
  revokedBy: z.string().nullable(),
  revokedWhy: z.string().nullable(),
  blocks: z.array(blockWire),
  mayRevoke: z.boolean(),
});
export type DocumentDetail = z.infer<typeof documentDetail>;

export const issueBody = z.object({
  guarantorId: z.number().int().optional(),
  template: kindCode,
  subject,
  fields: values,
  rows: z.record(z.string(), z.array(values).max(500)).optional(),
  customerName: z.string().trim().max(200).optional(),
  bankId: z.number().int().optional(),
});
export const prefillQuery = z.object({ subject, template: kindCode });
const fieldType = z.enum(['text', 'money', 'day', 'ratio']);
/** The form of a paper: what its fields are, what is known of each, and what is still missing. */
export const prefilled = z.object({
  guarantorId: z.number().int(),
  subject: z.string(),
  template: kindCode,
  templateVersion: z.number().int().meta({ description: '0 为随系统提供的样例文本' }),
  title: z.string(),
  customerName: z.string().nullable(),
  bankId: z.number().int().nullable().meta({ description: '致送并可查看的银行；不送银行的为空' }),
  bankName: z.string().nullable(),
  fields: z.array(z.object({ name: z.string(), type: fieldType, value: z.string().nullable(), isNeeded: z.boolean() })),
  groups: z.array(
    z.object({
      name: z.string(),
      fields: z.array(z.object({ name: z.string(), type: fieldType })),
      isNeeded: z.boolean(),
      rows: z.array(values),
    }),
  ),
  missing: z.array(z.string()),
});
export type Prefilled = z.infer<typeof prefilled>;
export const issued = z.object({ guarantorId: z.number().int(), id: idWire, number: z.string() });
export const revocation = z.object({ reason: z.string().trim().min(2, '请写明作废原因').max(500) });
export const ofGuarantor = z.object({ guarantorId: z.coerce.number().int(), id: idWire });
export const fileQuery = z.object({ inline: z.enum(['true', 'false']).optional() });

/** 批量打印: '26/1,26/2'. */
export const printQuery = z.object({
  ids: z
    .string()
    .regex(/^\d{1,9}\/\d{1,19}(,\d{1,9}\/\d{1,19}){0,49}$/, '须为 机构/编号，以逗号分隔，至多 50 份')
    .meta({ description: '机构/编号，逗号分隔，至多 50 份', example: '26/1,26/2' }),
});

export const ofKind = z.object({ code: kindCode });
export const kindQuery = z.object({ guarantorId });
const field = z.object({ name: z.string(), type: z.enum(['text', 'money', 'day', 'ratio']) });
export const kindRow = z.object({
  code: kindCode,
  title: z.string(),
  mark: z.string(),
  fields: z.array(field),
  groups: z.array(z.object({ name: z.string(), fields: z.array(field) })),
  ownFields: z.array(z.string()),
  inForce: z
    .object({ id: z.number().int(), version: z.number().int(), fromOn: dayOut, fields: z.array(z.string()) })
    .nullable()
    .meta({ description: '为空则使用样例文本' }),
});
export type KindRow = z.infer<typeof kindRow>;
export const kindList = z.object({
  guarantorId: z.number().int(),
  guarantor: z.string(),
  prefix: z.string(),
  rows: z.array(kindRow),
});
export type KindList = z.infer<typeof kindList>;

export const versionQuery = pageQuery.extend({ guarantorId });
export const versionRow = z.object({
  guarantorId: z.number().int(),
  id: z.number().int(),
  code: z.string(),
  version: z.number().int(),
  status: z.enum(['draft', 'approving', 'in-force', 'withdrawn']),
  fromOn: dayOut.nullable(),
  note: z.string(),
  fileName: z.string(),
  sm3: z.string(),
  fields: z.array(z.string()),
  groups: z.record(z.string(), z.array(z.string())),
  unshown: z.array(z.string()),
  uploadedBy: z.string(),
  recordedAt: instantOut,
  decidedBy: z.string().nullable(),
});
export type VersionRow = z.infer<typeof versionRow>;
export const versionPage = pageOf(versionRow);
export const versionStatusTitles = {
  draft: '草稿',
  approving: '审批中',
  'in-force': '已启用',
  withdrawn: '已停用',
} as const;
export const uploadedVersion = z.object({ id: z.number().int(), version: z.number().int() });
export const ofVersion = z.object({ guarantorId: z.coerce.number().int(), id: z.coerce.number().int() });
export const submitted = z.object({ instanceId: idWire });
export const forceBody = z.object({ fromOn: dayWire });

const which = z.union([z.literal('sample'), z.coerce.number().int().positive()]);
export const compareQuery = z.object({ guarantorId, from: which, to: which });
export const comparison = z.object({
  lines: z.array(z.object({ kind: z.enum(['same', 'added', 'removed']), text: z.string() })),
});
export type Comparison = z.infer<typeof comparison>;
export const previewQuery = z.object({ guarantorId, version: which.default('sample') });
export const preview = z.object({ blocks: z.array(blockWire) });
export const numberingBody = z.object({
  guarantorId: z.number().int().optional(),
  prefix: z
    .string()
    .trim()
    .regex(/^[\p{Script=Han}A-Za-z0-9]{1,12}$/u, '字号为 1–12 个汉字、字母或数字'),
});

export const letterQuery = z.object({
  d: z.string().trim().min(1).max(4000).optional().meta({ description: '二维码内容或其网址' }),
  number: z.string().trim().max(60).optional(),
  code: z.string().trim().max(40).optional(),
});
export const verdicts = ['genuine', 'revoked', 'signed-only', 'forged', 'unknown', 'unreadable'] as const;
export const letterCheck = z.object({
  verdict: z.enum(verdicts),
  number: z.string().optional(),
  title: z.string().optional(),
  issuer: z.string().optional(),
  amount: z.string().optional(),
  issuedOn: z.string().optional(),
  issuedAt: z.string().optional(),
  hash: z.string().optional(),
  keyId: z.string().optional(),
  keyOwner: z.string().optional(),
  revokedOn: z.string().optional(),
});
export type LetterCheckWire = z.infer<typeof letterCheck>;
export const keyList = z.object({
  rows: z.array(z.object({ keyId: z.string(), publicKey: z.string(), institution: z.string(), since: instantOut })),
});
