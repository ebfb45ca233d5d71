import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { copyField, copyInto, type Tx } from '../../platform/db.ts';

/** A line of COPY text. */
export const textLine = (fields: readonly (string | number | bigint | null | undefined)[]): string =>
  `${fields.map(copyField).join('\t')}\n`;

/** Streams lines into a table of this session in pieces of a few hundred kilobytes. */
export async function copyLines(tx: Tx, table: string, columns: string, lines: readonly string[]): Promise<void> {
  const stream = copyInto(tx, `${table} (${columns})`);
  const done = finished(stream);
  done.catch(() => {});
  for (let from = 0; from < lines.length; from += 2000) {
    if (!stream.write(lines.slice(from, from + 2000).join(''))) await Promise.race([once(stream, 'drain'), done]);
  }
  stream.end();
  await done;
}
