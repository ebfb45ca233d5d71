import { z } from 'zod';
import { dayWire } from '../../../wire/wire.ts';
import { dateFormats, fieldsOf, importTargets } from './fields.ts';

/** What one row of the file becomes: a guarantee (with its customer and derived movements), or a movement of a known contract. */
export const importTarget = z.enum(importTargets);

const unit = z.enum(['元', '万元']);

/** Where a field comes from: a column title, several (the first that is not blank), or a fixed value. */
export const fieldSource = z.union([
  z.string().min(1),
  z.strictObject({
    column: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).meta({ description: '源列名' }),
    unit: unit.optional().meta({ description: '此列金额单位，缺省用 amounts.unit' }),
    codes: z.string().optional().meta({ description: '代码转换表名，缺省用与字段同名的表' }),
    whenBlank: z.string().optional().meta({ description: '空值时取此值' }),
  }),
  z.strictObject({ value: z.string().meta({ description: '固定值' }) }),
]);
export type FieldSource = z.infer<typeof fieldSource>;

/** A movement that follows from a guarantee row. */
export const derivedMovement = z.strictObject({
  kind: z.enum(['disburse', 'repay', 'release', 'claim-paid', 'recovery', 'fee']),
  when: z.record(z.string(), z.array(z.string())).optional().meta({ description: '仅当这些字段取这些值时' }),
  on: z.array(z.string()).min(1).meta({ description: '日期字段，取第一个有值的' }),
  notAfter: dayWire.optional().meta({ description: '数据截止日：算出的日期晚于它时取它' }),
  amount: z.string().meta({
    description: '金额字段，或 rest（此前余额全部）、rest-less:字段（余额减该字段）',
  }),
  whenBlank: z.enum(['skip', 'needs-completing']).default('skip').meta({ description: '金额或日期缺失时' }),
});
export type DerivedMovement = z.infer<typeof derivedMovement>;

const share = z.string().regex(/^(0(\.\d{1,10})?|1(\.0+)?)$/, '比例为 0 至 1 的小数');

/** A mapping profile: how the columns of one institution's file become the book's fields. Stored per institution or as a file. */
export const importProfile = z
  .strictObject({
    code: z.string().regex(/^[a-z0-9-]{2,40}$/, '代号为小写字母、数字与短横'),
    title: z.string().min(1).max(100),
    target: importTarget,
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
        pivotYear: z.number().int().min(0).max(99).optional().meta({
          description: '两位年份：小于此数为 20xx，其余为 19xx；不填则拒绝两位年份',
        }),
      })
      .prefault({}),
    amounts: z.strictObject({ unit: unit.default('元') }).prefault({}),
    codes: z.record(z.string(), z.record(z.string(), z.string())).default({}).meta({ description: '代码转换表' }),
    counties: z.record(z.string(), z.number().int()).default({}).meta({ description: '文件写法 → 县级代码' }),
    banks: z
      .strictObject({
        aliases: z.record(z.string(), z.string()).default({}).meta({ description: '文件写法 → 银行名称或编码' }),
        register: z.boolean().default(false).meta({ description: '未登记的银行照文件写法登记（仅用于首次建库）' }),
        regionCode: z.number().int().default(140000),
      })
      .prefault({}),
    agreement: z
      .strictObject({
        mode: z.enum(['existing', 'register']).default('existing').meta({
          description: 'existing：须有起始日生效的合作协议；register：没有则按下列分担登记一份',
        }),
        fromOn: dayWire.optional(),
        document: z.string().default('存量业务导入登记'),
        bankShare: share.default('0.2'),
        guarantorShare: share.default('0.4'),
        provinceShare: share.default('0.2'),
        fundShare: share.default('0.2'),
        otherShare: share.default('0'),
        feeRate: share.default('0'),
      })
      .prefault({}),
    disbursedAbovePrincipal: z
      .enum(['refused', 'needs-completing'])
      .default('refused')
      .meta({ description: '放款超过主债权金额（非循环额度）时的处理' }),
    termFrom: z.enum(['startsOn', 'disbursedOn']).default('startsOn').meta({ description: '到期日由期限推算时的起点' }),
    consistency: z
      .array(
        z.strictObject({
          code: z.string(),
          when: z.record(z.string(), z.array(z.string())),
          blank: z.array(z.string()).default([]).meta({ description: '这些字段应为空或零' }),
          present: z.array(z.string()).default([]).meta({ description: '这些字段应有值且不为零' }),
          message: z.string(),
          remedy: z.string(),
        }),
      )
      .default([])
      .meta({ description: '行内互证：不符的行转为待补正' }),
    derive: z.array(derivedMovement).default([]),
    notes: z.array(z.string()).default([]).meta({ description: '本映射采用的认定规则，逐条写明' }),
  })
  .superRefine((profile, context) => {
    const known = fieldsOf(profile.target);
    for (const field of Object.keys(profile.fields)) {
      if (!(field in known))
        context.addIssue({ code: 'custom', path: ['fields', field], message: `没有目标字段“${field}”` });
    }
    for (const [field, spec] of Object.entries(known)) {
      if (spec.isRequired && !(field in profile.fields))
        context.addIssue({
          code: 'custom',
          path: ['fields'],
          message: `缺少必填字段“${spec.title}”（${field}）的来源`,
        });
    }
    if (profile.target === 'movement' && profile.derive.length > 0)
      context.addIssue({ code: 'custom', path: ['derive'], message: '变动映射不能再派生变动' });
    if (profile.target === 'guarantee' && !('endsOn' in profile.fields) && !('termMonths' in profile.fields))
      context.addIssue({ code: 'custom', path: ['fields'], message: '到期日与期限至少映射一项' });
    if (profile.target === 'guarantee' && !('guaranteed' in profile.fields) && !('guaranteedShare' in profile.fields))
      context.addIssue({ code: 'custom', path: ['fields'], message: '担保责任金额与责任比例至少映射一项' });
    for (const [index, each] of profile.derive.entries()) {
      const amount = each.amount.replace(/^rest-less:/, '');
      for (const name of [...each.on, ...Object.keys(each.when ?? {}), ...(amount === 'rest' ? [] : [amount])]) {
        if (!(name in known))
          context.addIssue({ code: 'custom', path: ['derive', index], message: `派生变动引用了不存在的字段“${name}”` });
      }
    }
    const formats = profile.dates.formats.filter((format) => /(^|[^Y])YY([^Y]|$)/.test(format));
    if (formats.length > 0 && profile.dates.pivotYear === undefined)
      context.addIssue({
        code: 'custom',
        path: ['dates', 'pivotYear'],
        message: `格式 ${formats.join('、')} 为两位年份，须写明分界年 pivotYear`,
      });
  });
/** A profile with every default filled in. */
export type ImportProfile = z.output<typeof importProfile>;
/** A profile as people write it. */
export type ImportProfileInput = z.input<typeof importProfile>;
