import { textOfInstant } from '../../platform/clock.ts';
import { type Column, countColumn, textColumn } from '../../platform/sheets/index.ts';
import { type Phase, verdictTitles } from './contract.ts';
import type { BatchRow, VerdictRow } from './store.ts';

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
  textColumn('guarantorName', '担保机构', 20),
  textColumn('fileName', '文件', 36),
  textColumn('profileTitle', '导入映射', 28),
  textColumn('targetTitle', '内容', 12),
  textColumn('phaseTitle', '状态', 14),
  countColumn('accepted', '接受（行）'),
  countColumn('already', '已在账（行）'),
  countColumn('needsCompleting', '待补正（行）'),
  countColumn('refused', '退回（行）'),
  countColumn('movements', '变动（笔）'),
  textColumn('recordedBy', '登记人'),
  textColumn('recordedText', '登记时间', 20),
  textColumn('fileHash', '文件摘要（SM3）', 66),
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
  textColumn('verdictTitle', '结论', 10),
  textColumn('contractNo', '合同号', 24),
  textColumn('columnTitles', '所在列', 24),
  textColumn('messages', '原因', 70),
  textColumn('remedies', '怎么办', 50),
];

/** A row's verdict in words, for its workbook. */
export const verdictWords = ({ verdict, reasons }: VerdictRow) => ({
  verdictTitle: verdictTitles[verdict],
  columnTitles:
    [...new Set(reasons.map((each) => each.column).filter((each) => each !== undefined))].join('、') || null,
  messages: reasons.map((each) => each.message).join('；'),
  remedies: reasons.map((each) => each.remedy).join('；'),
});
