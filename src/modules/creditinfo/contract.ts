import { z } from 'zod';
import { dayOut, dayWire, idWire, instantOut, pageOf, pageQuery } from '../../wire/wire.ts';

export const purpose = z.enum(['admission', 'aftercare', 'claim']);
export type Purpose = z.infer<typeof purpose>;
export const purposeTitles: Readonly<Record<Purpose, string>> = {
  admission: '保前审查',
  aftercare: '保后管理',
  claim: '代偿与追偿',
};
export const queryStatus = z.enum(['asked', 'answered', 'no-record', 'failed']);
export type QueryStatus = z.infer<typeof queryStatus>;
export const queryStatusTitles: Readonly<Record<QueryStatus, string>> = {
  asked: '查询中',
  answered: '已取得',
  'no-record': '查无记录',
  failed: '未取得',
};
export const authorisationState = z.enum(['valid', 'not-yet', 'expired', 'revoked']);
export type AuthorisationState = z.infer<typeof authorisationState>;
export const stateTitles: Readonly<Record<AuthorisationState, string>> = {
  valid: '有效',
  'not-yet': '未到起始日',
  expired: '已到期',
  revoked: '已撤回',
};

export const platform = z.object({
  code: z.string(),
  name: z.string(),
  isReachable: z.boolean(),
  isStandIn: z.boolean(),
});
export const platformList = z.object({ rows: z.array(platform) });
export type Platform = z.infer<typeof platform>;

export const authorisationRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  customerId: idWire,
  customerName: z.string(),
  purpose,
  platform: z.string(),
  platformName: z.string(),
  fromOn: dayOut,
  untilOn: dayOut,
  state: authorisationState,
  attachmentId: idWire,
  attachmentName: z.string(),
  recordedBy: z.string(),
  recordedAt: instantOut,
  revokedWhy: z.string().nullable(),
  queries: z.number().int(),
});
export type AuthorisationRow = z.infer<typeof authorisationRow>;
export const authorisationPage = pageOf(authorisationRow);
export const authorisationQuery = pageQuery.extend({
  guarantorId: z.coerce.number().int().optional(),
  customerId: idWire.optional(),
  state: authorisationState.optional(),
});
export const newAuthorisation = z.object({
  guarantorId: z.number().int(),
  customerId: idWire,
  purpose,
  platform: z.string().min(1).max(40),
  fromOn: dayWire,
  untilOn: dayWire,
  attachmentId: idWire.meta({ description: '授权书附件，先用 /api/attachments 上传到 customer:<机构>/<客户>' }),
});
export const created = z.object({ id: idWire });
export const revokeCommand = z.object({ reason: z.string().trim().min(2, '请写明撤回原因').max(500) });
export const key = z.object({ guarantorId: z.coerce.number().int(), id: idWire });

export const askCommand = z.object({
  guarantorId: z.number().int(),
  customerId: idWire,
  purpose,
  platform: z.string().min(1).max(40),
  subject: z.string().max(60).optional().meta({ description: '为哪件事查询，如 case:1/7' }),
  queryKey: z
    .string()
    .regex(/^[A-Za-z0-9_-]{8,80}$/, '查询编号须为 8 至 80 位字母、数字、横线')
    .meta({ description: '查询编号：同号重复提交只查一次' }),
});
export const queryRow = z.object({
  guarantorId: z.number().int(),
  id: idWire,
  customerId: idWire,
  customerName: z.string(),
  purpose,
  platform: z.string(),
  platformName: z.string(),
  subject: z.string().nullable(),
  status: queryStatus,
  attempts: z.number().int(),
  failure: z.string().nullable(),
  askedBy: z.string(),
  askedAt: instantOut,
  answeredAt: instantOut.nullable(),
  expiresOn: dayOut.nullable(),
  isExpired: z.boolean(),
  reportHash: z.string().nullable(),
});
export type QueryRow = z.infer<typeof queryRow>;
export const queryPage = pageOf(queryRow);
export const queriesQuery = pageQuery.extend({
  guarantorId: z.coerce.number().int().optional(),
  customerId: idWire.optional(),
});

/** A report of a platform as it is shown: in sections of lines, names and codes masked. */
export const reportSection = z.object({
  title: z.string(),
  lines: z.array(
    z.object({ name: z.string(), value: z.string(), tone: z.enum(['plain', 'good', 'bad']).default('plain') }),
  ),
});
export const queryDetail = queryRow.extend({
  sections: z.array(reportSection),
  isSignatureValid: z.boolean().nullable(),
});
export type QueryDetail = z.infer<typeof queryDetail>;
