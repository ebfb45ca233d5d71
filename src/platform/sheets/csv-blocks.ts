import { isAscii, isUtf8 } from 'node:buffer';
import type { CsvDialect } from './csv-dialect.ts';
import { splitPlain, splitQuoted } from './csv-split.ts';
import { decodeGb18030, decodeLine, detectEncoding, encodingTitle } from './encoding.ts';
import { isBlank, noProblems, type RowProblem, type SheetLimits, type SheetRow, widthProblem } from './row.ts';

/** A row of a CSV file; `raw` is a view on its block, taken only when asked for. */
class CsvRow implements SheetRow {
  readonly line: number;
  readonly cells: readonly string[];
  readonly problems: readonly RowProblem[];
  readonly #block: Buffer;
  readonly #from: number;
  readonly #to: number;
  constructor(line: number, cells: string[], problems: readonly RowProblem[], block: Buffer, from: number, to: number) {
    this.line = line;
    this.cells = cells;
    this.problems = problems;
    this.#block = block;
    this.#from = from;
    this.#to = to;
  }
  get raw(): Buffer {
    const end = this.#block[this.#to - 1] === 13 && this.#to > this.#from ? this.#to - 1 : this.#to;
    return this.#block.subarray(this.#from, end);
  }
}

type Marks = { readonly nul: boolean; readonly faults: ReadonlyMap<number, 'other' | 'neither'> };

/**
 * Turns blocks of whole lines into rows. It keeps the line number and the width between blocks, nothing else.
 * All bytes are UTF-8 or GB18030 here: in both no part of a longer character looks like a line ending or a delimiter
 * that is cut on the decoded text, so a block may be cut at any line ending.
 */
export class CsvBlocks {
  readonly #limits: SheetLimits;
  readonly #delimiter: string;
  readonly #feed: '\n' | '\r';
  readonly #headerLine: number;
  #encoding: 'utf-8' | 'gb18030';
  #undecided: boolean;
  #width: number | undefined;
  #line = 1;

  constructor(dialect: CsvDialect, limits: SheetLimits, headerLine: number, columns: number | undefined) {
    this.#limits = limits;
    this.#delimiter = dialect.delimiter;
    this.#feed = dialect.newline === '\r' ? '\r' : '\n';
    this.#headerLine = headerLine;
    this.#encoding = dialect.encoding === 'gb18030' ? 'gb18030' : 'utf-8';
    this.#undecided = dialect.ascii;
    this.#width = columns;
  }

  /** Rows of a block that ends at a line ending, or at the end of the file. Returns how many bytes were used up. */
  read(block: Buffer, isLast: boolean, rows: SheetRow[]): number {
    const bytes = block.toString('latin1');
    const { text, marks } = this.#decode(block, bytes);
    const feed = this.#feed;
    const quoted = bytes.includes('"');
    const same = text === bytes;
    let at = 0;
    let byteAt = 0;
    while (at < text.length) {
      const lineEnd = indexOrEnd(text, feed, at);
      const byteEnd = same ? lineEnd : indexOrEnd(bytes, feed, byteAt);
      const line = text.slice(at, text[lineEnd - 1] === '\r' && lineEnd > at ? lineEnd - 1 : lineEnd);
      if (quoted && byteEnd - byteAt <= this.#limits.maxLineBytes && line.includes('"')) {
        const used = this.#quotedRow(text, at, bytes, byteAt, block, line, marks, isLast, rows);
        if (used === undefined) return byteAt;
        at = used.at;
        byteAt = used.byteAt;
        continue;
      }
      if (byteEnd - byteAt > this.#limits.maxLineBytes) rows.push(this.tooLong(block.subarray(byteAt, byteAt + 1024)));
      else if (line !== '')
        this.#push(splitPlain(line, this.#delimiter), 1, block, byteAt, byteEnd, marks, undefined, rows);
      this.#line++;
      at = lineEnd + 1;
      byteAt = byteEnd + 1;
    }
    return Math.min(byteAt, block.length);
  }

  /** The row that stands for a line nobody should hold in memory; the caller skips to its end. */
  tooLong(start: Buffer): SheetRow {
    const message = `第${this.#line}行超过${this.#limits.maxLineBytes}字节，整行未读：请检查换行是否丢失或引号是否成对`;
    return new CsvRow(this.#line, [], [{ code: 'line-too-long', message }], Buffer.from(start), 0, start.length);
  }

  /** Counts a line that was skipped. */
  skipLine(): void {
    this.#line++;
  }

  #quotedRow(
    text: string,
    at: number,
    bytes: string,
    byteAt: number,
    block: Buffer,
    line: string,
    marks: Marks,
    isLast: boolean,
    rows: SheetRow[],
  ): { at: number; byteAt: number } | undefined {
    const record = splitQuoted(text, at, { delimiter: this.#delimiter, feed: this.#feed }, this.#limits);
    if (record === 'incomplete' && !isLast) return undefined;
    const broken = typeof record === 'string';
    // A stray quote pairs with the next stray quote some lines on; the wrong width gives such a false record away.
    const falsePair = !broken && record.lines > 1 && this.#width !== undefined && record.cells.length !== this.#width;
    const lines = broken || falsePair ? 1 : record.lines;
    let byteEnd = indexOrEnd(bytes, this.#feed, byteAt);
    for (let more = 1; more < lines; more++) byteEnd = indexOrEnd(bytes, this.#feed, byteEnd + 1);
    if (broken || falsePair) {
      const fault = record === 'malformed' ? 'quote-malformed' : 'quote-unclosed';
      const cells = splitPlain(line, this.#delimiter);
      this.#push(cells, 1, block, byteAt, byteEnd, marks, quoteProblem(fault, this.#line), rows);
    } else this.#push(record.cells, lines, block, byteAt, byteEnd, marks, undefined, rows);
    this.#line += lines;
    const end = broken || falsePair ? indexOrEnd(text, this.#feed, at) : record.end;
    return { at: end + 1, byteAt: byteEnd + 1 };
  }

  #push(
    cells: string[],
    lines: number,
    block: Buffer,
    from: number,
    to: number,
    marks: Marks,
    quoteFault: RowProblem | undefined,
    rows: SheetRow[],
  ): void {
    if (cells[0]!.trim() === '' && isBlank(cells)) return;
    const line = this.#line;
    if (this.#width === undefined && line >= this.#headerLine) this.#width = cells.length;
    const judged = line >= this.#headerLine && quoteFault === undefined;
    const wide = judged && cells.length !== this.#width ? widthProblem(line, cells.length, this.#width) : undefined;
    if (wide === undefined && quoteFault === undefined && !marks.nul && marks.faults.size === 0) {
      rows.push(new CsvRow(line, cells, noProblems, block, from, to));
      return;
    }
    const problems: RowProblem[] = [];
    for (let each = line; each < line + lines; each++) {
      const fault = marks.faults.get(each);
      if (fault) problems.push(this.#encodingProblem(each, fault));
    }
    if (marks.nul && block.subarray(from, to).includes(0)) problems.push(nulProblem(line));
    if (quoteFault) problems.push(quoteFault);
    if (wide) problems.push(wide);
    rows.push(new CsvRow(line, cells, problems, block, from, to));
  }

  #decode(block: Buffer, bytes: string): { text: string; marks: Marks } {
    const nul = bytes.includes('\0');
    if (isAscii(block)) return { text: bytes, marks: { nul, faults: noFaults } };
    if (this.#undecided) {
      this.#undecided = false;
      this.#encoding = detectEncoding(block) === 'gb18030' ? 'gb18030' : 'utf-8';
    }
    const whole =
      this.#encoding === 'gb18030' ? decodeGb18030(block) : isUtf8(block) ? block.toString('utf8') : undefined;
    if (whole !== undefined) return { text: whole, marks: { nul, faults: noFaults } };
    return this.#decodeLines(block, bytes, nul);
  }

  #decodeLines(block: Buffer, bytes: string, nul: boolean): { text: string; marks: Marks } {
    const faults = new Map<number, 'other' | 'neither'>();
    const lines: string[] = [];
    let number = this.#line;
    for (let from = 0; from <= block.length; number++) {
      const end = indexOrEnd(bytes, this.#feed, from);
      const decoded = decodeLine(block.subarray(from, end), this.#encoding);
      if (decoded.fault) faults.set(number, decoded.fault);
      lines.push(decoded.text);
      from = end + 1;
    }
    return { text: lines.join(this.#feed), marks: { nul, faults } };
  }

  #encodingProblem(line: number, fault: 'other' | 'neither'): RowProblem {
    const own = encodingTitle[this.#encoding];
    const other = encodingTitle[this.#encoding === 'utf-8' ? 'gb18030' : 'utf-8'];
    const what =
      fault === 'other' ? `与全文编码不一致（全文${own}，本行${other}）` : `既不是${own}也不是${other}，有字符无法辨认`;
    return { code: 'encoding', message: `第${line}行编码${what}：请把文件统一另存为UTF-8后重新报送` };
  }
}

const noFaults: ReadonlyMap<number, 'other' | 'neither'> = new Map();

function quoteProblem(code: 'quote-unclosed' | 'quote-malformed', line: number): RowProblem {
  return code === 'quote-unclosed'
    ? { code, message: `第${line}行引号没有成对：请补上另一半引号，内容里的引号写成两个` }
    : { code, message: `第${line}行引号之后还有内容：引号须包住整个单元格，内容里的引号写成两个` };
}

const nulProblem = (line: number): RowProblem => ({
  code: 'nul',
  message: `第${line}行含有空字符（NUL）：文件可能损坏或传输中断，请重新导出`,
});

function indexOrEnd(text: string, search: string, from: number): number {
  const at = text.indexOf(search, from);
  return at === -1 ? text.length : at;
}
