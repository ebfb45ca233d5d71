import type { JudgedRow } from './judge.ts';
import { type BatchReader, type Chunk, chunksOf, type ReadRow } from './read.ts';
import type { Reference } from './reference.ts';
import { judgeRow } from './rules/row.ts';
import type { BatchRow } from './store.ts';

/** A chunk whose rows have been judged each by itself. */
export type JudgedChunk = { readonly chunk: Chunk; readonly rows: readonly JudgedRow[]; readonly reader: BatchReader };

/** The chunks of a batch's file after those that are done, each row judged by itself, in the file's order. */
export async function* judgedChunks(
  batch: Pick<BatchRow, 'path' | 'profile' | 'fileBytes' | 'chunkRows'>,
  reference: Reference,
  doneChunks: number,
): AsyncGenerator<JudgedChunk, undefined> {
  const { path, profile, fileBytes, chunkRows } = batch;
  const file = { path, profile, bytes: Number(fileBytes), chunkRows };
  for await (const { chunk, reader } of chunksOf(file, doneChunks)) {
    if (chunk.no <= doneChunks) continue;
    yield { chunk, rows: chunk.rows.map((row) => judgedRow(row, reference)), reader };
  }
}

/** A row judged by itself; one that cannot be read at all is no candidate. */
export function judgedRow(row: ReadRow, reference: Reference): JudgedRow {
  const isUnreadable = row.reasons.isRefused && row.values.contractNo === undefined;
  return { ...row, candidate: isUnreadable ? undefined : judgeRow(row.line, row.values, reference, row.reasons) };
}

/** Takes each in turn while the next is being made; what fails in the making is met when its turn comes. */
export async function takeAhead<T>(
  source: AsyncGenerator<T, undefined>,
  take: (each: T) => Promise<void>,
): Promise<void> {
  let next = source.next();
  for (;;) {
    const { value, done } = await next;
    if (done) return;
    next = source.next();
    // Until then it must not end the process.
    next.catch(() => {});
    await take(value);
  }
}
