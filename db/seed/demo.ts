import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addDays, addMonths, type Day, day, yearOf } from '../../src/kernel/day.ts';
import { wan } from '../../src/kernel/money.ts';
import { createAgreement } from '../../src/modules/agreements/index.ts';
import { createBranch } from '../../src/modules/banks/index.ts';
import {
  createPerson,
  demoAccountPrefix,
  demoPassword,
  grantRole,
  roles,
  syncRoles,
} from '../../src/modules/identity/index.ts';
import { importFile } from '../../src/modules/imports/index.ts';
import { createInstitution, loadRegions, recordCapital } from '../../src/modules/institutions/index.ts';
import { loadBaseline } from '../../src/modules/products/index.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { type Db, systemActor, type Tx } from '../../src/platform/db.ts';
import type { Context } from '../../src/platform/http.ts';
import { seedAftercare } from './aftercare.ts';
import { seedBatches } from './batches.ts';
import { type BookOwner, demoProfiles, writeBook } from './book-files.ts';
import { seedCases } from './cases.ts';
import { seedFilings } from './filings.ts';
import { seedLimits } from './limits.ts';
import { products, splits } from './products.ts';
import { type PlannedInstitution, plannedInstitutions, plannedPeople, unmergedCounties } from './province.ts';
import { seeded } from './random.ts';
import { enterRecentDays } from './recent-days.ts';

export type DemoOptions = {
  readonly db: Db;
  readonly ownerUrl: string;
  readonly dataDir: string;
  /** How many guarantees; default 20,000. */
  readonly size?: number;
  readonly seed?: number;
  /** The last day of the book; default the day before the clock's. */
  readonly today?: Day;
  /** Default the system's. */
  readonly clock?: Clock;
  say(line: string): void;
};

/** The accounts that the start-up prints and the sign-in page offers. */
export const demoAccounts: readonly { login: string; password: string; title: string; roles: readonly string[] }[] =
  plannedPeople.map((person) => ({
    login: `${demoAccountPrefix}${person.account}`,
    password: demoPassword,
    title: `${roles.find((role) => role.code === person.role)?.title ?? person.role}　${person.name}`,
    roles: [person.role],
  }));

/**
 * Loads the demo province: the real Shanxi with made-up guarantors, people and loans. Everything goes through the actions
 * people use: institutions, accounts, agreements one by one, the book by the same import a guarantor would use, the last
 * days by single entries. The same size, seed and day make the same province.
 */
export async function loadDemo(options: DemoOptions): Promise<void> {
  const { db } = options;
  const clock = options.clock ?? systemClock;
  const context: Context = { actor: systemActor, clock };
  const today = options.today ?? addDays(clock.today(), -1);
  await syncRoles(options.ownerUrl);
  const province = await db.transaction(systemActor, (tx) => loadProvince(tx, context));
  options.say(`机构 ${province.ids.size} 家、人员与协议已登记`);
  const owners = await db.transaction(systemActor, (tx) =>
    loadAgreements(tx, context, province, today, options.size ?? 20_000),
  );
  await loadBook(options, context, owners, today);
  const entered = await enterRecentDays(db, context, today, options.seed ?? 14);
  options.say(`逐笔登记近日变动 ${entered} 笔`);
  options.say(await seedLimits(db, context, today));
  options.say(await seedCases(db, context));
  options.say(await seedFilings(db, context, today));
  options.say(await seedAftercare(db, context, today));
  options.say(await seedBatches(db, context, today));
}

type Province = {
  readonly regions: readonly { code: number; name: string; level: number; parentCode: number | null }[];
  readonly institutions: readonly PlannedInstitution[];
  readonly ids: ReadonlyMap<string, number>;
};

async function loadProvince(tx: Tx, context: Context): Promise<Province> {
  await loadRegions(tx);
  const regions = await tx
    .selectFrom('institutions.region')
    .select(['code', 'name', 'level', 'parent_code as parentCode'])
    .orderBy('code')
    .execute();
  const institutions = plannedInstitutions(regions);
  const finishedYears = [4, 3, 2, 1].map((back) => yearOf(context.clock.today()) - back);
  const ids = new Map<string, number>();
  for (const each of institutions) {
    const { id } = await createInstitution(tx, context, { ...each, openedOn: day('2019-06-28') });
    ids.set(each.key, id);
    for (const [index, year] of (each.registeredCapitalWan === undefined ? [] : finishedYears).entries()) {
      await recordCapital(tx, context, {
        guarantorId: id,
        asOf: day(`${year}-12-31`),
        registeredCapital: wan(each.registeredCapitalWan ?? 0),
        netAssets: wan((each.netAssetsWan ?? 0) + index * 320),
        stakesInGuarantors: wan(each.level === 2 ? 500 : 0),
        source: `${year}年度审计报告（演示）`,
      });
    }
  }
  await loadBranches(tx, context, regions, institutions, ids);
  await loadPeople(tx, context, ids);
  await tx
    .insertInto('agreements.product')
    .values(products.map((each) => ({ ...each })))
    .execute();
  await loadBaseline(tx, context);
  return { regions, institutions, ids };
}

async function loadBranches(
  tx: Tx,
  context: Context,
  regions: Province['regions'],
  institutions: readonly PlannedInstitution[],
  ids: ReadonlyMap<string, number>,
) {
  const cities = regions.filter((region) => region.level === 2);
  let number = 313_161_000_000;
  for (const bank of institutions.filter((each) => each.kind === 'bank')) {
    for (const city of cities) {
      number += 1009;
      await createBranch(tx, context, {
        bankId: ids.get(bank.key) ?? 0,
        code: String(number),
        name: `${bank.shortName.replace(/(山西|太原)分行$/, '')}${city.name}分行`,
        regionCode: city.code,
      });
    }
  }
}

async function loadPeople(tx: Tx, context: Context, ids: ReadonlyMap<string, number>): Promise<void> {
  for (const person of plannedPeople) {
    const { id } = await createPerson(tx, context, {
      account: `${demoAccountPrefix}${person.account}`,
      name: person.name,
      personKey: `demo:${person.account}`,
      institutionId: ids.get(person.at) ?? 0,
      password: demoPassword,
    });
    await grantRole(tx, context, { userId: id, role: person.role });
  }
}

/** Agreements of every guarantor with four banks (a county's with two) on the products of the book; returns who gets how many guarantees. */
async function loadAgreements(
  tx: Tx,
  context: Context,
  province: Province,
  today: Day,
  size: number,
): Promise<BookOwner[]> {
  const banks = province.institutions.filter((each) => each.kind === 'bank');
  const guarantors = province.institutions.filter((each) => each.kind === 'guarantor');
  const unmerged = new Set(unmergedCounties(province.regions).map((county) => county.code));
  const weights = guarantors.map((each) => (each.level === 2 ? 12 : 2));
  const total = weights.reduce((sum, each) => sum + each, 0);
  const owners: BookOwner[] = [];
  for (const [index, guarantor] of guarantors.entries()) {
    const guarantorId = province.ids.get(guarantor.key) ?? 0;
    const own = (guarantor.level === 2 ? [0, 1, 2, 3] : [0, 1]).map(
      (step) => banks[(index + step * 3) % banks.length] as PlannedInstitution,
    );
    for (const bank of own) {
      for (const [productCode, split] of Object.entries(splits)) {
        await createAgreement(tx, context, {
          guarantorId,
          bankId: province.ids.get(bank.key) ?? 0,
          productCode,
          contractNo: `YD-${guarantor.regionCode}-${province.ids.get(bank.key)}-${1 + products.findIndex((each) => each.code === productCode)}`,
          version: {
            ...split,
            otherShare: '0',
            feeRate: productCode === 'agri' ? '0.005' : '0.01',
            from: addMonths(today, -48),
            to: null,
            document: '演示合作协议（比例凭记忆，未核实）',
          },
        });
      }
    }
    owners.push({
      guarantorId,
      prefix: `${guarantor.level === 2 ? 'S' : 'X'}${guarantor.regionCode}`,
      counties: countiesOf(guarantor, province.regions, unmerged),
      banks: own.map((bank) => bank.name),
      guarantees: Math.max(1, Math.round((size * (weights[index] ?? 0)) / total)),
    });
  }
  return owners;
}

/** A county guarantor serves its county; a city's serves the counties that have none of their own. */
function countiesOf(guarantor: PlannedInstitution, regions: Province['regions'], unmerged: ReadonlySet<number>) {
  if (guarantor.level === 3) return regions.filter((region) => region.code === guarantor.regionCode);
  return regions.filter((region) => region.parentCode === guarantor.regionCode && !unmerged.has(region.code));
}

async function loadBook(
  options: DemoOptions,
  context: Context,
  owners: readonly BookOwner[],
  today: Day,
): Promise<void> {
  const folder = join(options.dataDir, 'demo');
  await mkdir(folder, { recursive: true });
  const random = seeded(options.seed ?? 14);
  const counts = { guarantees: 0, movements: 0, refused: 0 };
  for (const owner of owners) {
    const files = await writeBook(owner, { from: addMonths(today, -36), today }, folder, random);
    for (const [path, profile] of [
      [files.guarantees, demoProfiles.guarantees],
      [files.movements, demoProfiles.movements],
    ] as const) {
      const batch = await importFile(options.db, context, {
        guarantorId: owner.guarantorId,
        path,
        profile,
        take: 'good',
      });
      counts.refused += batch.refused + batch.needsCompleting;
    }
    counts.guarantees += owner.guarantees;
    counts.movements += files.rows - owner.guarantees;
  }
  options.say(`存量业务已导入：保函 ${counts.guarantees} 笔，变动 ${counts.movements} 笔，未入账 ${counts.refused} 行`);
  await rm(folder, { recursive: true, force: true });
}
