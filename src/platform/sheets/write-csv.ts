import type { Writable } from 'node:stream';
import iconv from 'iconv-lite';
import type { SheetEncoding } from './row.ts';
import { isFormulaLike, plainText, type Table } from './table.ts';
import { Sink } from './zip-writer.ts';

const pieceChars = 1 << 18;

/**
 * Writes a table as CSV (UTF-8 with mark unless told otherwise, CRLF) to a file or stream; memory stays flat.
 * Text a spreadsheet would run as a formula gets a leading apostrophe. Returns the data rows written.
 * When a row or the output fails, the output is broken off and the error passed on.
 */
export async function writeCsv(out: string | Writable, table: Table): Promise<{ rows: number }> {
  const delimiter = table.delimiter ?? ',';
  const encoding = table.encoding ?? 'utf-8-bom';
  const unit = table.unit ?? '元';
  const line = (cells: readonly string[]) => `${cells.map((cell) => quoteCell(cell, delimiter)).join(delimiter)}\r\n`;
  const sink = new Sink(out);
  let rows = 0;
  try {
    let piece = encoding.startsWith('utf-16') || encoding === 'utf-8-bom' ? '\ufeff' : '';
    if (table.title) piece += line([table.title]);
    piece += line(table.columns.map((column) => column.title));
    for await (const row of table.rows) {
      rows++;
      piece += line(
        table.columns.map((column) => {
          const text = plainText(row[column.key], column, unit);
          return column.type === 'text' && isFormulaLike(text) ? `'${text}` : text;
        }),
      );
      if (piece.length < pieceChars) continue;
      await sink.write(encodeText(piece, encoding));
      piece = '';
    }
    for (const footer of table.footer ?? []) piece += line([footer]);
    await sink.write(encodeText(piece, encoding));
    await sink.end();
  } catch (error) {
    sink.abort();
    throw error;
  }
  return { rows };
}

/** The cell quoted where its content needs it. */
export function quoteCell(text: string, delimiter: string): string {
  const needs = text.includes(delimiter) || /["\r\n]/.test(text);
  return needs ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Text in the encoding of a sheet; the byte-order mark is the caller's. */
export function encodeText(text: string, encoding: SheetEncoding): Buffer {
  if (encoding === 'utf-8' || encoding === 'utf-8-bom') return Buffer.from(text);
  return iconv.encode(text, encoding, { addBOM: false });
}
