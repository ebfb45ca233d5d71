import { z } from 'zod';
import { idWire, instantOut, pageOf, pageQuery } from '../../wire/wire.ts';

/** '<prefix>:<guarantorId>/<id>', e.g. 'case:26/118'. */
export const subjectWire = z
  .string()
  .regex(/^[a-z][a-z-]{1,38}:[1-9]\d{0,8}\/\d{1,19}$/, '归属须形如 case:26/118')
  .meta({ description: '归属', example: 'case:26/118' });

const itemCode = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,59}$/, '资料项代码须为小写字母、数字与横线')
  .default('other');
const degrees = (max: number) =>
  z
    .string()
    .regex(/^-?\d{1,3}(\.\d{1,10})?$/, '经纬度须为十进制度数')
    .refine((text) => Math.abs(Number(text)) <= max, `不得超出 ±${max}`);

/** Form fields of POST /api/attachments, sent before the file. */
export const uploadFields = z
  .object({
    subject: subjectWire,
    item: itemCode,
    note: z.string().trim().max(500).default(''),
    bankId: z.coerce.number().int().positive().optional(),
    lat: degrees(90).optional(),
    lng: degrees(180).optional(),
    takenAt: z.iso.datetime({ offset: true, message: '拍摄时间须为 ISO 8601' }).optional(),
  })
  .refine(({ lat, lng }) => (lat === undefined) === (lng === undefined), {
    path: ['lat'],
    message: '经度与纬度须同时填写',
  });

export const fileTypes = ['pdf', 'jpeg', 'png', 'docx', 'xlsx', 'ofd'] as const;
export const fileTypeTitles: Readonly<Record<(typeof fileTypes)[number], string>> = {
  pdf: 'PDF',
  jpeg: 'JPEG 图片',
  png: 'PNG 图片',
  docx: 'DOCX',
  xlsx: 'XLSX',
  ofd: 'OFD',
};

export const attachmentQuery = pageQuery.extend({ subject: subjectWire });
export const attachmentRow = z.object({
  guarantorId: z.number().int(),
  id: idWire,
  subject: z.string(),
  itemCode: z.string(),
  name: z.string(),
  type: z.enum(fileTypes),
  bytes: z.number().int(),
  sm3: z.string(),
  note: z.string(),
  lat: z.string().nullable(),
  lng: z.string().nullable(),
  takenAt: instantOut.nullable(),
  bankName: z.string().nullable(),
  uploadedBy: z.string(),
  recordedAt: instantOut,
  mayRemove: z.boolean(),
});
export type AttachmentRow = z.infer<typeof attachmentRow>;
export const attachmentPage = pageOf(attachmentRow);
export const uploaded = z.object({ id: idWire, sm3: z.string(), type: z.enum(fileTypes) });
export const removal = z.object({ reason: z.string().trim().min(2, '请写明移除原因').max(500) });
export const ofGuarantor = z.object({ guarantorId: z.coerce.number().int(), id: idWire });
