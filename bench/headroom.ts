import pg from 'pg';
import { addDays, day } from '../src/kernel/day.ts';
import { fen } from '../src/kernel/money.ts';
import { Refused } from '../src/kernel/refusal.ts';
import { headroom, reckonBooks, reserve, reserveSoon } from '../src/modules/limits/index.ts';
import { baselineVersions } from '../src/modules/products/baseline.ts';
import { addProductVersion } from '../src/modules/products/index.ts';
import { openDb, systemActor } from '../src/platform/db.ts';
import { measure, numberOption, report, rounded, startBenchDatabase } from './harness.ts';
import { benchClock, benchDay, fillProvince } from './province.ts';

/**
 * Reservations: `connections` callers at once on one customer of one guarantor, each asking again and again for `seconds`, over a book of
 * `size` guarantees. A customer has room for twenty of them, so that most are refused and the others replace their own. What is held is
 * summed all the while and must never exceed the limit: speed with an overshoot is worth nothing. Callers go through `reserveSoon`, as the
 * API does; with `--direct` each has a transaction of its own (`reserve`), as the steps of a case do.
 */
const size = numberOption('size', 200_000);
const connections = numberOption('connections', 50);
const seconds = numberOption('seconds', 10);
const isDirect = process.argv.includes('--direct');

const guarantorId = 1;
const customerId = 52n;
const context = { actor: systemActor, clock: benchClock };
const bench = await startBenchDatabase();
try {
  await fillProvince(bench, size);
  await setUp();
  const asked = { guarantorId, customerId, bankId: 901, productCode: 'bench-loan', county: 140105, on: benchDay };
  const lines = await bench.db.read(systemActor, (tx) => headroom(tx, { ...asked, amount: fen(1) }));
  const cap = lines.find((each) => each.code === 'single-customer-cap');
  if (!cap?.limit || cap.room === null) throw new Error('没有单户上限，测不了');
  // Twenty of them fill what the customer has left; at 75% or 100% weight alike it is at least one and at most all.
  const amount = fen(cap.room / 20n);
  const crowd = openDb(bench.appUrl, { maxConnections: connections });
  const clients = await Promise.all(Array.from({ length: connections }, () => crowd.pool.connect()));
  for (const client of clients) client.release();
  const counts = { accepted: 0, refused: 0, looks: 0 };
  const took: number[] = [];
  const until = performance.now() + seconds * 1000;
  const one = async (worker: number): Promise<void> => {
    while (performance.now() < until) {
      const begin = performance.now();
      const command = {
        ...asked,
        ...{ subject: `case:1/${worker}`, amount, guaranteed: fen((amount * 8n) / 10n), until: addDays(benchDay, 30) },
      };
      try {
        if (isDirect) await crowd.transaction(systemActor, (tx) => reserve(tx, context, command));
        else await reserveSoon(crowd, context, command);
        counts.accepted += 1;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        counts.refused += 1;
      }
      took.push(performance.now() - begin);
    }
  };
  const watch = async (): Promise<void> => {
    while (performance.now() < until) {
      await assertWithin(cap.limit ?? 0n);
      counts.looks += 1;
      await new Promise((done) => setTimeout(done, 200));
    }
  };
  const { seconds: ran, rssMb } = await measure(async () => {
    await Promise.all([...Array.from({ length: connections }, (_, worker) => one(worker)), watch()]);
  });
  await assertWithin(cap.limit);
  await crowd.close();
  took.sort((a, b) => a - b);
  if (connections > 20 && (counts.accepted === 0 || counts.refused === 0))
    throw new Error('没有既通过又拒绝，测不出是否守住');
  report({
    bench: isDirect ? 'headroom --direct' : 'headroom',
    size,
    connections,
    decisions_per_s: Math.round(took.length / ran),
    accepted: counts.accepted,
    refused: counts.refused,
    p50_ms: rounded(took[took.length >> 1]!, 1),
    p99_ms: rounded(took[Math.floor(took.length * 0.99)]!, 1),
    looks: counts.looks,
    overshoot: 0,
    rss_mb_max: rssMb,
  });
} finally {
  await bench.stop();
}

/** Net assets, a product version, a bank's line and a yearly line, so that every limit is asked. */
async function setUp(): Promise<void> {
  const client = new pg.Client({ connectionString: bench.superUrl });
  await client.connect();
  await client.query(`
    insert into institutions.capital_fact (guarantor_id, as_of_on, registered_capital, net_assets, source)
    select n, '2025-12-31', 100000000000, 100000000000000, '测速' from generate_series(1, 52) n;
    insert into limits.bank_line (bank_id, version, from_on, to_on, amount, document, recorded_by) values (901, 1, '2026-01-01', '2026-12-31', 9000000000000000, '测速', 0);
    insert into limits.bank_allocation (bank_id, version, guarantor_id, amount) select 901, 1, n, 100000000000000 from generate_series(1, 52) n;
    insert into limits.line_formula (version, from_on, terms, source, recorded_by) values (1, '2020-01-01', '{}', '测速', 0);
    insert into limits.guarantor_line (guarantor_id, year, formula_version, amount, working, document, status, recorded_by)
    select n, 2026, 1, 900000000000000, '{"groups":[{"code":"sharing-other","title":"银担分险额度","amount":"9000000000000.00","text":""}]}', '测速', 'approved', 0 from generate_series(1, 52) n;
    insert into limits.policy_target (guarantor_id, county, year, version, amount, document, recorded_by) values (1, 140105, 2026, 1, 1000000000000, '测速', 0)`);
  await client.end();
  const { terms } = baselineVersions().findLast((each) => each.code === 'tech')!;
  const caps = terms.caps.map((each) => ({ ...each, amount: '900000000000.00' }));
  const version = { code: 'bench-loan', from: day('2020-01-01'), to: null, document: '测速', unverified: null };
  await bench.db.transaction(systemActor, (tx) =>
    addProductVersion(tx, context, { ...version, terms: { ...terms, caps } }),
  );
  await reckonBooks(bench.db, benchDay);
}

async function assertWithin(limit: bigint): Promise<void> {
  const lines = await bench.db.read(systemActor, (tx) =>
    headroom(tx, { guarantorId, customerId, amount: fen(0), on: benchDay }),
  );
  const cap = lines.find((each) => each.code === 'single-customer-cap');
  if (cap && cap.after > limit) throw new Error(`突破单户上限：${cap.after} > ${limit}`);
}
