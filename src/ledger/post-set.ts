import { sql } from 'kysely';
import type { Tx } from '../platform/db.ts';

/** Columns of `pg_temp.import_transfer`, in COPY order. */
export const stagedTransferColumns =
  'guarantor_id, key, leg, debit, credit, amount, effective_on, guarantee_id, party, reason';

/** Makes the staging table of this session; it empties itself at commit. */
export async function stageTransfers(tx: Tx): Promise<void> {
  await sql`create temp table if not exists import_transfer
    (guarantor_id integer, key text, leg smallint, debit integer, credit integer, amount bigint, effective_on date,
     guarantee_id bigint, party text, reason text) on commit delete rows`.execute(tx);
}

/** Posts the staged transfers, all or none. A key posted before raises 23505: nothing is ever posted twice. */
export async function postStaged(tx: Tx): Promise<void> {
  const columns = sql.raw(stagedTransferColumns);
  await sql`insert into ledger.transfer (${columns}) select ${columns} from pg_temp.import_transfer`.execute(tx);
}
