import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../../../platform/db.ts';
import { type ComparedField, type MoneyField, moneyFields } from '../contract.ts';
import type { Sides } from '../rules/guess.ts';

/** What the match compares: the run's stored lines against our book on our cut, of one guarantor or all. */
export type MatchScope = {
  readonly runId: bigint;
  readonly guarantorId: number | null;
  readonly ours: Sides['ours'];
  readonly fields: readonly ComparedField[];
};

/** Hash joins of a million rows want memory; the settings end with the transaction. */
export async function prepareMatch(tx: Tx): Promise<void> {
  await sql`select set_config('work_mem', '256MB', true), set_config('jit', 'off', true)`.execute(tx);
}

/**
 * Row security makes the planner expect few rows and walk indexes; a whole province is read once, front to back. Its plans are
 * steered for the match only: what follows looks up single keys.
 */
export async function steerPlans(tx: Tx, scope: MatchScope, towards: 'whole tables' | 'single keys'): Promise<void> {
  if (scope.guarantorId !== null) return;
  const value = towards === 'whole tables' ? 'off' : 'on';
  await sql`select set_config('enable_indexscan', ${value}, true), set_config('enable_bitmapscan', ${value}, true),
                   set_config('enable_nestloop', ${value}, true), set_config('enable_mergejoin', ${value}, true),
                   set_config('enable_sort', ${value}, true)`.execute(tx);
}

const columns = (fields: readonly string[], prefix: string): RawBuilder<unknown> =>
  sql.raw(fields.map((field) => `${prefix}${field}`).join(', '));

/**
 * Puts our side into the transaction's temporary table `our_side`: every guarantee begun and known by the cut, its state after
 * exactly the movements inside the cut. `rules/record.ts` positionOf says the same of one guarantee.
 */
export async function takeOurSide(tx: Tx, scope: MatchScope): Promise<void> {
  const { ours } = scope;
  const known = sql`${sql.lit(ours.knownAt)}::timestamptz`;
  const asOf = sql`${sql.lit(ours.asOf)}::date`;
  const day = ours.timeBasis === 'value' ? sql`m.occurred_on` : sql`(m.recorded_at at time zone 'Asia/Shanghai')::date`;
  const own = (alias: string) =>
    scope.guarantorId === null ? sql`` : sql`and ${sql.raw(alias)}.guarantor_id = ${sql.lit(scope.guarantorId)}`;
  const cut = sql`m.recorded_at <= ${known} and ${day} <= ${asOf} ${own('m')}`;
  const undone = await takeUndone(tx, cut);
  const isActual = ours.amountBasis === 'actual';
  const outstanding = isActual
    ? sql`round(coalesce(m.balance, 0)::numeric * g.guaranteed / g.principal)::bigint`
    : sql`coalesce(m.balance, 0)`;
  const withHash = scope.fields.includes('identity_hash');
  const start = ours.timeBasis === 'value' ? sql`g.starts_on` : sql`(g.recorded_at at time zone 'Asia/Shanghai')::date`;
  await sql`drop table if exists pg_temp.our_side`.execute(tx);
  await sql`
    create temporary table our_side on commit drop as
    select g.guarantor_id, g.id as guarantee_id, g.contract_no, ${outstanding} as outstanding, g.principal, g.guaranteed,
           coalesce(m.claims, 0) as claims, coalesce(m.recoveries, 0) as recoveries, g.county, g.primary_tag,
           case when m.written_off then 'written-off' when m.balance > 0 then 'in-force' when m.last_closing is null then 'pending'
                when m.last_closing % 16 = 10 then 'transferred' when m.last_closing % 16 = 5 then 'claimed' else 'released' end as status,
           g.starts_on, coalesce(m.extended_to_on, g.ends_on) as ends_on,
           ${withHash ? sql`c.identity_hash` : sql`null::text as identity_hash`}
      from guarantees.guarantee g
      left join (
           select m.guarantor_id, m.guarantee_id, sum(m.delta)::bigint as balance,
                  sum(${isActual ? sql`m.cash` : sql`m.amount`}) filter (where m.kind = 5 and ${undone.stands})::bigint as claims,
                  sum(m.amount) filter (where m.kind = 6 and ${undone.stands})::bigint as recoveries,
                  bool_or(m.kind = 9 and ${undone.stands}) as written_off,
                  max((m.occurred_on - date '1900-01-01')::bigint * 67108864 + m.seq * 16 + m.kind)
                    filter (where m.kind in (2, 4, 5, 10) and ${undone.stands}) as last_closing,
                  max(m.extended_to_on) filter (where ${undone.stands}) as extended_to_on
             from guarantees.movement m ${undone.join}
            where ${cut}
            group by 1, 2) m on m.guarantor_id = g.guarantor_id and m.guarantee_id = g.id
      ${withHash ? sql`join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id` : sql``}
     where g.recorded_at <= ${known} and ${start} <= ${asOf} ${own('g')}`.execute(tx);
}

/** Movements taken back inside the cut. Most books have none, and then the great sum needs no join. */
async function takeUndone(
  tx: Tx,
  cut: RawBuilder<unknown>,
): Promise<{ join: RawBuilder<unknown>; stands: RawBuilder<unknown> }> {
  await sql`drop table if exists pg_temp.undone`.execute(tx);
  await sql`
    create temporary table undone on commit drop as
    select m.guarantor_id, m.guarantee_id, m.reverses_seq as seq
      from guarantees.movement m
     where m.reverses_seq is not null and ${cut}`.execute(tx);
  const { rows } = await sql<{ any: boolean }>`select exists (select from undone) as any`.execute(tx);
  if (!rows[0]?.any) return { join: sql``, stands: sql`true` };
  return {
    join: sql`left join undone u on u.guarantor_id = m.guarantor_id and u.guarantee_id = m.guarantee_id and u.seq = m.seq`,
    stands: sql`u.seq is null`,
  };
}

/**
 * Puts every record that is not the same on both sides into the temporary table `pair`: one FULL JOIN on institution and
 * contract number; before it, lines without a key and lines that repeat a key are set apart.
 */
export async function matchSides(tx: Tx, scope: MatchScope): Promise<void> {
  await sql`drop table if exists pg_temp.pair, pg_temp.repeated`.execute(tx);
  const lines = sql`reconciliation.seen_other_record t where t.run_id = ${sql.lit(scope.runId)}`;
  await sql`
    create temporary table repeated on commit drop as
    select guarantor_id, contract_no, min(line) as first_line
      from ${lines} and t.guarantor_id > 0 and t.contract_no is not null
     group by 1, 2
    having count(*) > 1`.execute(tx);
  const { rows } = await sql<{ any: boolean }>`select exists (select from repeated) as any`.execute(tx);
  const isRepeat = rows[0]?.any
    ? sql`exists (select from repeated r where r.guarantor_id = t.guarantor_id and r.contract_no = t.contract_no and t.line > r.first_line)`
    : sql`false`;
  const hasKey = sql`t.contract_no is not null and t.institution_code is not null`;
  const fields = scope.fields;
  await sql`
    create temporary table pair on commit drop as
    select case when t.line is null then 'only-ours' when o.guarantee_id is null then 'only-theirs' else 'different' end as kind,
           coalesce(o.guarantor_id, t.guarantor_id) as guarantor_id, coalesce(o.contract_no, t.contract_no) as contract_no,
           coalesce(o.county, t.county, 0) as county, o.guarantee_id, t.line, t.institution_code,
           ${aliased(fields, 'o')}, ${aliased(fields, 't')}
      from our_side o
      full join (select * from ${lines} and ${hasKey} and not (${isRepeat})) t
        on t.guarantor_id = o.guarantor_id and t.contract_no = o.contract_no
     where t.line is null or o.guarantee_id is null
        or (${columns(fields, 'o.')}) is distinct from (${columns(fields, 't.')})`.execute(tx);
  await sql`
    insert into pair (kind, guarantor_id, contract_no, county, line, institution_code, ${columns(fields, 't_')})
    select case when ${hasKey} then 'duplicate-key' else 'null-key' end, t.guarantor_id, t.contract_no, coalesce(t.county, 0), t.line,
           t.institution_code, ${columns(fields, 't.')}
      from ${lines} and (not (${hasKey}) or ${isRepeat})`.execute(tx);
}

const aliased = (fields: readonly string[], side: 'o' | 't'): RawBuilder<unknown> =>
  sql.raw(fields.map((field) => `${side}.${field} as ${side}_${field}`).join(', '));

export type SideTotal = { guarantorId: number; county: number; count: number; sums: bigint[] };

/** The sums of the compared money fields, 0 for those not compared, in the order of moneyFields. */
const sums = (fields: readonly ComparedField[]): RawBuilder<unknown> =>
  sql.raw(
    `array[${moneyFields.map((field: MoneyField) => (fields.includes(field) ? `coalesce(sum(${field}), 0)::bigint` : '0::bigint')).join(', ')}]`,
  );

/** Our side by institution and county. */
export async function totalsOfOurs(tx: Tx, scope: MatchScope): Promise<SideTotal[]> {
  const { rows } = await sql<SideTotal>`
    select guarantor_id as "guarantorId", county, count(*)::integer as count, ${sums(scope.fields)} as sums
      from our_side
     group by 1, 2`.execute(tx);
  return rows;
}

/** The other side by institution, straight from its lines: what the match's own sums are held against. */
export async function totalsOfTheirs(tx: Tx, scope: MatchScope): Promise<Omit<SideTotal, 'county'>[]> {
  const { rows } = await sql<Omit<SideTotal, 'county'>>`
    select guarantor_id as "guarantorId", count(*)::integer as count, ${sums(scope.fields)} as sums
      from reconciliation.seen_other_record
     where run_id = ${sql.lit(scope.runId)}
     group by 1`.execute(tx);
  return rows;
}

/** A row of `pair`: `o_` our values, `t_` theirs. */
export type PairRow = {
  kind: string;
  guarantor_id: number;
  contract_no: string | null;
  county: number;
  guarantee_id: bigint | null;
  line: number | null;
  institution_code: string | null;
} & Record<`o_${ComparedField}` | `t_${ComparedField}`, bigint | number | string | null | undefined>;

/** Walks `pair` in a fixed order, so many at a time; other statements may run between. */
export async function* pairs(tx: Tx, size: number): AsyncGenerator<PairRow[]> {
  await sql`declare pair_walk no scroll cursor for
    select * from pair order by guarantor_id, contract_no, line`.execute(tx);
  for (;;) {
    const { rows } = await sql<PairRow>`fetch ${sql.lit(size)} from pair_walk`.execute(tx);
    if (rows.length === 0) break;
    yield rows;
  }
  await sql`close pair_walk`.execute(tx);
}

/** Contract numbers that stand alone on both sides, under different institutions: theirs by our key and ours by their key. */
export async function loadTwins(tx: Tx): Promise<{ contractNo: string; ours: number; theirs: string | null }[]> {
  const { rows } = await sql<{ contractNo: string; ours: number; theirs: string | null }>`
    select o.contract_no as "contractNo", min(o.guarantor_id) as ours, min(t.institution_code) as theirs
      from pair o
      join pair t on t.contract_no = o.contract_no and t.kind = 'only-theirs'
     where o.kind = 'only-ours'
     group by 1
     limit 100000`.execute(tx);
  return rows;
}
