import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays, day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor } from '../../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { checkClosings, closeMonths } from './closings.ts';
import { type PositionGrouping, positionBy } from './position.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await db.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values
      (140000, '山西省', 1, null), (140100, '太原市', 2, 140000), (140200, '大同市', 2, 140000),
      (140105, '小店区', 3, 140100), (140106, '迎泽区', 3, 140100), (140213, '平城区', 3, 140200) on conflict do nothing;
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) overriding system value values
      (1, 'G1', '甲担保', '甲', 'guarantor', 2, 140100), (2, 'G2', '乙担保', '乙', 'guarantor', 2, 140200),
      (9, 'B1', '银行', '银行', 'bank', 1, 140000);
    insert into agreements.product (code, name, class, source) values ('position-loan', '贷款', 'loan', '测试');
    insert into agreements.agreement (guarantor_id, id, bank_id, product_code, contract_no) overriding system value
      values (1, 1, 9, 'position-loan', 'X1'), (2, 2, 9, 'position-loan', 'X2');
    insert into agreements.version (guarantor_id, agreement_id, version, from_on, bank_share, guarantor_share, province_share, fund_share, fee_rate, document)
      values (1, 1, 1, '2020-01-01', 0.2, 0.4, 0.2, 0.2, 0.01, 'x'), (2, 2, 1, '2020-01-01', 0.2, 0.4, 0.2, 0.2, 0.01, 'x');
    insert into customers.customer (guarantor_id, id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence)
      overriding system value
      select g, g * 10 + n, 'enterprise', '户' || n, 'uscc', 'U' || g || n, 'H' || n, 140105, '小型', '{}'
        from generate_series(1, 2) g, generate_series(1, 3) n`);
});
afterAll(() => db.close());

const counties = [140105, 140106, 140213];
const firstDay = day('2024-01-01');
// Odd amounts so that the borne share is rounded; beyond 2000万元 (2·10⁹ 分) the whole-number way no longer serves.
const principal = fc.oneof(
  fc.bigInt(1n, 999n),
  fc.bigInt(1n, 2_000_000_003n),
  fc.bigInt(1_999_999_990n, 9_000_000_000_000n),
);
const guaranteeArb = principal.chain((most) =>
  fc.record({
    guarantor: fc.constantFrom(1, 2),
    customer: fc.integer({ min: 1, max: 3 }),
    county: fc.constantFrom(...counties),
    tag: fc.constantFrom(0, 1, 2, 4, 8),
    principal: fc.constant(most),
    guaranteed: fc.bigInt(1n, most),
    // Down by so many thousandths of the principal, so many days on, learnt so many days later.
    steps: fc.array(
      fc.record({
        share: fc.integer({ min: 0, max: 1000 }),
        after: fc.integer({ min: 0, max: 40 }),
        learntAfter: fc.integer({ min: 0, max: 9 }),
        reversed: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
  }),
);
type Made = typeof guaranteeArb extends fc.Arbitrary<infer T> ? T : never;
type Move = { at: number; kind: number; amount: bigint; delta: bigint; on: string; learnt: string };

function movesOf(made: Made): Move[] {
  const moves: Move[] = [];
  const add = (kind: number, amount: bigint, sign: bigint, after: number, learntAfter: number) => {
    const on = addDays(firstDay, after);
    moves.push({
      at: moves.length + 1,
      kind,
      amount,
      delta: sign * amount,
      on,
      learnt: `${addDays(on, learntAfter)}T09:00:00+08:00`,
    });
  };
  add(1, made.principal, 1n, 0, 1);
  for (const step of made.steps) {
    const amount = (made.principal * BigInt(step.share)) / 1000n;
    add(2, amount, -1n, step.after, step.learntAfter);
    if (step.reversed) add(12, amount, 1n, step.after, step.learntAfter + 1);
  }
  return moves;
}

async function store(book: readonly Made[]): Promise<void> {
  await db.owner.query(
    'truncate guarantees.guarantee, guarantees.closing, guarantees.closing_day, guarantees.closing_mark cascade',
  );
  const guarantees = book.map((made, at) => ({
    ...made,
    id: at + 1,
    steps: undefined,
    outstanding: movesOf(made).reduce((sum, move) => sum + move.delta, 0n),
  }));
  const json = (rows: unknown) =>
    JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  await db.owner.query(
    `insert into guarantees.guarantee (guarantor_id, id, contract_no, customer_id, agreement_id, agreement_version, product_code, bank_id,
       county, principal, guaranteed, fee_rate, starts_on, ends_on, tags, primary_tag, size_class, source, status, outstanding, due_on)
       overriding system value
     select guarantor, id, 'C' || id, guarantor * 10 + customer, guarantor, 1, 'position-loan', 9, county, principal, guaranteed, 0.01,
            '${firstDay}', '2027-01-01', tag, tag, '小型', 'test', 'in-force', outstanding, '2027-01-01'
       from jsonb_to_recordset($1::jsonb) as r(guarantor int, id bigint, customer int, county int, tag smallint, principal bigint, guaranteed bigint, outstanding bigint)`,
    [json(guarantees)],
  );
  const moves = book.flatMap((made, at) =>
    movesOf(made).map((move) => ({ ...move, guarantor: made.guarantor, id: at + 1 })),
  );
  await db.owner.query(
    `insert into guarantees.movement (guarantor_id, guarantee_id, seq, kind, amount, occurred_on, recorded_at)
     select guarantor, id, at, kind, amount, "on", learnt
       from jsonb_to_recordset($1::jsonb) as r(guarantor int, id bigint, at int, kind smallint, amount bigint, "on" date, learnt timestamptz)`,
    [json(moves)],
  );
}

/** Guarantee by guarantee, in whole numbers: what the set-based statement must equal. */
function naive(
  book: readonly Made[],
  by: PositionGrouping,
  asOf: string,
  knownAt: string | undefined,
  region: number | undefined,
) {
  const groups = new Map<string, { count: number; households: Set<string>; outstanding: bigint; borne: bigint }>();
  for (const made of book) {
    if (
      region !== undefined &&
      (region % 100 === 0 ? Math.trunc(made.county / 100) !== region / 100 : made.county !== region)
    )
      continue;
    const outstanding = movesOf(made)
      .filter((move) => move.on <= asOf && (knownAt === undefined || Date.parse(move.learnt) <= Date.parse(knownAt)))
      .reduce((sum, move) => sum + move.delta, 0n);
    if (outstanding === 0n) continue;
    const magnitude = outstanding < 0n ? -outstanding : outstanding;
    const rounded = (2n * magnitude * made.guaranteed + made.principal) / (2n * made.principal);
    const key = {
      county: made.county,
      city: made.county - (made.county % 100),
      tag: 0,
      'county-tag': made.county,
      guarantor: made.guarantor,
    }[by];
    const name = `${key} ${by === 'tag' || by === 'county-tag' ? made.tag : null}`;
    const group = groups.get(name) ?? { count: 0, households: new Set(), outstanding: 0n, borne: 0n };
    group.count += 1;
    group.households.add(`${made.guarantor}/${made.customer}`);
    group.outstanding += outstanding;
    group.borne += outstanding < 0n ? -rounded : rounded;
    groups.set(name, group);
  }
  return [...groups]
    .map(([name, group]) => `${name} ${group.count} ${group.households.size} ${group.outstanding} ${group.borne}`)
    .sort();
}

/** Closes the months as if only what was learnt by the mark had been recorded; the rest is then learnt late. */
async function closeUpTo(markAfter: number): Promise<void> {
  const mark = `${addDays(firstDay, markAfter)}T12:00:00+08:00`;
  await db.owner.query('create table public.held_back as select * from guarantees.movement where recorded_at > $1', [
    mark,
  ]);
  await db.owner.query('delete from guarantees.movement where recorded_at > $1', [mark]);
  await closeMonths(db.db, { actor: systemActor, clock: fixedClock(day('2024-03-02')) });
  await db.owner.query('update guarantees.closing_mark set known_at = $1', [mark]);
  const columns = 'guarantor_id, guarantee_id, seq, kind, amount, occurred_on, recorded_at';
  await db.owner.query(`insert into guarantees.movement (${columns}) select ${columns} from public.held_back`);
  await db.owner.query('drop table public.held_back');
}

test('任一日、按任一时点所知的在保余额，有无月末结存都等于逐笔计算', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(guaranteeArb, { minLength: 1, maxLength: 12 }),
      fc.constantFrom<PositionGrouping>('county', 'city', 'tag', 'county-tag', 'guarantor'),
      fc.integer({ min: -1, max: 42 }),
      fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined }),
      fc.constantFrom(undefined, 140100, 140106),
      fc.integer({ min: 0, max: 60 }),
      async (book, by, after, knownAfter, region, markAfter) => {
        await store(book);
        const asOf = addDays(firstDay, after);
        const knownAt = knownAfter === undefined ? undefined : `${addDays(firstDay, knownAfter)}T12:00:00+08:00`;
        const expected = naive(book, by, asOf, knownAt, region);
        for (const closed of ['没有结存', '结存后补记', '结存补齐'] as const) {
          if (closed === '结存后补记') await closeUpTo(markAfter);
          if (closed === '结存补齐')
            await closeMonths(db.db, { actor: systemActor, clock: fixedClock(day('2024-04-02')) });
          const rows = await db.db.read(systemActor, (tx) => positionBy(tx, by, { asOf, knownAt, region }));
          const found = rows.map(
            (row) =>
              `${row.key} ${row.primaryTag} ${row.count} ${row.households} ${row.outstanding} ${row.outstandingBorne}`,
          );
          expect(found.sort(), closed).toEqual(expected);
        }
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

test('改动一笔结存，核验指出机构、保函与月份', async () => {
  await store([
    { guarantor: 1, customer: 1, county: 140105, tag: 1, principal: 100_000n, guaranteed: 80_000n, steps: [] },
  ]);
  await closeMonths(db.db, { actor: systemActor, clock: fixedClock(day('2024-03-02')) });
  expect(await db.db.read(systemActor, checkClosings)).toEqual([]);
  await db.owner.query(`update guarantees.closing set outstanding = outstanding + 1 where closed_on = '2024-02-29'`);
  const found = await db.db.read(systemActor, checkClosings);
  expect(found.map((each) => each.place)).toEqual(['机构 1 保函 1 2024-02-29']);
});
