import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { addDays, type Day } from '../../src/kernel/day.ts';
import { type Quarter, quarterOf, quarterSpan } from '../../src/kernel/month.ts';
import { submitDay } from '../../src/modules/exchange/index.ts';
import { sealQuarter } from '../../src/modules/feedback/index.ts';
import { startRun } from '../../src/modules/reconciliation/contract.ts';
import {
  fetchFromMonitor,
  openSealSigner,
  runReconciliation,
  sealRun,
} from '../../src/modules/reconciliation/index.ts';
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
 * Lives the demo's recent past once the product and the stand-in run: packages of the last quarter's end and of the last
 * days, the quarter's reconciliation, its certificates. Everything through the actions people use; doing it again changes
 * nothing. The last quarter stays open to objections, as it would be.
 */
export async function tellStory({ db, clock, dataDir, say }: StoryOptions): Promise<void> {
  const context = { actor: systemActor, clock };
  await standInIsUp(dataDir);
  const today = clock.today();
  const quarter = lastWholeQuarter(today);
  const end = quarterSpan(quarter).to;
  const days = Array.from({ length: reportedDays }, (_, index) => addDays(today, index - reportedDays));
  // The quarter's end goes first: packages are numbered in the order they are built.
  for (const day of [end, ...days]) await submitDay(db, clock, { day });
  const command = startRun.parse({
    key: `story-${end}`,
    ours: { asOf: end },
    theirs: { asOf: end },
    source: { kind: 'monitor' },
  });
  const run = await runReconciliation(db, context, command, { fetchRecords: fetchFromMonitor });
  if (run.differences > 0) return say(`演示：${quarter} 核对有 ${run.differences} 项差异，请到「数据核对」处理`);
  await sealOnce(db, context, run.runId);
  await db.transaction(systemActor, (tx) => sealQuarter(tx, context, { quarter }));
  say(`演示：近 ${reportedDays} 日数据已报送，${quarter} 已核对并出具反馈凭证`);
}

async function sealOnce(db: Db, context: { actor: typeof systemActor; clock: Clock }, runId: string): Promise<void> {
  const signer = await openSealSigner();
  await db.transaction(systemActor, async (tx) => {
    const run = await tx
      .selectFrom('reconciliation.run')
      .select('status')
      .where('id', '=', BigInt(runId))
      .executeTakeFirstOrThrow();
    if (run.status !== 'sealed') await sealRun(tx, context, BigInt(runId), signer);
  });
}

const lastWholeQuarter = (today: Day): Quarter => quarterOf(addDays(quarterSpan(quarterOf(today)).from, -1));

/** The stand-in writes its address when it listens. */
async function standInIsUp(dataDir: string): Promise<void> {
  const file = join(dataDir, 'monitor', 'link.json');
  for (let tries = 0; tries < 120 && !existsSync(file); tries += 1) await wait(500);
}
