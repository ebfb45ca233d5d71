import { z } from 'zod';
import { dayWire, idWire, instantOut, pageOf, pageQuery } from '../../wire/wire.ts';

/** GET /api/audit. */
export const auditQuery = pageQuery.extend({
  chain: z.coerce.number().int().min(0).optional().meta({ description: '审计链：机构编号，0 为平台' }),
  userId: z.coerce.number().int().optional(),
  action: z.string().max(80).optional().meta({ description: '动作前缀，如 identity. 或 guarantees.issue' }),
  subject: z.string().max(80).optional().meta({ description: '对象前缀，如 guarantee:1/42' }),
  from: dayWire.optional(),
  to: dayWire.optional(),
});

/** One entry of the audit log. */
export const auditEntryWire = z.object({
  chain: idWire,
  seq: idWire,
  recordedAt: instantOut,
  user: z.object({ id: idWire, name: z.string() }),
  action: z.string(),
  actionTitle: z.string().meta({ description: '动作，中文' }),
  subject: z.string(),
  subjectTitle: z.string().meta({ description: '对象，中文' }),
  detail: z.string().meta({ description: '规范化 JSON 原文，摘要据此计算' }),
  detailText: z.string().meta({ description: '内容，中文' }),
  hash: z.string(),
});

/** GET /api/audit answers this, newest first. */
export const auditPage = pageOf(auditEntryWire);

/** POST /api/audit/verify. */
export const auditVerifyWire = z.object({
  whole: z.boolean(),
  entries: idWire,
  chains: z.number().int(),
  findings: z.array(
    z.object({
      chain: idWire,
      seq: idWire,
      kind: z.enum(['changed', 'removed', 'inserted', 'head', 'checkpoint']),
      message: z.string(),
    }),
  ),
});
