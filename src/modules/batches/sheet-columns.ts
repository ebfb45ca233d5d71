import { textOfInstant } from '../../platform/clock.ts';
import type { Column } from '../../platform/sheets/index.ts';
import { reasonText, verdictTitles } from './results.ts';
import { stratumTitles } from './rules/strata.ts';
import type { BatchRow, VerdictRow } from './store.ts';
import type { ExclusionRow } from './store-exclusions.ts';
import type { DrawnRow, SampleRow } from './store-samples.ts';

const text = (key: string, title: string, width = 16): Column => ({ key, title, type: 'text', width, whenNull: '—' });
const count = (key: string, title: string): Column => ({ key, title, type: 'integer' });
const money = (key: string, title: string): Column => ({ key, title, type: 'money', whenNull: '—' });

const phases = { running: '处理中', stalled: '中断，待续', done: '已处理', failed: '未完成' } as const;
const channels = { web: '页面', api: '接口（文件）', rows: '接口（逐笔）', sftp: 'SFTP' } as const;

/** Columns of the workbook of batches. */
export const batchColumns: readonly Column[] = [
  text('batchNo', '批次号', 28),
  text('bankName', '银行', 20),
  text('guarantorText', '担保机构', 20),
  text('productName', '产品', 20),
  text('channelTitle', '渠道', 12),
  text('phaseTitle', '状态', 12),
  count('accepted', '接受（行）'),
  count('already', '已受理（行）'),
  count('needsCompleting', '待补正（行）'),
  count('refused', '拒绝（行）'),
  money('principal', '接受金额（元）'),
  text('fileName', '文件', 36),
  text('recordedText', '收到时间', 20),
  text('contentHash', '内容摘要（SM3）', 66),
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
  count('line', '行号'),
  text('verdictTitle', '结论', 10),
  text('contractNo', '担保业务编号', 24),
  text('customerName', '借款人', 28),
  money('principal', '接受金额（元）'),
  text('said', '原因、依据与补救', 90),
];

/** A verdict in words. */
export const verdictWords = ({ verdict, reasons }: VerdictRow) => ({
  verdictTitle: verdictTitles[verdict],
  said: reasons.map(reasonText).join('；') || null,
});

/** Columns of the workbook of samples. */
export const sampleColumns: readonly Column[] = [
  text('batchNo', '批次号', 28),
  text('guarantorName', '担保机构', 20),
  text('bankName', '银行', 20),
  text('seed', '种子', 24),
  count('drawn', '抽取（笔）'),
  count('audited', '已查（笔）'),
  count('failed', '不合格（笔）'),
  text('recordedBy', '抽样人'),
  text('recordedText', '抽样时间', 20),
  text('contentHash', '样本摘要（SM3）', 66),
];

/** A sample in words. */
export const sampleWords = (row: SampleRow) => ({ recordedText: textOfInstant(row.recordedAt) });

const results = { pass: '合格', fail: '不合格', doubt: '存疑' } as const;
const exclusions = { proposed: '已提出剔除', approved: '已剔除', rejected: '未剔除' } as const;

/** Columns of the workbook of drawn rows. */
export const drawnColumns: readonly Column[] = [
  count('line', '行号'),
  text('contractNo', '担保业务编号', 24),
  text('customerName', '借款人', 28),
  money('principal', '主债权金额（元）'),
  money('outstanding', '在保余额（元）'),
  { key: 'startsOn', title: '起始日', type: 'day' },
  { key: 'endsOn', title: '到期日', type: 'day' },
  text('stratumTitle', '风险层', 10),
  text('resultTitle', '结果', 10),
  text('finding', '发现', 50),
  text('auditedBy', '抽查人'),
  text('exclusionTitle', '剔除', 12),
];

/** A drawn row in words. */
export const drawnWords = (row: DrawnRow) => ({
  stratumTitle: stratumTitles[row.stratum],
  resultTitle: row.result === null ? '待查' : results[row.result],
  exclusionTitle: row.exclusion === null ? null : exclusions[row.exclusion],
});

/** Columns of the workbook of exclusions. */
export const exclusionColumns: readonly Column[] = [
  text('contractNo', '担保业务编号', 24),
  text('guarantorName', '担保机构', 20),
  text('bankName', '银行', 20),
  text('batchNo', '批次号', 28),
  text('statusTitle', '状态', 12),
  text('cause', '原因', 50),
  text('clause', '条款', 40),
  text('effectText', '后果（元）', 60),
  text('recordedBy', '提出人'),
  text('decidedBy', '决定人'),
  text('decision', '决定理由', 40),
];

/** An exclusion in words. */
export const exclusionWords = (row: ExclusionRow) => ({
  statusTitle: exclusions[row.status],
  effectText: `解除 ${row.effect.release}，退费 ${row.effect.refund}，银行应返还代偿 ${row.effect.owedBack}`,
});
