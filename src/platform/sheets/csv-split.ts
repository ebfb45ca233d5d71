import type { SheetLimits } from './row.ts';

/** One record cut out of a text: where it ends (the index of its line ending), and how many lines it spans. */
export type SplitRecord = { readonly cells: string[]; readonly end: number; readonly lines: number };

/** Why a quoted record could not be read: `incomplete` means the text ended while more may still come. */
export type SplitFailure = 'unclosed' | 'malformed' | 'incomplete';

/** Cuts a line that holds no quotes. The hot path: no allocation but the cells. */
export function splitPlain(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  let from = 0;
  for (let at = line.indexOf(delimiter); at !== -1; at = line.indexOf(delimiter, from)) {
    cells.push(line.slice(from, at));
    from = at + 1;
  }
  cells.push(line.slice(from));
  return cells;
}

/**
 * Cuts one record that holds quotes, beginning at `from`. A quote opens only at the start of a cell; elsewhere it is
 * an ordinary character. A doubled quote stands for one. A quoted cell may span lines up to the limits: a quote that
 * does not close within them is `unclosed`, so that it cannot swallow the rest of the file.
 */
export function splitQuoted(
  text: string,
  from: number,
  dialect: { readonly delimiter: string; readonly feed: string },
  limits: SheetLimits,
): SplitRecord | SplitFailure {
  const { delimiter, feed } = dialect;
  const cells: string[] = [];
  let lineEnd = endOfLine(text, from, feed);
  let lines = 1;
  let at = from;
  for (;;) {
    if (text[at] === '"') {
      const cell = quotedCell(text, at + 1, from + limits.maxRecordChars);
      if (typeof cell === 'string') return cell;
      cells.push(cell.text);
      at = cell.after;
      while (at > lineEnd) {
        lineEnd = endOfLine(text, lineEnd + 1, feed);
        if (++lines > limits.maxRecordLines) return 'unclosed';
      }
      while (text[at] === ' ' && delimiter !== ' ') at++;
      const ends = at >= lineEnd || (text[at] === '\r' && at + 1 === lineEnd);
      if (ends) return { cells, end: lineEnd, lines };
      if (text[at] !== delimiter) return 'malformed';
    } else {
      const found = text.indexOf(delimiter, at);
      if (found === -1 || found >= lineEnd) {
        const end = text[lineEnd - 1] === '\r' && lineEnd > at ? lineEnd - 1 : lineEnd;
        cells.push(text.slice(at, end));
        return { cells, end: lineEnd, lines };
      }
      cells.push(text.slice(at, found));
      at = found;
    }
    at++;
  }
}

function quotedCell(
  text: string,
  from: number,
  limit: number,
): { text: string; after: number } | 'unclosed' | 'incomplete' {
  let value = '';
  let start = from;
  for (;;) {
    const quote = text.indexOf('"', start);
    if (quote === -1) return text.length > limit ? 'unclosed' : 'incomplete';
    if (quote > limit) return 'unclosed';
    if (text[quote + 1] !== '"') return { text: value + text.slice(start, quote), after: quote + 1 };
    value += text.slice(start, quote + 1);
    start = quote + 2;
  }
}

function endOfLine(text: string, from: number, feed: string): number {
  const at = text.indexOf(feed, from);
  return at === -1 ? text.length : at;
}
