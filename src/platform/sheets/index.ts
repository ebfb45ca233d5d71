/** The public face of this folder; README.md says what each is for. */
export { countColumn, dayColumn, moneyColumn, textColumn } from './columns.ts';
export { detectEncoding } from './encoding.ts';
export { readCsv } from './read-csv.ts';
export { readSheet, type SheetKind, sniffSheet } from './read-sheet.ts';
export { readXlsx } from './read-xlsx.ts';
export { type RowVerdict, returnBadRows } from './return-bad-rows.ts';
export {
  defaultLimits,
  flattenHeader,
  isBlank,
  ownText,
  type ReadOptions,
  type RowProblem,
  type RowProblemCode,
  type SheetEncoding,
  type SheetLimits,
  type SheetRow,
} from './row.ts';
export type { CellValue, Column, ColumnType, Table, TableRow } from './table.ts';
export { writeCsv } from './write-csv.ts';
export { writeXlsx } from './write-xlsx.ts';
