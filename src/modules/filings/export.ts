import { PassThrough, type Readable } from 'node:stream';
import type { Actor, Db, Tx } from '../../platform/db.ts';
import { exportRowsMax } from '../../platform/list.ts';
import type { CellValue } from '../../platform/sheets/index.ts';
import type { FilingFilter } from './contract.ts';
import { ledgerRow } from './ledger.ts';
import { listFilings } from './store.ts';

const pageRows = 2000;
type Rows = AsyncIterable<Record<string, CellValue>>;

/** The ledger as a stream, read page by page from one snapshot by `write`. What fails on the way ends the stream with the error. */
export function everyLedgerRow(
  db: Db,
  actor: Actor,
  filter: FilingFilter,
  seesIdentity: boolean,
  write: (rows: Rows, sink: PassThrough) => Promise<unknown>,
): Readable {
  const out = new PassThrough();
  void db.read(actor, (tx) => write(rowsOf(tx, filter, seesIdentity), out)).catch((error: Error) => out.destroy(error));
  return out;
}

async function* rowsOf(tx: Tx, filter: FilingFilter, seesIdentity: boolean): Rows {
  let after: string | undefined;
  for (let count = 0; count < exportRowsMax; ) {
    const page = await listFilings(tx, filter, after, pageRows);
    for (const row of page.rows) yield ledgerRow(row, seesIdentity);
    count += page.rows.length;
    if (page.next === null) return;
    after = page.next;
  }
}
