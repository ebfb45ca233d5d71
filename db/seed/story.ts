import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { addDays } from '../../src/kernel/day.ts';
import { type Quarter, quarterOf, quarterSpan } from '../../src/kernel/month.ts';
import { startReporting, submitDay } from '../../src/modules/exchange/index.ts';
import { confirmCertificate, finaliseDue, sealQuarter } from '../../src/modules/feedback/index.ts';
import { startRun } from '../../src/modules/reconciliation/contract.ts';
import {
  fetchFromMonitor,
  openSealSigner,
  runReconciliation,
  sealRun,
} from '../../src/modules/reconciliation/index.ts';
import { seedDemoSchemes } from '../../src/modules/subsidies/index.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { type Db, systemActor } from '../../src/platform/db.ts';

export type StoryOptions = {
  readonly db: Db;
  readonly clock: Clock;
  readonly dataDir: string;
  say(line: string): void;
};

const reportedDays = 6;

/**
 * Lives the demo's recent past once the product and the stand-in run: packages of the last two quarters' ends and of the last
 * days, the quarters' reconciliations and certificates. The older quarter is confirmed and final, so that money can rest on it;
 * the newer stays open to objections, as it would be. Everything through the actions people use; again, it changes nothing.
 */
export async function tellStory({ db, clock, dataDir, say }: StoryOptions): Promise<void> {
  await standInIsUp(dataDir);
  const today = clock.today();
  const newer = quarterBefore(quarterOf(today));
  const older = quarterBefore(newer);
  const recent = Array.from({ length: reportedDays }, (_, index) => addDays(today, index - reportedDays));
  await db.transaction(systemActor, (tx) =>
    startReporting(tx, { actor: systemActor, clock }, { from: addDays(today, -1), document: '演示上线通知' }),
  );
  // The quarters' ends go first: packages are numbered in the order they are built.
  for (const day of [quarterSpan(older).to, quarterSpan(newer).to, ...recent]) await submitDay(db, clock, { day });
  for (const quarter of [older, newer]) {
    if (!(await certify(db, clock, quarter))) return say(`演示：${quarter} 核对有差异，请到「数据核对」处理`);
  }
  await confirmQuarter(db, clock, older);
  await adoptDemoSchemes(db, clock);
  say(`演示：近 ${reportedDays} 日数据已报送；${older} 反馈凭证已定稿，${newer} 在异议期内`);
}

/** Reconciles a quarter's end with the stand-in, seals the run and the quarter; false when there are differences to look at. */
async function certify(db: Db, clock: Clock, quarter: Quarter): Promise<boolean> {
  const context = { actor: systemActor, clock };
  const asOf = quarterSpan(quarter).to;
  const command = startRun.parse({
    key: `story-${asOf}`,
    ours: { asOf },
    theirs: { asOf },
    source: { kind: 'monitor' },
  });
  const run = await runReconciliation(db, context, command, { fetchRecords: fetchFromMonitor });
  if (run.differences > 0) return false;
  const signer = await openSealSigner();
  await db.transaction(systemActor, async (tx) => {
    const { status } = await tx
      .selectFrom('reconciliation.run')
      .select('status')
      .where('id', '=', BigInt(run.runId))
      .executeTakeFirstOrThrow();
    if (status !== 'sealed') await sealRun(tx, context, BigInt(run.runId), signer);
    await sealQuarter(tx, context, { quarter });
  });
  return true;
}

/** Every county, city and the province confirm the demo's earlier quarter on paper, so that it is final and money can rest on it. */
async function confirmQuarter(db: Db, clock: Clock, quarter: Quarter): Promise<void> {
  const context = { actor: systemActor, clock };
  await db.transaction(systemActor, async (tx) => {
    const { rows } = await sql<{ id: bigint; institutionId: number }>`
      select c.id, i.id as "institutionId"
        from feedback.certificate c
        join institutions.institution i on i.region_code = c.region_code and i.kind in ('finance-bureau', 'regulator') and i.status = 'active'
       where c.quarter = ${quarter} and c.status = 'published'
       order by c.id, i.id`.execute(tx);
    for (const row of rows) {
      await confirmCertificate(tx, context, {
        certificateId: row.id,
        institutionId: row.institutionId,
        document: '演示确认函',
      });
    }
    await finaliseDue(tx, context);
  });
}

/** The 占位 schemes of the demo, adopted by every city. */
async function adoptDemoSchemes(db: Db, clock: Clock): Promise<void> {
  const context = { actor: systemActor, clock };
  await db.transaction(systemActor, async (tx) => {
    const cities = await tx
      .selectFrom('institutions.region')
      .select('code')
      .where('level', '=', 2)
      .orderBy('code')
      .execute();
    for (const { code } of cities) await seedDemoSchemes(tx, context, code);
  });
}

const quarterBefore = (of: Quarter): Quarter => quarterOf(addDays(quarterSpan(of).from, -1));

/** The stand-in writes its address when it listens. */
async function standInIsUp(dataDir: string): Promise<void> {
  const file = join(dataDir, 'monitor', 'link.json');
  for (let tries = 0; tries < 120 && !existsSync(file); tries += 1) await wait(500);
}
