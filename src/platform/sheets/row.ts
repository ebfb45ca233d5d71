import { type Refusal, Refused } from '../../kernel/refusal.ts';

/** What can be wrong with the shape of a row, before anybody asks what it means. Stable codes. */
export type RowProblemCode =
  | 'column-count'
  | 'quote-unclosed'
  | 'quote-malformed'
  | 'encoding'
  | 'nul'
  | 'line-too-long'
  | 'cell-too-long'
  | 'cell-error'
  | 'formula-uncached'
  | 'number-precision';

/** One fault of one row: the message names the row and the remedy; `column` is 0-based where one cell is at fault. */
export type RowProblem = { readonly code: RowProblemCode; readonly message: string; readonly column?: number };

/**
 * One row of a file. `line` is the physical line it starts on (CSV) or its row number in the sheet (XLSX), 1-based.
 * `raw` holds its bytes as they stand in the file, without the line ending (CSV only).
 * Cells are views on the chunk they came from: keep single cells beyond their batch only through `ownText`.
 */
export type SheetRow = {
  readonly line: number;
  readonly cells: readonly string[];
  readonly problems: readonly RowProblem[];
  readonly raw?: Buffer;
};

export type SheetEncoding = 'utf-8' | 'utf-8-bom' | 'gb18030' | 'utf-16le' | 'utf-16be';

/** Bounds that keep memory flat whatever the file holds; the defaults suit files people really exchange. */
export type SheetLimits = {
  /** Longest physical CSV line, bytes (1 MiB). Beyond it the line is refused and skipped. */
  readonly maxLineBytes: number;
  /** Lines and characters one quoted CSV record may span (50; 65,536): what lies beyond is an unclosed quote. */
  readonly maxRecordLines: number;
  readonly maxRecordChars: number;
  /** Longest XLSX cell, characters (32,767, the format's own bound). */
  readonly maxCellChars: number;
  /** XLSX columns read (1,024). */
  readonly maxColumns: number;
  /** XLSX package: entries (2,000), bytes unpacked in all (8 GiB), unpacked ÷ packed of one entry above 10 MB (250). */
  readonly maxEntries: number;
  readonly maxUnpackedBytes: number;
  readonly maxRatio: number;
  /** Bytes of distinct shared strings held outside the heap (512 MiB). */
  readonly maxSharedStringBytes: number;
};

/** The bounds of `SheetLimits` where the caller names none. */
export const defaultLimits: SheetLimits = {
  maxLineBytes: 1 << 20,
  maxRecordLines: 50,
  maxRecordChars: 65_536,
  maxCellChars: 32_767,
  maxColumns: 1_024,
  maxEntries: 2_000,
  maxUnpackedBytes: 8 * 2 ** 30,
  maxRatio: 250,
  maxSharedStringBytes: 512 * 2 ** 20,
};

export type ReadOptions = {
  /** CSV: overrides detection. */
  readonly encoding?: SheetEncoding;
  readonly delimiter?: string;
  /** Line of the column titles, 1-based (1). Rows above it are yielded without judging their width. */
  readonly headerLine?: number;
  /** Columns every row must have; by default as many as the header row has. */
  readonly columns?: number;
  /** Rows per batch (1,000). */
  readonly batchRows?: number;
  /** XLSX: name or 0-based index of the sheet (0). */
  readonly sheet?: string | number;
  readonly limits?: Partial<SheetLimits>;
  /** Called after each chunk; for XLSX bytes are those of the unpacked sheet. */
  readonly onProgress?: (progress: { readonly bytes: number; readonly totalBytes: number }) => void;
};

/** A copy of the cell that does not keep the chunk it was cut from in memory. */
export const ownText = (cell: string): string => Buffer.from(cell, 'utf16le').toString('utf16le');

/** Is there no text at all in this row? */
export const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');

/** The problems of a sound row: one list for all of them. */
export const noProblems: readonly RowProblem[] = Object.freeze([]);

/** The fault of a row that has another number of cells than the header; undefined when it has as many. */
export function widthProblem(line: number, actual: number, expected: number | undefined): RowProblem | undefined {
  if (expected === undefined || actual === expected) return undefined;
  const remedy = actual > expected ? '内容里的分隔符须加引号，或删去多余的列' : '请补齐缺少的列，空值也要保留分隔符';
  return { code: 'column-count', message: `第${line}行应有${expected}列，实有${actual}列：${remedy}` };
}

/** A file-level "no" ready to throw. */
export function refuseFile(code: string, message: string, figures?: Refusal['figures']): Refused {
  return new Refused(figures ? { code, message, figures } : { code, message });
}

/** Puts several header rows into one: parents are carried right over the blanks of a merged cell, 「借款人/证件号」. */
export function flattenHeader(rows: readonly (readonly string[])[]): string[] {
  const last = rows.at(-1) ?? [];
  const width = Math.max(0, ...rows.map((row) => row.length));
  const carried = rows.slice(0, -1).map((row) => {
    let parent = '';
    return Array.from({ length: width }, (_, column) => {
      const own = (row[column] ?? '').trim();
      if (own !== '') parent = own;
      return parent;
    });
  });
  return Array.from({ length: width }, (_, column) => {
    const own = (last[column] ?? '').trim();
    const parents = rows.slice(0, -1).map((row, level) => {
      const text = (row[column] ?? '').trim();
      return text !== '' || own !== '' ? (carried[level]?.[column] ?? '') : '';
    });
    return [...parents, own].filter((text, index, all) => text !== '' && text !== all[index - 1]).join('/');
  });
}
