import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { publicKeyOf, sm3, sm3File } from './crypto/index.ts';

/** What of DATA_DIR a backup holds: what people handed in and what was issued. Keys, database and stand-ins are no part of it. */
const kept = ['attachments', 'documents', 'files'] as const;
const listName = 'files.txt';

/** How a manifest tells of the files: how many, and the hash of the list that names each with its own hash. */
export type FilesCopy = { readonly count: number; readonly bytes: number; readonly listSm3: string };
/** A key that is kept apart from the backup, by its name and a fingerprint that betrays nothing of it. */
export type KeyMark = { readonly name: string; readonly fingerprint: string };
export type FilesReport = FilesCopy & {
  /** Files whose content is no longer that of their name: copied as they are, for somebody to look into. */
  readonly damaged: readonly string[];
};

/**
 * Copies the files of a data folder beside the tables, each hashed as it goes; `files.txt` names them. A row of the database is written
 * after its file, so a snapshot of the database taken before this names no file that is not copied.
 */
export async function copyFilesOut(dataDir: string, folder: string): Promise<FilesReport> {
  const list = await open(join(folder, listName), 'wx', 0o600);
  const listHash = createHash('sm3');
  const damaged: string[] = [];
  let [count, bytes] = [0, 0];
  try {
    for (const top of kept)
      for await (const path of filesUnder(dataDir, top)) {
        const copied = await copyHashed(join(dataDir, path), join(folder, 'data', path));
        const name = basename(path);
        if (/^[0-9a-f]{64}$/.test(name) && name !== copied.sm3) damaged.push(path);
        const line = `${copied.sm3} ${copied.bytes} ${path}\n`;
        listHash.update(line);
        await list.write(line);
        count += 1;
        bytes += copied.bytes;
      }
    await list.sync();
  } finally {
    await list.close();
  }
  return { count, bytes, listSm3: listHash.digest('hex'), damaged };
}

/** What is wrong with the files of a backup against its list, the first hundred; empty when all is well. */
export async function faultsOfFiles(folder: string, { listSm3, count }: FilesCopy): Promise<string[]> {
  const list = join(folder, listName);
  if ((await sm3File(list).catch(() => '')) !== listSm3) return [`${listName} 缺失或被改动`];
  const faults: string[] = [];
  let seen = 0;
  for await (const { path, sm3: said } of listed(list)) {
    seen += 1;
    const found = await sm3File(join(folder, 'data', path)).catch(() => undefined);
    if (found === undefined) faults.push(`${path} 缺失`);
    else if (found !== said) faults.push(`${path} 被改动`);
    if (faults.length >= 100) break;
  }
  if (faults.length === 0 && seen !== count) faults.push(`${listName} 应有 ${count} 个文件，实有 ${seen} 个`);
  return faults;
}

/** Puts the files of a backup into a data folder; one that is there already with the same content is left alone. Answers how many. */
export async function copyFilesIn(folder: string, dataDir: string): Promise<number> {
  let copied = 0;
  for await (const { path, sm3: said } of listed(join(folder, listName))) {
    const target = join(dataDir, path);
    if ((await sm3File(target).catch(() => undefined)) === said) continue;
    const aside = `${target}.part`;
    await copyHashed(join(folder, 'data', path), aside);
    await rename(aside, target);
    copied += 1;
  }
  return copied;
}

/** The keys of a data folder, which no backup holds: whoever has both could forge every seal. */
export async function keysOf(dataDir: string): Promise<KeyMark[]> {
  const folder = join(dataDir, 'keys');
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.(sm2key|key)$/.test(name)).sort();
  const marks: KeyMark[] = [];
  for (const name of names) {
    const secret = (await readFile(join(folder, name), 'utf8')).trim();
    const shown = name.endsWith('.sm2key') ? publicKeyOf(secret) : `rongdan-key-mark ${secret}`;
    marks.push({ name, fingerprint: sm3(shown).slice(0, 16) });
  }
  return marks;
}

async function* filesUnder(dataDir: string, path: string): AsyncGenerator<string> {
  const entries = await readdir(join(dataDir, path), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    // What is still arriving begins with a dot.
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) yield* filesUnder(dataDir, `${path}/${entry.name}`);
    else if (entry.isFile()) yield `${path}/${entry.name}`;
  }
}

async function* listed(list: string): AsyncGenerator<{ sm3: string; path: string }> {
  for await (const line of createInterface({ input: createReadStream(list) })) {
    const [, hash = '', path = ''] = /^([0-9a-f]{64}) \d+ (.+)$/.exec(line) ?? [];
    // A list that was tampered with must not write outside the folder.
    if (!kept.some((top) => path.startsWith(`${top}/`)) || path.split('/').includes('..'))
      throw new RangeError(`文件清单里的路径不对：${path.slice(0, 80)}`);
    yield { sm3: hash, path };
  }
}

async function copyHashed(from: string, to: string): Promise<{ sm3: string; bytes: number }> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const digest = createHash('sm3');
  const measure = new Transform({
    transform(chunk: Buffer, _, done) {
      digest.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(createReadStream(from), measure, createWriteStream(to, { mode: 0o600, flush: true }));
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
  return { sm3: digest.digest('hex'), bytes: (await stat(to)).size };
}
