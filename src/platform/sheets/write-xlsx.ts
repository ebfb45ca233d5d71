import type { Writable } from 'node:stream';
import type { Fen, MoneyUnit } from '../../kernel/money.ts';
import { formatDecimal, type Ratio } from '../../kernel/ratio.ts';
import {
  type CellValue,
  type Column,
  isFormulaLike,
  moneyDecimal,
  plainText,
  serialOf,
  showWidth,
  type Table,
  type TableRow,
} from './table.ts';
import { numberCell, packageParts, rowXml, sheetHead, sheetTail, style, textCell } from './xlsx-parts.ts';
import { Sink, ZipWriter } from './zip-writer.ts';

const pieceChars = 1 << 18;
const sampleRows = 200;
const maxSheetBytes = 3.5 * 2 ** 30;
const maxCellChars = 32_767;

/**
 * Writes a table as XLSX to a file or stream; memory stays flat. Amounts are real numbers in the table's unit, exact to
 * the 分 (15 significant digits, the format's bound); days are real dates. The header is frozen and filtered; beyond
 * the rows one sheet may hold the next sheet begins, with title and header again.
 * Returns the data rows and sheets written. When a row or the output fails, the output is broken off.
 */
export async function writeXlsx(out: string | Writable, table: Table): Promise<{ rows: number; sheets: number }> {
  const unit = table.unit ?? '元';
  const cellOf = (row: TableRow, column: Column) => valueCell(row[column.key], column, unit);
  const widthOf = (row: TableRow, column: Column) => showWidth(plainText(row[column.key], column, unit));
  return writeSheets(out, table, table.rows, {
    cells: (row) => table.columns.map((column) => cellOf(row, column)),
    width: (row, column) => widthOf(row, table.columns[column]!),
  });
}

/** How rows of any shape become cells: used by `writeXlsx` and by the return of refused rows. */
export type RowWriter<Row> = {
  readonly cells: (row: Row) => readonly string[];
  readonly width: (row: Row, column: number) => number;
};

/** Writes rows through `writer` under the table's title, header and footer. */
export async function writeSheets<Row>(
  out: string | Writable,
  table: Omit<Table, 'rows'>,
  rows: Iterable<Row> | AsyncIterable<Row>,
  writer: RowWriter<Row>,
): Promise<{ rows: number; sheets: number }> {
  const sink = new Sink(out);
  const zip = new ZipWriter(sink);
  const source = new Lookahead(rows);
  const names: string[] = [];
  let count = 0;
  try {
    do {
      names.push(sheetName(table.sheetName ?? table.title ?? '数据', names.length));
      const sheet = sheetPieces(table, source, writer, () => count++);
      await zip.entry(`xl/worksheets/sheet${names.length}.xml`, sheet);
    } while (!(await source.isDone()));
    for (const [name, xml] of packageParts(names)) await zip.entry(name, [xml]);
    await zip.end();
  } catch (error) {
    sink.abort();
    await source.stop();
    throw error;
  }
  return { rows: count, sheets: names.length };
}

async function* sheetPieces<Row>(
  table: Omit<Table, 'rows'>,
  source: Lookahead<Row>,
  writer: RowWriter<Row>,
  onRow: () => void,
): AsyncGenerator<string> {
  const { columns, title, footer = [] } = table;
  const sample = await source.peek(sampleRows);
  const widths = columns.map(({ width, title: name }, index) => {
    const widest = Math.max(showWidth(name) + 3, ...sample.map((row) => writer.width(row, index) + 2));
    return width ?? Math.min(60, Math.max(8, widest));
  });
  const headerRow = title ? 2 : 1;
  const lastAllowed = (table.maxSheetRows ?? 1_048_576) - footer.length;
  let piece = sheetHead(widths, headerRow);
  if (title) piece += rowXml(1, [textCell(title, style.title)], ' ht="28" customHeight="1"');
  piece += rowXml(
    headerRow,
    columns.map((column) => textCell(column.title, style.header)),
  );
  let line = headerRow;
  let written = 0;
  while (line < lastAllowed && written < maxSheetBytes) {
    const next = source.ready() ?? (await source.next());
    if (next === undefined) break;
    line++;
    onRow();
    piece += rowXml(line, writer.cells(next.value));
    if (piece.length < pieceChars) continue;
    written += piece.length;
    yield piece;
    piece = '';
  }
  const lastRow = line;
  for (const text of footer) piece += rowXml(++line, [textCell(text, style.footer)]);
  yield piece + sheetTail(columns.length, headerRow, lastRow, title !== undefined);
}

function valueCell(value: CellValue, column: Column, unit: MoneyUnit): string {
  const text = plainText(value, column, unit);
  if (value === null || value === undefined) return textCell(text, column.type === 'text' ? style.text : style.absent);
  switch (column.type) {
    case 'money':
      return numberCell(moneyDecimal(value as Fen, unit), style.money);
    case 'percent':
      return numberCell(formatDecimal(value as Ratio, 10), style.percent);
    case 'integer':
      return text.length > 15 ? textCell(text, style.text) : numberCell(text, style.integer);
    case 'day': {
      const serial = serialOf(text);
      return serial === undefined ? textCell(text, style.text) : numberCell(String(serial), style.day);
    }
    default:
      return textCell(text.slice(0, maxCellChars), isFormulaLike(text) ? style.guarded : style.text);
  }
}

/** Names a sheet as spreadsheets allow: 31 characters, none of \ / ? * [ ] :. */
function sheetName(wanted: string, index: number): string {
  const suffix = index === 0 ? '' : `（${index + 1}）`;
  const clean =
    wanted
      .replace(/[\\/?*[\]:]/g, ' ')
      .replace(/^'+|'+$/g, '')
      .trim() || '数据';
  return clean.slice(0, 31 - suffix.length) + suffix;
}

/** Rows that can be looked at before they are taken, so that widths and the end are known in time. */
class Lookahead<Row> {
  readonly #iterator: Iterator<Row> | AsyncIterator<Row>;
  readonly #held: { readonly value: Row }[] = [];
  #ended = false;
  constructor(rows: Iterable<Row> | AsyncIterable<Row>) {
    this.#iterator = Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
  }
  ready(): { readonly value: Row } | undefined {
    return this.#held.shift();
  }
  async next(): Promise<{ readonly value: Row } | undefined> {
    if (this.#held.length > 0) return this.#held.shift();
    if (this.#ended) return undefined;
    const result = await this.#iterator.next();
    if (result.done) this.#ended = true;
    return result.done ? undefined : { value: result.value };
  }
  async peek(count: number): Promise<Row[]> {
    while (this.#held.length < count && !this.#ended) {
      const result = await this.#iterator.next();
      if (result.done) this.#ended = true;
      else this.#held.push({ value: result.value });
    }
    return this.#held.slice(0, count).map((each) => each.value);
  }
  async isDone(): Promise<boolean> {
    return (await this.peek(1)).length === 0;
  }
  async stop(): Promise<void> {
    await this.#iterator.return?.();
  }
}
