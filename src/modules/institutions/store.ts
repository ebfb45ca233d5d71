import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';

/** One institution as stored; level 1 省 2 市 3 县. */
export type InstitutionRow = {
  id: number;
  code: string;
  name: string;
  shortName: string;
  kind: string;
  level: number;
  regionCode: number;
  regionName: string;
  licenceNo: string | null;
  licenceStatus: string | null;
  status: string;
  openedOn: Day | null;
  closedOn: Day | null;
};

/** What a list of institutions may be narrowed to; `region` takes all that lies inside. */
export type InstitutionFilter = {
  readonly q?: string | undefined;
  readonly kind?: string | undefined;
  readonly level?: number | undefined;
  readonly region?: number | undefined;
  readonly status?: string | undefined;
};

const columns = sql`i.id, i.code, i.name, i.short_name as "shortName", i.kind, i.level, i.region_code as "regionCode",
  r.name as "regionName", i.licence_no as "licenceNo", i.licence_status as "licenceStatus", i.status,
  i.opened_on as "openedOn", i.closed_on as "closedOn"`;

/** One page of institutions by level, region and id. */
export async function listInstitutions(
  tx: Tx,
  filter: InstitutionFilter,
  after: string | undefined,
  limit: number,
): Promise<Page<InstitutionRow>> {
  const keys = keysOf(after, 3)?.map(Number);
  const [level, region, id] = keys?.every(Number.isInteger) ? keys : [0, 0, 0];
  const typed = filter.q?.replace(/[\\%_]/g, '\\$&');
  const part = typed ? `%${typed}%` : null;
  const initials = typed ? `%${typed.toLowerCase()}%` : null;
  const { rows } = await sql<InstitutionRow>`
    select ${columns}
      from institutions.institution i
      join institutions.region r on r.code = i.region_code
     where (i.level, i.region_code, i.id) > (${level}::smallint, ${region}::integer, ${id}::integer)
       and (${part}::text is null or i.name like ${part} or i.short_name like ${part} or i.code ilike ${part}
            or i.pinyin like ${initials})
       and (${filter.kind ?? null}::text is null or i.kind = ${filter.kind ?? null})
       and (${filter.level ?? null}::smallint is null or i.level = ${filter.level ?? null})
       and (${filter.status ?? null}::text is null or i.status = ${filter.status ?? null})
       and (${filter.region ?? null}::integer is null or i.region_code in (
             select c.code from institutions.region c
               left join institutions.region p on p.code = c.parent_code
              where ${filter.region ?? null} in (c.code, p.code, p.parent_code)))
     order by i.level, i.region_code, i.id
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.level, last.regionCode, last.id) : null };
}

/** One institution. Throws Refused (404) when there is none. */
export async function institutionOf(tx: Tx, id: number): Promise<InstitutionRow> {
  const { rows } = await sql<InstitutionRow>`
    select ${columns} from institutions.institution i join institutions.region r on r.code = i.region_code
     where i.id = ${id}`.execute(tx);
  if (!rows[0]) throw new Refused({ code: 'institution-unknown', message: '没有这家机构' }, 404);
  return rows[0];
}

/** A predecessor or successor. */
export type Relative = { id: number; name: string; kind: string; happenedOn: Day; document: string | null };

/** Where an institution comes from and what became of it, one step each way. */
export async function lineageOf(tx: Tx, id: number): Promise<{ predecessors: Relative[]; successors: Relative[] }> {
  const { rows } = await sql<Relative & { before: boolean }>`
    select i.id, i.name, l.kind, l.happened_on as "happenedOn", l.document, l.successor_id = ${id} as before
      from institutions.lineage l
      join institutions.institution i
        on i.id = case when l.successor_id = ${id} then l.predecessor_id else l.successor_id end
     where ${id} in (l.predecessor_id, l.successor_id)
     order by l.happened_on, i.id
     limit 1000`.execute(tx);
  return { predecessors: rows.filter((row) => row.before), successors: rows.filter((row) => !row.before) };
}

/** What is known about a guarantor's capital, newest first; amounts in 分. */
export type CapitalRow = {
  asOf: Day;
  recordedAt: Date;
  registeredCapital: Fen;
  netAssets: Fen;
  stakesInGuarantors: Fen;
  source: string;
};

/** The newest 100 capital facts that the caller may see. */
export async function capitalOf(tx: Tx, id: number): Promise<CapitalRow[]> {
  const { rows } = await sql<CapitalRow>`
    select as_of_on as "asOf", recorded_at as "recordedAt", registered_capital as "registeredCapital",
           net_assets as "netAssets", stakes_in_guarantors as "stakesInGuarantors", source
      from institutions.capital_fact
     where guarantor_id = ${id}
     order by as_of_on desc, recorded_at desc
     limit 100`.execute(tx);
  return rows;
}

/** Does `ancestor` already stand somewhere before `id` in the lineage? */
export async function isAncestor(tx: Tx, ancestor: number, id: number): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    with recursive before (id) as (
      select ${id}::integer
      union
      select l.predecessor_id from institutions.lineage l join before b on b.id = l.successor_id)
    select exists (select from before where id = ${ancestor}) as found`.execute(tx);
  return rows[0]?.found === true;
}

/** A region; undefined when there is none. */
export async function regionOf(tx: Tx, code: number): Promise<{ name: string; level: number } | undefined> {
  const { rows } = await sql<{ name: string; level: number }>`
    select name, level from institutions.region where code = ${code}`.execute(tx);
  return rows[0];
}

/** One region of the tree. */
export type RegionRow = { code: number; name: string; level: number; parentCode: number | null };

/** Every region, and every retired code with its successors. */
export async function listRegions(tx: Tx): Promise<{
  regions: RegionRow[];
  retired: {
    code: number;
    name: string;
    successors: number[];
    retiredYear: number;
    source: string;
    unverified: string | null;
  }[];
}> {
  const regions = await sql<RegionRow>`
    select code, name, level, parent_code as "parentCode" from institutions.region order by code limit 10000`.execute(
    tx,
  );
  const retired = await sql<{
    code: number;
    name: string;
    successors: number[];
    retiredYear: number;
    source: string;
    unverified: string | null;
  }>`
    select code, name, array_agg(successor_code order by successor_code) as successors, retired_year as "retiredYear", source,
           min(unverified) as unverified
      from institutions.retired_region group by code, name, retired_year, source order by code limit 10000`.execute(tx);
  return { regions: regions.rows, retired: retired.rows };
}
