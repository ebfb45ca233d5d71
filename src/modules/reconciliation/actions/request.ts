import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { type Refusal, Refused } from '../../../kernel/refusal.ts';
import { minutesAfter } from '../../../platform/clock.ts';
import { type Db, systemActor, type Tx } from '../../../platform/db.ts';
import type { Context, Deps } from '../../../platform/http.ts';
import type { RequestRow, RunState, StartRun } from '../contract.ts';
import { openRun } from '../store/write-run.ts';
import { type RunSource, runReconciliation } from './run.ts';

/** After so many attempts that ended in an error of the program the request is given up. */
export const attemptsMax = 3;

/**
 * Notes that a run is asked for and reserves its number; it is carried out later (`carryOut`). A key used before answers that request
 * or run. Refused when the caller may not run it for the guarantor.
 */
export async function requestRun(tx: Tx, context: Context, command: StartRun): Promise<bigint> {
  const key = command.key ?? randomUUID();
  const { id, earlier } = await openRun(tx, key);
  if (earlier !== null) return earlier;
  const { rows } = await sql<{ runId: bigint }>`
    with made as (
      insert into reconciliation.request (run_id, key, guarantor_id, command, requested_by)
      values (${id}, ${key}, ${command.guarantorId ?? null}, ${JSON.stringify({ ...command, key })}, ${context.actor.userId})
      on conflict (key) do nothing
      returning run_id)
    select run_id as "runId" from made
     union all
    select run_id from reconciliation.request where key = ${key}`.execute(tx);
  return rows[0]?.runId ?? id;
}

/** How far a run asked for has come, or undefined when there is neither request nor run for the caller. */
export async function runStateOf(tx: Tx, runId: bigint): Promise<RunState | undefined> {
  const { rows } = await sql<RunState>`
    select coalesce(q.run_id, r.id)::text as "runId", case when r.id is null then q.status else 'done' end as status,
           coalesce(q.refusals, '[]') as refusals
      from (select ${runId}::bigint as id) asked
      left join reconciliation.request q on q.run_id = asked.id
      left join reconciliation.run r on r.id = asked.id
     where q.run_id is not null or r.id is not null`.execute(tx);
  return rows[0];
}

/** Runs asked for that the caller may see and that are not there: under way, or failed in the last seven days. Newest first, at most 20. */
export async function openRequests(tx: Tx, now: Date): Promise<RequestRow[]> {
  const { rows } = await sql<Omit<RequestRow, 'requestedAt'> & { requestedAt: Date }>`
    select q.run_id::text as "runId", q.status, q.refusals, q.command -> 'ours' ->> 'asOf' as "asOf", coalesce(g.short_name, '全省') as "guarantorName",
           u.name as "requestedBy", q.requested_at as "requestedAt"
      from reconciliation.request q
      left join institutions.institution g on g.id = q.guarantor_id
      join identity.user_account u on u.id = q.requested_by
     where q.status in ('waiting', 'running') or (q.status = 'failed' and q.requested_at > ${minutesAfter(now, -7 * 24 * 60)})
     order by q.run_id desc limit 20`.execute(tx);
  return rows.map((row) => ({ ...row, requestedAt: row.requestedAt.toISOString() }));
}

/** Requests that nobody has finished, oldest first: after a crash these are taken up again. At most 1,000. */
export async function unfinishedRuns(db: Db): Promise<bigint[]> {
  const { rows } = await db.read(systemActor, (tx) =>
    sql<{ id: bigint }>`
      select run_id as id from reconciliation.request where status in ('waiting', 'running') order by run_id limit 1000`.execute(
      tx,
    ),
  );
  return rows.map((row) => row.id);
}

/**
 * Carries a request out as whoever asked, in one transaction: the run is there whole or not at all. What the other side's data or the
 * rules refuse ends it with the reasons; an error of the program is thrown for the queue to try again, and ends it the third time.
 * Safe to repeat: a run that is there already only has its request closed.
 */
export async function carryOut(deps: Deps, runId: bigint, source: RunSource): Promise<void> {
  const { db, clock } = deps;
  const asked = await take(db, runId);
  if (!asked) return;
  const context: Context = { actor: { userId: asked.requestedBy }, clock };
  try {
    await runReconciliation(db, context, asked.command, source, runId);
    await finish(db, runId, 'done', []);
  } catch (error) {
    if (error instanceof Refused) return finish(db, runId, 'failed', error.refusals);
    if (asked.attempts >= attemptsMax) await finish(db, runId, 'failed', [givenUp(asked.attempts)]);
    throw error;
  }
}

const givenUp = (attempts: number): Refusal => ({
  code: 'run-given-up',
  message: `核对 ${attempts} 次均因系统内部错误中断，未留下任何结果；请稍后重新发起，仍不成请联系管理员`,
});

async function take(db: Db, runId: bigint) {
  return db.transaction(systemActor, async (tx) => {
    const { rows } = await sql<{ command: StartRun; attempts: number; requestedBy: number }>`
      update reconciliation.request set status = 'running', attempts = attempts + 1
       where run_id = ${runId} and status in ('waiting', 'running')
      returning command, attempts, requested_by as "requestedBy"`.execute(tx);
    return rows[0];
  });
}

const finish = (db: Db, runId: bigint, status: 'done' | 'failed', refusals: readonly Refusal[]): Promise<void> =>
  db.transaction(systemActor, async (tx) => {
    await sql`
      update reconciliation.request set status = ${status}, refusals = ${JSON.stringify(refusals)}, finished_at = clock_timestamp()
       where run_id = ${runId} and status in ('waiting', 'running')`.execute(tx);
  });
