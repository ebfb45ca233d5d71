import { sql } from 'kysely';
import { addDays, type Day, daysBetween } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import { isWorkingDay } from '../../platform/calendar.ts';
import type { Tx } from '../../platform/db.ts';
import type { Board } from './contract.ts';
import { type CellStatus, cellStatus, dueOn, dueUnverified } from './rules.ts';

/** Days of one board. */
export const boardDaysMax = 62;

type Institution = {
  id: number;
  code: string;
  name: string;
  regionName: string;
  firstDay: Day | null;
  openedOn: Day | null;
  closedOn: Day | null;
};
type Reported = {
  guarantorId: number;
  day: Day;
  id: bigint;
  version: number;
  status: 'built' | 'sent' | 'accepted' | 'refused' | 'unanswered';
  kind: 'daily' | 'zero' | 'restatement';
  acceptedKind: 'daily' | 'zero' | 'restatement' | null;
  firstAcceptedOn: Day | null;
};

/**
 * Every guarantor the caller sees × every day from–to, as known now. A guarantor owes packages from its stated start (else from
 * its first package, else from the day its first guarantee was entered) on, while it is open; rest days too. Refuses more than 62 days (422).
 */
export async function boardOf(tx: Tx, from: Day, to: Day, today: Day, region?: number): Promise<Board> {
  const length = daysBetween(from, to) + 1;
  if (length < 1 || length > boardDaysMax)
    throw new Refused({ code: 'board-range', field: 'to', message: `起止日期须先后有序，且不超过 ${boardDaysMax} 天` });
  const institutions = await institutionsOf(tx, from, to, region);
  const reported = new Map(
    (await reportedBetween(tx, from, to)).map((each) => [`${each.guarantorId} ${each.day}`, each]),
  );
  const days = Array.from({ length }, (_, at) => addDays(from, at));
  const rows = institutions.map((institution) => ({
    guarantorId: institution.id,
    code: institution.code,
    name: institution.name,
    regionName: institution.regionName,
    cells: days.map((day) => cellOf(institution, day, reported.get(`${institution.id} ${day}`), today)),
  }));
  return {
    from,
    to,
    today,
    dueUnverified,
    days: days.map((day, at) => ({
      day,
      dueOn: dueOn(day),
      isWorkingDay: isWorkingDay(day),
      counts: countOf(rows.map((row) => row.cells[at]!.status)),
    })),
    rows,
    counts: countOf(rows.flatMap((row) => row.cells.map((cell) => cell.status))),
  };
}

function cellOf(
  institution: Institution,
  day: Day,
  found: Reported | undefined,
  today: Day,
): Board['rows'][number]['cells'][number] {
  const { firstDay, openedOn, closedOn } = institution;
  const isOpen = (openedOn === null || day >= openedOn) && (closedOn === null || day <= closedOn);
  const status = cellStatus(
    day,
    {
      required: isOpen && firstDay !== null && day >= firstDay && day < today,
      latest: found ?? null,
      acceptedKind: found?.acceptedKind ?? null,
      firstAcceptedOn: found?.firstAcceptedOn ?? null,
    },
    today,
  );
  return {
    day,
    status,
    packageId: found ? String(found.id) : null,
    version: found?.version ?? null,
    packageStatus: found?.status ?? null,
  };
}

function countOf(statuses: readonly CellStatus[]): Board['counts'] {
  const counts: Record<CellStatus, number> = {
    'not-required': 0,
    'not-due': 0,
    accepted: 0,
    zero: 0,
    late: 0,
    missing: 0,
    refused: 0,
    restated: 0,
  };
  for (const status of statuses) counts[status] += 1;
  return counts;
}

async function institutionsOf(tx: Tx, from: Day, to: Day, region: number | undefined): Promise<Institution[]> {
  const inRegion = region === undefined ? sql`` : sql`and ${region}::integer in (r.code, r.parent_code, p.parent_code)`;
  const { rows } = await sql<Institution>`
    select i.id, i.code, i.short_name as name, r.name as "regionName", i.opened_on as "openedOn", i.closed_on as "closedOn",
           coalesce((select s.from_on from exchange.reporting_start s where s.guarantor_id = i.id),
                    (select min(k.business_day) from exchange.package k where k.guarantor_id = i.id),
                    (select (min(g.recorded_at) at time zone 'Asia/Shanghai')::date from guarantees.guarantee g
                      where g.guarantor_id = i.id)) as "firstDay"
      from institutions.institution i
      join institutions.region r on r.code = i.region_code
      left join institutions.region p on p.code = r.parent_code
     where i.kind = 'guarantor' and (i.opened_on is null or i.opened_on <= ${to})
       and (i.closed_on is null or i.closed_on >= ${from})
       and ((select identity.sees_all()) or i.id = any ((select identity.my_guarantors())::integer[])
            or i.region_code = any ((select identity.my_regions())::integer[])) ${inRegion}
     order by i.level, i.region_code, i.code
     limit 500`.execute(tx);
  return rows;
}

async function reportedBetween(tx: Tx, from: Day, to: Day): Promise<Reported[]> {
  const { rows } = await sql<Reported>`
    select distinct on (p.guarantor_id, p.business_day)
           p.guarantor_id as "guarantorId", p.business_day as day, p.id, p.version, p.status, p.kind,
           a.kind as "acceptedKind", (a.first_at at time zone 'Asia/Shanghai')::date as "firstAcceptedOn"
      from exchange.package p
      left join (select guarantor_id, business_day, min(answered_at) as first_at,
                        (array_agg(kind order by version desc))[1] as kind
                   from exchange.package
                  where business_day between ${from} and ${to} and status = 'accepted' group by 1, 2) a
             on a.guarantor_id = p.guarantor_id and a.business_day = p.business_day
     where p.business_day between ${from} and ${to}
     order by p.guarantor_id, p.business_day, p.version desc`.execute(tx);
  return rows;
}
