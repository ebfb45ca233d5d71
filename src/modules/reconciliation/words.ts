import { textOfInstant } from '../../platform/clock.ts';
import { runStatusTitles } from './contract.ts';
import type { DifferenceRecord } from './store/read-differences.ts';
import type { RunRecord } from './store/read-runs.ts';

const bookStatusTitles: Readonly<Record<string, string>> = {
  pending: '未放款',
  'in-force': '在保',
  released: '解除',
  claimed: '代偿',
  'written-off': '核销',
  transferred: '转出',
};
const tagTitles: Readonly<Record<string, string>> = { 0: '无', 1: '支小', 2: '支农', 4: '支新', 8: '支创' };

/** What the two sides hold in the field of a difference, codes in words; null is kept. */
export function sidesInWords(row: DifferenceRecord): { ours: string | null; theirs: string | null } {
  const words = (value: string | null, county: string | null) => {
    if (value === null) return null;
    if (row.field === 'status') return bookStatusTitles[value] ?? value;
    if (row.field === 'primary_tag') return tagTitles[value] ?? value;
    return row.field === 'county' && county !== null ? `${county}（${value}）` : value;
  };
  return { ours: words(row.ours, row.oursCounty), theirs: words(row.theirs, row.theirsCounty) };
}

/** A run in words, for the workbook of runs. */
export const runWordsOf = (run: RunRecord) => ({
  otherTitle: run.otherSide === 'monitor' ? '监测系统' : `文件：${run.sourceName}`,
  statusTitle: runStatusTitles[run.status],
  startedText: textOfInstant(run.startedAt),
});
