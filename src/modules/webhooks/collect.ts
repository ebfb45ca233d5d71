import { sql } from 'kysely';
import { type Clock, minutesAfter } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';

/** How far back each look goes: far enough for a transaction that committed late and for a night's stand-still of the program. */
const lookBackMinutes = 3 * 24 * 60;

/** Everything that can be told, read where it is kept: the modules know nothing of webhooks. */
const happenings = (since: Date) => sql`
  select 'package:' || r.guarantor_id || '/' || r.package_id || ':' || r.receipt_no as source, 'package.' || r.verdict as kind,
         r.guarantor_id as institution_id, null::integer as region_code, 'package:' || r.guarantor_id || '/' || r.package_id as subject,
         jsonb_build_object('businessDay', p.business_day, 'version', p.version, 'kind', p.kind, 'contentHash', p.content_hash,
           'receiptNo', r.receipt_no, 'reasons', r.reasons) as detail, r.received_at as occurred_at
    from exchange.receipt r
    join exchange.package p on p.guarantor_id = r.guarantor_id and p.id = r.package_id
   where r.received_at > ${since}
  union all
  select 'reconciliation:' || (e.subject), 'reconciliation.sealed', nullif(e.chain_id, 0), null, e.subject, e.detail::jsonb, e.recorded_at
    from audit.entry e where e.action = 'reconciliation.seal' and e.recorded_at > ${since}
  union all
  select 'certificate:' || c.id || ':' || s.kind, 'certificate.' || s.kind, null, c.region_code, 'certificate:' || c.number,
         jsonb_build_object('number', c.number, 'quarter', c.quarter, 'regionCode', c.region_code, 'version', c.version,
           'contentHash', c.content_hash, 'verificationCode', c.verification_code, 'objectionUntil', c.objection_until), s.at
    from feedback.certificate c
   cross join lateral (values ('published', c.sealed_at), ('final', c.finalised_at)) s(kind, at)
   where s.at > ${since}
  union all
  select 'subsidy:' || r.id, 'subsidy.approved', null, r.region_code, 'subsidy-run:' || r.id,
         jsonb_build_object('run', r.id::text, 'kind', r.kind, 'year', r.year, 'regionCode', r.region_code,
           'total', to_char(r.total / 100.0, 'FM999999999999990.00'), 'isPlaceholder', r.is_placeholder), r.approved_at
    from subsidies.run r where r.status = 'approved' and r.approved_at > ${since}`;

/**
 * Notes what happened and makes a delivery of it for every active subscription that wants it: of the institution itself, of an
 * overseer of its region or the event's, or of the province. Safe to repeat. Answers how many deliveries are new.
 */
export async function collectEvents(tx: Tx, clock: Clock): Promise<number> {
  const now = clock.now();
  const since = minutesAfter(now, -lookBackMinutes);
  const { rows } = await sql<{ made: number }>`
    with found as (
      insert into webhooks.event (source, kind, institution_id, region_code, subject, detail, occurred_at)
      select h.source, h.kind, h.institution_id, h.region_code, h.subject, h.detail, h.occurred_at
        from (${happenings(since)}) h
       where exists (select from webhooks.subscription)
      on conflict (source) do nothing
      returning id, kind, institution_id, region_code, occurred_at),
    placed as (
      select f.id, f.kind, f.institution_id, f.occurred_at, coalesce(f.region_code, i.region_code) as region_code
        from found f left join institutions.institution i on i.id = f.institution_id),
    made as (
      insert into webhooks.delivery (subscription_id, event_id, next_at)
      select s.id, p.id, ${now}
        from placed p
        join webhooks.subscription s on s.status = 'active' and p.kind = any (s.kinds) and s.recorded_at <= p.occurred_at
        join institutions.institution home on home.id = s.institution_id
        left join institutions.region r on r.code = p.region_code
       where home.id = p.institution_id
          or (home.level = 1 and home.kind in ('reguarantor', 'finance-bureau', 'regulator', 'auditor', 'reform-office'))
          or (home.kind in ('finance-bureau', 'regulator', 'county-government') and home.region_code in (r.code, r.parent_code))
      on conflict (subscription_id, event_id) do nothing
      returning 1)
    select count(*)::integer as made from made`.execute(tx);
  return rows[0]?.made ?? 0;
}

/** The deliveries to try now, those that wait longest first. */
export async function dueIds(tx: Tx, clock: Clock): Promise<bigint[]> {
  const { rows } = await sql<{ id: bigint }>`
    select d.id from webhooks.delivery d
      join webhooks.subscription s on s.id = d.subscription_id and s.status = 'active'
     where d.status = 'waiting' and d.next_at <= ${clock.now()}
     order by d.next_at
     limit 500`.execute(tx);
  return rows.map((row) => row.id);
}
