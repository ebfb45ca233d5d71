import { z } from 'zod';
import { dateFormats, type FieldSpec } from '../../imports/contract/fields.ts';
import { fieldSource } from '../../imports/contract/profile.ts';
import { batchFields } from './fields.ts';

/** How a bank's own file becomes our fields: columns, formats, units, code tables. */
export const batchProfile = z
  .strictObject({
    code: z.string().regex(/^[a-z0-9-]{2,40}$/, '代号为小写字母、数字与短横'),
    title: z.string().min(1).max(100),
    sheet: z
      .strictObject({
        name: z.union([z.string(), z.number().int().min(0)]).optional(),
        headerLine: z.number().int().min(1).max(50).default(1),
        encoding: z.enum(['utf-8', 'utf-8-bom', 'gb18030', 'utf-16le', 'utf-16be']).optional(),
        delimiter: z.string().length(1).optional(),
      })
      .prefault({}),
    fields: z.record(z.string(), fieldSource),
    dates: z
      .strictObject({
        formats: z.array(z.enum(dateFormats)).min(1).default(['YYYY-MM-DD', 'YYYY/M/D', 'YYYY年M月D日', 'YYYYMMDD']),
        pivotYear: z.number().int().min(0).max(99).optional(),
      })
      .prefault({}),
    amounts: z.strictObject({ unit: z.enum(['元', '万元']).default('元') }).prefault({}),
    codes: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  })
  .superRefine((profile, context) => {
    const known: Readonly<Record<string, FieldSpec>> = batchFields;
    for (const field of Object.keys(profile.fields))
      if (!(field in known))
        context.addIssue({ code: 'custom', path: ['fields', field], message: `没有目标字段“${field}”` });
    for (const [field, spec] of Object.entries(known))
      if (spec.isRequired && !(field in profile.fields))
        context.addIssue({
          code: 'custom',
          path: ['fields'],
          message: `缺少必填字段“${spec.title}”（${field}）的来源`,
        });
  });
/** A profile with every default filled in. */
export type BatchProfile = z.output<typeof batchProfile>;

/** The published template: one column per field, titled as the field. Columns that are not required may be left out of a file. */
export const templateProfile: BatchProfile = batchProfile.parse({
  code: 'template',
  title: '批量业务标准模板',
  fields: Object.fromEntries(Object.entries(batchFields).map(([field, { title }]) => [field, title])),
});
