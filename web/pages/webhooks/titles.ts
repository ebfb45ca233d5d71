import type { z } from 'zod';
import type { deliveryRow, EventKind, subscriptionRow } from '../../../src/modules/webhooks/contract.ts';
import type { StatusTone } from '../../fields/index.ts';

export type Subscription = z.infer<typeof subscriptionRow>;
export type Delivery = z.infer<typeof deliveryRow>;

export const eventTitles: Readonly<Record<EventKind, string>> = {
  'package.accepted': '数据包已被监测系统接收',
  'package.refused': '数据包被监测系统退回',
  'reconciliation.sealed': '数据核对已封存',
  'certificate.published': '季度反馈凭证已出具',
  'certificate.final': '季度反馈凭证已生效',
  'subsidy.approved': '补偿补贴已核定',
};
export const deliveryLooks: Readonly<Record<Delivery['status'], { title: string; tone: StatusTone }>> = {
  waiting: { title: '待送达', tone: 'busy' },
  delivered: { title: '已送达', tone: 'good' },
  failed: { title: '未送达，已放弃', tone: 'bad' },
};

const subjectKinds: Readonly<Record<string, string>> = {
  package: '数据包',
  reconciliation: '核对批次',

  certificate: '反馈凭证',
  'subsidy-run': '补贴批次',
};

/** What a notification is about, in words. */
export function subjectTitle(subject: string): string {
  const at = subject.indexOf(':');
  return `${subjectKinds[subject.slice(0, at)] ?? ''} ${subject.slice(at + 1)}`.trim();
}
