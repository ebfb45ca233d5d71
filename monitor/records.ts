import { createHash } from 'node:crypto';
import type pg from 'pg';
import { within } from './database.ts';

export type RecordsQuery = {
  readonly institution: string | null;
  readonly asOf: string;
  readonly knownAt: string | null;
};

const money = (name: string) => `round(r.${name}::numeric / 100, 2)::text`;

/** The data set as of a day, faults applied: parameters $1 institution, $2 as-of day, $3 known at. */
const dataSet = `
  with active as (
    select f.* from monitor.fault_row f join monitor.fault o on o.id = f.fault_id
     where ($1::text is null or f.institution = $1) and (f.healed_on is null or $2::date < f.healed_on)
       and o.created_at <= $3::timestamptz),
  latest as (
    select distinct on (r.institution, r.contract_no) r.*
      from monitor.record r
      left join active d on d.effect = 'delay' and d.institution = r.institution and d.contract_no = r.contract_no
     where ($1::text is null or r.institution = $1) and r.received_at <= $3::timestamptz
       and r.business_day <= $2::date - coalesce(d.days, 0)
     order by r.institution, r.contract_no, r.business_day desc, r.package_id desc),
  shown as (
    select r.institution, r.contract_no as key_no, x.effect, jsonb_build_object(
             'institution', r.institution, 'contract_no', case when x.effect = 'null-key' then null else r.contract_no end,
             'outstanding', ${money('outstanding')}, 'outstanding_actual', ${money('outstanding_actual')},
             'principal', ${money('principal')}, 'guaranteed', ${money('guaranteed')}, 'claims', ${money('claims')},
             'claim_cash', ${money('claim_cash')}, 'recoveries', ${money('recoveries')}, 'county', r.county,
             'primary_tag', r.primary_tag, 'tags', r.tags, 'status', r.status, 'starts_on', r.starts_on, 'ends_on', r.ends_on,
             'due_on', r.due_on, 'identity_hash', r.identity_hash, 'business_day', r.business_day)
             || case when x.effect = 'alter' then jsonb_build_object(x.field, x.after) else '{}' end as content
      from latest r
      left join active x on x.institution = r.institution and x.contract_no = r.contract_no and x.effect <> 'delay'
     where x.effect is distinct from 'lose')`;

/** The data set as JSON lines: header, records in key order, footer with count and hash. Constant memory. */
export async function streamRecords(
  pool: pg.Pool,
  query: RecordsQuery,
  write: (text: string) => Promise<void>,
): Promise<void> {
  await within(pool, async (client) => {
    const { rows: clock } = await client.query<{ at: string }>(
      `select to_json(coalesce($1::timestamptz, clock_timestamp()))#>>'{}' as at`,
      [query.knownAt],
    );
    const knownAt = clock[0]!.at;
    const fixed = { timeBasis: 'value', amountBasis: 'contract', unit: '元' };
    await write(
      `${JSON.stringify({ kind: 'header', standIn: true, format: 'monitor-records/1', ...query, knownAt, ...fixed })}\n`,
    );
    await client.query(
      `declare data_set no scroll cursor for ${dataSet}
       select '{"kind":"record", ' || substr(content::text, 2) as line
         from shown cross join generate_series(1, case when effect = 'duplicate' then 2 else 1 end)
        order by institution, key_no`,
      [query.institution, query.asOf, knownAt],
    );
    const hash = createHash('sm3');
    let count = 0;
    for (;;) {
      const { rows } = await client.query<{ line: string }>('fetch 2000 from data_set');
      const chunk = rows.map((row) => `${row.line}\n`).join('');
      hash.update(chunk);
      count += rows.length;
      if (chunk !== '') await write(chunk);
      if (rows.length < 2000) break;
    }
    await write(`${JSON.stringify({ kind: 'footer', rows: count, sm3: hash.digest('hex') })}\n`);
  });
}

export type HeldRecord = {
  institution: string;
  key_no: string;
  content: Record<string, string | number | null>;
  earlier: string | null;
};

/**
 * Rows to make faults in, in the order the seed gives; rows that carry a fault already are left out. `days`: only rows whose
 * outstanding differed that many days before.
 */
export async function pickRecords(
  client: pg.PoolClient,
  pick: {
    institution: string | null;
    asOf: string;
    contractNos: readonly string[] | null;
    seed: string;
    count: number;
    days: number;
  },
): Promise<HeldRecord[]> {
  const { rows } = await client.query<HeldRecord>(
    `${dataSet}
     select s.institution, s.key_no, s.content, round(e.outstanding::numeric / 100, 2)::text as earlier
       from shown s
       left join lateral (select r.outstanding from monitor.record r where r.institution = s.institution and r.contract_no = s.key_no
                             and r.business_day <= $2::date - $7::integer
                           order by r.business_day desc, r.package_id desc limit 1) e on true
      where case when $4::text[] is not null then s.key_no = any ($4)
                 else s.content->>'outstanding' <> '0.00' end
        and ($4::text[] is not null or $7 = 0 or round(e.outstanding::numeric / 100, 2)::text <> s.content->>'outstanding')
        and not exists (select from active a where a.institution = s.institution and a.contract_no = s.key_no)
      order by md5($5 || s.institution || '/' || s.key_no) limit $6`,
    [pick.institution, pick.asOf, 'infinity', pick.contractNos, pick.seed, pick.count, pick.days],
  );
  return rows;
}
