import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { type Closing, closingBefore } from './closings.ts';
import { countyRange } from './list-store.ts';

/** Which balances: true on `asOf`, as known at `knownAt` (null: as known now), of a region and a guarantor if given. */
export type PositionFilter = {
  readonly asOf: Day;
  readonly knownAt?: string | undefined;
  readonly region?: number | undefined;
  readonly guarantorId?: number | undefined;
};

/**
 * Outstanding principal per guarantee on the day; guarantees with nothing outstanding are left out. With a closing: what it holds,
 * and the movements that came or were learnt after it.
 */
export function balances(filter: PositionFilter, closing?: Closing) {
  return sql`(
    select guarantor_id, guarantee_id, kernel.sum_fen(outstanding) as outstanding
      from (${closing ? sql`select guarantor_id, guarantee_id, outstanding from ${closed(filter, closing)} c union all` : sql``}
            select m.guarantor_id, m.guarantee_id, m.delta as outstanding from ${moved(filter, closing)} m) part
     group by 1, 2
    having kernel.sum_fen(outstanding) <> 0)`;
}

const closed = (filter: PositionFilter, closing: Closing) => sql`(
  select * from guarantees.closing c where c.closed_on = ${closing.closedOn} ${ownOf(filter, 'c')})`;

const moved = (filter: PositionFilter, closing: Closing | undefined) => {
  const known = filter.knownAt ? sql`and m.recorded_at <= ${filter.knownAt}::timestamptz` : sql``;
  const own = ownOf(filter, 'm');
  const columns = sql`select m.guarantor_id, m.guarantee_id, m.delta from guarantees.movement m`;
  // `+ 0`: what was learnt late is found by when it was learnt; the days before a closing are nearly all there are.
  if (!closing) return sql`(${columns} where m.occurred_on <= ${filter.asOf} ${known} ${own})`;
  return sql`(
    ${columns} where m.occurred_on > ${closing.closedOn} and m.occurred_on <= ${filter.asOf} ${known} ${own}
     union all
    ${columns} where m.recorded_at > ${closing.knownAt}::timestamptz and m.occurred_on + 0 <= ${closing.closedOn}::date ${known} ${own})`;
};

/** What came or was learnt after the closing, added up per guarantee. Asked twice in place: a planner that sees what it is hashes it. */
const since = (filter: PositionFilter, closing: Closing) => sql`(
  select guarantor_id, guarantee_id, kernel.sum_fen(delta) as delta from ${moved(filter, closing)} m group by 1, 2)`;

const ownOf = (filter: PositionFilter, alias: 'c' | 'm') =>
  filter.guarantorId === undefined ? sql`` : sql`and ${sql.ref(`${alias}.guarantor_id`)} = ${filter.guarantorId}`;

/** One group of guarantees; `key` is the county, city or guarantor, 0 when all are together. */
export type PositionRow = {
  key: number;
  primaryTag: number | null;
  count: number;
  households: number;
  outstanding: Fen;
  outstandingBorne: Fen;
};
export type PositionGrouping = 'county' | 'city' | 'tag' | 'county-tag' | 'guarantor';

const groupings: Record<PositionGrouping, { key: ReturnType<typeof sql>; tag: ReturnType<typeof sql> }> = {
  county: { key: sql`g.county`, tag: sql`null::smallint` },
  city: { key: sql`g.county / 100 * 100`, tag: sql`null::smallint` },
  tag: { key: sql`0`, tag: sql`g.primary_tag` },
  'county-tag': { key: sql`g.county`, tag: sql`g.primary_tag` },
  guarantor: { key: sql`g.guarantor_id`, tag: sql`null::smallint` },
};

/** 在保余额 (实际承担口径): half-up of outstanding × guaranteed ÷ principal, in whole numbers where they cannot overflow (both up to 2000万元). */
const borneOfHeld = sql`case
  when outstanding = principal then guaranteed::bigint
  when outstanding between 0 and 2000000000 and guaranteed <= 2000000000
    then (2 * outstanding * guaranteed + principal) / (2 * principal)
  else round(outstanding::numeric * guaranteed / principal)::bigint end`;

/** The guarantees with anything outstanding on the day, with what they are grouped by. */
function held(filter: PositionFilter, closing: Closing | undefined) {
  const range = countyRange(filter.region);
  const mine = (alias: 'c' | 'g') =>
    range ? sql`and ${sql.ref(`${alias}.county`)} between ${range.from} and ${range.to}` : sql``;
  if (!closing)
    return sql`
      select ${columnsOf('g')}, m.outstanding
        from ${balances(filter)} m
        join guarantees.guarantee g on g.guarantor_id = m.guarantor_id and g.id = m.guarantee_id
       where true ${mine('g')}`;
  // The closing knows what its guarantees are grouped by; only those that are not in it have to be looked up, one by one.
  return sql`
    select ${columnsOf('c')}, c.outstanding + coalesce(m.delta, 0) as outstanding
      from ${closed(filter, closing)} c
      left join ${since(filter, closing)} m on m.guarantor_id = c.guarantor_id and m.guarantee_id = c.guarantee_id
     where c.outstanding + coalesce(m.delta, 0) <> 0 ${mine('c')}
     union all
    select ${columnsOf('g')}, m.delta
      from ${since(filter, closing)} m
      left join ${closed(filter, closing)} c on c.guarantor_id = m.guarantor_id and c.guarantee_id = m.guarantee_id
     cross join lateral (select * from guarantees.guarantee g
                          where g.guarantor_id = m.guarantor_id and g.id = m.guarantee_id limit 1) g
     where c.guarantee_id is null and m.delta <> 0 ${mine('g')}`;
}

const columnsOf = (alias: 'c' | 'g') =>
  sql.raw(
    ['guarantor_id', 'customer_id', 'county', 'primary_tag', 'principal', 'guaranteed']
      .map((column) => `${alias}.${column}`)
      .join(', '),
  );

/**
 * Guarantees in force, households and 在保余额 on both bases, grouped as asked. One set-based statement.
 * A household is one customer of one guarantor.
 */
export async function positionBy(tx: Tx, by: PositionGrouping, filter: PositionFilter): Promise<PositionRow[]> {
  const { key, tag } = groupings[by];
  // Room to hash a province in memory; half a million households fall into some hundred groups, which sorting them first only delays.
  await sql`select set_config('work_mem', '160MB', true), set_config('enable_sort', 'off', true)`.execute(tx);
  const closing = await closingBefore(tx, filter.asOf, filter.knownAt);
  const { rows } = await sql<PositionRow>`
    select key, tag as "primaryTag", kernel.sum_fen(n)::integer as count, count(*)::integer as households,
           kernel.sum_fen(outstanding) as outstanding, kernel.sum_fen(borne) as "outstandingBorne"
      from (select ${key} as key, ${tag} as tag, g.guarantor_id, g.customer_id, count(*) as n,
                   kernel.sum_fen(g.outstanding) as outstanding, kernel.sum_fen(${borneOfHeld}) as borne
              from (${held(filter, closing)}) g
             group by 1, 2, 3, 4) household
     group by 1, 2`.execute(tx);
  await sql`select set_config('enable_sort', 'on', true)`.execute(tx);
  return rows.sort((a, b) => a.key - b.key || (a.primaryTag ?? 0) - (b.primaryTag ?? 0));
}
