import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { liabilityWeightsAt } from '../../law/liability-weights.ts';
import type { Tx } from '../../platform/db.ts';
import { countyRange } from './list-store.ts';

/** Which balances: true on `asOf`, as known at `knownAt` (null: as known now), of a region and a guarantor if given. */
export type PositionFilter = {
  readonly asOf: Day;
  readonly knownAt?: string | undefined;
  readonly region?: number | undefined;
  readonly guarantorId?: number | undefined;
};

/** 在保余额 (实际承担口径) of an outstanding principal: half-up of principal × guaranteed ÷ principal of the contract. */
const borne = sql`case when g.guaranteed = g.principal then m.outstanding
  else round(m.outstanding::numeric * g.guaranteed / g.principal)::bigint end`;

/** Outstanding principal per guarantee on the day; guarantees with nothing outstanding are left out. */
export function balances(filter: PositionFilter) {
  const known = filter.knownAt ? sql`and m.recorded_at <= ${filter.knownAt}::timestamptz` : sql``;
  const own = filter.guarantorId === undefined ? sql`` : sql`and m.guarantor_id = ${filter.guarantorId}`;
  return sql`(
    select m.guarantor_id, m.guarantee_id, sum(m.delta)::bigint as outstanding
      from guarantees.movement m
     where m.occurred_on <= ${filter.asOf} ${known} ${own}
     group by 1, 2
    having sum(m.delta) <> 0)`;
}

export type PositionRow = {
  county: number;
  guarantorId: number;
  primaryTag: number;
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

/** As `borne`, in whole numbers where they cannot overflow (both up to 2000万元): the same half-up, without the cost of numeric. */
const borneOfHeld = sql`case
  when outstanding = principal then guaranteed::bigint
  when outstanding between 0 and 2000000000 and guaranteed <= 2000000000
    then (2 * outstanding * guaranteed + principal) / (2 * principal)
  else round(outstanding::numeric * guaranteed / principal)::bigint end`;

/**
 * The guarantees with anything outstanding on the day, with their record. Reckoned back from the balance on the record (which
 * `verify` proves equal to all movements) by what came after, or forward from the first movement: the same figures either way.
 */
function held(filter: PositionFilter, way: 'back' | 'forward') {
  const range = countyRange(filter.region);
  const parts = [sql`true`];
  if (range) parts.push(sql`g.county between ${range.from} and ${range.to}`);
  if (filter.guarantorId !== undefined) parts.push(sql`g.guarantor_id = ${filter.guarantorId}`);
  const mine = sql.join(parts, sql` and `);
  const columns = sql`g.guarantor_id, g.customer_id, g.county, g.primary_tag, g.principal, g.guaranteed`;
  if (way === 'forward')
    return sql`
      select ${columns}, m.outstanding
        from ${balances(filter)} m
        join guarantees.guarantee g on g.guarantor_id = m.guarantor_id and g.id = m.guarantee_id
       where ${mine}`;
  const known = filter.knownAt ? sql`or m.recorded_at > ${filter.knownAt}::timestamptz` : sql``;
  const own = filter.guarantorId === undefined ? sql`` : sql`and m.guarantor_id = ${filter.guarantorId}`;
  return sql`
    select ${columns}, g.outstanding - coalesce(m.since, 0) as outstanding
      from guarantees.guarantee g
      left join (
        select m.guarantor_id, m.guarantee_id, sum(m.delta)::bigint as since
          from guarantees.movement m
         where (m.occurred_on > ${filter.asOf} ${known}) ${own}
         group by 1, 2) m on m.guarantor_id = g.guarantor_id and m.guarantee_id = g.id
     where ${mine} and g.outstanding - coalesce(m.since, 0) <> 0`;
}

/**
 * Guarantees in force, households and 在保余额 on both bases, grouped as asked. One set-based statement.
 * A household is one customer of one guarantor. `way` says from which end to reckon; by default the end that is nearer.
 */
export async function positionBy(tx: Tx, by: PositionGrouping, filter: PositionFilter, way?: 'back' | 'forward') {
  const { key, tag } = groupings[by];
  const nearer = await prepare(tx, filter.asOf);
  const { rows } = await sql<{
    key: number;
    primaryTag: number | null;
    count: number;
    households: number;
    outstanding: Fen;
    outstandingBorne: Fen;
  }>`
    select key, tag as "primaryTag", sum(n)::integer as count, count(*)::integer as households,
           sum(outstanding)::bigint as outstanding, sum(borne)::bigint as "outstandingBorne"
      from (select ${key} as key, ${tag} as tag, g.guarantor_id, g.customer_id, count(*) as n,
                   sum(g.outstanding)::bigint as outstanding, sum(${borneOfHeld})::bigint as borne
              from (${held(filter, way ?? nearer)}) g
             group by 1, 2, 3, 4) household
     group by 1, 2
     order by 1, 2`.execute(tx);
  return rows;
}

/** Room to sort a province in memory, and which end of the book the day is nearer to: what came after a recent day is little. */
async function prepare(tx: Tx, asOf: Day): Promise<'back' | 'forward'> {
  const { rows } = await sql<{ isRecent: boolean }>`
    select current_date - ${asOf}::date < 450 as "isRecent", set_config('work_mem', '160MB', true)`.execute(tx);
  return rows[0]?.isRecent ? 'back' : 'forward';
}

export type LiabilityLineRow = {
  line: string;
  title: string;
  rule: string;
  weight: string;
  unverified: string | null;
  outstanding: Fen;
  liability: Fen;
  outstandingBorne: Fen;
  liabilityBorne: Fen;
  households: number;
};

/**
 * 融资担保责任余额 of one guarantor by line (BAL-1…16), both bases, set-wise with the law's own weights:
 * the 单户 limits are tested on the customer's whole financing balance on the same basis (cliff), each customer-line rounded half-up.
 */
export async function liabilityLines(
  tx: Tx,
  filter: PositionFilter & { guarantorId: number },
): Promise<LiabilityLineRow[]> {
  const weights = JSON.stringify(
    liabilityWeightsAt(filter.asOf)
      .filter((each) => each.ratings === null)
      .map((each) => ({
        sort: each.order,
        line: each.line,
        title: each.title,
        rule: each.rule,
        class: each.guaranteeClass,
        kind: each.kind,
        limit: each.limit === null ? null : String(each.limit),
        weight: each.weightText,
        unverified: each.unverified,
      })),
  );
  const { rows } = await sql<LiabilityLineRow>`
    with weight as (
      select * from jsonb_to_recordset(${weights}::jsonb)
        as w(sort integer, line text, title text, rule text, class text, kind text, "limit" bigint, weight numeric, unverified text)),
    held as (
      select g.customer_id, p.class,
             case when c.kind = 'farmer' then 'farmer'
                  when c.kind <> 'enterprise' or c.size_class in ('小型', '微型') then 'small-micro' else 'other' end as kind,
             sum(m.outstanding)::bigint as contract, sum(${borne})::bigint as borne
        from ${balances(filter)} m
        join guarantees.guarantee g on g.guarantor_id = m.guarantor_id and g.id = m.guarantee_id
        join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
        join agreements.product p on p.code = g.product_code
       group by 1, 2, 3),
    whole as (
      select h.*, sum(contract) filter (where class not in ('non-financing', 'legacy-fund')) over (partition by customer_id) as contract_total,
             sum(borne) filter (where class not in ('non-financing', 'legacy-fund')) over (partition by customer_id) as borne_total
        from held h),
    part as (
      select 'contract' as basis, h.customer_id, h.contract as amount, w.* from whole h
       cross join lateral (select * from weight w where w.class = h.class and (w.kind is null or w.kind = h.kind)
                              and (w."limit" is null or h.contract_total <= w."limit") order by w.sort limit 1) w
       union all
      select 'borne', h.customer_id, h.borne, w.* from whole h
       cross join lateral (select * from weight w where w.class = h.class and (w.kind is null or w.kind = h.kind)
                              and (w."limit" is null or h.borne_total <= w."limit") order by w.sort limit 1) w)
    select line, title, rule, weight::text as weight, max(unverified) as unverified,
           coalesce(sum(amount) filter (where basis = 'contract'), 0)::bigint as outstanding,
           coalesce(sum(round(amount * weight)) filter (where basis = 'contract'), 0)::bigint as liability,
           coalesce(sum(amount) filter (where basis = 'borne'), 0)::bigint as "outstandingBorne",
           coalesce(sum(round(amount * weight)) filter (where basis = 'borne'), 0)::bigint as "liabilityBorne",
           (count(distinct customer_id) filter (where basis = 'contract'))::integer as households
      from part
     group by sort, line, title, rule, weight
     order by sort`.execute(tx);
  return rows;
}

/** The customers (group members together) a guarantor carries most for, in 分, 合同口径. */
export async function largestExposures(tx: Tx, filter: PositionFilter & { guarantorId: number }, most: number) {
  const { rows } = await sql<{ customerId: bigint; name: string; outstanding: Fen }>`
    select g.customer_id as "customerId", c.name, sum(m.outstanding)::bigint as outstanding
      from ${balances(filter)} m
      join guarantees.guarantee g on g.guarantor_id = m.guarantor_id and g.id = m.guarantee_id
      join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
     group by 1, 2
     order by 3 desc
     limit ${most}`.execute(tx);
  return rows;
}
