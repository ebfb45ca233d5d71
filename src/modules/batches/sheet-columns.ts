import { textOfInstant } from '../../platform/clock.ts';
import { type Column, countColumn, moneyColumn, textColumn } from '../../platform/sheets/index.ts';
import { reasonText, verdictTitles } from './results.ts';
import { stratumTitles } from './rules/strata.ts';
import type { BatchRow, VerdictRow } from './store.ts';
import type { ExclusionRow } from './store-exclusions.ts';
import type { PickupRow, VisitRow } from './store-pickups.ts';
import type { DrawnRow, SampleRow } from './store-samples.ts';

const phases = {
  trying: '试算中',
  tried: '已试算，未承保',
  running: '处理中',
  stalled: '中断，待续',
  done: '已处理',
  failed: '未完成',
} as const;
const channels = { web: '页面', api: '接口（文件）', rows: '接口（逐笔）', sftp: 'SFTP' } as const;

/** Columns of the workbook of batches. */
export const batchColumns: readonly Column[] = [
  textColumn('batchNo', '批次号', 28),
  textColumn('bankName', '银行', 20),
  textColumn('guarantorText', '担保机构', 20),
  textColumn('productName', '产品', 20),
  textColumn('channelTitle', '渠道', 12),
  textColumn('phaseTitle', '状态', 12),
  countColumn('accepted', '接受（行）'),
  countColumn('already', '已受理（行）'),
  countColumn('needsCompleting', '待补正（行）'),
  countColumn('refused', '拒绝（行）'),
  moneyColumn('principal', '接受金额（元）'),
  textColumn('fileName', '文件', 36),
  textColumn('recordedText', '收到时间', 20),
  textColumn('contentHash', '内容摘要（SM3）', 66),
];

/** A batch in words, for its workbook. */
export const batchWords = (row: BatchRow) => ({
  guarantorText: row.guarantorName ?? '逐行写明',
  channelTitle: channels[row.channel],
  phaseTitle: phases[row.phase],
  recordedText: textOfInstant(row.recordedAt),
});

/** Columns of the workbook of verdicts. */
export const verdictColumns: readonly Column[] = [
  countColumn('line', '行号'),
  textColumn('verdictTitle', '结论', 10),
  textColumn('contractNo', '担保业务编号', 24),
  textColumn('customerName', '借款人', 28),
  moneyColumn('principal', '接受金额（元）'),
  textColumn('said', '原因、依据与补救', 90),
];

/** A verdict in words. */
export const verdictWords = ({ verdict, reasons }: VerdictRow) => ({
  verdictTitle: verdictTitles[verdict],
  said: reasons.map(reasonText).join('；') || null,
});

/** Columns of the workbook of samples. */
export const sampleColumns: readonly Column[] = [
  textColumn('batchNo', '批次号', 28),
  textColumn('guarantorName', '担保机构', 20),
  textColumn('bankName', '银行', 20),
  textColumn('seed', '种子', 24),
  countColumn('drawn', '抽取（笔）'),
  countColumn('audited', '已查（笔）'),
  countColumn('failed', '不合格（笔）'),
  textColumn('recordedBy', '抽样人'),
  textColumn('recordedText', '抽样时间', 20),
  textColumn('contentHash', '样本摘要（SM3）', 66),
];

/** A sample in words. */
export const sampleWords = (row: SampleRow) => ({ recordedText: textOfInstant(row.recordedAt) });

const results = { pass: '合格', fail: '不合格', doubt: '存疑' } as const;
const exclusions = { proposed: '剔除审批中', approved: '已剔除', rejected: '未剔除', withdrawn: '已撤回' } as const;

/** Columns of the workbook of drawn rows. */
export const drawnColumns: readonly Column[] = [
  countColumn('line', '行号'),
  textColumn('contractNo', '担保业务编号', 24),
  textColumn('customerName', '借款人', 28),
  moneyColumn('principal', '主债权金额（元）'),
  moneyColumn('outstanding', '在保余额（元）'),
  { key: 'startsOn', title: '起始日', type: 'day' },
  { key: 'endsOn', title: '到期日', type: 'day' },
  textColumn('stratumTitle', '风险层', 10),
  textColumn('resultTitle', '结果', 10),
  textColumn('finding', '发现', 50),
  textColumn('auditedBy', '抽查人'),
  textColumn('exclusionTitle', '剔除', 12),
];

/** A drawn row in words. */
export const drawnWords = (row: DrawnRow) => ({
  stratumTitle: stratumTitles[row.stratum],
  resultTitle: row.result === null ? '待查' : results[row.result],
  exclusionTitle: row.exclusion === null ? null : exclusions[row.exclusion],
});

/** Columns of the workbook of exclusions. */
export const exclusionColumns: readonly Column[] = [
  textColumn('contractNo', '担保业务编号', 24),
  textColumn('guarantorName', '担保机构', 20),
  textColumn('bankName', '银行', 20),
  textColumn('batchNo', '批次号', 28),
  textColumn('statusTitle', '状态', 12),
  textColumn('cause', '原因', 50),
  textColumn('clause', '条款', 40),
  textColumn('effectText', '后果（元）', 60),
  textColumn('recordedBy', '提出人'),
  textColumn('decidedBy', '决定人'),
  textColumn('decision', '决定理由', 40),
];

/** An exclusion in words. */
export const exclusionWords = (row: ExclusionRow) => ({
  statusTitle: exclusions[row.status],
  effectText: `解除 ${row.effect.release}，退费 ${row.effect.refund}，银行应返还代偿 ${row.effect.owedBack}`,
});

/** What became of a visit. */
const visitStates = { running: '取件中', done: '完毕', failed: '没有取成', broken: '中断' } as const;
const pickupStates = {
  seen: '还没写完',
  taken: '已取走，处理中',
  answered: '已答复',
  done: '已处理',
  refused: '整份退回',
} as const;

/** Columns of the workbook of visits. */
export const visitColumns: readonly Column[] = [
  textColumn('bankName', '银行', 20),
  textColumn('startedText', '开始', 20),
  textColumn('endedText', '结束', 20),
  textColumn('startedBy', '由谁'),
  textColumn('stateTitle', '结果', 12),
  textColumn('answeredText', '取走并答复', 40),
  textColumn('refusedText', '整份退回', 30),
  textColumn('waitingText', '还没写完', 30),
  textColumn('problem', '为何没取成', 60),
];

const listed = (names: readonly string[]): string | null => names.join('、') || null;
/** A visit in words. */
export const visitWords = (row: VisitRow) => ({
  startedText: textOfInstant(row.startedAt),
  endedText: row.endedAt && textOfInstant(row.endedAt),
  stateTitle:
    visitStates[row.endedAt ? (row.problem === null ? 'done' : 'failed') : row.isBroken ? 'broken' : 'running'],
  answeredText: listed(row.answered),
  refusedText: listed(row.refused),
  waitingText: listed(row.waiting),
});

/** Columns of the workbook of picked up files. */
export const pickupColumns: readonly Column[] = [
  textColumn('bankName', '银行', 20),
  textColumn('name', '文件', 40),
  countColumn('bytes', '字节'),
  textColumn('seenText', '首次见到', 20),
  textColumn('stateTitle', '状态', 14),
  countColumn('accepted', '接受（行）'),
  countColumn('bad', '待补正与拒绝（行）'),
  textColumn('problem', '退回原因', 60),
];

/** A picked up file in words. */
export const pickupWords = (row: PickupRow) => ({
  seenText: textOfInstant(row.seenAt),
  stateTitle: pickupStates[row.state],
});
