import { sql } from 'kysely';
import type { Tx } from './db.ts';

/**
 * Up to when everything recorded is visible, as text for a timestamptz. Rows carry the start of their transaction as recorded_at, so a transaction still open,
 * even one that has written nothing yet, may bring earlier ones: the horizon stays just before the oldest of them. Everything that writes
 * to the book does so as the application's role, whose transactions it may see.
 */
export async function visibleUntil(tx: Tx): Promise<string> {
  const { rows } = await sql<{ at: string }>`
    select to_json(least(now(), min(a.xact_start) - interval '1 microsecond') + kernel.ahead())#>>'{}' as at
      from pg_stat_activity a
     where a.datname = current_database() and a.pid <> pg_backend_pid() and a.backend_type = 'client backend'
       and a.usename = current_user and a.xact_start is not null`.execute(tx);
  return rows[0]!.at;
}
