import { sql } from 'kysely';
import { type Db, systemActor, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { applyReport, type ReportKey, type SubmitReport, submitReport } from './actions.ts';
import type { ReportAnswer } from './contract.ts';
import { answerOf } from './view.ts';

/** What other modules do once a report is in the book, in the same transaction, as the program. */
export type AfterReport = (tx: Tx, context: Context, key: ReportKey) => Promise<void>;

/** Applies a report and tells the others, as the program. Safe to repeat. */
export async function carryOut(db: Db, context: Context, key: ReportKey, after: readonly AfterReport[]): Promise<void> {
  const program: Context = { ...context, actor: systemActor };
  await db.transaction(systemActor, async (tx) => {
    await applyReport(tx, program, key);
    for (const each of after) await each(tx, program, key);
  });
}

/**
 * Takes a hand-in in and carries it out: two transactions, as a bank may not write the book. A crash between them is made good by
 * `carryOutWaiting`. Answers the receipt.
 */
export async function handIn(
  db: Db,
  context: Context,
  command: SubmitReport,
  after: readonly AfterReport[],
): Promise<ReportAnswer> {
  const key = await db.transaction(context.actor, (tx) => submitReport(tx, context, command));
  await carryOut(db, context, key, after);
  return db.read(context.actor, (tx) => answerOf(tx, key.bankId, key.id, key.isRepeat));
}

/** Carries out what a crash left behind. Returns how many. */
export async function carryOutWaiting(db: Db, context: Context, after: readonly AfterReport[]): Promise<number> {
  const { rows: waiting } = await db.read(systemActor, (tx) =>
    sql<ReportKey>`select bank_id as "bankId", id from bankreports.report where applied_at is null order by id limit 1000`.execute(
      tx,
    ),
  );
  for (const key of waiting) await carryOut(db, context, key, after);
  return waiting.length;
}
