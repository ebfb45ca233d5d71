import { addDays } from '../../kernel/day.ts';
import { systemActor } from '../../platform/db.ts';
import type { Deps } from '../../platform/http.ts';
import type { Jobs } from '../../platform/jobs.ts';
import { type FetchRecords, runReconciliation } from './actions/run.ts';
import { startRun } from './contract.ts';
import { fetchFromMonitor } from './monitor.ts';
import { workRequests } from './queue.ts';

/**
 * Every morning at 06:40 the whole province as of yesterday against the monitoring system, once a day whoever asks; and the runs that
 * people ask for, those a crash interrupted first.
 */
export async function scheduleReconciliation(
  jobs: Jobs,
  deps: Deps,
  fetchRecords: FetchRecords = fetchFromMonitor,
): Promise<void> {
  await workRequests(jobs, deps, { fetchRecords });
  const policy = { retries: 4, retrySeconds: 600 };
  await jobs.schedule('reconciliation.daily', '40 6 * * *', () => reconcileYesterday(deps, fetchRecords), policy);
}

/** Yesterday's run of the whole province; made already, it stays as it is. */
export async function reconcileYesterday(deps: Deps, fetchRecords: FetchRecords): Promise<void> {
  const asOf = addDays(deps.clock.today(), -1);
  const command = startRun.parse({
    ...{ key: `daily-${asOf}`, ours: { asOf }, theirs: { asOf }, source: { kind: 'monitor' } },
  });
  await runReconciliation(deps.db, { actor: systemActor, clock: deps.clock }, command, { fetchRecords });
}
