import { textOfInstant } from '../../platform/clock.ts';
import type { Column } from '../../platform/sheets/index.ts';
import { type Phase, verdictTitles } from './contract.ts';
import type { BatchRow, VerdictRow } from './store.ts';

const text = (key: string, title: string, width = 16): Column => ({ key, title, type: 'text', width, whenNull: '—' });
const count = (key: string, title: string): Column => ({ key, title, type: 'integer' });

const phaseTitles: Readonly<Record<Phase, string>> = {
  registered: '已登记',
  checking: '试算中',
  checked: '已试算',
  committing: '入账中',
  committed: '已入账',
  failed: '未完成',
  stalled: '中断，可继续',
};

/** Columns of the workbook of batches. */
export const batchColumns: readonly Column[] = [
  { key: 'id', title: '批次', type: 'integer' },
  text('guarantorName', '担保机构', 20),
  text('fileName', '文件', 36),
  text('profileTitle', '导入映射', 28),
  text('targetTitle', '内容', 12),
  text('phaseTitle', '状态', 14),
  count('accepted', '接受（行）'),
  count('already', '已在账（行）'),
  count('needsCompleting', '待补正（行）'),
  count('refused', '退回（行）'),
  count('movements', '变动（笔）'),
  text('recordedBy', '登记人'),
  text('recordedText', '登记时间', 20),
  text('fileHash', '文件摘要（SM3）', 66),
];

/** A batch in words, for its workbook. */
export const batchWords = (row: BatchRow) => ({
  profileTitle: row.profile.title,
  targetTitle: row.profile.target === 'guarantee' ? '保函' : '变动',
  phaseTitle: phaseTitles[row.phase],
  recordedText: textOfInstant(row.recordedAt),
});

/** Columns of the workbook of rows that were not accepted. */
export const verdictColumns: readonly Column[] = [
  { key: 'line', title: '行号', type: 'integer' },
  text('verdictTitle', '结论', 10),
  text('contractNo', '合同号', 24),
  text('columnTitles', '所在列', 24),
  text('messages', '原因', 70),
  text('remedies', '怎么办', 50),
];

/** A row's verdict in words, for its workbook. */
export const verdictWords = ({ verdict, reasons }: VerdictRow) => ({
  verdictTitle: verdictTitles[verdict],
  columnTitles:
    [...new Set(reasons.map((each) => each.column).filter((each) => each !== undefined))].join('、') || null,
  messages: reasons.map((each) => each.message).join('；'),
  remedies: reasons.map((each) => each.remedy).join('；'),
});
