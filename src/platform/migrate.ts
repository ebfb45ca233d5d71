import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';

export type MigrationReport = { readonly applied: readonly string[]; readonly already: number };

/** What stands in the way of migrating, in words for the operator. */
export class MigrationProblem extends Error {}

const folder = new URL('../../db/migrations/', import.meta.url);
// Any constant does; two programs that start at once queue up behind it.
const lockKey = 683_2017;

/** The migration files in order, with the hash that pins what was applied. */
export async function migrationFiles(): Promise<{ name: string; sql: string; hash: string }[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8');
      return { name, sql, hash: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/**
 * Brings the database to this program's version, each file in its own transaction, under an advisory lock.
 * Connects as the schema's owner. A file that fails leaves nothing behind; those before it stay.
 * Throws MigrationProblem when an applied file was edited since, or the database is newer than the program.
 */
export async function migrate(ownerUrl: string): Promise<MigrationReport> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'rongdan-migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [lockKey]);
    await client.query(`create table if not exists public.rongdan_migration
      (name text primary key, hash text not null, applied_at timestamptz not null default clock_timestamp())`);
    const { rows } = await client.query<{ name: string; hash: string }>(
      'select name, hash from public.rongdan_migration',
    );
    const files = await migrationFiles();
    refuseForeign(files, rows);
    const done = new Set(rows.map((row) => row.name));
    const applied: string[] = [];
    for (const file of files) {
      if (done.has(file.name)) continue;
      await applyOne(client, file);
      applied.push(file.name);
    }
    return { applied, already: done.size };
  } finally {
    await client.end();
  }
}

async function applyOne(client: pg.Client, file: { name: string; sql: string; hash: string }): Promise<void> {
  try {
    await client.query('begin');
    await client.query(file.sql);
    await client.query('insert into public.rongdan_migration (name, hash) values ($1, $2)', [file.name, file.hash]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    throw new MigrationProblem(
      `数据库升级停在 ${file.name}：${(cause as Error).message}。此前的步骤已完成，本步未留下任何改动`,
      {
        cause,
      },
    );
  }
}

function refuseForeign(files: { name: string; hash: string }[], rows: { name: string; hash: string }[]): void {
  const known = new Map(files.map((file) => [file.name, file.hash]));
  for (const { name, hash } of rows) {
    if (!known.has(name)) throw new MigrationProblem(`数据库比本程序新（已有 ${name}），请改用新版程序，数据未动`);
    if (known.get(name) !== hash)
      throw new MigrationProblem(`已执行的升级脚本 ${name} 被改动过，请恢复原文件，数据未动`);
  }
}
