import { sql } from 'kysely';
import { plus } from '../../kernel/money.ts';
import { clientOf, type Tx } from '../../platform/db.ts';
import { copyLines, textLine } from './copy-lines.ts';
import type { Decided } from './judge.ts';
import type { Chunk } from './read.ts';
import { type Meter, meterJson } from './rules/meter.ts';
import type { BatchRow } from './store.ts';

/** The number of the trial that now begins: a new one where an earlier one left something. */
export async function beginTrial(tx: Tx, id: bigint): Promise<number> {
  const { rows } = await sql<{ trialNo: number }>`
    update batches.batch b
       set state = 'trying', failure = null, ended_at = null, begun_at = clock_timestamp() + kernel.ahead(),
           trial_no = b.trial_no + case when exists (
             select from batches.trial_chunk c where c.batch_id = b.id and c.trial_no = b.trial_no) then 1 else 0 end
     where b.id = ${id}
    returning b.trial_no as "trialNo"`.execute(tx);
  return rows[0]!.trialNo;
}

const columns =
  'batch_id, trial_no, line, bank_id, verdict, guarantor_id, code, contract_no, customer_name, principal, reasons';

/** Keeps what the trial finds of a chunk: every verdict, the accepted ones with borrower and amount, and its counts. */
export async function writeTrialChunk(
  tx: Tx,
  { id, trialNo, bankId }: Pick<BatchRow, 'id' | 'trialNo' | 'bankId'>,
  chunk: Chunk,
  { accepted, verdicts }: Decided,
): Promise<void> {
  const lines = accepted.map(({ row: { line, guarantorId, contractNo, customer, principal } }) =>
    textLine([id, trialNo, line, bankId, 'accepted', guarantorId, null, contractNo, customer.name, principal, null]),
  );
  for (const { line, verdict, guarantorId, contractNo, reasons } of verdicts) {
    const code = reasons[0]?.code ?? 'unreadable';
    const said = JSON.stringify(reasons);
    lines.push(textLine([id, trialNo, line, bankId, verdict, guarantorId, code, contractNo, null, null, said]));
  }
  await clientOf(tx).query(`
    create temp table if not exists batch_trial (batch_id bigint, trial_no integer, line bigint, bank_id integer, verdict text, guarantor_id integer,
      code text, contract_no text, customer_name text, principal bigint, reasons jsonb) on commit delete rows`);
  await copyLines(tx, 'pg_temp.batch_trial', columns, lines);
  await clientOf(tx).query(`insert into batches.trial_verdict (${columns}) select ${columns} from pg_temp.batch_trial`);
  const count = (verdict: string) => verdicts.filter((each) => each.verdict === verdict).length;
  await sql`
    insert into batches.trial_chunk (batch_id, trial_no, chunk_no, last_line, bytes, accepted, already, needs_completing, refused, principal)
    values (${id}, ${trialNo}, ${chunk.no}, ${chunk.lastLine}, ${chunk.bytes}, ${accepted.length}, ${count('already')},
            ${count('needs-completing')}, ${count('refused')}, ${plus(...accepted.map(({ row }) => row.principal))})`.execute(
    tx,
  );
}

/** Keeps the cohorts the trial touched, before and as they would be. */
export async function writeTrialParts(
  tx: Tx,
  { id, trialNo, bankId }: Pick<BatchRow, 'id' | 'trialNo' | 'bankId'>,
  cohorts: readonly { guarantorId: number; year: number; before: Meter; after: Meter }[],
): Promise<void> {
  const parts = cohorts.map((each) => ({ ...each, before: meterJson(each.before), after: meterJson(each.after) }));
  await sql`
    insert into batches.trial_part (batch_id, trial_no, guarantor_id, year, bank_id, before, after)
    select ${id}, ${trialNo}, k."guarantorId", k.year, ${bankId}, k.before, k.after
      from jsonb_to_recordset(${JSON.stringify(parts)}::jsonb) k("guarantorId" integer, year smallint, before jsonb, after jsonb)`.execute(
    tx,
  );
}
