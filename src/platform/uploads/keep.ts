import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Refused } from '../../kernel/refusal.ts';
import { sm3, sm3File } from '../crypto/index.ts';
import { type FileType, typeByName, typeOfFile, typeTitles } from './sniff.ts';
import { virusFound, virusWatch } from './test-virus.ts';

/** The largest upload: 200 MB. */
export const uploadBytesMax = 200 * 2 ** 20;

/** A file on disk under its SM3, of a type known by its content. `name`: as given, without path or control characters. */
export type KeptUpload = {
  readonly path: string;
  readonly sm3: string;
  readonly bytes: number;
  readonly type: FileType;
  readonly name: string;
};

/**
 * Streams an upload to disk, hashing and watching as it goes; memory stays flat. Refused when it is empty, too large (at the limit,
 * not after it), not one of the types, not what its name says, or carries the test virus; then nothing is left behind.
 */
export async function keepUpload(
  source: Readable,
  options: { readonly folder: string; readonly name: string; readonly bytesMax?: number },
): Promise<KeptUpload> {
  const name = cleanName(options.name);
  const said = typeByName(name);
  if (!said) throw unknownName(name);
  const temporary = join(options.folder, `.${randomUUID()}.part`);
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const hash = createHash('sm3');
  const measure = new Measure(hash, options.bytesMax ?? uploadBytesMax);
  try {
    await pipeline(source, measure, createWriteStream(temporary, { mode: 0o600, flush: true }));
    if (measure.bytes === 0) throw refuse('file-empty', '文件是空的：请确认已保存后再上传');
    const type = await typeOfFile(temporary);
    if (type !== said) throw refuse('file-type-differs', differs(name, said, type));
    const digest = hash.digest('hex');
    const path = pathOf(options.folder, digest);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rename(temporary, path);
    return { path, sm3: digest, bytes: measure.bytes, type, name };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

type Hash = ReturnType<typeof createHash>;
type Done = (error?: Error | null, piece?: Buffer) => void;

class Measure extends Transform {
  bytes = 0;
  readonly #hash: Hash;
  readonly #max: number;
  readonly #finds = virusWatch();

  constructor(hash: Hash, max: number) {
    super();
    this.#hash = hash;
    this.#max = max;
  }

  override _transform(piece: Buffer, _encoding: string, done: Done) {
    this.bytes += piece.length;
    if (this.bytes > this.#max) {
      const limit = `${Math.floor(this.#max / 2 ** 20)} MB`;
      done(refuse('file-too-large', `文件超过 ${limit}：请压缩图片或拆成几份再上传`, 413));
    } else if (this.#finds(piece)) {
      done(virusFound());
    } else {
      this.#hash.update(piece);
      done(null, piece);
    }
  }
}

const refuse = (code: string, message: string, status = 422): Refused =>
  new Refused({ code, field: 'file', message }, status);

const differs = (name: string, said: FileType, type: FileType): string =>
  `「${name}」按扩展名是 ${typeTitles[said]}，内容却是 ${typeTitles[type]}：请用正确的扩展名重新保存后上传`;

const unknownName = (name: string): Refused =>
  refuse('file-name-refused', `「${name}」的扩展名不在可上传之列：只收 .pdf、.jpg、.png、.docx、.xlsx、.ofd`);

function cleanName(name: string): string {
  const base =
    name
      .split(/[/\\]/)
      .at(-1)!
      .replace(/[\p{Cc}\p{Cf}]/gu, '')
      .trim() || '未命名';
  if (base.length <= 200) return base;
  const ending = /\.[^.]{1,10}$/.exec(base)?.[0] ?? '';
  return base.slice(0, 200 - ending.length) + ending;
}

/** Where content of this hash lies. */
export function pathOf(folder: string, digest: string): string {
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new RangeError('SM3须为64位十六进制小写');
  return join(folder, digest.slice(0, 2), digest);
}

/** Keeps bytes the program made itself, flushed to disk, under their SM3; returns it. */
export async function keepBytes(folder: string, bytes: Uint8Array): Promise<string> {
  const digest = sm3(bytes);
  const path = pathOf(folder, digest);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${randomUUID()}.part`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  return digest;
}

/** The bytes of this hash, checked against it. Throws when they are missing or were altered on disk. */
export async function readKept(folder: string, digest: string): Promise<Buffer> {
  const bytes = await readFile(pathOf(folder, digest));
  if (sm3(bytes) !== digest) throw new Error(`文件与登记的摘要不符，可能已损坏：${digest.slice(0, 12)}`);
  return bytes;
}

/** What is wrong with what was kept under this hash: gone, or altered on disk; undefined when it is as it was. Memory stays flat. */
export async function faultOfKept(folder: string, digest: string): Promise<'缺失' | '被改动' | undefined> {
  try {
    return (await sm3File(pathOf(folder, digest))) === digest ? undefined : '被改动';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '缺失';
    throw error;
  }
}
