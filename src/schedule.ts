import { afterReports, planAllInspections } from './modules/aftercare/index.ts';
import { checkpointAudit } from './modules/audit/index.ts';
import { carryOutWaiting } from './modules/bankreports/index.ts';
import { batchJobs } from './modules/batches/index.ts';
import { lapseDue } from './modules/cases/index.ts';
import { exchangeJobs } from './modules/exchange/index.ts';
import { finaliseDue } from './modules/feedback/index.ts';
import { filingJobs } from './modules/filings/index.ts';
import { closeMonths } from './modules/guarantees/index.ts';
import { resumeImports } from './modules/imports/index.ts';
import { reckonBooks } from './modules/limits/index.ts';
import { portalJobs } from './modules/portal/index.ts';
import { scheduleReconciliation } from './modules/reconciliation/index.ts';
import { webhookJobs } from './modules/webhooks/index.ts';
import type { Clock } from './platform/clock.ts';
import { type Db, systemActor } from './platform/db.ts';
import { type Jobs, openJobs } from './platform/jobs.ts';
import { openSigner } from './platform/signers.ts';

/**
 * What the clock starts: every hour at :20 month-end balances and at :50 what limits are measured on, 00:10 signed checkpoints of the audit chains, 00:30 certificates whose objection window is over,
 * 06:00 yesterday's packages, 06:40 their reconciliation; 20:00–08:00 every ten minutes the banks' SFTP servers; and imports and batches that a crash interrupted. `stop` the answer to end them.
 */
export async function startJobs(ownerUrl: string, db: Db, clock: Clock): Promise<Jobs> {
  const context = { actor: systemActor, clock };
  const jobs = await openJobs(ownerUrl, (error) => console.error(`后台任务出错：${error.message}`));
  await exchangeJobs(jobs, db, clock);
  await scheduleReconciliation(jobs, { db, clock });
  await jobs.schedule('feedback.finalise', '30 0 * * *', async () => {
    await db.transaction(systemActor, (tx) => finaliseDue(tx, context));
  });
  await webhookJobs(jobs, db, clock);
  await filingJobs(jobs, db, clock);
  await portalJobs(jobs, db, clock);
  await jobs.schedule('audit.checkpoint', '10 0 * * *', async () => {
    const signer = await openSigner('audit');
    await db.transaction(systemActor, (tx) => checkpointAudit(tx, context, signer));
  });
  await jobs.schedule('guarantees.close-months', '20 * * * *', () => closeMonths(db, context));
  await jobs.schedule('limits.reckon', '50 * * * *', () => reckonBooks(db, clock.today()));
  await jobs.schedule('bankreports.carry-out', '*/10 * * * *', async () => {
    await carryOutWaiting(db, context, afterReports);
  });
  await jobs.schedule('aftercare.plan-inspections', '40 0 * * *', async () => {
    await planAllInspections(db, context);
  });
  await jobs.schedule('cases.lapse', '5 0 * * *', async () => {
    await db.transaction(systemActor, (tx) => lapseDue(tx, context));
  });
  await batchJobs(jobs, db, clock);
  await resumeImports(db, context);
  return jobs;
}
