import { isAscii } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { detectEncoding } from './encoding.ts';
import { readCsv, sniffCsv } from './read-csv.ts';
import { readXlsx } from './read-xlsx.ts';
import type { ReadOptions, SheetEncoding, SheetRow } from './row.ts';
import { isFormulaLike, showWidth } from './table.ts';
import { encodeText, quoteCell } from './write-csv.ts';
import { writeSheets } from './write-xlsx.ts';
import { sniffContainer } from './xlsx-package.ts';
import { style, textCell } from './xlsx-parts.ts';
import { Sink } from './zip-writer.ts';

/** Why the row starting on this line is given back; `columns` are the 0-based cells at fault. */
export type RowVerdict = { readonly line: number; readonly reason: string; readonly columns?: readonly number[] };

const reasonTitle = '退回原因';
type Returned = { readonly row: SheetRow; readonly reason?: string; readonly columns: ReadonlySet<number> };

/**
 * Writes the refused rows of a file to a new file of the same format, with the header and a first column 退回原因.
 * The reason stands first because a row with a broken quote would swallow anything behind it. CSV keeps encoding,
 * delimiter, line ending and each row's very bytes; in XLSX the cells at fault are red.
 * `verdicts` come ascending by line (several for one line are joined); a line that is no row throws RangeError.
 * Pass the same `options` the file was read with. Returns how many rows were given back.
 */
export async function returnBadRows(
  sourcePath: string,
  verdicts: Iterable<RowVerdict> | AsyncIterable<RowVerdict>,
  outPath: string,
  options: ReadOptions = {},
): Promise<{ rows: number }> {
  if ((await sniffContainer(sourcePath)) === 'text') return returnCsv(sourcePath, verdicts, outPath, options);
  return returnXlsx(sourcePath, verdicts, outPath, options);
}

async function returnCsv(
  path: string,
  verdicts: Iterable<RowVerdict> | AsyncIterable<RowVerdict>,
  outPath: string,
  options: ReadOptions,
): Promise<{ rows: number }> {
  const sniffed = await sniffCsv(path);
  const delimiter = options.delimiter ?? sniffed.delimiter;
  const encoding = options.encoding ?? (sniffed.ascii ? await laterEncoding(path) : sniffed.encoding);
  const sink = new Sink(outPath);
  const end = encodeText(sniffed.newline, encoding);
  const write = async (first: string, { raw }: SheetRow) => {
    const bytes = raw ?? Buffer.alloc(0);
    const own = encoding.startsWith('utf-16') ? encodeText(bytes.toString(), encoding) : bytes;
    await sink.write(Buffer.concat([encodeText(quoteCell(first, delimiter) + delimiter, encoding), own, end]));
  };
  let rows = 0;
  try {
    if (encoding.startsWith('utf-16') || encoding === 'utf-8-bom') await sink.write(encodeText('\ufeff', encoding));
    const source = readCsv(path, { ...options, encoding, delimiter });
    for await (const each of pair(source, verdicts, options.headerLine ?? 1)) {
      if (each.reason === undefined) await write(reasonTitle, each.row);
      else {
        rows++;
        await write(each.reason, each.row);
      }
    }
    await sink.end();
  } catch (error) {
    sink.abort();
    throw error;
  }
  return { rows };
}

async function returnXlsx(
  path: string,
  verdicts: Iterable<RowVerdict> | AsyncIterable<RowVerdict>,
  outPath: string,
  options: ReadOptions,
): Promise<{ rows: number }> {
  const paired = pair(readXlsx(path, options), verdicts, options.headerLine ?? 1);
  const first = await paired.next();
  const titles = first.done ? [] : first.value.row.cells;
  const columns = [reasonTitle, ...titles].map((title, index) => ({
    key: String(index),
    title,
    type: 'text' as const,
  }));
  const { rows } = await writeSheets(outPath, { columns, sheetName: '退回数据' }, paired, {
    cells: ({ row, reason = '', columns: bad }) => [
      textCell(reason, style.reason),
      ...row.cells.map((cell, index) => dataCell(cell, bad.has(index))),
    ],
    width: ({ row, reason = '' }, column) => showWidth(column === 0 ? reason : (row.cells[column - 1] ?? '')),
  });
  return { rows };
}

function dataCell(text: string, isBad: boolean): string {
  return textCell(text, isBad ? style.bad : isFormulaLike(text) ? style.guarded : style.text);
}

/** The header (without a reason), then each row that has verdicts. Columns found at fault while reading count too. */
async function* pair(
  batches: AsyncGenerator<SheetRow[]>,
  verdicts: Iterable<RowVerdict> | AsyncIterable<RowVerdict>,
  headerLine: number,
): AsyncGenerator<Returned> {
  const iterator = Symbol.asyncIterator in verdicts ? verdicts[Symbol.asyncIterator]() : verdicts[Symbol.iterator]();
  const take = async () => {
    const result = await iterator.next();
    return result.done ? undefined : result.value;
  };
  let next = await take();
  let headerSeen = false;
  for await (const batch of batches) {
    for (const row of batch) {
      if (!headerSeen && row.line >= headerLine) {
        headerSeen = true;
        yield { row, columns: new Set() };
        if (next?.line !== row.line) continue;
      }
      if (next === undefined) return;
      if (next.line < row.line) throw new RangeError(`第${next.line}行不是文件中的数据行，或退回清单未按行号排列`);
      const reasons: string[] = [];
      const columns = new Set(row.problems.flatMap((each) => (each.column === undefined ? [] : [each.column])));
      for (; next?.line === row.line; next = await take()) {
        reasons.push(next.reason);
        for (const column of next.columns ?? []) columns.add(column);
      }
      if (reasons.length > 0) yield { row, reason: reasons.join('；'), columns };
    }
  }
  if (next !== undefined) throw new RangeError(`第${next.line}行不是文件中的数据行，或退回清单未按行号排列`);
}

/** The encoding of a file whose beginning is plain ASCII: that of its first other text, or UTF-8 with mark if none. */
async function laterEncoding(path: string): Promise<SheetEncoding> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    if (isAscii(chunk as Buffer)) continue;
    const from = (chunk as Buffer).findIndex((byte) => byte > 127);
    return detectEncoding((chunk as Buffer).subarray(from));
  }
  return 'utf-8-bom';
}
