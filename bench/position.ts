import type pg from 'pg';
import { positionBy } from '../src/modules/guarantees/index.ts';
import { measure, numberOption, report, rounded, startBenchDatabase } from './harness.ts';
import { benchDay, fillProvince } from './province.ts';

/**
 * 在保余额 as of a day by county and tag, over `size` guarantees and five times as many movements: the product's own function as a
 * province user under row-level security, against the plain SQL over the same tables as the owner, without it. Both take turns on
 * several days; the median of each counts.
 */
const size = numberOption('size', 1_000_000);
const rounds = numberOption('rounds', 5);

const plain = (asOf: string) => `
  select g.county, g.primary_tag, count(*)::integer as count,
         count(distinct (g.guarantor_id, g.customer_id))::integer as households, sum(m.outstanding)::bigint as outstanding,
         sum(round(m.outstanding::numeric * g.guaranteed / g.principal))::bigint as borne
    from (select guarantor_id, guarantee_id, sum(delta) as outstanding from guarantees.movement
           where occurred_on <= date '${asOf}' group by 1, 2 having sum(delta) <> 0) m
    join guarantees.guarantee g on g.guarantor_id = m.guarantor_id and g.id = m.guarantee_id
   group by 1, 2 order by 1, 2`;

// Ends of months, where a closing is the whole answer, and days far from one.
const days = [benchDay, '2026-09-29', '2025-12-31', '2026-05-30', '2024-09-16'] as const;
const bench = await startBenchDatabase();
try {
  const userId = await fillProvince(bench, size);
  const owner: pg.PoolClient = await bench.owner.connect();
  if (process.argv.includes('--explain')) await explain(owner);
  await owner.query(`set work_mem = '160MB'`);
  const [ours, limit]: [number[], number[]] = [[], []];
  let rssMb = 0;
  for (let round = 0; round < rounds; round += 1) {
    const asOf = days[round % days.length]!;
    const answers: Record<string, unknown>[][] = [];
    const byHand = await measure(async () => {
      answers[0] = (await owner.query(plain(asOf))).rows;
    });
    const byUs = await measure(async () => {
      const rows = await bench.db.read({ userId }, (tx) => positionBy(tx, 'county-tag', { asOf: asOf as never }));
      answers[1] = rows as never;
    });
    assertSame(answers[0]!, answers[1]!);
    limit.push(byHand.seconds);
    ours.push(byUs.seconds);
    rssMb = Math.max(rssMb, byUs.rssMb);
    if (process.argv.includes('--verbose')) console.error(asOf, byHand.seconds, byUs.seconds);
  }
  owner.release();
  const [ours_s, limit_s] = [median(ours), median(limit)];
  report({
    bench: 'position',
    size,
    ours_s: rounded(ours_s, 3),
    limit_s: rounded(limit_s, 3),
    ratio: rounded(ours_s / limit_s),
    rss_mb_max: rssMb,
  });
} finally {
  await bench.stop();
}

/** Speed without the same figures is worth nothing. */
function assertSame(theirs: Record<string, unknown>[], ours: Record<string, unknown>[]): void {
  const text = (rows: unknown[][]) => rows.map((row) => row.map(String).join(' ')).join('\n');
  const a = text(
    theirs.map((row) => [row.county, row.primary_tag, row.count, row.households, row.outstanding, row.borne]),
  );
  const b = text(
    ours.map((row) => [row.key, row.primaryTag, row.count, row.households, row.outstanding, row.outstandingBorne]),
  );
  if (a !== b || ours.length === 0) throw new Error(`两边的数不一致：\n${a.slice(0, 300)}\n--\n${b.slice(0, 300)}`);
}

async function explain(owner: pg.PoolClient): Promise<void> {
  const { rows } = await owner.query(`explain (analyze, buffers, settings) ${plain('2026-06-30')}`);
  console.error(rows.map((row) => row['QUERY PLAN']).join('\n'));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
