import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';

/** SM3 (GB/T 32905-2016) of bytes, or of a text's UTF-8 bytes: 64 lower-case hex digits. */
export const sm3 = (content: Uint8Array | string): string => createHash('sm3').update(content).digest('hex');

/** SM3 of a stream, read to its end; memory stays flat. */
export async function sm3Stream(stream: Readable): Promise<string> {
  const hash = createHash('sm3');
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** SM3 of a file's bytes. Throws what the file system throws. */
export const sm3File = (path: string): Promise<string> => sm3Stream(createReadStream(path, { highWaterMark: 1 << 20 }));
