import { sql } from 'kysely';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';

export type RunEventKind = 'computed' | 'submitted' | 'returned' | 'approved' | 'voided';
/** What people read for what happened to a run. */
export const runEventTitles: Readonly<Record<RunEventKind, string>> = {
  computed: '测算',
  submitted: '提交',
  returned: '退回',
  approved: '核定',
  voided: '作废',
};

/** Adds what happened to a run, after what happened before. */
export async function addRunEvent(
  tx: Tx,
  context: Context,
  runId: bigint,
  kind: RunEventKind,
  note: string,
): Promise<void> {
  await sql`
    insert into subsidies.run_event (run_id, seq, kind, note, user_id, recorded_at)
    select ${runId}, coalesce(max(seq), 0) + 1, ${kind}, ${note}, ${context.actor.userId}, ${context.clock.now()}
      from subsidies.run_event
     where run_id = ${runId}`.execute(tx);
}
