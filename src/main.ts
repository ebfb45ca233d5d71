import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import type { Day } from './kernel/day.ts';
import { syncRoles } from './modules/identity/index.ts';
import { systemClock } from './platform/clock.ts';
import { type Db, openDb, systemActor } from './platform/db.ts';
import { type Companion, startCompanion } from './platform/instance/companion.ts';
import { demoDayOf, moveDemo } from './platform/instance/demo-day.ts';
import { firstDataOf, markFirstData } from './platform/instance/first-data.ts';
import { type FrontDoor, listenEarly, portOf } from './platform/instance/front-door.ts';
import { type Instance, openInstance, StartupProblem } from './platform/instance/index.ts';
import { MigrationProblem, migrate } from './platform/migrate.ts';

const say = (line: string): void => console.log(line);
const fileOf = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** What was opened, in order; closed the other way round. */
const opened: (() => Promise<unknown>)[] = [];
let leaving: Promise<never> | undefined;

listenForTheEnd();
try {
  await start();
} catch (error) {
  if (leaving) await leaving;
  console.error(isForOperator(error) ? error.message : error);
  await leave(1);
}

async function start(): Promise<void> {
  const startedAt = Number(process.env.RONGDAN_STARTED_AT) || performance.timeOrigin;
  const wantedDay = demoDayOf(process.env);
  const door = await listenEarly(portOf(process.env.PORT), process.env.HOST || '127.0.0.1');
  opened.push(() => door.close());
  const instance = await openInstance(process.env, { say });
  opened.push(() => instance.stop());
  instance.onCrash(() => {
    console.error(`内置数据库意外退出，程序随之停止：请查看 ${instance.dataDir} 下的 postgres.log，然后重新启动。`);
    void leave(1);
  });
  await upgrade(instance);
  const db = openDb(instance.appUrl);
  opened.push(() => db.close());
  // Modules find keys and files of this installation through the same variable, whoever started them.
  process.env.DATA_DIR = instance.dataDir;
  await syncRoles(instance.ownerUrl);
  const first = await firstDataFor(instance, db);
  const isDemo = first !== 'own';
  if (isDemo) process.env.RONGDAN_DEMO = '1';
  await setBusinessDay(instance, isDemo, wantedDay);
  if (first === 'empty') await loadFirstData(instance, db);
  await startStandIn(instance, door);
  await openProduct(instance, db, door);
  if (isDemo) startOtherStandIns(instance);
  const seconds = ((performance.timeOrigin + performance.now() - startedAt) / 1000).toFixed(1);
  say(`\n融担一体化平台已就绪（用时 ${seconds} 秒）：${door.url}`);
  if (isDemo) await sayAccounts();
  say('按 Ctrl-C 停止。');
  if (isDemo) await liveOn(instance, db);
}

async function upgrade(instance: Instance): Promise<void> {
  if ((await firstDataWhenMigrated(instance)) === 'loading') await startOver(instance);
  const report = await migrate(instance.ownerUrl);
  if (report.applied.length > 0) say(`数据库已升级（${report.applied.length} 个脚本）。`);
}

/** Only a database that has been migrated once carries the mark. */
async function firstDataWhenMigrated(instance: Instance): Promise<string> {
  try {
    return await firstDataOf(instance.ownerUrl);
  } catch (error) {
    if ((error as { code?: string }).code === '42P01') return 'none';
    throw error;
  }
}

/** Nobody could enter anything while the demo was loading, so an interrupted load holds nothing worth keeping. */
async function startOver(instance: Instance): Promise<void> {
  if (!(await instance.recreateDatabase())) {
    throw new StartupProblem('演示数据上次只装载了一半：请删除并重建 DATABASE_URL 所指的空库后重新启动。');
  }
  say('演示数据上次只装载了一半，已清空，现在重新装载。');
}

/** Whether the database holds the demo, is empty and will (unless RONGDAN_DEMO=0), or is the operator's own. */
async function firstDataFor(instance: Instance, db: Db): Promise<'demo' | 'empty' | 'own'> {
  if ((await firstDataOf(instance.ownerUrl)) === 'loaded') return 'demo';
  return process.env.RONGDAN_DEMO !== '0' && (await isEmpty(db)) ? 'empty' : 'own';
}

/** A demo may play on a later day (RONGDAN_TODAY), so that a year's settlement can be shown; real work never. */
async function setBusinessDay(instance: Instance, isDemo: boolean, wanted: Day | undefined): Promise<void> {
  const ignored = wanted && 'RONGDAN_TODAY 只在演示中有效，已忽略，业务日期就是今天。';
  const line = isDemo ? await moveDemo(instance.ownerUrl, wanted) : ignored;
  if (line) say(line);
}

/** Loads the demo province into the empty database. */
async function loadFirstData(instance: Instance, db: Db): Promise<void> {
  const { loadDemo } = await import('../db/seed/demo.ts');
  say('正在装载演示省份……');
  await markFirstData(instance.ownerUrl, 'loading');
  const size = process.env.RONGDAN_DEMO_SIZE;
  await loadDemo({
    db,
    ownerUrl: instance.ownerUrl,
    dataDir: instance.dataDir,
    ...(size ? { size: Number(size) } : {}),
    say,
  });
  await markFirstData(instance.ownerUrl, 'loaded');
}

function isEmpty(db: Db): Promise<boolean> {
  return db.read(systemActor, async (tx) => {
    const { rows } = await sql<{ empty: boolean }>`
      select not exists (select from institutions.institution) as empty`.execute(tx);
    return rows[0]?.empty === true;
  });
}

/** The monitoring system's stand-in, for the demo and for tests: a process and a database of its own. */
async function startStandIn(instance: Instance, door: FrontDoor): Promise<void> {
  const file = fileOf('monitor/main.ts');
  if (!existsSync(file) || process.env.RONGDAN_STAND_IN === '0') return;
  const url = process.env.MONITOR_DATABASE_URL || (await instance.sideDatabase('rongdan_monitor'));
  if (!url) return;
  const companion: Companion = startCompanion(
    file,
    { MONITOR_DATABASE_URL: url, MONITOR_DATA_DIR: `${instance.dataDir}/monitor`, RONGDAN_URL: door.url },
    (code) => console.error(`监测系统替身意外退出（退出码 ${code}），平台继续运行。`),
  );
  opened.push(() => companion.stop());
}

/** Of a demo: the stand-ins of the credit platform and the SMS gateway, each a process with files of its own, unless a real one is set. */
function startOtherStandIns({ dataDir }: Instance): void {
  if (process.env.RONGDAN_STAND_IN === '0') return;
  const standIns = [
    ['credit-platform', 'CREDIT_PLATFORM', '信用平台替身'],
    ['sms-gateway', 'SMS_GATEWAY', '短信网关替身'],
  ] as const;
  for (const [folder, name, title] of standIns) {
    const file = fileOf(`${folder}/main.ts`);
    if (process.env[`${name}_URL`] || !existsSync(file)) continue;
    const env = { [`${name}_DATA_DIR`]: `${dataDir}/${folder}`, STAND_IN_TODAY: systemClock.today() };
    const companion = startCompanion(file, env, (code) =>
      console.error(`${title}意外退出（退出码 ${code}），平台继续运行。`),
    );
    opened.push(() => companion.stop());
  }
}

async function openProduct(instance: Instance, db: Db, door: FrontDoor): Promise<void> {
  const { buildApp } = await import('./app.ts');
  const { startJobs } = await import('./schedule.ts');
  const app = await buildApp({ db, clock: systemClock });
  opened.push(() => app.close());
  await app.ready();
  const jobs = await startJobs(instance.ownerUrl, db, systemClock);
  opened.push(() => jobs.stop());
  door.open(
    (request, response) => app.routing(request, response),
    () => db.pool.query('select 1'),
  );
}

/** The demo's recent past, told in the background while people already look around; RONGDAN_DEMO_STORY=0 leaves it out. */
async function liveOn(instance: Instance, db: Db): Promise<void> {
  if (process.env.RONGDAN_DEMO_STORY === '0' || process.env.RONGDAN_STAND_IN === '0') return;
  const { tellStory } = await import('../db/seed/story.ts');
  await tellStory({ db, clock: systemClock, dataDir: instance.dataDir, say }).catch((error: Error) => {
    if (!leaving) say(`演示：近期经过未能补齐（${error.message}），不影响使用`);
  });
}

async function sayAccounts(): Promise<void> {
  const { demoAccounts } = await import('../db/seed/demo.ts');
  say('演示账号：');
  for (const account of demoAccounts) say(`  ${account.login}  ${account.password}  ${account.title}`);
}

function isForOperator(error: unknown): error is Error {
  return error instanceof StartupProblem || error instanceof MigrationProblem;
}

function listenForTheEnd(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!leaving) say('正在停止……');
      void leave(0);
    });
  }
  // The launcher was killed outright: nobody could stop us any more.
  process.on('disconnect', () => void leave(1));
  process.channel?.unref();
}

/** Closes all that is open, newest first, and leaves; asked again, it is the same leaving. */
function leave(code: number): Promise<never> {
  leaving ??= closeAll().then(() => process.exit(code));
  return leaving;
}

async function closeAll(): Promise<void> {
  for (let close = opened.pop(); close; close = opened.pop()) {
    await close().catch((error: unknown) => console.error(error));
  }
}
