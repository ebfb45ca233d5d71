import { textOfInstant } from '../../platform/clock.ts';
import { type Column, textColumn } from '../../platform/sheets/index.ts';
import { deliveryStatusTitles, eventKinds, subscriptionStatusTitles } from './contract.ts';
import type { DeliveryRow, SubscriptionRow } from './store.ts';

/** Columns of the workbook of subscriptions. */
export const subscriptionColumns: readonly Column[] = [
  textColumn('name', '接收系统'),
  textColumn('institutionName', '机构', 32),
  textColumn('url', '接收地址', 40),
  textColumn('kindTitles', '事件', 50),
  textColumn('statusTitle', '状态', 10),
  textColumn('disabledReason', '停用原因', 30),
  { key: 'waiting', title: '待送达', type: 'integer' },
  { key: 'failures', title: '连续未送达', type: 'integer' },
  textColumn('recordedText', '订阅时间', 20),
];

/** A subscription in words, for its workbook. */
export const subscriptionWords = (row: SubscriptionRow) => ({
  institutionName: row.institution.name,
  kindTitles: row.kinds.map((kind) => eventKinds[kind]).join('、'),
  statusTitle: subscriptionStatusTitles[row.status],
  recordedText: textOfInstant(row.recordedAt),
});

/** Columns of the workbook of deliveries. */
export const deliveryColumns: readonly Column[] = [
  textColumn('kindTitle', '事件', 26),
  textColumn('subjectTitle', '对象', 20),
  textColumn('occurredText', '发生时间', 20),
  textColumn('statusTitle', '状态', 16),
  { key: 'attempts', title: '已试次数', type: 'integer' },
  { key: 'lastStatusCode', title: '最近应答码', type: 'integer', whenNull: '—' },
  textColumn('lastDetail', '最近结果', 40),
  textColumn('nextText', '下次重试', 20),
  textColumn('deliveredText', '送达时间', 20),
];

const subjectKinds: Readonly<Record<string, string>> = {
  package: '数据包',
  reconciliation: '核对批次',

  certificate: '反馈凭证',
  'subsidy-run': '补贴批次',
};

/** A delivery in words, for its workbook. */
export function deliveryWords(row: DeliveryRow) {
  const [kind = '', id = ''] = row.subject.split(/:(.*)/s);
  return {
    kindTitle: eventKinds[row.kind],
    subjectTitle: `${subjectKinds[kind] ?? ''} ${id}`.trim(),
    occurredText: textOfInstant(row.occurredAt),
    statusTitle: deliveryStatusTitles[row.status],
    nextText: row.status === 'waiting' ? textOfInstant(row.nextAt) : null,
    deliveredText: row.deliveredAt && textOfInstant(row.deliveredAt),
  };
}
