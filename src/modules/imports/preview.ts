import { fen, formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Db } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { readSheet, type SheetEncoding, type SheetRow } from '../../platform/sheets/index.ts';
import { loadBook } from './book.ts';
import { decideChunk, keysOf, readRow } from './chunk.ts';
import type { ImportProfile, Reason, Verdict } from './contract.ts';
import { KeyIndex } from './key-index.ts';
import { headerReader, readOptions } from './pass.ts';
import { Reference } from './reference.ts';
import type { FileRow } from './store.ts';

const previewRows = 20;

/** The column titles and first rows of a file, with the faults of their shape. */
export async function previewFile(
  file: { readonly path: string },
  query: { headerLine: number; sheet?: string | undefined; encoding?: SheetEncoding | undefined },
) {
  const { headerLine, sheet, encoding } = query;
  const options = { headerLine, ...(sheet ? { sheet } : {}), ...(encoding ? { encoding } : {}) };
  const [header, ...rows] = await sheetRows(file.path, options, previewRows + 1);
  if (!header) throw new Refused({ code: 'file-empty', message: '文件没有标题行：请核对标题所在行' });
  return {
    columns: header.cells.map((cell) => cell.trim()),
    rows: rows.map(({ line, cells, problems }) => ({
      line,
      cells: [...cells],
      problems: problems.map(({ message }) => message),
    })),
  };
}

/** What a profile, stored or not, would make of the first rows of a file. Writes nothing. */
export async function tryProfile(
  db: Db,
  context: Context,
  file: FileRow,
  profile: ImportProfile,
  count: number,
): Promise<{ line: number; verdict: Verdict; values: Record<string, string>; reasons: Reason[] }[]> {
  const [header, ...cells] = await sheetRows(file.path, readOptions(profile), count + 1);
  if (!header) throw new Refused({ code: 'file-empty', message: '文件没有标题行：请核对标题所在行' });
  const reader = headerReader(profile, header);
  const rows = cells.map((row) => readRow(row, reader));
  const reference = await db.read(context.actor, (tx) => Reference.load(tx, file.guarantorId, profile));
  const texts = (field: string) =>
    new Set(rows.flatMap(({ values }) => (typeof values[field] === 'string' ? values[field] : [])));
  const pass = { db, context, guarantorId: file.guarantorId, isDryRun: true };
  if (profile.target === 'guarantee') await reference.register(pass, texts('bank'), texts('product'));
  const { contractNos, identityNos } = keysOf(rows);
  const book = await loadBook(db, context, file.guarantorId, contractNos, identityNos);
  const chunk = { no: 1, rows, lastLine: rows.at(-1)?.line ?? 1, bytes: 0 };
  const carried = { contracts: new Map(), customers: new Map(), lines: new KeyIndex() };
  const decided = decideChunk(chunk, profile, reader, reference, book, carried, context.clock.today());
  const verdicts = new Map(decided.verdicts.map((each) => [each.line, each]));
  return rows.map(({ line, values }) => {
    const held = verdicts.get(line);
    const shown = Object.entries(values).flatMap(([field, value]) =>
      value === undefined ? [] : [[field, show(value)] as const],
    );
    return {
      line,
      verdict: held?.verdict ?? 'accepted',
      values: Object.fromEntries(shown),
      reasons: [...(held?.reasons ?? [])],
    };
  });
}

const show = (value: string | number | bigint): string =>
  typeof value === 'bigint' ? formatYuan(fen(value)) : String(value);

/** The header and first rows of a file, at most `count`. */
export async function sheetRows(
  path: string,
  options: Parameters<typeof readSheet>[1] & { headerLine: number },
  count: number,
): Promise<SheetRow[]> {
  const rows: SheetRow[] = [];
  for await (const batch of readSheet(path, options)) {
    for (const row of batch) {
      if (row.line < options.headerLine) continue;
      rows.push(row);
      if (rows.length === count) return rows;
    }
  }
  return rows;
}
