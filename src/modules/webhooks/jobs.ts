import type { Clock } from '../../platform/clock.ts';
import { type Db, systemActor } from '../../platform/db.ts';
import type { Jobs } from '../../platform/jobs.ts';
import { type AddressPolicy, addressPolicy } from './addresses.ts';
import { collectEvents, dueIds } from './collect.ts';
import { deliver } from './deliver.ts';

const deliverJob = 'webhooks.deliver';

/**
 * Every minute: what happened since becomes deliveries, and every delivery that is due becomes a job, so that one whose job was lost
 * in a crash is asked for again. A job is one try; a failed one asks for the next, later each time.
 */
export async function webhookJobs(
  jobs: Jobs,
  db: Db,
  clock: Clock,
  policy: AddressPolicy = addressPolicy(),
): Promise<void> {
  const ask = (id: string, startAfterSeconds = 0) =>
    jobs.send(deliverJob, { id }, { singletonKey: id, ...(startAfterSeconds > 0 ? { startAfterSeconds } : {}) });
  await jobs.work<{ id: string }>(
    deliverJob,
    async ({ id }) => {
      const wait = await deliver(db, clock, BigInt(id), policy);
      if (wait !== null) await ask(id, wait);
    },
    { retries: 2, retrySeconds: 60, expireSeconds: 120 },
  );
  await jobs.schedule('webhooks.collect', '* * * * *', async () => {
    const ids = await db.transaction(systemActor, async (tx) => {
      await collectEvents(tx, clock);
      return dueIds(tx, clock);
    });
    for (const id of ids) await ask(String(id));
  });
}
