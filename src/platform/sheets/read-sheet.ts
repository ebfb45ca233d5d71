import type { CsvDialect } from './csv-dialect.ts';
import { readCsv, sniffCsv } from './read-csv.ts';
import { readXlsx, sheetNames } from './read-xlsx.ts';
import { type ReadOptions, refuseFile, type SheetRow } from './row.ts';
import { sniffContainer } from './xlsx-package.ts';

export type SheetKind = ({ readonly kind: 'csv' } & CsvDialect) | { readonly kind: 'xlsx'; readonly sheets: string[] };

/** What is this file, judged by its content and not by its name? Refused when it is neither CSV nor XLSX. */
export async function sniffSheet(path: string): Promise<SheetKind> {
  const container = await sniffContainer(path);
  if (container === 'foreign') throw foreign();
  if (container !== 'text') return { kind: 'xlsx', sheets: await sheetNames(path) };
  return { kind: 'csv', ...(await sniffCsv(path)) };
}

/**
 * Reads a CSV or XLSX file, told apart by content. Yields batches of rows as `readCsv` and `readXlsx` do.
 * Refused when the file is an old .xls, encrypted, damaged, or no table at all.
 */
export async function* readSheet(path: string, options: ReadOptions = {}): AsyncGenerator<SheetRow[]> {
  const container = await sniffContainer(path);
  if (container === 'foreign') throw foreign();
  yield* container === 'text' ? readCsv(path, options) : readXlsx(path, options);
}

const foreign = () =>
  refuseFile('sheet-unknown-format', '文件既不是CSV也不是XLSX（可能是网页、图片、PDF或压缩包）：请重新导出为CSV或XLSX');
