import { sql } from 'kysely';
import { addDays, type Day } from '../../kernel/day.ts';
import { type Quarter, quarterSpan } from '../../kernel/month.ts';
import { smallTicketLimit } from '../../law/state-council-2019-6.ts';
import type { Tx } from '../../platform/db.ts';
import {
  type AdditiveKey,
  additiveKeys,
  type DistinctKey,
  distinctKeys,
  type Figures,
  type Line,
  lines,
  nilFigures,
} from './rules.ts';

/** A guarantor and the sealed reconciliation run whose instant decides what of it is known. */
export type Source = { readonly guarantorId: number; readonly runId: bigint };
/** A county and the id of the certificate being made for it. */
export type Place = { readonly county: number; readonly certificateId: bigint };

const day1 = (of: Day): Day => `${of.slice(0, 4)}-01-01` as Day;

/**
 * Writes the rows of the counties in one statement: every loan with a balance at the quarter's end or a movement in the year
 * up to it, as known at its guarantor's sealed run. `others` are the certificates of the counties not being made, whose
 * balances count towards a household's whole. Returns how many rows.
 */
export async function fillRows(
  tx: Tx,
  of: { quarter: Quarter; sources: readonly Source[]; places: readonly Place[]; others: readonly bigint[] },
): Promise<bigint> {
  const { from, to } = quarterSpan(of.quarter);
  const guarantors = of.sources.map((each) => each.guarantorId);
  const result = await sql`
    with source as materialized (
      select s.guarantor_id, r.known_at
        from unnest(${guarantors}::integer[], ${of.sources.map((each) => each.runId)}::bigint[]) s(guarantor_id, run_id)
        join reconciliation.run r on r.id = s.run_id),
    place as materialized (
      select * from unnest(${of.places.map((each) => each.county)}::integer[],
                           ${of.places.map((each) => each.certificateId)}::bigint[]) p(county, certificate_id)),
    sums as (${movementSums(from, to)}),
    loan as (
      select p.certificate_id, g.*, c.identity_hash, s.outstanding as balance, s.balance_days, s.extended_to_on,
             s.new_amount, s.fee_income, s.claim_amount, s.claim_cash, s.recovery_amount, s.released_amount,
             s.year_claim_amount, s.year_released_amount
        from sums s
        join guarantees.guarantee g on g.guarantor_id = s.guarantor_id and g.id = s.guarantee_id
        join place p on p.county = g.county
        join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id),
    elsewhere as (
      select identity_hash, sum(outstanding)::bigint as outstanding
        from feedback.certificate_row
       where certificate_id = any (${of.others}::bigint[])
       group by 1)
    insert into feedback.certificate_row
          (guarantor_id, certificate_id, guarantee_id, contract_no, county, bank_id, product_code, customer_id, identity_hash,
           size_class, tags, primary_tag, principal, guaranteed, fee_rate, starts_on, ends_on, outstanding, outstanding_actual,
           household_outstanding, new_amount, new_actual, fee_income, claim_amount, claim_cash, recovery_amount,
           released_amount, year_claim_amount, year_released_amount, balance_days)
    select l.guarantor_id, l.certificate_id, l.id, l.contract_no, l.county, l.bank_id, l.product_code, l.customer_id,
           l.identity_hash, l.size_class, l.tags, l.primary_tag, l.principal, l.guaranteed, l.fee_rate, l.starts_on,
           coalesce(l.extended_to_on, l.ends_on), l.balance,
           round(l.balance::numeric * l.guaranteed / l.principal)::bigint,
           (sum(l.balance) over (partition by l.identity_hash) + coalesce(e.outstanding, 0))::bigint,
           coalesce(l.new_amount, 0)::bigint,
           round(coalesce(l.new_amount, 0)::numeric * l.guaranteed / l.principal)::bigint,
           coalesce(l.fee_income, 0)::bigint, coalesce(l.claim_amount, 0)::bigint, coalesce(l.claim_cash, 0)::bigint,
           coalesce(l.recovery_amount, 0)::bigint, coalesce(l.released_amount, 0)::bigint,
           coalesce(l.year_claim_amount, 0)::bigint, coalesce(l.year_released_amount, 0)::bigint,
           coalesce(l.balance_days, 0)
      from loan l
      left join elsewhere e on e.identity_hash = l.identity_hash`.execute(tx);
  return result.numAffectedRows ?? 0n;
}

/** Balance and flows per loan as known at its guarantor's run; a reversal takes back in the period it was booked. */
const movementSums = (from: Day, to: Day) => sql`
      select m.guarantor_id, m.guarantee_id,
             sum(m.delta)::bigint as outstanding,
             sum(m.delta * (${to}::date - greatest(m.occurred_on, ${from}::date) + 1)::bigint) as balance_days,
             (array_agg(m.extended_to_on order by m.seq desc) filter (where m.kind = 3 and v.seq is null))[1] as extended_to_on,
             sum(e.sign * m.amount) filter (where e.kind = 1 and m.occurred_on >= ${from}::date) as new_amount,
             sum(e.sign * case e.kind when 7 then m.amount else -m.amount end)
               filter (where e.kind in (7, 8) and m.occurred_on >= ${from}::date) as fee_income,
             sum(e.sign * m.amount) filter (where e.kind = 5 and m.occurred_on >= ${from}::date) as claim_amount,
             sum(e.sign * m.cash) filter (where e.kind = 5 and m.occurred_on >= ${from}::date) as claim_cash,
             sum(e.sign * m.amount) filter (where e.kind = 6 and m.occurred_on >= ${from}::date) as recovery_amount,
             sum(e.sign * m.amount) filter (where e.kind in (2, 4, 5) and m.occurred_on >= ${from}::date) as released_amount,
             sum(e.sign * m.amount) filter (where e.kind = 5 and m.occurred_on >= ${day1(to)}::date) as year_claim_amount,
             sum(e.sign * m.amount) filter (where e.kind in (2, 4, 5) and m.occurred_on >= ${day1(to)}::date) as year_released_amount
        from source s
        join guarantees.movement m on m.guarantor_id = s.guarantor_id and m.recorded_at <= s.known_at
                                  and m.occurred_on <= ${to}::date
        left join guarantees.movement o on m.reverses_seq is not null and o.guarantor_id = m.guarantor_id
                                       and o.guarantee_id = m.guarantee_id and o.seq = m.reverses_seq
        left join guarantees.movement v on m.kind = 3 and v.guarantor_id = m.guarantor_id
                                       and v.guarantee_id = m.guarantee_id and v.reverses_seq = m.seq
                                       and v.recorded_at <= s.known_at and v.occurred_on <= ${to}::date
       cross join lateral (select coalesce(o.kind, m.kind) as kind, case when o.seq is null then 1 else -1 end as sign) e
       group by 1, 2
      having sum(m.delta) <> 0 or bool_or(m.occurred_on >= ${day1(to)}::date)`;

/** The lines a row counts in. */
const linesOfRow = sql`cross join lateral unnest(
  array['total', 'p' || r.primary_tag]
  || case when r.tags & 1 <> 0 then array['a1'] else '{}' end || case when r.tags & 2 <> 0 then array['a2'] else '{}' end
  || case when r.tags & 4 <> 0 then array['a4'] else '{}' end || case when r.tags & 8 <> 0 then array['a8'] else '{}' end) l(line)`;

const days = sql`greatest(r.ends_on - r.starts_on, 1)`;

/** How each additive metric is summed from the rows. */
const sums = (limit: bigint): Record<AdditiveKey, ReturnType<typeof sql>> => ({
  guaranteeCount: sql`count(*) filter (where r.outstanding > 0)`,
  outstanding: sql`sum(r.outstanding)`,
  outstandingActual: sql`sum(r.outstanding_actual)`,
  newCount: sql`count(*) filter (where r.new_amount > 0)`,
  newAmount: sql`sum(r.new_amount)`,
  newActual: sql`sum(r.new_actual)`,
  claimCount: sql`count(*) filter (where r.claim_amount > 0)`,
  claimAmount: sql`sum(r.claim_amount)`,
  claimCash: sql`sum(r.claim_cash)`,
  recoveryAmount: sql`sum(r.recovery_amount)`,
  feeIncome: sql`sum(r.fee_income)`,
  releasedAmount: sql`sum(r.released_amount)`,
  yearClaimAmount: sql`sum(r.year_claim_amount)`,
  yearReleasedAmount: sql`sum(r.year_released_amount)`,
  balanceDays: sql`sum(r.balance_days)`,
  focusOutstanding: sql`coalesce(sum(r.outstanding) filter (where r.tags & 3 <> 0), 0)`,
  focusSmallOutstanding: sql`coalesce(sum(r.outstanding) filter (where r.tags & 3 <> 0 and r.household_outstanding <= ${limit}), 0)`,
  feeTermAmount: sql`sum(r.new_amount::numeric * ${days})`,
  feeWeighted: sql`trunc(sum(r.new_amount::numeric * ${days} * r.fee_rate * 1000000))`,
});

/** The additive values per county certificate and line, straight from the rows; a certificate without rows is absent. */
export async function additiveFigures(tx: Tx, asOf: Day, ids: readonly bigint[]) {
  const each = Object.entries(sums(smallTicketLimit.at(asOf))).map(
    ([key, value]) => sql`(${value})::text as ${sql.id(key)}`,
  );
  const { rows } = await sql<{ id: bigint; line: Line } & Record<AdditiveKey, string>>`
    select r.certificate_id as id, l.line, ${sql.join(each)}
      from feedback.certificate_row r ${linesOfRow}
     where r.certificate_id = any (${ids}::bigint[])
     group by 1, 2`.execute(tx);
  return byRegion(rows, additiveKeys);
}

/** Distinct households per region and line, from the rows of the county certificates that make up each region. */
export async function distinctFigures(tx: Tx, members: readonly { region: bigint; certificateId: bigint }[]) {
  const { rows } = await sql<{ id: bigint; line: Line } & Record<DistinctKey, string>>`
    select id, line, (count(*) filter (where has_balance))::text as households,
           (count(*) filter (where is_new))::text as "newHouseholds"
      from (select m.region as id, l.line, r.identity_hash, bool_or(r.outstanding > 0) as has_balance,
                   bool_or(r.new_amount > 0) as is_new
              from unnest(${members.map((each) => each.region)}::bigint[],
                          ${members.map((each) => each.certificateId)}::bigint[]) m(region, certificate_id)
              join feedback.certificate_row r on r.certificate_id = m.certificate_id ${linesOfRow}
             group by 1, 2, 3) household
     group by 1, 2`.execute(tx);
  return byRegion(rows, distinctKeys);
}

/** Puts grouped rows into id → line → values; lines without rows stay zero. */
function byRegion<K extends AdditiveKey | DistinctKey>(
  rows: readonly ({ id: bigint; line: Line } & Record<K, string>)[],
  keys: readonly K[],
): Map<bigint, Record<Line, Record<K, bigint>>> {
  const found = new Map<bigint, Record<Line, Record<K, bigint>>>();
  for (const row of rows) {
    let one = found.get(row.id);
    if (!one) {
      one = Object.fromEntries(lines.map((line) => [line, pick(nilFigures, line, keys)])) as Record<
        Line,
        Record<K, bigint>
      >;
      found.set(row.id, one);
    }
    one[row.line] = Object.fromEntries(keys.map((key) => [key, BigInt(row[key])])) as Record<K, bigint>;
  }
  return found;
}
const pick = <K extends AdditiveKey | DistinctKey>(from: Figures, line: Line, keys: readonly K[]) =>
  Object.fromEntries(keys.map((key) => [key, from[line][key]])) as Record<K, bigint>;

/** Loans counted in the quarter whose place is no county, so that no certificate would hold them. */
export async function loansWithoutCounty(
  tx: Tx,
  quarter: Quarter,
): Promise<{ guarantorName: string; count: number }[]> {
  const after = addDays(quarterSpan(quarter).to, 1);
  const { rows } = await sql<{ guarantorName: string; count: number }>`
    select i.name as "guarantorName", count(*)::integer as count
      from guarantees.guarantee g
      join institutions.institution i on i.id = g.guarantor_id
      join institutions.region r on r.code = g.county and r.level <> 3
     where g.starts_on < ${after}::date
     group by 1 order by 1 limit 50`.execute(tx);
  return rows;
}
