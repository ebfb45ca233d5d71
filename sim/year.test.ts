import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadDemo } from '../db/seed/demo.ts';
import { seeded } from '../db/seed/random.ts';
import { addMonths } from '../src/kernel/day.ts';
import { checkTrialBalance } from '../src/ledger/index.ts';
import { checkBookEqualsLedger, checkCashEqualsLedger } from '../src/modules/guarantees/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { systemActor } from '../src/platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../src/platform/testing/index.ts';
import { verifyAll } from '../src/verify.ts';
import { dailyEvents, monthTurn } from './events.ts';
import { World } from './world.ts';

/** A year up to today, so that the days of the world and the instants of the database agree on what is past. */
const end = systemClock.today();
const start = addMonths(end, -12);
const seed = Number(process.env.RONGDAN_SIM_SEED ?? 20261124);

let database: TestDatabase;
let world: World;
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'rongdan-sim-'));
const before = process.env.DATA_DIR;

beforeAll(async () => {
  process.env.DATA_DIR = dataDir;
  database = await createTestDatabase();
  world = new World(database.db, seeded(seed), start);
  const { clock } = world.context;
  await loadDemo({ db: database.db, ownerUrl: database.ownerUrl, dataDir, size: 120, clock, say: () => {} });
}, 240_000);
afterAll(async () => {
  await database?.close();
  rmSync(dataDir, { recursive: true, force: true });
  if (before === undefined) delete process.env.DATA_DIR;
  else process.env.DATA_DIR = before;
});

test(`一年的业务，次序由种子 ${seed} 决定：每月账实相符，年末 verify 全部通过`, async () => {
  const choices = dailyEvents.map((event) => [event, event.weight] as const);
  while (world.today < end) {
    world.nextDay();
    if (world.today.endsWith('-01')) {
      await monthTurn(world);
      await compareBooks();
    }
    for (let left = world.random.between(0, 4); left > 0; left -= 1) {
      const event = world.random.weighted(choices);
      await world.happens(event.name, () => event.happen(world));
    }
  }
  await compareBooks();
  const { checks } = await verifyAll(database.db);
  expect(checks.flatMap(({ title, findings }) => findings.map((each) => [title, each.place, each.message]))).toEqual(
    [],
  );
  // A year in which nothing came to pass, or nothing was refused, would prove little.
  const counts = [...world.counts];
  expect(counts.filter(([, { done }]) => done === 0).map(([name]) => name)).toEqual([]);
  expect(counts.reduce((sum, [, { refused }]) => sum + refused, 0)).toBeGreaterThan(50);
}, 600_000);

async function compareBooks(): Promise<void> {
  const findings = await database.db.read(systemActor, async (tx) => [
    ...(await checkTrialBalance(tx)),
    ...(await checkBookEqualsLedger(tx)),
    ...(await checkCashEqualsLedger(tx)),
  ]);
  expect(findings, world.today).toEqual([]);
}
