import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';

const folder = new URL('./migrations/', import.meta.url);
const lockKey = 730_001;

/** Opens the stand-in's own database and brings it to this version. Two that start at once wait for each other. */
export async function openDatabase(url: string): Promise<pg.Pool> {
  const pool = new pg.Pool({ connectionString: url, max: 6, application_name: 'rongdan-monitor' });
  pool.on('error', () => {});
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [lockKey]);
    await client.query('create table if not exists public.monitor_migration (name text primary key)');
    const { rows } = await client.query<{ name: string }>('select name from public.monitor_migration');
    const done = new Set(rows.map((row) => row.name));
    for (const name of (await readdir(folder)).filter((each) => each.endsWith('.sql')).sort()) {
      if (done.has(name)) continue;
      const text = await readFile(new URL(name, folder), 'utf8');
      await client.query(`begin; ${text}; insert into public.monitor_migration values ('${name}'); commit`);
    }
    await client.query('select pg_advisory_unlock($1)', [lockKey]);
  } finally {
    client.release();
  }
  return pool;
}

/** Runs `work` in one transaction. */
export async function within<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
