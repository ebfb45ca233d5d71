import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyReply } from 'fastify';
import type { Tx } from './db.ts';
import { sendFile } from './http.ts';
import { type CellValue, type Column, writeXlsx } from './sheets/index.ts';

/** One page of a list: `next` is the cursor of the following page, null on the last. */
export type Page<Row> = { rows: Row[]; next: string | null; total?: number | null };

export type ListSpec<Row, Wire> = {
  /** The workbook's name and title, e.g. '保函台账'. */
  readonly title: string;
  readonly columns: readonly Column[];
  /** Lines under the table: unit, as-of day, 口径. */
  readonly footer: readonly string[];
  /** Fetches one page by keyset. Rows carry Fen, Day and Ratio values, as the workbook's columns want them. */
  fetch(tx: Tx, after: string | undefined, limit: number): Promise<Page<Row>>;
  /** What crosses the wire for one row. */
  wire(row: Row): Wire;
};

type ListInput = {
  readonly query: { after?: string | undefined; limit: number; format: 'json' | 'xlsx' };
  readonly reply: FastifyReply;
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
};

const exportPage = 2000;
/** Rows of one export; beyond it the workbook says so instead of ending silently. */
export const exportRowsMax = 200_000;

/** Answers a list as one JSON page, or the whole of it as a workbook streamed from one snapshot. */
export async function answerList<Row extends object, Wire>(
  input: ListInput,
  spec: ListSpec<Row, Wire>,
): Promise<Page<Wire>> {
  if (input.query.format === 'json') {
    const page = await input.read((tx) => spec.fetch(tx, input.query.after, input.query.limit));
    return { ...page, rows: page.rows.map(spec.wire) };
  }
  const out = new PassThrough();
  sendFile(input.reply, `${spec.title}.xlsx`, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', out);
  const file = new PassThrough();
  await Promise.all([
    input.read(async (tx) => {
      await writeXlsx(file, {
        title: spec.title,
        columns: [...spec.columns],
        rows: everyRow(tx, spec),
        footer: [...spec.footer],
      });
    }),
    pipeline(file, out),
  ]);
  return undefined as never;
}

async function* everyRow<Row extends object, Wire>(
  tx: Tx,
  spec: ListSpec<Row, Wire>,
): AsyncGenerator<Record<string, CellValue>> {
  let after: string | undefined;
  for (let count = 0; count < exportRowsMax; ) {
    const page = await spec.fetch(tx, after, exportPage);
    for (const row of page.rows) yield row as Record<string, CellValue>;
    count += page.rows.length;
    if (page.next === null) return;
    after = page.next;
  }
  yield { [spec.columns[0]?.key ?? '']: `仅导出前 ${exportRowsMax} 行，请缩小筛选范围` };
}

/** An opaque cursor of the given key values. */
export const cursorOf = (...keys: readonly (string | number | bigint)[]): string =>
  Buffer.from(keys.map(String).join('\n')).toString('base64url');

/** The key values of a cursor; undefined when there is none or it is malformed (then the list starts over). */
export function keysOf(cursor: string | undefined, count: number): string[] | undefined {
  if (!cursor) return undefined;
  const keys = Buffer.from(cursor, 'base64url').toString().split('\n');
  return keys.length === count ? keys : undefined;
}
