import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { type Db, openDb } from '../src/platform/db.ts';
import { appRole, ownerRole } from '../src/platform/instance/roles.ts';
import { startThrowAway, templateName, urlOf } from '../src/platform/testing/postgres-cache.ts';

/** A migrated database of its own server, gone when the bench ends. */
export type BenchDatabase = {
  readonly db: Db;
  readonly owner: pg.Pool;
  readonly ownerUrl: string;
  readonly appUrl: string;
  /** For filling tables without their foreign keys being looked up row by row. */
  readonly superUrl: string;
  stop(): Promise<void>;
};

/** Starts it; the server's settings are those of the tests. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const { server, stop } = await startThrowAway();
  const name = `bench_${randomBytes(4).toString('hex')}`;
  const admin = new pg.Client({ connectionString: server.superUrl });
  await admin.connect();
  await admin.query(`create database ${name} template ${templateName} owner ${ownerRole}`);
  await admin.end();
  const appUrl = urlOf(server, name, appRole, server.appPassword);
  const ownerUrl = urlOf(server, name, ownerRole, server.ownerPassword);
  const superUrl = new URL(server.superUrl);
  superUrl.pathname = `/${name}`;
  const db = openDb(appUrl);
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 2 });
  owner.on('error', () => {});
  return {
    db,
    owner,
    ownerUrl,
    appUrl,
    superUrl: superUrl.href,
    stop: async () => {
      await Promise.allSettled([db.close(), owner.end()]);
      await stop();
    },
  };
}

/** Seconds that `work` took, to the millisecond, and the most memory this process held meanwhile, in MB. */
export async function measure(work: () => Promise<void>): Promise<{ seconds: number; rssMb: number }> {
  let most = 0;
  const look = () => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(look, 100);
  const begin = performance.now();
  try {
    await work();
  } finally {
    clearInterval(timer);
    look();
  }
  return { seconds: (performance.now() - begin) / 1000, rssMb: Math.round(most / 1024 / 1024) };
}

/** The value of `--name` on the command line, or the given default. */
export function numberOption(name: string, otherwise: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

/** One result, one line. */
export const report = (result: Record<string, string | number>): void => {
  process.stdout.write(`${JSON.stringify(result)}\n`);
};

/** A figure to so many decimals. */
export const rounded = (value: number, decimals = 2): number => Number(value.toFixed(decimals));

/** Tables with the columns to copy; '*' where none is generated. */
export type CopiedTables = readonly (readonly [table: string, columns: string])[];

/** Writes the rows of the tables to files of their names, as COPY text; `rowsOf` may name some rows only. */
export async function copyOut(
  owner: pg.Pool,
  tables: CopiedTables,
  folder: string,
  rowsOf: (table: string) => string = () => '',
): Promise<void> {
  const client = await owner.connect();
  try {
    for (const [table, columns] of tables) {
      const rows = client.query(copyTo(`copy (select ${columns} from ${table} ${rowsOf(table)}) to stdout`));
      await pipeline(rows, createWriteStream(path.join(folder, table)));
    }
  } finally {
    client.release();
  }
}

/** The limit: COPY of those files into the same tables, with their indexes and constraints. */
export async function copyBack(owner: pg.Pool, tables: CopiedTables, folder: string): Promise<void> {
  const client = await owner.connect();
  try {
    // The planner has no counts of tables just emptied: it must not check foreign keys by reading whole tables.
    await client.query('set enable_seqscan = off');
    for (const [table, columns] of tables) {
      const target = columns === '*' ? table : `${table} (${columns})`;
      const lines = createReadStream(path.join(folder, table), { highWaterMark: 1 << 20 });
      await pipeline(lines, client.query(copyFrom(`copy ${target} from stdin`)));
    }
  } finally {
    client.release();
  }
}
