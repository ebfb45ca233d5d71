import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import { loadReadiness } from './store/read-runs.ts';

/** The public face of reconciliation; README.md says what it is for. */
export { runReconciliation } from './actions/run.ts';
export { checkSeals, sealRun } from './actions/seal.ts';
export { fetchFromMonitor } from './monitor.ts';
export { openSealSigner, reconciliationRoutes } from './routes.ts';
export { scheduleReconciliation } from './schedule.ts';
export { reconciliationTodos } from './todos.ts';

/** How far one guarantor's reconciliation as of a day has come. `openCount`: differences not explained, corrected ones included. */
export type ReconciliationReadiness = {
  readonly guarantorId: number;
  readonly runId: bigint | null;
  readonly state: 'clean' | 'explained' | 'open' | 'missing';
  readonly openCount: number;
};

/** May a certificate rest on these guarantors' figures as of the day? By the newest run as of exactly that day that covers each. */
export async function readinessFor(
  tx: Tx,
  guarantorIds: readonly number[],
  asOf: Day,
): Promise<ReconciliationReadiness[]> {
  const rows = await loadReadiness(tx, guarantorIds, asOf);
  return rows.map(({ guarantorId, runId, open, explained }) => ({
    guarantorId,
    runId,
    state: runId === null ? 'missing' : open > 0 ? 'open' : explained > 0 ? 'explained' : 'clean',
    openCount: open,
  }));
}
