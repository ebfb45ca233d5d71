import { addMonths } from '../../kernel/day.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, systemActor } from '../../platform/db.ts';
import type { Jobs } from '../../platform/jobs.ts';
import { checkFilings } from './check.ts';
import { prepareFilings } from './prepare.ts';

/** 05:30: takes what the last two months brought from the book, so that nobody has to remember it, and checks it. */
export async function filingJobs(jobs: Jobs, db: Db, clock: Clock): Promise<void> {
  await jobs.schedule('filings.prepare', '30 5 * * *', () => prepareRecent(db, clock));
}

/** What the nightly job does. */
export function prepareRecent(db: Db, clock: Clock): Promise<void> {
  const context = { actor: systemActor, clock };
  const today = clock.today();
  return db.transaction(systemActor, async (tx) => {
    await prepareFilings(tx, context, { from: addMonths(today, -2), to: today });
    await checkFilings(tx, context, { statuses: ['prepared'] });
  });
}
