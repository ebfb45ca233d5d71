import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { type FinalityFacts, finality } from './rules.ts';
import { lockQuarter } from './seal.ts';
import { certificateById } from './store.ts';

type Facts = FinalityFacts & { readonly id: bigint; readonly regionLevel: number };

/** What decides whether certificates may become final. Objections to earlier versions count until answered and settled. */
async function factsOf(
  tx: Tx,
  where: { id: bigint } | { quarter: string; level: 'county' | 'upper' },
): Promise<Facts[]> {
  const which =
    'id' in where
      ? sql`c.id = ${where.id}`
      : sql`c.quarter = ${where.quarter} and c.status = 'published' and (c.region_level = 3) = ${where.level === 'county'}`;
  const { rows } = await sql<Facts>`
    select c.id, c.number, c.region_level as "regionLevel", c.status, c.objection_until as "objectionUntil",
           coalesce(o.open, 0)::integer as "openObjections", coalesce(o.unsettled, 0)::integer as "unsettledObjections",
           (select count(*) from feedback.certificate_part p join feedback.certificate k on k.id = p.part_id
             where p.certificate_id = c.id and k.status <> 'final')::integer as "unfinishedParts",
           case when exists (select from institutions.institution i where i.region_code = c.region_code
                              and i.kind in ('finance-bureau', 'regulator') and i.status = 'active')
                then feedback.unconfirmed(c.id) end as unconfirmed
      from feedback.certificate c
      left join (
        select v.quarter, v.region_code, count(*) filter (where o.status = 'open') as open,
               count(*) filter (where o.status = 'upheld' and o.settled_by_id is null) as unsettled
          from feedback.objection o join feedback.certificate v on v.id = o.certificate_id
         group by 1, 2) o on o.quarter = c.quarter and o.region_code = c.region_code
     where ${which}
     order by c.region_level desc, c.region_code`.execute(tx);
  return rows;
}

/**
 * Makes one certificate final, after its window and with every objection answered (upheld ones by a restatement); a city or
 * the province only after all its counties. Refuses (404) an unknown one, (422) with every reason against. Locks the quarter.
 */
export async function finaliseCertificate(tx: Tx, context: Context, id: bigint): Promise<void> {
  const found = await certificateById(tx, id);
  if (!found) throw new Refused({ code: 'certificate-unknown', message: '没有这份凭证，或不在您的权限范围内' }, 404);
  await lockQuarter(tx, found.quarter);
  const facts = await factsOf(tx, { id });
  const refusals = finality(facts[0]!, context.clock.today());
  if (refusals.length > 0) throw new Refused(refusals);
  await markFinal(tx, context, found.quarter, facts);
}

/** Makes final whatever of the quarter may be, counties before what adds them up; returns how many. For the nightly run. */
export async function finaliseQuarter(tx: Tx, context: Context, quarter: string): Promise<number> {
  await lockQuarter(tx, quarter);
  const ready = async (level: 'county' | 'upper') =>
    (await factsOf(tx, { quarter, level })).filter((each) => finality(each, context.clock.today()).length === 0);
  const counties = await ready('county');
  await markFinal(tx, context, quarter, counties);
  const uppers = await ready('upper');
  await markFinal(tx, context, quarter, uppers);
  return counties.length + uppers.length;
}

/** Makes final whatever of any quarter may be; returns how many. */
export async function finaliseDue(tx: Tx, context: Context): Promise<number> {
  const { rows } = await sql<{ quarter: string }>`
    select distinct quarter from feedback.certificate
     where status = 'published' order by 1 limit 40`.execute(tx);
  let count = 0;
  for (const { quarter } of rows) count += await finaliseQuarter(tx, context, quarter);
  return count;
}

async function markFinal(tx: Tx, context: Context, quarter: string, facts: readonly Facts[]): Promise<void> {
  if (facts.length === 0) return;
  await sql`
    update feedback.certificate
       set status = 'final', finalised_by = ${context.actor.userId}, finalised_at = ${context.clock.now()}
     where id = any (${facts.map((each) => each.id)}::bigint[]) and status = 'published'`.execute(tx);
  await appendAudit(tx, context, {
    chain: 0,
    action: 'feedback.finalise',
    subject: `quarter:${quarter}`,
    detail: { certificates: facts.map((each) => each.number) },
  });
}
