import { sql } from 'kysely';
import { addDays, type Day } from '../../kernel/day.ts';
import { type Fen, formatYuan } from '../../kernel/money.ts';
import { type Finding, findingsMax } from '../../ledger/index.ts';
import { type Db, systemActor, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { visibleUntil } from '../../platform/visible-until.ts';

/** A month-end whose balances are at hand, and the instant up to which what was learnt is in them. */
export type Closing = { readonly closedOn: Day; readonly knownAt: string };

/**
 * The closing to start from for balances of `asOf` as known at `knownAt`: the last month-end not after the day. None when there is
 * no such month-end, or when it already holds what was only learnt after `knownAt`.
 */
export async function closingBefore(tx: Tx, asOf: Day, knownAt: string | undefined): Promise<Closing | undefined> {
  const { rows } = await sql<Closing>`
    select d.closed_on as "closedOn", m.known_at::text as "knownAt"
      from guarantees.closing_mark m
     cross join lateral (select closed_on from guarantees.closing_day where closed_on <= ${asOf} order by closed_on desc limit 1) d
     where ${knownAt ?? null}::timestamptz is null or m.known_at <= ${knownAt ?? null}::timestamptz`.execute(tx);
  return rows[0];
}

/**
 * Closes every month that has ended (月末结存), and brings the closings there are up to what has been learnt since: late facts and
 * corrections change the months they belong to. One transaction; run it again at will. One at a time (advisory lock).
 */
export async function closeMonths(db: Db, context: Context): Promise<void> {
  await db.transaction(systemActor, async (tx) => {
    await sql`select pg_advisory_xact_lock(71), set_config('work_mem', '256MB', true), set_config('jit', 'off', true)`.execute(
      tx,
    );
    const { rows } = await sql<{
      knownAt: string;
    }>`select known_at::text as "knownAt" from guarantees.closing_mark`.execute(tx);
    const before = rows[0]?.knownAt;
    const knownAt = await visibleUntil(tx);
    if (before !== undefined) await catchUp(tx, before, knownAt);
    await sql`
      insert into guarantees.closing_mark (known_at) values (${knownAt}::timestamptz)
          on conflict (only_one) do update set known_at = excluded.known_at`.execute(tx);
    for (const closedOn of await openMonthEnds(tx, context.clock.today())) await closeMonth(tx, closedOn, knownAt);
  });
}

/** The month-ends before today, from the first movement on, that have not been closed. */
async function openMonthEnds(tx: Tx, today: Day): Promise<Day[]> {
  const { rows } = await sql<{ closedOn: Day }>`
    select (month + interval '1 month - 1 day')::date as "closedOn"
      from generate_series(
             coalesce((select max(closed_on) + 1 from guarantees.closing_day),
                      (select date_trunc('month', min(occurred_on)) from guarantees.movement)),
             ${addDays(today, -1)}::date, interval '1 month') month
     where (month + interval '1 month - 1 day')::date < ${today}
     order by 1`.execute(tx);
  return rows.map((row) => row.closedOn);
}

/** Puts what was learnt between two marks into the closings it belongs to. */
async function catchUp(tx: Tx, before: string, knownAt: string): Promise<void> {
  await sql`
    with learnt as (
      select guarantor_id, guarantee_id,
             greatest((date_trunc('month', occurred_on) + interval '1 month - 1 day')::date,
                      (select min(closed_on) from guarantees.closing_day)) as from_on, sum(delta)::bigint as delta
        from guarantees.movement
       where recorded_at > ${before}::timestamptz and recorded_at <= ${knownAt}::timestamptz
         and occurred_on <= (select max(closed_on) from guarantees.closing_day)
       group by 1, 2, 3),
    running as (
      select guarantor_id, guarantee_id, from_on, sum(delta) over of_guarantee as change, lead(from_on) over of_guarantee as until_on
        from learnt
      window of_guarantee as (partition by guarantor_id, guarantee_id order by from_on))
    insert into guarantees.closing (closed_on, guarantor_id, guarantee_id, customer_id, bank_id, county, primary_tag, principal,
           guaranteed, outstanding)
    select d.closed_on, g.guarantor_id, g.id, g.customer_id, g.bank_id, g.county, g.primary_tag, g.principal, g.guaranteed, r.change
      from running r
      join guarantees.closing_day d on d.closed_on >= r.from_on and (r.until_on is null or d.closed_on < r.until_on)
      join guarantees.guarantee g on g.guarantor_id = r.guarantor_id and g.id = r.guarantee_id
     where r.change <> 0
        on conflict (closed_on, guarantor_id, guarantee_id) do update set outstanding = closing.outstanding + excluded.outstanding`.execute(
    tx,
  );
}

/** Closes one month on the one before it, which is closed. */
async function closeMonth(tx: Tx, closedOn: Day, knownAt: string): Promise<void> {
  const before = await closingBefore(tx, closedOn, undefined);
  await sql`insert into guarantees.closing_day (closed_on) values (${closedOn})`.execute(tx);
  await sql`
    insert into guarantees.closing (closed_on, guarantor_id, guarantee_id, customer_id, bank_id, county, primary_tag, principal,
           guaranteed, outstanding)
    select ${closedOn}::date, g.guarantor_id, g.id, g.customer_id, g.bank_id, g.county, g.primary_tag, g.principal, g.guaranteed,
           m.outstanding
      from (select guarantor_id, guarantee_id, sum(outstanding)::bigint as outstanding
              from (select guarantor_id, guarantee_id, outstanding from guarantees.closing where closed_on = ${before?.closedOn ?? null}::date
                     union all
                    select guarantor_id, guarantee_id, delta from guarantees.movement
                     where occurred_on <= ${closedOn} and occurred_on > coalesce(${before?.closedOn ?? null}::date, date '-infinity')
                       and recorded_at <= ${knownAt}::timestamptz) part
             group by 1, 2
            having sum(outstanding) <> 0) m
      join guarantees.guarantee g on g.guarantor_id = m.guarantor_id and g.id = m.guarantee_id`.execute(tx);
}

/** Each closing must be what its movements, learnt by the mark, add up to. */
export async function checkClosings(tx: Tx): Promise<Finding[]> {
  const { rows } = await sql<{ guarantorId: number; id: bigint; closedOn: Day; change: Fen; moved: Fen }>`
    with change as (
      select guarantor_id, guarantee_id, closed_on, outstanding as change, 0::bigint as moved from guarantees.closing
       union all
      select c.guarantor_id, c.guarantee_id, d.next_on, -c.outstanding, 0
        from guarantees.closing c
        join (select closed_on, lead(closed_on) over (order by closed_on) as next_on from guarantees.closing_day) d using (closed_on)
       where d.next_on is not null
       union all
      select guarantor_id, guarantee_id,
             greatest((date_trunc('month', occurred_on) + interval '1 month - 1 day')::date,
                      (select min(closed_on) from guarantees.closing_day)), 0, delta
        from guarantees.movement
       where recorded_at <= (select known_at from guarantees.closing_mark)
         and occurred_on <= (select max(closed_on) from guarantees.closing_day))
    select guarantor_id as "guarantorId", guarantee_id as id, closed_on as "closedOn", sum(change)::bigint as change,
           sum(moved)::bigint as moved
      from change
     group by 1, 2, 3
    having sum(change) <> sum(moved)
     order by 3, 1, 2
     limit ${findingsMax}`.execute(tx);
  return rows.map((row) => ({
    check: '月末结存等于变动合计',
    place: `机构 ${row.guarantorId} 保函 ${row.id} ${row.closedOn}`,
    message: `结存较上月末变化 ${formatYuan(row.change)} 元，当月变动合计 ${formatYuan(row.moved)} 元`,
  }));
}
