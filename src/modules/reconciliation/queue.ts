import type { Db } from '../../platform/db.ts';
import type { Deps } from '../../platform/http.ts';
import type { Jobs } from '../../platform/jobs.ts';
import { attemptsMax, carryOut, unfinishedRuns } from './actions/request.ts';
import type { RunSource } from './actions/run.ts';

const name = 'reconciliation.request';
const queues = new WeakMap<Db, (runId: bigint) => Promise<void>>();

/** Does the runs asked for over HTTP, one after another, and takes up those a crash interrupted. */
export async function workRequests(jobs: Jobs, deps: Deps, source: RunSource): Promise<void> {
  const policy = { retries: 2, retrySeconds: 30, expireSeconds: 3600 };
  await jobs.work<{ runId: string }>(name, ({ runId }) => carryOut(deps, BigInt(runId), source), policy);
  const send = async (runId: bigint) => {
    await jobs.send(name, { runId: String(runId) }, { singletonKey: String(runId) });
  };
  queues.set(deps.db, send);
  await Promise.all((await unfinishedRuns(deps.db)).map(send));
}

/** As the queue does: tries until the request is closed, as done or with why it failed. */
async function again(deps: Deps, runId: bigint, source: RunSource): Promise<void> {
  for (let tries = 0; tries < attemptsMax; tries += 1) {
    const isClosed = await carryOut(deps, runId, source).then(
      () => true,
      () => false,
    );
    if (isClosed) return;
  }
}

/** Has a request carried out: by the job queue, or in this process where none was opened. Call after commit; does not wait for the run. */
export async function sendRun(deps: Deps, runId: bigint, source: RunSource): Promise<void> {
  const send = queues.get(deps.db);
  if (send) return send(runId);
  void again(deps, runId, source);
}
