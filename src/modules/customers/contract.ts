import { z } from 'zod';
import { dayOut, dayWire, idWire, instantOut, moneyWire, pageOf, pageQuery } from '../../wire/wire.ts';

export const customerKind = z.enum(['enterprise', 'individual-business', 'farmer', 'business-owner']);
export const customerKindTitles: Record<z.infer<typeof customerKind>, string> = {
  enterprise: '企业',
  'individual-business': '个体工商户',
  farmer: '农户',
  'business-owner': '小微企业主',
};
export const sizeClassWire = z.enum(['大型', '中型', '小型', '微型', '不可判定']);

/** Identity numbers are masked unless the caller's role needs them. */
export const customerRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  kind: customerKind,
  name: z.string(),
  identityKind: z.enum(['uscc', 'resident-id', 'foreign-id']),
  identityNo: z.string(),
  county: z.number().int(),
  countyName: z.string(),
  industryCode: z.string().nullable(),
  sizeClass: sizeClassWire,
  groupName: z.string().nullable(),
  outstanding: moneyWire,
});
export type CustomerRow = z.infer<typeof customerRow>;
export const customerPage = pageOf(customerRow);
export const customerQuery = pageQuery.extend({
  q: z.string().max(100).optional().meta({ description: '名称、证件号或拼音首字母' }),
  guarantorId: z.coerce.number().int().optional(),
  county: z.coerce.number().int().optional(),
  groupId: idWire.optional().meta({ description: '关联集团；与 guarantorId 同用' }),
});
export const customerDetail = customerRow.extend({
  staff: z.number().int().nullable(),
  revenue: moneyWire.nullable(),
  assets: moneyWire.nullable(),
  declaredOn: dayOut.nullable(),
  sizeEvidence: z.unknown(),
  contactName: z.string().nullable(),
  contactPhone: z.string().nullable(),
  tags: z.number().int(),
  primaryTag: z.number().int(),
  issuerRating: z.string().nullable().meta({ description: '主体信用评级；空为不可判定，债券按较严权重计' }),
  issuerRatingOn: dayOut.nullable(),
  formerNames: z.array(z.object({ name: z.string(), untilOn: dayOut, document: z.string(), learntAt: instantOut })),
  version: z.number().int().meta({ description: '与 ETag 相同，修改时作 If-Match' }),
  recordedAt: instantOut,
});

/** 主体信用评级 as the rating agencies write them, best first. */
export const issuerRatings = [
  'AAA',
  'AA+',
  'AA',
  'AA-',
  'A+',
  'A',
  'A-',
  'BBB+',
  'BBB',
  'BBB-',
  'BB+',
  'BB',
  'BB-',
  'B',
  'CCC',
  'CC',
  'C',
] as const;

/** PATCH /api/customers/:guarantorId/:id: what is left out stays, null clears. */
export const customerChange = z.object({
  industryCode: z.string().trim().min(1).max(10).nullable().optional(),
  staff: z.number().int().min(0).nullable().optional(),
  revenue: moneyWire.nullable().optional(),
  assets: moneyWire.nullable().optional(),
  declaredOn: dayWire.nullable().optional(),
  contactName: z.string().trim().min(1).max(100).nullable().optional(),
  contactPhone: z
    .string()
    .trim()
    .regex(/^[\d+\-() ]{5,30}$/, '电话只能含数字、加号、横线和括号')
    .nullable()
    .optional(),
  tags: z.number().int().min(0).max(15).optional(),
  primaryTag: z.number().int().min(0).max(8).optional(),
  issuerRating: z.enum(issuerRatings).nullable().optional(),
  issuerRatingOn: dayWire.nullable().optional(),
});
export const customerChanged = z.object({ version: z.number().int(), sizeClass: sizeClassWire });

export const newCustomer = z.object({
  guarantorId: z.number().int(),
  kind: customerKind,
  name: z.string().trim().min(2, '名称至少两个字').max(200),
  identityKind: z.enum(['uscc', 'resident-id', 'foreign-id']),
  identityNo: z.string().trim().min(5).max(40),
  county: z.number().int(),
  industryCode: z.string().max(10).optional().meta({ description: 'GB/T 4754-2017 行业代码' }),
  staff: z.number().int().min(0).optional(),
  revenue: moneyWire.optional(),
  assets: moneyWire.optional(),
  declaredOn: dayWire.optional(),
});
/** POST /api/customers/groups. */
export const newGroup = z.object({
  guarantorId: z.number().int(),
  name: z.string().trim().min(2, '集团名称至少两个字').max(200),
  evidence: z.string().trim().min(2, '请写明认定依据').max(500),
  customerIds: z.array(idWire).min(2, '关联集团至少两名客户').max(200),
});

/** Adding a member needs evidence, taking one out a reason; both stay in the audit log. */
export const newMember = z.object({
  customerId: idWire,
  evidence: z.string().trim().min(2, '请写明认定依据').max(500),
});
export const memberRemoval = z.object({ reason: z.string().trim().min(2, '请写明移出原因').max(500) });

export const groupRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  name: z.string(),
  evidence: z.string(),
  members: z.number().int(),
  outstanding: moneyWire.meta({ description: '成员在保余额合计，合同口径' }),
  recordedAt: instantOut,
});
export type GroupRow = z.infer<typeof groupRow>;
export const groupPage = pageOf(groupRow);
export const groupQuery = pageQuery.extend({
  q: z.string().max(100).optional().meta({ description: '集团名称的一部分' }),
  guarantorId: z.coerce.number().int().optional(),
});
