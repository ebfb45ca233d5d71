import { sql } from 'kysely';
import type { Tx } from '../../platform/db.ts';
import { initials } from '../../platform/text/index.ts';
import { regionSource, retiredRegions, shanxi, shanxiCities } from './regions-shanxi.ts';

/** Loads the province, its cities and counties, and the retired codes; what is there already stays. Returns how many were new. */
export async function loadRegions(tx: Tx): Promise<number> {
  const regions = [
    { code: shanxi.code, name: shanxi.name, level: 1, parent_code: null as number | null },
    ...shanxiCities.map((city) => ({ code: city.code, name: city.name, level: 2, parent_code: shanxi.code })),
    ...shanxiCities.flatMap((city) =>
      city.counties.map(([code, name]) => ({ code, name, level: 3, parent_code: city.code })),
    ),
  ].map((each) => ({ ...each, pinyin: initials(each.name) }));
  // Foreign keys are checked at the end of the statement, so parents and children go in together.
  const { rows } = await sql<{ code: number }>`
    insert into institutions.region (code, name, level, parent_code, pinyin)
    select code, name, level, parent_code, pinyin
      from jsonb_to_recordset(${JSON.stringify(regions)}::jsonb)
        as r (code integer, name text, level smallint, parent_code integer, pinyin text)
    on conflict (code) do nothing
    returning code`.execute(tx);
  const retired = retiredRegions.flatMap((each) => each.successors.map((successor) => ({ ...each, successor })));
  await sql`
    insert into institutions.retired_region (code, name, successor_code, retired_year, source, unverified)
    select code, name, successor, "retiredYear", ${regionSource}, unverified
      from jsonb_to_recordset(${JSON.stringify(retired)}::jsonb)
        as r (code integer, name text, successor integer, "retiredYear" smallint, unverified text)
    on conflict do nothing`.execute(tx);
  return rows.length;
}
