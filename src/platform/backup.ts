import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { copyFilesIn, copyFilesOut, type FilesCopy, faultsOfFiles, type KeyMark, keysOf } from './backup-files.ts';

type TableCopy = {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly sm3: string;
};
type Manifest = {
  readonly format: 'rongdan-backup/2';
  readonly migrations: readonly string[];
  readonly tables: readonly TableCopy[];
  readonly files: FilesCopy;
  /** The keys that were there and are kept apart. */
  readonly keys: readonly KeyMark[];
};

/** What a backup did. `keys`: what it leaves out on purpose; `damaged`: files that are not what their name says. */
export type BackupReport = {
  readonly tables: number;
  readonly rows: number;
  readonly files: number;
  readonly keys: readonly string[];
  readonly damaged: readonly string[];
};
/** What a restore did. `keysMissing`: keys the backup's installation had and this one has not. */
export type RestoreReport = {
  readonly tables: number;
  readonly rows: number;
  readonly files: number;
  readonly keysMissing: readonly string[];
};

/** What stands in the way of a backup or a restore, in words for the operator; nothing was changed. */
export class BackupProblem extends Error {}

/** Whose data it is: the owner's address of the database, and DATA_DIR. */
export type Installation = { readonly ownerUrl: string; readonly dataDir: string };

/** Told after each table, for a progress bar. */
export type Progress = (done: number, total: number, label: string) => void;

/**
 * Writes every table of one snapshot and every kept file (attachments, papers, imported files) into a folder: a gzip of COPY text per
 * table, the files as they are, and manifest.json with rows and SM3 of each. Keys stay out on purpose and are named in the answer: a
 * thief of the backup must not be able to sign. The folder appears under its name only when it is complete. Refuses a folder that exists.
 */
export async function backup(
  { ownerUrl, dataDir }: Installation,
  folder: string,
  progress: Progress = () => {},
): Promise<BackupReport> {
  if (await exists(folder)) throw new BackupProblem(`备份目录已存在：${folder}，请另选一个`);
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true, mode: 0o700 });
  return withOwner(ownerUrl, async (client) => {
    await client.query('begin isolation level repeatable read read only');
    const tables = await tablesInOrder(client);
    const copies: TableCopy[] = [];
    for (const { table, columns } of tables) {
      progress(copies.length, tables.length, table);
      const { rows, sm3 } = await copyOut(client, table, columns, join(partial, `${table}.copy.gz`));
      copies.push({ table, columns, rows, sm3 });
    }
    const migrations = await migrationsOf(client);
    await client.query('commit');
    progress(tables.length, tables.length, '附件与文书');
    const { damaged, ...files } = await copyFilesOut(dataDir, partial);
    const keys = await keysOf(dataDir);
    const manifest: Manifest = { format: 'rongdan-backup/2', migrations, tables: copies, files, keys };
    await writeFile(join(partial, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
    await rename(partial, folder);
    const rows = copies.reduce((sum, each) => sum + each.rows, 0);
    return { tables: copies.length, rows, files: files.count, keys: keys.map((key) => key.name), damaged };
  });
}

/**
 * Loads a backup into a migrated database without business rows, in one transaction: all of it or nothing; the files go into the data
 * folder first, where they harm nobody. Refuses a damaged backup (hashes, naming files), one of another program version (migrations),
 * and a database that is not empty. Keys are put back by hand: those still missing are named in the answer.
 */
export async function restore(
  { ownerUrl, dataDir }: Installation,
  folder: string,
  progress: Progress = () => {},
): Promise<RestoreReport> {
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  if (manifest.format !== 'rongdan-backup/2') throw new BackupProblem('不是本系统的备份，或版本不认识');
  for (const each of manifest.tables) await checkHash(folder, each);
  const faults = await faultsOfFiles(folder, manifest.files);
  if (faults.length > 0) throw new BackupProblem(`备份里的文件已损坏：${faults.slice(0, 10).join('；')}`);
  return withOwner(ownerUrl, async (client) => {
    await client.query('begin');
    const migrations = await migrationsOf(client);
    if (migrations.join() !== manifest.migrations.join())
      throw new BackupProblem('备份与本程序版本不同，请用备份时的程序版本恢复');
    await emptySeeds(client, manifest.tables);
    const files = await copyFilesIn(folder, dataDir);
    const order = await tablesInOrder(client);
    let rows = 0;
    for (const [index, { table }] of order.entries()) {
      progress(index, order.length, table);
      const copy = manifest.tables.find((each) => each.table === table);
      if (!copy) continue;
      rows += await copyIn(client, copy, join(folder, `${table}.copy.gz`));
    }
    await restartSequences(client);
    await client.query('commit');
    const here = await keysOf(dataDir);
    const isHere = (key: KeyMark) => here.some((own) => own.name === key.name && own.fingerprint === key.fingerprint);
    const keysMissing = manifest.keys.filter((key) => !isHere(key)).map((key) => key.name);
    return { tables: order.length, rows, files, keysMissing };
  });
}

async function withOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'rongdan-backup' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Tables in an order that respects foreign keys (self references are checked at the end of a statement), with stored columns. */
async function tablesInOrder(client: pg.Client): Promise<{ table: string; columns: string[] }[]> {
  const { rows } = await client.query<{ table: string; columns: string[]; needs: string[] }>(`
    select n.nspname || '.' || c.relname as table,
           array(select a.attname::text from pg_attribute a
                  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns,
           array(select distinct fn.nspname || '.' || f.relname from pg_constraint k
                   join pg_class f on f.oid = k.confrelid join pg_namespace fn on fn.oid = f.relnamespace
                  where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as needs
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'public') and n.nspname not like 'pgboss%'
     order by 1`);
  const ordered: typeof rows = [];
  let left = rows;
  while (left.length > 0) {
    const names = new Set(left.map((row) => row.table));
    const ready = left.filter((row) => row.needs.every((need) => !names.has(need)));
    if (ready.length === 0) throw new Error(`外键成环：${[...names].join('、')}`);
    ordered.push(...ready);
    left = left.filter((row) => !ready.includes(row));
  }
  return ordered;
}

async function migrationsOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select name from public.rongdan_migration order by name');
  return rows.map((row) => row.name);
}

const quoted = (name: string): string =>
  name
    .split('.')
    .map((part) => `"${part}"`)
    .join('.');
const target = (copy: { table: string; columns: readonly string[] }): string =>
  `${quoted(copy.table)} (${copy.columns.map((column) => `"${column}"`).join(', ')})`;

async function copyOut(client: pg.Client, table: string, columns: string[], path: string) {
  const digest = createHash('sm3');
  let rows = 0;
  const count = new Transform({
    transform(chunk: Buffer, _, done) {
      digest.update(chunk);
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) rows += 1;
      done(null, chunk);
    },
  });
  await pipeline(
    client.query(copyTo(`copy ${target({ table, columns })} to stdout`)),
    count,
    createGzip({ level: 4 }),
    createWriteStream(path),
  );
  return { rows, sm3: digest.digest('hex') };
}

async function checkHash(folder: string, copy: TableCopy): Promise<void> {
  const digest = createHash('sm3');
  try {
    for await (const chunk of createReadStream(join(folder, `${copy.table}.copy.gz`)).pipe(createGunzip()))
      digest.update(chunk as Buffer);
  } catch (cause) {
    throw new BackupProblem(`备份文件 ${copy.table} 读不出：${(cause as Error).message}`, { cause });
  }
  if (digest.digest('hex') !== copy.sm3)
    throw new BackupProblem(`备份文件 ${copy.table} 与清单的哈希不符，已损坏或被改动`);
}

/** Rows that migrations themselves insert are replaced; a table with any business row means the database is in use. */
async function emptySeeds(client: pg.Client, tables: readonly TableCopy[]): Promise<void> {
  const { rows } = await client.query<{ used: boolean }>(
    'select exists (select from guarantees.guarantee) or exists (select from identity.session) as used',
  );
  if (rows[0]?.used) throw new BackupProblem('目标数据库已有业务数据，恢复须在空库进行');
  await client.query(`truncate ${tables.map((each) => quoted(each.table)).join(', ')}`);
}

async function copyIn(client: pg.Client, copy: TableCopy, path: string): Promise<number> {
  const stream = client.query(copyFrom(`copy ${target(copy)} from stdin`));
  await pipeline(createReadStream(path), createGunzip(), stream);
  return stream.rowCount ?? 0;
}

async function restartSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(`
    select n.nspname || '.' || c.relname as table, a.attname as column,
           pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname) as sequence
      from pg_attribute a
      join pg_class c on c.oid = a.attrelid and c.relkind = 'r'
      join pg_namespace n on n.oid = c.relnamespace
     where a.attidentity <> '' and n.nspname not in ('public', 'pg_catalog') and n.nspname not like 'pgboss%'`);
  for (const { table, column, sequence } of rows) {
    await client.query(`select setval($1, coalesce((select max("${column}") from ${quoted(table)}), 0) + 1, false)`, [
      sequence,
    ]);
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
