import type { RowProblem } from './row.ts';

/** How a cell style shows a number. */
export type NumberKind = 'number' | 'date' | 'percent';

/** What a number format (built-in id, or custom code) makes of a number. */
export function numberKind(formatId: number, code: string | undefined): NumberKind {
  if (code === undefined) {
    if (formatId === 9 || formatId === 10) return 'percent';
    const isDate =
      (formatId >= 14 && formatId <= 22) ||
      (formatId >= 27 && formatId <= 36) ||
      (formatId >= 45 && formatId <= 47) ||
      (formatId >= 50 && formatId <= 58);
    return isDate ? 'date' : 'number';
  }
  const bare = code.replace(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '');
  if (bare.includes('%')) return 'percent';
  return /[ymdhs年月日时分秒]/i.test(bare.replace(/general/gi, '')) ? 'date' : 'number';
}

/**
 * A serial number of the 1900 or 1904 date system as 'YYYY-MM-DD', with ' HH:MM:SS' when there is a time of day, or
 * the time alone below 1. Serial 60 is the day that never was: '1900-02-29', left for the importer to refuse.
 * Undefined outside 1900–9999.
 */
export function showSerial(serial: number, is1904: boolean): string | undefined {
  // Whole days repeat over and over down a column, and making a date is the dearest step of reading a cell.
  if (!Number.isInteger(serial)) return reckonSerial(serial, is1904);
  const key = is1904 ? serial + 1462 : serial;
  let shown = knownDays.get(key);
  if (shown === undefined) {
    shown = reckonSerial(serial, is1904);
    if (shown !== undefined && knownDays.size < 100_000) knownDays.set(key, shown);
  }
  return shown;
}

const knownDays = new Map<number, string>();

function reckonSerial(serial: number, is1904: boolean): string | undefined {
  const seconds = Math.round(serial * 86_400);
  let days = Math.floor(seconds / 86_400);
  const rest = seconds - days * 86_400;
  const time = new Date(rest * 1000).toISOString().slice(11, 19);
  if (serial >= 0 && serial < 1 && !is1904 && rest !== 0) return time;
  if (is1904) days += 1462;
  if (days < 1 || days > 2_958_465) return undefined;
  const epoch = days < 60 ? days - 25_568 : days - 25_569;
  const date = days === 60 ? '1900-02-29' : new Date(epoch * 86_400_000).toISOString().slice(0, 10);
  return rest === 0 ? date : `${date} ${time}`;
}

/** A stored number as people see it: a plain decimal of at most 15 significant digits, without binary noise. */
export function showNumber(stored: string): string | undefined {
  if (/^-?(0|[1-9]\d{0,14})$/.test(stored)) return stored;
  const value = Number(stored);
  if (stored.trim() === '' || !Number.isFinite(value)) return undefined;
  return plain(Number(value.toPrecision(15)));
}

/** A whole number of 16 digits or more: the spreadsheet has already replaced its tail by zeros (证件号、账号). */
export function lostDigits(stored: string): boolean {
  const value = Math.abs(Number(stored));
  return value >= 1e15 && Number.isInteger(value);
}

/** 0.008 → '0.8%', exactly on the decimal text. */
export function showPercentNumber(stored: string): string | undefined {
  const value = Number(stored);
  return Number.isFinite(value) ? `${plain(Number((value * 100).toPrecision(15)))}%` : undefined;
}

/** '_x000D_' and its like, as spreadsheets write characters XML cannot hold. */
export const unescapeText = (text: string): string =>
  text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;

/** 'BC12' → 54, the 0-based column; -1 when there is no column letter. */
export function columnOf(reference: string): number {
  let column = 0;
  for (let i = 0; i < reference.length; i++) {
    const code = reference.charCodeAt(i) & ~32;
    if (code < 65 || code > 90) break;
    column = column * 26 + (code - 64);
  }
  return column - 1;
}

/** 54 → 'BC'. */
export function columnName(column: number): string {
  const rest = column % 26;
  const own = String.fromCharCode(65 + rest);
  return column < 26 ? own : columnName((column - rest) / 26 - 1) + own;
}

/** The problem of one cell, naming row and column as the spreadsheet does. */
export function cellProblem(code: RowProblem['code'], line: number, column: number, what: string): RowProblem {
  return { code, column, message: `第${line}行${columnName(column)}列${what}` };
}

function plain(value: number): string {
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = '', head = '', tail = '', exponent = '0'] = match;
  const shift = Number(exponent);
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - 1)}${head}${tail}`;
  return sign + head + tail.padEnd(shift, '0');
}
