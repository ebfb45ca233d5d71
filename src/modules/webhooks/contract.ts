import { z } from 'zod';
import { idWire, instantOut, pageOf, pageQuery } from '../../wire/wire.ts';

/** What can be subscribed to, with the words pages show. */
export const eventKinds = {
  'package.accepted': '数据包已被监测系统接收',
  'package.refused': '数据包被监测系统退回',
  'reconciliation.sealed': '数据核对已封存',
  'certificate.published': '季度反馈凭证已出具',
  'certificate.final': '季度反馈凭证已生效',
  'subsidy.approved': '补偿补贴已核定',
} as const;
export type EventKind = keyof typeof eventKinds;
export const eventKind = z.enum(Object.keys(eventKinds) as [EventKind, ...EventKind[]]);

/** POST /api/webhooks. */
export const newSubscription = z.object({
  institutionId: z.number().int().meta({ description: '只收到与该机构（或其辖区）有关的事件' }),
  name: z.string().trim().min(1, '请填写接收系统的名称').max(100),
  url: z
    .string()
    .max(500)
    .meta({ description: '接收地址，须为 https', example: 'https://bank.example.cn/hooks/rongdan' }),
  kinds: z.array(eventKind).min(1, '请至少选择一种事件').max(20),
});

/** The answer to it: the secret is shown this once. */
export const createdSubscription = z.object({
  id: idWire,
  secret: z.string().meta({ description: '签名密钥，只显示这一次' }),
});

export const subscriptionRow = z.object({
  id: idWire,
  institution: z.object({ id: z.number().int(), name: z.string() }),
  name: z.string(),
  url: z.string(),
  kinds: z.array(eventKind),
  status: z.enum(['active', 'disabled']),
  disabledReason: z.string().nullable(),
  failures: z.number().int(),
  waiting: z.number().int().meta({ description: '尚未送达的通知' }),
  recordedAt: instantOut,
});

export const subscriptionQuery = pageQuery.extend({ status: z.enum(['active', 'disabled']).optional() });
export const subscriptionPage = pageOf(subscriptionRow);

export const subscriptionStatusTitles = { active: '启用', disabled: '已停用' } as const;
export const deliveryStatusTitles = { waiting: '待送达', delivered: '已送达', failed: '未送达，已放弃' } as const;
export const deliveryStatus = z.enum(['waiting', 'delivered', 'failed']);
export const deliveryQuery = pageQuery.extend({ status: deliveryStatus.optional() });
export const deliveryRow = z.object({
  id: idWire,
  kind: eventKind,
  subject: z.string(),
  status: deliveryStatus,
  attempts: z.number().int(),
  nextAt: instantOut.nullable(),
  deliveredAt: instantOut.nullable(),
  lastStatusCode: z.number().int().nullable(),
  lastDetail: z.string().nullable(),
  occurredAt: instantOut,
});
export const deliveryPage = pageOf(deliveryRow);

/** What is posted to the receiver. */
export const notification = z.object({
  id: idWire.meta({ description: '投递编号：重复收到同一编号时应忽略' }),
  event: eventKind,
  occurredAt: instantOut,
  subject: z.string(),
  data: z.record(z.string(), z.unknown()),
});
