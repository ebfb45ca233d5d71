import { randomUUID } from 'node:crypto';
import PgBoss from 'pg-boss';

/** How a kind of job is treated when its handler throws: tried again so often, waiting twice as long each time. */
export type JobPolicy = { readonly retries?: number; readonly retrySeconds?: number; readonly expireSeconds?: number };

/** Work that is done later, again, or by the clock. Jobs survive a restart; each is run by one process at a time, at least once. */
export type Jobs = {
  /** Says who does the jobs of this name. What the handler throws is kept with the job, and the job is tried again. */
  work<Data extends object>(name: string, handler: (data: Data) => Promise<void>, policy?: JobPolicy): Promise<void>;
  /** Asks for a job. With `singletonKey`, nothing is added while one of the same name and key still waits; answers whether it was added. */
  send(name: string, data: object, options?: { singletonKey?: string; startAfterSeconds?: number }): Promise<boolean>;
  /** Runs the handler by a cron expression in the time of Asia/Shanghai, once for all processes; a missed time is not made up for. */
  schedule(name: string, cron: string, handler: () => Promise<void>, policy?: JobPolicy): Promise<void>;
  /** Waits for running jobs, up to 10 seconds. */
  stop(): Promise<void>;
};

/**
 * Opens the job queue in the schema `pgboss` of the product's database. It connects as the owner of the schemas, because the queue makes
 * its own tables and partitions; the application's role has no right to them. `report` is told of trouble that belongs to no single job.
 */
export async function openJobs(ownerUrl: string, report: (error: Error) => void): Promise<Jobs> {
  const boss = new PgBoss({
    connectionString: ownerUrl,
    max: 3,
    application_name: 'rongdan-jobs',
    cronWorkerIntervalSeconds: 5,
  });
  boss.on('error', report);
  await boss.start();
  const made = new Map<string, Promise<void>>();
  const queue = (name: string): Promise<void> => {
    const making = made.get(name) ?? boss.createQueue(name, settingsOf(name, {}));
    made.set(name, making);
    return making;
  };
  const jobs: Jobs = {
    work: async (name, handler, policy = {}) => {
      await queue(name);
      // Only whoever does the work knows its policy; asking for a job elsewhere must not reset it.
      await boss.updateQueue(name, settingsOf(name, policy));
      await boss.work<never>(name, { batchSize: 1, pollingIntervalSeconds: 1 }, async ([job]) => {
        if (job) await handler(job.data);
      });
    },
    send: async (name, data, options = {}) => {
      await queue(name);
      const startAfter = options.startAfterSeconds === undefined ? {} : { startAfter: options.startAfterSeconds };
      // The queue holds one waiting job per key: a job without one of its own must not displace another.
      return (
        (await boss.send(name, data, { singletonKey: options.singletonKey ?? randomUUID(), ...startAfter })) !== null
      );
    },
    schedule: async (name, cron, handler, policy) => {
      await jobs.work(name, handler, policy);
      await boss.schedule(name, cron, {}, { tz: 'Asia/Shanghai' });
    },
    stop: () => boss.stop({ graceful: true, wait: true, timeout: 10_000 }),
  };
  return jobs;
}

const settingsOf = (name: string, policy: JobPolicy): PgBoss.Queue => ({
  name,
  policy: 'short',
  retryLimit: policy.retries ?? 5,
  retryDelay: policy.retrySeconds ?? 30,
  retryBackoff: true,
  expireInSeconds: policy.expireSeconds ?? 900,
});
