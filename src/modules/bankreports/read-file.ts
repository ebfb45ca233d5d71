import { basename, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import { readSheet } from '../../platform/sheets/index.ts';
import { keepFile } from '../imports/index.ts';
import { type ParsedRow, readHeader, readRow } from './rows.ts';

/** The largest file and the most rows of one hand-in. */
export const fileBytesMax = 200 * 2 ** 20;
export const rowsMax = 300_000;

/** Where the banks' files are kept: DATA_DIR/files/bank-reports. */
export const reportsFolder = (): string => resolve(process.env.DATA_DIR || '.data', 'files', 'bank-reports');

/** Where a kept file lies now: DATA_DIR may have moved since (a restored backup). */
export const keptAt = (path: string): string => join(reportsFolder(), basename(path));

/**
 * Keeps a bank's file by its hash and reads its rows. Refused as a whole only where nothing can be told row by row: no table, columns of
 * the template missing, more rows than a day can have.
 */
export async function receiveReportFile(
  source: Readable,
  name: string,
  businessDay: Day,
): Promise<{ file: { name: string; path: string }; rows: ParsedRow[] }> {
  const kept = await keepFile(source, reportsFolder(), fileBytesMax);
  const rows: ParsedRow[] = [];
  let header: ReturnType<typeof readHeader>['header'] | undefined;
  for await (const batch of readSheet(kept.path)) {
    for (const row of batch) {
      if (!header) {
        const found = readHeader(row.cells);
        if (found.refusals.length > 0) throw new Refused(found.refusals);
        header = found.header;
        continue;
      }
      if (rows.length >= rowsMax)
        throw new Refused({ code: 'too-many-rows', message: `一次至多 ${rowsMax} 行，请按担保机构拆成几个文件` }, 413);
      const read = readRow(row.line, row.cells, header, businessDay);
      const shape = row.problems.map(({ code, message }) => ({ code, message }));
      rows.push(shape.length === 0 ? read : { ...read, parsed: undefined, problems: [...shape, ...read.problems] });
    }
  }
  return { file: { name: name.replace(/[\\/]|\p{Cc}/gu, '').slice(0, 200) || '未命名', path: kept.path }, rows };
}
