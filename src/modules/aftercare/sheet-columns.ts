import { type Column, dayColumn, moneyColumn, textColumn } from '../../platform/sheets/index.ts';

const of: readonly Column[] = [
  textColumn('guarantorName', '担保机构'),
  textColumn('contractNo', '保证合同号', 26),
  textColumn('customerName', '客户名称', 30),
];

/** Columns of the register of counter-guarantees. */
export const counterColumns: readonly Column[] = [
  ...of,
  textColumn('kind', '种类代码', 10),
  textColumn('kindTitle', '种类', 14),
  textColumn('title', '反担保物或保证人', 30),
  textColumn('ownerName', '所有人'),
  textColumn('counterNo', '反担保合同号', 24),
  dayColumn('signedOn', '签署日'),
  moneyColumn('value', '评估价值'),
  dayColumn('valuedOn', '评估日'),
  dayColumn('registrationEndsOn', '登记到期'),
  dayColumn('insuranceEndsOn', '保险到期'),
  dayColumn('releasedOn', '解除日'),
  textColumn('alertText', '提醒', 40),
];
/** Columns of inspections. */
export const inspectionColumns: readonly Column[] = [
  ...of,
  moneyColumn('outstanding', '在保余额'),
  dayColumn('dueOn', '应检查日'),
  textColumn('basis', '依据', 30),
  textColumn('statusTitle', '状态', 10),
  dayColumn('doneOn', '检查日'),
  textColumn('classTitle', '五级分类', 10),
  textColumn('findings', '检查情况', 60),
];
/** Columns of early warnings. */
export const warningColumns: readonly Column[] = [
  ...of,
  textColumn('bankName', '合作银行'),
  moneyColumn('outstanding', '在保余额'),
  textColumn('kindTitle', '事件', 18),
  textColumn('levelTitle', '级别', 8),
  dayColumn('occurredOn', '发生日'),
  dayColumn('knownOn', '知悉日'),
  dayColumn('dueOn', '处置期限'),
  textColumn('statusTitle', '状态', 12),
  textColumn('description', '情况', 50),
  textColumn('closeReason', '关闭原因', 30),
];
/** Columns of changes. */
export const changeColumns: readonly Column[] = [
  ...of,
  textColumn('kindTitle', '种类', 16),
  textColumn('before', '变更前', 40),
  textColumn('after', '变更后', 40),
  textColumn('reason', '原因', 30),
  textColumn('statusTitle', '状态', 14),
  dayColumn('askedOn', '申请日'),
  dayColumn('decidedOn', '决定日'),
  dayColumn('effectiveOn', '生效日'),
  dayColumn('doneOn', '办结日'),
];
/** Columns of releases. */
export const releaseColumns: readonly Column[] = [
  ...of,
  moneyColumn('amount', '解保金额'),
  dayColumn('releaseOn', '解保日'),
  textColumn('reason', '原因', 30),
  moneyColumn('refund', '退费'),
  textColumn('statusTitle', '状态', 10),
  dayColumn('decidedOn', '决定日'),
  textColumn('letterNo', '解保函', 24),
];
