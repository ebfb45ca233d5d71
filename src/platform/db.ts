import { createHash } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { type Generated, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Tables } from './tables.ts';

export type { Generated };

/** A transaction: Kysely for rows, its `sql` template for sets, `copyInto`/`copyOutOf` for bulk. */
export type Tx = Transaction<Tables>;

/** On whose behalf a transaction runs. The database itself decides from it which rows exist (row-level security). */
export type Actor = { readonly userId: number; readonly purpose?: string };

/** The program itself: jobs, migrations of data, the seed. Sees the whole province. Never given to a request. */
export const systemActor: Actor = { userId: 0, purpose: 'system' };

const identity = <T>(value: T): T => value;
pg.types.setTypeParser(pg.types.builtins.INT8, BigInt);
pg.types.setTypeParser(pg.types.builtins.DATE, identity<string>);
pg.types.setTypeParser(pg.types.builtins.NUMERIC, identity<string>);
pg.types.setTypeParser(1016 as never, (text: string) =>
  text === '{}' ? [] : text.slice(1, -1).split(',').map(BigInt),
);
pg.types.setTypeParser(1182 as never, (text: string) => (text === '{}' ? [] : text.slice(1, -1).split(',')));

/** The door to the database: pools connections of the application's own role, which can never bypass row-level security. */
export class Db {
  readonly pool: pg.Pool;

  constructor(url: string, maxConnections = 12) {
    this.pool = new pg.Pool({
      connectionString: url,
      max: maxConnections,
      application_name: 'rongdan',
      // Room for the temporary tables of bulk work; PostgreSQL takes it only from a session that has not used any yet.
      options: '-c temp_buffers=64MB',
    });
    // An idle connection that dies (server restart) must not take the process with it; the pool replaces it.
    this.pool.on('error', () => {});
    // Nor one that dies in use: whoever waits for its answer is told, and the transaction is gone.
    this.pool.on('connect', (client) => client.on('error', () => {}));
  }

  /** Runs `work` in one transaction as the actor; commits when it returns, rolls everything back when it throws. */
  transaction<T>(actor: Actor, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#within('begin', actor, work, 'commit');
  }

  /** As `transaction`, but read only and on one snapshot: every figure of a page belongs to the same instant. */
  read<T>(actor: Actor, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#within('begin isolation level repeatable read read only', actor, work, 'commit');
  }

  /** As `transaction`, then rolled back whatever happens: the real action, asked "what would you do?". */
  dryRun<T>(actor: Actor, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#within('begin', actor, work, 'rollback');
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  async #within<T>(begin: string, actor: Actor, work: (tx: Tx) => Promise<T>, end: 'commit' | 'rollback'): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      // One message, one round trip. The id is checked to be an integer, which is all that reaches the text.
      await client.query(`${begin}; select identity.enter(${Math.trunc(actor.userId)})`);
      const result = await work(bind(client));
      await client.query(end);
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
}

/** Opens a pool for the application role. */
export const openDb = (url: string, options: { maxConnections?: number } = {}): Db =>
  new Db(url, options.maxConnections);

const clients = new WeakMap<object, pg.PoolClient>();

/** The driver's own connection under a transaction: for COPY, cursors and nothing else. */
export function clientOf(tx: Tx): pg.PoolClient {
  const client = clients.get(tx);
  if (!client) throw new Error('此事务不由 Db 打开');
  return client;
}

/** A stream that takes COPY text rows: `copyInto(tx, 'guarantees.movement (guarantor_id, …)')`. The target is code, never input. */
export const copyInto = (tx: Tx, target: string, format = ''): Writable =>
  clientOf(tx).query(copyFrom(`copy ${target} from stdin ${format}`));

/** A stream of COPY text rows out of a query without parameters. */
export const copyOutOf = (tx: Tx, query: string, format = ''): Readable =>
  clientOf(tx).query(copyTo(`copy (${query}) to stdout ${format}`));

/** One field of a COPY text row, escaped; null and undefined become \N. */
export function copyField(value: string | number | bigint | boolean | null | undefined): string {
  if (value === null || value === undefined) return '\\N';
  if (typeof value !== 'string') return String(value);
  return /[\\\n\r\t]/.test(value)
    ? value.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t')
    : value;
}

/**
 * Put at the head of a statement that looks up single rows by key over many tables: planning it takes longer than running it, so the
 * connection keeps its plan. Never where a good plan depends on the values, nor over temporary tables.
 */
export const keptPlan = '/* kept plan */';

const planNames = new Map<string, string>();

/** The name a connection knows a kept plan by. */
export function planName(text: string): string {
  const known = planNames.get(text);
  if (known) return known;
  const name = `kept_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
  planNames.set(text, name);
  return name;
}

/** Binds Kysely to one connection that is already inside a transaction. */
function bind(client: pg.PoolClient): Tx {
  const query = (text: string | object, values?: unknown[]) =>
    typeof text === 'string' && text.includes(keptPlan)
      ? client.query({ name: planName(text), text, values: values ?? [] })
      : client.query(text as string, values);
  const borrowed = { query, release: () => {} };
  const pool = { connect: async () => borrowed, end: async () => {} };
  const bound = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: pool as never }) });
  clients.set(bound, client);
  return bound as unknown as Tx;
}
