import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Refused } from '../../kernel/refusal.ts';
import { type SheetKind, sniffSheet } from '../../platform/sheets/index.ts';

/** The largest file that is taken: 4 GiB. */
export const fileBytesMax = 4 * 2 ** 30;

/** Where files are kept: under DATA_DIR, as everything else of this installation. */
export const filesFolder = (): string => path.resolve(process.env.DATA_DIR || '.data', 'files', 'imports');

/** A file on disk under its hash, judged by its content. */
export type KeptFile = {
  readonly path: string;
  readonly hash: string;
  readonly bytes: number;
  readonly sheet: SheetKind;
};

/**
 * Streams a file to disk, hashing as it goes (SM3); memory stays flat whatever its size.
 * Refused when it is too large, empty, or no table; then nothing is left behind.
 */
export async function keepFile(source: Readable, folder = filesFolder(), bytesMax = fileBytesMax): Promise<KeptFile> {
  await mkdir(folder, { recursive: true });
  const temporary = path.join(folder, `.${randomUUID()}.part`);
  const hash = createHash('sm3');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        const message = `文件超过 ${Math.round(bytesMax / 2 ** 20)} MB 上限：请按年份或机构拆成几个文件`;
        done(new Refused({ code: 'file-too-large', message }, 413));
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(source, measure, createWriteStream(temporary, { mode: 0o600 }));
    if (bytes === 0) throw new Refused({ code: 'file-empty', message: '文件是空的：请重新导出' });
    const sheet = await sniffSheet(temporary);
    const digest = hash.digest('hex');
    const kept = path.join(folder, digest);
    await rename(temporary, kept);
    return { path: kept, hash: digest, bytes, sheet };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** As `keepFile`, for a file that is on this machine already: it is read where it lies, not copied. */
export async function judgeFile(file: string): Promise<KeptFile> {
  const absolute = path.resolve(file);
  const found = await stat(absolute).catch(() => undefined);
  if (!found?.isFile()) throw new Refused({ code: 'file-missing', message: `没有这个文件：${file}` }, 404);
  if (found.size === 0) throw new Refused({ code: 'file-empty', message: '文件是空的：请重新导出' });
  const sheet = await sniffSheet(absolute);
  const hash = createHash('sm3');
  for await (const chunk of createReadStream(absolute, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return { path: absolute, hash: hash.digest('hex'), bytes: found.size, sheet };
}
