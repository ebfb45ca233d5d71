import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db.ts';
import type { Jobs } from '../../platform/jobs.ts';
import { forgetOld } from './codes.ts';

/** 03:40: forgets codes and sessions of last week and before. */
export async function portalJobs(jobs: Jobs, db: Db, clock: Clock): Promise<void> {
  await jobs.schedule('portal.forget', '40 3 * * *', () => forgetOld(db, clock));
}
