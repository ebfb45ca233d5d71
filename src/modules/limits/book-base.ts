import { sql } from 'kysely';
import { type Day, yearOf } from '../../kernel/day.ts';
import { plus } from '../../kernel/money.ts';
import { type Db, systemActor, type Tx } from '../../platform/db.ts';
import { liabilityLines, supportMixOf } from '../guarantees/index.ts';
import { type LineGroup, lineGroups } from './line-group.ts';

/** A reckoned book as it is stored: amounts are text where the database writes them, for beyond 2^53 nothing may be lost. */
export type RawBase = {
  readonly asOf: Day;
  readonly since: string;
  /** Ids recorded after `since` that are in it. */
  readonly counted: readonly string[];
  readonly liability: string;
  readonly supportBalance: string;
  readonly totalBalance: string;
  readonly supportHouseholds: number;
  readonly totalHouseholds: number;
  readonly lines: readonly {
    bankId: number;
    productCode: string;
    outstanding: string;
    reguaranteed: string;
    groups: Partial<Record<LineGroup, string>>;
  }[];
  readonly counties: readonly { county: number; volume: string }[];
  readonly claims: readonly { agreementId: number; version: number; paid: string; released: string }[];
};

/**
 * The whole book of a guarantor as limits need it: 责任余额 (合同口径; promised and undisbursed at full weight), the 小微农户 mix, principal
 * by bank and product, this year's volume by county, claims and releases by agreement version. What is recorded after `since`
 * and is not among `counted` is still to be added: ten minutes back, for entries in flight, unless more than 500 came meanwhile.
 */
export async function freshBase(tx: Tx, guarantorId: number, on: Day): Promise<RawBase> {
  const { rows } = await sql<
    { pending: bigint } & Pick<RawBase, 'since' | 'counted' | 'lines' | 'counties' | 'claims'>
  >`
    with mark as materialized (
      select greatest(now() - interval '10 minutes', (
        select e.recorded_at from guarantees.guarantee e where e.guarantor_id = ${guarantorId} order by e.recorded_at desc offset 500 limit 1)) as since),
    recent as (
      select e.id from guarantees.guarantee e where e.guarantor_id = ${guarantorId} and e.recorded_at > (select since from mark)),
    owned as materialized (
      select distinct on (customer_id) customer_id, is_state_owned from limits.state_owned
       where guarantor_id = ${guarantorId} and from_on <= ${on} order by customer_id, from_on desc, recorded_at desc),
    book as materialized (
      select e.bank_id, e.product_code, e.county, e.agreement_id, e.agreement_version, e.status, e.principal,
             case when e.status = 'pending' then e.principal else e.outstanding end as now,
             extract(year from e.starts_on) = ${yearOf(on)} as this_year,
             limits.line_group(v.province_share, v.bank_share, o.is_state_owned) as line_group
        from guarantees.guarantee e
        join agreements.version v on v.guarantor_id = e.guarantor_id and v.agreement_id = e.agreement_id and v.version = e.agreement_version
        left join owned o on o.customer_id = e.customer_id
       where e.guarantor_id = ${guarantorId})
    select (select since from mark)::text as since,
           (select coalesce(jsonb_agg(id::text), '[]') from recent) as counted,
           coalesce((select sum(principal) from book where status = 'pending'), 0)::bigint as pending,
           (select coalesce(jsonb_agg(x), '[]') from (
              select bank_id as "bankId", product_code as "productCode", sum(now)::text as outstanding,
                     coalesce(sum(principal) filter (where this_year and line_group is not null), 0)::text as reguaranteed,
                     jsonb_strip_nulls(jsonb_build_object(${groupSums})) as groups
                from book group by 1, 2) x) as lines,
           (select coalesce(jsonb_agg(x), '[]') from (
              select county, sum(principal)::text as volume from book where this_year group by 1) x) as counties,
           (select coalesce(jsonb_agg(x), '[]') from (${claimsOf(guarantorId, on)}) x) as claims`.execute(tx);
  const row = rows[0] as (typeof rows)[number];
  // After the other: what comes in between then counts twice for an hour rather than not at all.
  const lines = await liabilityLines(tx, { guarantorId, asOf: on });
  const mix = supportMixOf(lines);
  return {
    asOf: on,
    since: row.since,
    counted: row.counted,
    liability: String(plus(...lines.map((each) => each.liability)) + row.pending),
    supportBalance: String(mix.supportBalance),
    totalBalance: String(mix.totalBalance),
    supportHouseholds: mix.supportHouseholds,
    totalHouseholds: mix.totalHouseholds,
    lines: row.lines,
    counties: row.counties,
    claims: row.claims,
  };
}

const groupSums = sql.join(
  lineGroups.map(
    (group) =>
      sql`${sql.lit(group)}, (sum(principal) filter (where this_year and line_group = ${sql.lit(group)}))::text`,
  ),
);

/** 累计代偿额 and 累计解除担保额 by agreement version (RGU-4), principal, reversals taken out; a claim releases too. */
const claimsOf = (guarantorId: number, on: Day) => sql`
  select e.agreement_id as "agreementId", e.agreement_version as version,
         coalesce(sum(-m.delta) filter (where m.kind = 5 or r.kind = 5), 0)::text as paid, sum(-m.delta)::text as released
    from guarantees.movement m
    join guarantees.guarantee e on e.guarantor_id = m.guarantor_id and e.id = m.guarantee_id
    left join guarantees.movement r on r.guarantor_id = m.guarantor_id and r.guarantee_id = m.guarantee_id and r.seq = m.reverses_seq
   where m.guarantor_id = ${guarantorId} and m.occurred_on <= ${on} and (m.kind in (2, 4, 5) or r.kind in (2, 4, 5))
   group by 1, 2`;

/** Keeps a base for the decisions of the next hour; called under the guarantor's lock. */
export async function saveBase(tx: Tx, guarantorId: number, base: RawBase): Promise<void> {
  const [lines, counties, claims] = [base.lines, base.counties, base.claims].map((each) => JSON.stringify(each));
  await sql`
    insert into limits.book_base (guarantor_id, as_of_on, since, counted, liability, support_balance, total_balance, support_households,
      total_households, lines, counties, claims)
    values (${guarantorId}, ${base.asOf}, ${base.since}::timestamptz, ${base.counted}::bigint[], ${base.liability}, ${base.supportBalance}, ${base.totalBalance},
      ${base.supportHouseholds}, ${base.totalHouseholds}, ${lines}::jsonb, ${counties}::jsonb, ${claims}::jsonb)
    on conflict (guarantor_id) do update set as_of_on = excluded.as_of_on, since = excluded.since, counted = excluded.counted, liability = excluded.liability,
      support_balance = excluded.support_balance, total_balance = excluded.total_balance,
      support_households = excluded.support_households, total_households = excluded.total_households,
      lines = excluded.lines, counties = excluded.counties, claims = excluded.claims`.execute(tx);
}

/** Reckons the books of all guarantors anew, each in a transaction of its own: the job of every hour, so that decisions need not. */
export async function reckonBooks(db: Db, on: Day): Promise<void> {
  const guarantors = await db.read(systemActor, (tx) =>
    tx
      .selectFrom('institutions.institution')
      .select('id')
      .where('kind', '=', 'guarantor')
      .where('status', '=', 'active')
      .orderBy('id')
      .execute(),
  );
  for (const { id } of guarantors)
    await db.transaction(systemActor, async (tx) => saveBase(tx, id, await freshBase(tx, id, on)));
}
