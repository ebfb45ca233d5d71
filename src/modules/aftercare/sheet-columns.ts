import type { Column } from '../../platform/sheets/index.ts';

const text = (key: string, title: string, width = 18): Column => ({ key, title, type: 'text', width, whenNull: '—' });
const day = (key: string, title: string): Column => ({ key, title, type: 'day', whenNull: '—' });
const money = (key: string, title: string): Column => ({ key, title, type: 'money', whenNull: '—' });
const of: readonly Column[] = [
  text('guarantorName', '担保机构'),
  text('contractNo', '保证合同号', 26),
  text('customerName', '客户名称', 30),
];

/** Columns of the register of counter-guarantees. */
export const counterColumns: readonly Column[] = [
  ...of,
  text('kind', '种类代码', 10),
  text('kindTitle', '种类', 14),
  text('title', '反担保物或保证人', 30),
  text('ownerName', '所有人'),
  text('counterNo', '反担保合同号', 24),
  day('signedOn', '签署日'),
  money('value', '评估价值'),
  day('valuedOn', '评估日'),
  day('registrationEndsOn', '登记到期'),
  day('insuranceEndsOn', '保险到期'),
  day('releasedOn', '解除日'),
  text('alertText', '提醒', 40),
];
/** Columns of inspections. */
export const inspectionColumns: readonly Column[] = [
  ...of,
  money('outstanding', '在保余额'),
  day('dueOn', '应检查日'),
  text('basis', '依据', 30),
  text('statusTitle', '状态', 10),
  day('doneOn', '检查日'),
  text('classTitle', '五级分类', 10),
  text('findings', '检查情况', 60),
];
/** Columns of early warnings. */
export const warningColumns: readonly Column[] = [
  ...of,
  text('bankName', '合作银行'),
  money('outstanding', '在保余额'),
  text('kindTitle', '事件', 18),
  text('levelTitle', '级别', 8),
  day('occurredOn', '发生日'),
  day('knownOn', '知悉日'),
  day('dueOn', '处置期限'),
  text('statusTitle', '状态', 12),
  text('description', '情况', 50),
  text('closeReason', '关闭原因', 30),
];
/** Columns of changes. */
export const changeColumns: readonly Column[] = [
  ...of,
  text('kindTitle', '种类', 16),
  text('before', '变更前', 40),
  text('after', '变更后', 40),
  text('reason', '原因', 30),
  text('statusTitle', '状态', 14),
  day('askedOn', '申请日'),
  day('decidedOn', '决定日'),
  day('doneOn', '执行日'),
];
/** Columns of releases. */
export const releaseColumns: readonly Column[] = [
  ...of,
  money('amount', '解保金额'),
  day('releaseOn', '解保日'),
  text('reason', '原因', 30),
  money('refund', '退费'),
  text('statusTitle', '状态', 10),
  day('decidedOn', '决定日'),
  text('letterNo', '解保函', 24),
];
