import { createWriteStream } from 'node:fs';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';

/** Bytes going to a file or stream one after another, waiting when the reader is slower. */
export class Sink {
  readonly #stream: Writable;
  #bytes = 0;
  #failure: Error | undefined;
  constructor(out: string | Writable) {
    this.#stream = out instanceof Writable ? out : createWriteStream(out);
    this.#stream.on('error', (error) => {
      this.#failure = error;
    });
  }
  get bytes(): number {
    return this.#bytes;
  }
  async write(piece: Buffer): Promise<void> {
    if (this.#failure) throw this.#failure;
    this.#bytes += piece.length;
    if (this.#stream.write(piece)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        for (const event of ['drain', 'close', 'error']) this.#stream.off(event, done);
        resolve();
      };
      for (const event of ['drain', 'close', 'error']) this.#stream.once(event, done);
    });
    if (this.#failure) throw this.#failure;
    if (this.#stream.destroyed) throw new Error('输出已中断');
  }
  async end(): Promise<void> {
    if (this.#failure) throw this.#failure;
    this.#stream.end();
    await finished(this.#stream, { readable: false });
  }
  /** Breaks off, so that a half-written file is not taken for a whole one. */
  abort(): void {
    this.#stream.destroy();
  }
}

type Written = { name: string; crc: number; packed: number; unpacked: number; offset: number };

/** Writes a ZIP as a stream, one entry after another. Entries and the whole stay below 4 GiB, else RangeError. */
export class ZipWriter {
  readonly #sink: Sink;
  readonly #entries: Written[] = [];
  constructor(sink: Sink) {
    this.#sink = sink;
  }

  async entry(name: string, pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>): Promise<void> {
    const written: Written = { name, crc: 0, packed: 0, unpacked: 0, offset: this.#sink.bytes };
    await this.#sink.write(localHeader(name));
    const deflate = createDeflateRaw({ level: 4, memLevel: 9 });
    const packing = (async () => {
      for await (const packed of deflate) {
        written.packed += (packed as Buffer).length;
        await this.#sink.write(packed as Buffer);
      }
    })();
    // Its failure is met by the await below; until then it must not count as unhandled.
    packing.catch(() => deflate.destroy());
    try {
      for await (const piece of pieces) {
        const bytes = Buffer.from(piece);
        written.crc = crc32(bytes, written.crc);
        written.unpacked += bytes.length;
        if (!deflate.write(bytes)) await drained(deflate);
        if (deflate.destroyed) break;
      }
    } catch (error) {
      deflate.destroy();
      throw error;
    }
    deflate.end();
    await packing;
    if (written.unpacked > 0xffff_fffe || this.#sink.bytes > 0xffff_fffe)
      throw new RangeError('工作簿超过4GB，请改用CSV导出');
    await this.#sink.write(descriptor(written));
    this.#entries.push(written);
  }

  async end(): Promise<void> {
    const start = this.#sink.bytes;
    for (const entry of this.#entries) await this.#sink.write(centralHeader(entry));
    const tail = Buffer.alloc(22);
    tail.writeUInt32LE(0x06054b50, 0);
    tail.writeUInt16LE(this.#entries.length, 8);
    tail.writeUInt16LE(this.#entries.length, 10);
    tail.writeUInt32LE(this.#sink.bytes - start, 12);
    tail.writeUInt32LE(start, 16);
    await this.#sink.write(tail);
    await this.#sink.end();
  }
}

// Bit 3: sizes follow the data. Bit 11: names are UTF-8.
const flags = 0x0808;
const epochDate = 0x21; // 1980-01-01: the same rows give the same bytes

function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.once('drain', done);
    stream.once('close', done);
  });
}

function localHeader(name: string): Buffer {
  const title = Buffer.from(name);
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(flags, 6);
  head.writeUInt16LE(8, 8);
  head.writeUInt16LE(epochDate, 12);
  head.writeUInt16LE(title.length, 26);
  return Buffer.concat([head, title]);
}

function descriptor(entry: Written): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(entry.crc, 4);
  bytes.writeUInt32LE(entry.packed, 8);
  bytes.writeUInt32LE(entry.unpacked, 12);
  return bytes;
}

function centralHeader(entry: Written): Buffer {
  const title = Buffer.from(entry.name);
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(20, 6);
  head.writeUInt16LE(flags, 8);
  head.writeUInt16LE(8, 10);
  head.writeUInt16LE(epochDate, 14);
  head.writeUInt32LE(entry.crc, 16);
  head.writeUInt32LE(entry.packed, 20);
  head.writeUInt32LE(entry.unpacked, 24);
  head.writeUInt16LE(title.length, 28);
  head.writeUInt32LE(entry.offset, 42);
  return Buffer.concat([head, title]);
}
