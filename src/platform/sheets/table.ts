import { type Day, daysBetween, parseDay } from '../../kernel/day.ts';
import type { Fen, MoneyUnit } from '../../kernel/money.ts';
import { formatDecimal, multiplyRatio, type Ratio, ratio } from '../../kernel/ratio.ts';
import type { SheetEncoding } from './row.ts';

/** What a column holds. `money` takes Fen, `percent` a Ratio, `day` a Day, `integer` a whole number or bigint. */
export type ColumnType = 'text' | 'money' | 'day' | 'integer' | 'percent';

/** `width` in characters (one 汉字 counts two); `whenNull` is printed where there is no value ('' unless given, e.g. '—'). */
export type Column = {
  readonly key: string;
  readonly title: string;
  readonly type: ColumnType;
  readonly width?: number;
  readonly whenNull?: string;
};

export type CellValue = string | number | bigint | Ratio | boolean | null | undefined;
export type TableRow = Readonly<Record<string, CellValue>>;

/**
 * A table to be written. `unit` is that of every money column (元); the caller says so in `footer`, e.g.
 * 「单位：万元　数据截至2024年9月30日　口径：……」. `encoding` and `delimiter` are for CSV (UTF-8 with mark, comma).
 */
export type Table = {
  readonly title?: string;
  readonly columns: readonly Column[];
  readonly rows: Iterable<TableRow> | AsyncIterable<TableRow>;
  readonly footer?: readonly string[];
  readonly unit?: MoneyUnit;
  readonly sheetName?: string;
  readonly encoding?: SheetEncoding;
  readonly delimiter?: string;
  /** Rows of one sheet, title and header included (1,048,576, the format's bound). */
  readonly maxSheetRows?: number;
};

const digitsOf: Record<MoneyUnit, number> = { 元: 2, 万元: 6, 亿元: 10 };

/** The amount as an exact decimal in the unit: 1234500n in 万元 is '1.2345'; 元 always has two decimals. */
export function moneyDecimal(amount: Fen, unit: MoneyUnit): string {
  const digits = digitsOf[unit];
  const size = (amount < 0n ? -amount : amount).toString().padStart(digits + 1, '0');
  const whole = size.slice(0, -digits);
  const fraction = unit === '元' ? size.slice(-digits) : size.slice(-digits).replace(/0+$/, '');
  return (amount < 0n ? '-' : '') + whole + (fraction === '' ? '' : `.${fraction}`);
}

/** The value as plain text, as CSV carries it; null gives `whenNull`. Throws TypeError on a value of another type. */
export function plainText(value: CellValue, column: Column, unit: MoneyUnit): string {
  if (value === null || value === undefined) return column.whenNull ?? '';
  switch (column.type) {
    case 'money':
      if (typeof value !== 'bigint') throw new TypeError(`金额列${column.title}的值不是Fen`);
      return moneyDecimal(value as Fen, unit);
    case 'percent':
      if (typeof value !== 'object') throw new TypeError(`比率列${column.title}的值不是Ratio`);
      return `${formatDecimal(multiplyRatio(value, ratio(100)), 8)}%`;
    case 'integer':
      if (typeof value !== 'bigint' && !Number.isSafeInteger(value))
        throw new TypeError(`整数列${column.title}的值不是整数`);
      return String(value);
    default:
      if (typeof value === 'object') throw new TypeError(`列${column.title}的值不是文字`);
      return String(value);
  }
}

/** Would a spreadsheet run this text as a formula? Plain signed numbers are harmless. */
export const isFormulaLike = (text: string): boolean =>
  /^[=+\-@\t\r＝＋－＠]/.test(text) && !/^[+-]?\d+(\.\d+)?%?$/.test(text);

/** Excel's serial number of a day; undefined before 1900-03-01, where its calendar is wrong, and for what is no day. */
export function serialOf(text: string): number | undefined {
  const found = parseDay(text);
  return found === undefined || found < '1900-03-01' ? undefined : daysBetween('1899-12-30' as Day, found);
}

/** How wide a text shows: 汉字 and full-width signs count two. */
export function showWidth(text: string): number {
  let width = 0;
  for (let i = 0; i < text.length; i++) width += text.charCodeAt(i) > 0x2e7f ? 2 : 1;
  return width;
}
