import { Refused } from '../../kernel/refusal.ts';
import { readSheet, type SheetRow } from '../../platform/sheets/index.ts';
import { type RowReader, rowReader } from '../imports/index.ts';
import { batchFields } from './contract/fields.ts';
import type { BatchProfile } from './contract/profile.ts';
import { shiftOf } from './rules/party.ts';
import { RowReasons } from './rules/reasons.ts';
import type { RowValues } from './rules/row.ts';

/** A row whose cells have been read as fields. */
export type ReadRow = { readonly line: number; readonly values: RowValues; readonly reasons: RowReasons };

/** Rows of a file that are judged and entered together; `no` counts from 1. */
export type Chunk = {
  readonly no: number;
  readonly rows: readonly ReadRow[];
  readonly lastLine: number;
  readonly bytes: number;
};

/** How a profile wants its file read. */
export const readOptions = (
  { sheet }: BatchProfile,
  onProgress?: (progress: { bytes: number; totalBytes: number }) => void,
) => ({
  headerLine: sheet.headerLine,
  ...(sheet.encoding ? { encoding: sheet.encoding } : {}),
  ...(sheet.delimiter ? { delimiter: sheet.delimiter } : {}),
  ...(sheet.name === undefined ? {} : { sheet: sheet.name }),
  ...(onProgress ? { onProgress } : {}),
});

/** Turns the cells of a file with this header into fields, telling columns that have moved by one. */
export type BatchReader = { read(row: SheetRow): ReadRow; titleOf(field: string): string | undefined };

/**
 * The reader for a file's header. Refused when a column of a required field is not there; columns of the others may be left out.
 */
export function batchReader(profile: BatchProfile, header: SheetRow): BatchReader {
  const reader = rowReader(profile, header.cells, batchFields);
  const present = new Set(header.cells.map((each) => each.trim()));
  const missing = Object.entries(batchFields).flatMap(([field, spec]) => {
    const isThere = !('isRequired' in spec) || sourceColumns(profile, field).some((name) => present.has(name.trim()));
    return isThere ? [] : sourceColumns(profile, field);
  });
  if (missing.length > 0) {
    throw new Refused({
      code: 'columns-missing',
      message: `文件缺少必填的列：${missing.join('、')}。请核对标题所在行与列名是否照模板，或改用贵行的映射`,
      figures: { 文件的列: header.cells.slice(0, 30).join('、') },
    });
  }
  const identityAt = header.cells.findIndex((each) => sourceColumns(profile, 'identityNo').includes(each.trim()));
  return { read: (row) => readRow(row, reader, identityAt), titleOf: (field) => reader.titleOf(field) };
}

/** The titles a field may come from; a fixed value needs no column and answers a title every file has. */
function sourceColumns(profile: BatchProfile, field: string): readonly string[] {
  const source = profile.fields[field];
  if (source === undefined) return [];
  if (typeof source === 'string') return [source];
  if ('value' in source) return [];
  return typeof source.column === 'string' ? [source.column] : source.column;
}

function readRow(row: SheetRow, reader: RowReader, identityAt: number): ReadRow {
  const reasons = new RowReasons();
  for (const { code, message } of row.problems) reasons.refuse(code, '', message, '请在原文件更正本行后只重送本行');
  const shift = shiftOf(row.cells, identityAt);
  if (shift !== undefined) {
    const message = `本行自“证件号码”起${shift < 0 ? '缺' : '多'}一格，各列整体${shift < 0 ? '左' : '右'}移`;
    reasons.refuse('columns-shifted', 'identityNo', message, '请把本行各格移回对应的列后只重送本行');
  }
  const values = reasons.isEmpty ? reader.read(row.cells, reasons) : {};
  return { line: row.line, values, reasons };
}

/** Reads the header of a file; refused when it has none or lacks required columns. */
export async function checkHeader(path: string, profile: BatchProfile): Promise<void> {
  for await (const rows of readSheet(path, readOptions(profile))) {
    const header = rows.find((row) => row.line >= profile.sheet.headerLine);
    if (!header) continue;
    batchReader(profile, header);
    return;
  }
  throw new Refused({ code: 'file-empty', message: '文件没有标题行，也没有数据：请核对文件与标题所在行' });
}

/** The file's rows in chunks whose bounds depend on the file alone, so that a later run cuts at the same places. */
export async function* chunksOf(
  file: { path: string; profile: BatchProfile; bytes: number; chunkRows: number },
  doneChunks: number,
): AsyncGenerator<{ chunk: Chunk; reader: BatchReader }> {
  const { profile, chunkRows } = file;
  let bytes = 0;
  let reader: BatchReader | undefined;
  let rows: SheetRow[] = [];
  let no = 0;
  const cut = () => {
    no += 1;
    const read = no <= doneChunks ? [] : rows.map((row) => reader!.read(row));
    const chunk = { no, rows: read, lastLine: rows.at(-1)!.line, bytes: Math.min(bytes, file.bytes) };
    rows = [];
    return { chunk, reader: reader! };
  };
  const options = readOptions(profile, (progress) => {
    bytes = Math.round((progress.bytes / Math.max(1, progress.totalBytes)) * file.bytes);
  });
  for await (const batch of readSheet(file.path, options)) {
    for (const row of batch) {
      if (row.line < profile.sheet.headerLine) continue;
      if (!reader) {
        reader = batchReader(profile, row);
        continue;
      }
      rows.push(row);
      if (rows.length === chunkRows) yield cut();
    }
  }
  bytes = file.bytes;
  if (rows.length > 0) yield cut();
}
