import type { Clock } from '../../platform/clock.ts';
import { type Db, systemActor } from '../../platform/db.ts';
import type { Jobs } from '../../platform/jobs.ts';
import { resumeBatches } from './run.ts';
import { visitSource } from './sftp.ts';
import { sourcesOn } from './store-sources.ts';

/**
 * What the clock does for batches: every ten minutes from 20:00 to 08:00 a visit to each bank's SFTP server that is set up; and at the
 * start, batches that a crash interrupted. A bank whose server fails does not keep the others from being visited.
 */
export async function batchJobs(jobs: Jobs, db: Db, clock: Clock): Promise<void> {
  await jobs.schedule('batches.visit-sftp', '*/10 20-23,0-7 * * *', () => visitAll(db, clock), { expireSeconds: 3600 });
  await resumeBatches(db, clock);
}

/** Visits every source in force today; throws afterwards what failed, naming the banks. */
export async function visitAll(db: Db, clock: Clock): Promise<void> {
  const failures: string[] = [];
  for (const source of await db.read(systemActor, (tx) => sourcesOn(tx, clock.today()))) {
    try {
      await visitSource(db, clock, source);
    } catch (error) {
      failures.push(`${source.bankCode}：${(error as Error).message}`);
    }
  }
  if (failures.length > 0) throw new Error(`SFTP 取件未成：${failures.join('；')}`);
}
