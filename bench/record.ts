import { Kysely, type LogEvent, PostgresDialect, sql } from 'kysely';
import type pg from 'pg';
import type { Actor, Db, Tx } from '../src/platform/db.ts';
import type { BareRequest } from './list-server.ts';

const plain = (value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : Array.isArray(value) ? value.map(plain) : value;

/**
 * A door to the database for the product under measurement that runs as the owner, beyond row security, and keeps every statement with its
 * values: what the product asks for one address, to be asked again without the product.
 */
export function recorder(owner: pg.Pool): { readonly db: Db; take(): BareRequest } {
  let statements: BareRequest = [];
  const asked = new Kysely<never>({
    dialect: new PostgresDialect({ pool: owner as never }),
    log: ({ query }: LogEvent) => {
      statements.push({ text: query.sql, values: query.parameters.map(plain) });
    },
  });
  const within = <T>(actor: Actor, work: (tx: Tx) => Promise<T>): Promise<T> =>
    asked.transaction().execute(async (tx) => {
      await sql`select identity.enter(${actor.userId}::integer)`.execute(tx);
      return work(tx as never);
    });
  return {
    db: { read: within, transaction: within, dryRun: within, pool: owner, close: async () => {} } as unknown as Db,
    take: () => {
      const taken = statements;
      statements = [];
      return taken;
    },
  };
}
