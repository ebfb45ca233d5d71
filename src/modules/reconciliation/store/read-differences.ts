import { type RawBuilder, sql } from 'kysely';
import type { Day } from '../../../kernel/day.ts';
import type { Fen } from '../../../kernel/money.ts';
import type { Tx } from '../../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../../platform/list.ts';
import type { Cause, ComparedField, DifferenceFilter, DifferenceKind, DifferenceStatus } from '../contract.ts';

/** One difference as stored, with names. */
export type DifferenceRecord = {
  id: bigint;
  runId: bigint;
  guarantorId: number;
  guarantorName: string;
  guaranteeId: bigint | null;
  county: number;
  countyName: string | null;
  institutionCode: string | null;
  contractNo: string | null;
  line: number | null;
  kind: DifferenceKind;
  field: ComparedField | 'record';
  ours: string | null;
  theirs: string | null;
  /** The county the code stands for, where the field is one. */
  oursCounty: string | null;
  theirsCounty: string | null;
  deltaFen: Fen | null;
  deltas: bigint[];
  cause: Cause;
  reason: string;
  evidence: { name: string; value: string }[];
  firstSeenOn: Day;
  previousId: bigint | null;
  ownerInstitutionName: string | null;
  ownerUserId: number | null;
  ownerUserName: string | null;
  status: DifferenceStatus;
  resolution: string | null;
  evidenceReference: string | null;
  resolvedByName: string | null;
  resolvedAt: Date | null;
  version: number;
};

const selected = sql`
  select d.id, d.run_id as "runId", d.guarantor_id as "guarantorId", coalesce(i.short_name, '机构不明') as "guarantorName",
         d.guarantee_id as "guaranteeId", d.county, c.name as "countyName", d.institution_code as "institutionCode",
         d.contract_no as "contractNo", d.line, d.kind, d.field, d.ours, d.theirs, oc.name as "oursCounty", tc.name as "theirsCounty",
         d.delta_fen as "deltaFen", d.deltas, d.cause, d.reason,
         d.evidence, d.first_seen_on as "firstSeenOn", d.previous_id as "previousId", oi.short_name as "ownerInstitutionName",
         d.owner_user_id as "ownerUserId", ou.name as "ownerUserName", d.status, d.resolution, d.evidence_reference as "evidenceReference",
         ru.name as "resolvedByName", d.resolved_at as "resolvedAt", d.version
    from reconciliation.difference d
    left join institutions.institution i on i.id = d.guarantor_id
    left join institutions.region c on c.code = d.county
    left join institutions.region oc on d.field = 'county' and oc.code::text = d.ours
    left join institutions.region tc on d.field = 'county' and tc.code::text = d.theirs
    left join institutions.institution oi on oi.id = d.owner_institution_id
    left join identity.user_account ou on ou.id = d.owner_user_id
    left join identity.user_account ru on ru.id = d.resolved_by`;

/** The filter as SQL over `d`. `seenBy`: first seen on that day or before (the age asked for, as a day). */
export function matching(filter: DifferenceFilter, seenBy: Day | null): RawBuilder<unknown> {
  const parts: RawBuilder<unknown>[] = [sql`true`];
  if (filter.kind !== undefined) parts.push(sql`d.kind = ${filter.kind}`);
  if (filter.field !== undefined) parts.push(sql`d.field = ${filter.field}`);
  if (filter.cause !== undefined) parts.push(sql`d.cause = ${filter.cause}`);
  if (filter.status !== undefined) parts.push(sql`d.status = ${filter.status}`);
  if (filter.guarantorId !== undefined) parts.push(sql`d.guarantor_id = ${filter.guarantorId}`);
  if (filter.county !== undefined) parts.push(sql`d.county = ${filter.county}`);
  if (filter.ownerUserId !== undefined) parts.push(sql`d.owner_user_id = ${filter.ownerUserId}`);
  if (filter.contractNo !== undefined) parts.push(sql`starts_with(d.contract_no, ${filter.contractNo})`);
  if (seenBy !== null) parts.push(sql`d.first_seen_on <= ${seenBy}`);
  return sql.join(parts, sql` and `);
}

/** A run's differences in the order found. */
export async function listDifferences(
  tx: Tx,
  runId: bigint,
  where: RawBuilder<unknown>,
  after: string | undefined,
  limit: number,
): Promise<Page<DifferenceRecord>> {
  const last = keysOf(after, 1)?.[0] ?? '0';
  const { rows } = await sql<DifferenceRecord>`
    ${selected}
     where d.run_id = ${runId} and d.id > ${last}::bigint and ${where}
     order by d.id
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? cursorOf(page.at(-1)!.id) : null };
}

/** One difference; undefined when there is none for the caller. */
export async function loadDifference(tx: Tx, id: bigint): Promise<DifferenceRecord | undefined> {
  const { rows } = await sql<DifferenceRecord>`${selected} where d.id = ${id}`.execute(tx);
  return rows[0];
}

export type HistoryRecord = {
  kind: string;
  body: string;
  evidenceReference: string | null;
  userName: string;
  recordedAt: Date;
};

/** What happened to the difference, and to those of earlier runs it continues, oldest first. */
export async function loadHistory(tx: Tx, id: bigint): Promise<HistoryRecord[]> {
  const { rows } = await sql<HistoryRecord>`
    with recursive chain as (
      select d.guarantor_id, d.id, d.previous_id, 1 as depth from reconciliation.difference d where d.id = ${id}
      union all
      select d.guarantor_id, d.id, d.previous_id, c.depth + 1
        from chain c join reconciliation.difference d on d.guarantor_id = c.guarantor_id and d.id = c.previous_id
       where c.depth < 50)
    select e.kind, e.body, e.evidence_reference as "evidenceReference", coalesce(u.name, '系统或他机构人员') as "userName", e.recorded_at as "recordedAt"
      from chain c
      join reconciliation.event e on e.guarantor_id = c.guarantor_id and e.difference_id = c.id
      left join identity.user_account u on u.id = e.user_id
     order by e.recorded_at, e.id
     limit 500`.execute(tx);
  return rows;
}

/** The other side's stored line of a difference; undefined where it has none. */
export async function loadOtherRecord(tx: Tx, runId: bigint, line: number) {
  const { rows } = await sql<Record<string, bigint | number | string | null>>`
    select * from reconciliation.seen_other_record where run_id = ${runId} and line = ${line}`.execute(tx);
  return rows[0];
}
