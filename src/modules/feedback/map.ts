import { sql } from 'kysely';
import type { Tx } from '../../platform/db.ts';
import { parseFigures } from './content.ts';
import { type Line, type MetricKey, metrics, wireValue } from './rules.ts';

type Query = { quarter?: string | undefined; metric: MetricKey; line: Line; region: number };

/** One sealed figure of each region one level below `region` in the quarter (the newest sealed one unless named). */
export async function mapOf(tx: Tx, { quarter: wanted, metric, line, region }: Query) {
  const { rows: sealed } = await sql<{ quarter: string }>`
    select distinct quarter from feedback.certificate order by 1 desc limit 40`.execute(tx);
  const quarters = sealed.map((row) => row.quarter);
  const quarter = wanted ?? quarters[0] ?? null;
  const { rows } = await sql<{
    id: bigint;
    number: string;
    code: number;
    name: string;
    status: 'published' | 'final' | 'superseded';
    asOf: string;
    figures: string;
  }>`
    select c.id, c.number, c.region_code as code, c.region_name as name, c.status, c.as_of_on as "asOf", c.figures
      from feedback.certificate c
      join institutions.region r on r.code = c.region_code
     where c.quarter = ${quarter} and c.status <> 'superseded' and r.parent_code = ${region}
     order by c.region_code
     limit 500`.execute(tx);
  const { title, additivity, unit } = metrics[metric];
  return {
    quarter,
    quarters,
    asOf: rows[0]?.asOf ?? null,
    metric: { key: metric, title, additivity, unit },
    basis: '已封存的季度反馈凭证',
    rows: rows.map(({ id, figures, asOf: _, ...row }) => ({
      ...row,
      certificateId: String(id),
      value: wireValue(metric, parseFigures(figures)[line]),
    })),
  };
}

/** One sealed figure of every county and city the caller sees in the newest sealed quarter: the picture of the home page. */
export async function countyMap(tx: Tx, metric: MetricKey) {
  const { rows } = await sql<{ quarter: string; code: number; asOf: string; figures: string }>`
    select c.quarter, c.region_code as code, c.as_of_on as "asOf", c.figures
      from feedback.certificate c
     where c.quarter = (select max(quarter) from feedback.certificate)
       and c.status <> 'superseded' and c.region_level in (2, 3)
     order by c.region_code
     limit 500`.execute(tx);
  return {
    quarter: rows[0]?.quarter ?? null,
    asOf: rows[0]?.asOf ?? null,
    rows: rows.map((row) => ({ code: String(row.code), value: wireValue(metric, parseFigures(row.figures).total) })),
  };
}
