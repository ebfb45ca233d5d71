import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { CsvBlocks } from './csv-blocks.ts';
import { type CsvDialect, detectDialect } from './csv-dialect.ts';
import { defaultLimits, type ReadOptions, type SheetRow } from './row.ts';

const chunkBytes = 1 << 20;
const sampleBytes = 1 << 16;

/**
 * Reads a CSV file or stream row by row, in batches; memory stays flat whatever the size.
 * Yields every row, the header first, bad rows with their problems; blank lines are left out.
 * Encoding, delimiter and line endings are found from the first bytes unless given. Throws only what the source throws.
 */
export async function* readCsv(source: string | Readable, options: ReadOptions = {}): AsyncGenerator<SheetRow[]> {
  const limits = { ...defaultLimits, ...options.limits };
  const totalBytes = typeof source === 'string' ? (await stat(source)).size : 0;
  const stream = typeof source === 'string' ? createReadStream(source, { highWaterMark: chunkBytes }) : source;
  const batchRows = options.batchRows ?? 1000;
  const chunks = transcoded(stream, options, (bytes) => options.onProgress?.({ bytes, totalBytes }));
  let reader: CsvBlocks | undefined;
  let feed = 10;
  let pending: Buffer = Buffer.alloc(0);
  let skipping = false;
  for await (const { chunk, dialect, isLast } of chunks) {
    if (!reader) {
      reader = new CsvBlocks(dialect, limits, options.headerLine ?? 1, options.columns);
      feed = dialect.newline === '\r' ? 13 : 10;
    }
    const rows: SheetRow[] = [];
    let bytes = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    if (skipping) {
      const at = bytes.indexOf(feed);
      if (at === -1) continue;
      reader.skipLine();
      skipping = false;
      bytes = bytes.subarray(at + 1);
    }
    const end = isLast ? bytes.length : bytes.lastIndexOf(feed) + 1;
    const used = end === 0 ? 0 : reader.read(bytes.subarray(0, end), isLast, rows);
    pending = bytes.subarray(used);
    if (end === 0 && pending.length > limits.maxLineBytes) {
      rows.push(reader.tooLong(pending.subarray(0, 1024)));
      pending = Buffer.alloc(0);
      skipping = true;
    }
    for (let from = 0; from < rows.length; from += batchRows) {
      yield from === 0 && rows.length <= batchRows ? rows : rows.slice(from, from + batchRows);
    }
  }
}

/** The dialect of a CSV file, from its first 64 KiB. */
export async function sniffCsv(path: string): Promise<CsvDialect> {
  const stream = createReadStream(path, { end: sampleBytes - 1, highWaterMark: sampleBytes });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return detectDialect(Buffer.concat(chunks));
}

type Chunk = { readonly chunk: Buffer; readonly dialect: CsvDialect; readonly isLast: boolean };

/** The stream's bytes without a byte-order mark, UTF-16 turned into UTF-8, the last chunk marked as such. */
async function* transcoded(
  stream: Readable,
  options: ReadOptions,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Chunk> {
  let dialect: CsvDialect | undefined;
  let decoder: TextDecoder | undefined;
  let held: Buffer = Buffer.alloc(0);
  let read = 0;
  for await (const piece of stream) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : (piece as Buffer);
    read += bytes.length;
    onBytes(read);
    if (!dialect) {
      held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      if (held.length < sampleBytes) continue;
    }
    const next: Buffer = dialect ? bytes : held;
    if (!dialect) {
      dialect = detectDialect(held.subarray(0, sampleBytes), options);
      decoder = utf16Decoder(dialect);
      held = decoder ? held : withoutMark(held);
    } else {
      // One chunk is held back, so that the last one can be told to the reader.
      yield { chunk: decoder ? Buffer.from(decoder.decode(held, { stream: true })) : held, dialect, isLast: false };
      held = next;
    }
  }
  if (!dialect) {
    dialect = detectDialect(held, options);
    decoder = utf16Decoder(dialect);
    held = decoder ? held : withoutMark(held);
  }
  yield { chunk: decoder ? Buffer.from(decoder.decode(held)) : held, dialect, isLast: true };
}

function utf16Decoder(dialect: CsvDialect): TextDecoder | undefined {
  return dialect.encoding.startsWith('utf-16') ? new TextDecoder(dialect.encoding) : undefined;
}

const withoutMark = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
