import { sql } from 'kysely';
import type { Day } from '../../../kernel/day.ts';
import type { Fen } from '../../../kernel/money.ts';
import type { Tx } from '../../../platform/db.ts';
import type { BookFacts, MovementFact } from '../rules/record.ts';

/** A record's key in our book. */
export const keyOf = (guarantorId: number, contractNo: string): string => `${guarantorId}/${contractNo}`;

const instant = (column: string) => sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);

/** The instant in UTC with microseconds, so that text order is time order. `null`: the present of this transaction, or `now` if later. */
export async function instantText(tx: Tx, given: string | null, now: Date): Promise<string> {
  const { rows } = await sql<{ at: string }>`
    select ${instant('x.at')} as at
      from (select coalesce(${given}::timestamptz, greatest(now(), ${now.toISOString()}::timestamptz)) as at) x`.execute(
    tx,
  );
  return rows[0]!.at;
}

type GuaranteeRow = {
  guarantorId: number;
  id: bigint;
  contractNo: string;
  principal: Fen;
  guaranteed: Fen;
  startsOn: Day;
  endsOn: Day;
  tags: number;
  recordedAt: string;
  county: number;
  primaryTag: number;
  identityHash: string;
};

/** Everything our book knows about these keys, movements in order, in two statements whatever their number. */
export async function loadBookFacts(
  tx: Tx,
  keys: readonly { guarantorId: number; contractNo: string }[],
): Promise<Map<string, BookFacts>> {
  if (keys.length === 0) return new Map();
  const asked = sql`unnest(${keys.map((key) => key.guarantorId)}::integer[], ${keys.map((key) => key.contractNo)}::text[])
    as k(guarantor_id, contract_no)`;
  const { rows } = await sql<GuaranteeRow>`
    select g.guarantor_id as "guarantorId", g.id, g.contract_no as "contractNo", g.principal, g.guaranteed, g.starts_on as "startsOn", g.ends_on as "endsOn",
           g.tags, ${instant('g.recorded_at')} as "recordedAt", g.county, g.primary_tag as "primaryTag", c.identity_hash as "identityHash"
      from ${asked}
      join guarantees.guarantee g on g.guarantor_id = k.guarantor_id and g.contract_no = k.contract_no
      join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id`.execute(tx);
  const movements = await loadMovements(tx, rows);
  return new Map(
    rows.map((row) => [
      keyOf(row.guarantorId, row.contractNo),
      { ...row, fixed: fixedOf(row), movements: movements.get(`${row.guarantorId}/${row.id}`) ?? [] },
    ]),
  );
}

const fixedOf = (row: GuaranteeRow) => ({
  county: row.county,
  primary_tag: row.primaryTag,
  starts_on: row.startsOn,
  identity_hash: row.identityHash,
});

async function loadMovements(tx: Tx, of: readonly GuaranteeRow[]): Promise<Map<string, MovementFact[]>> {
  const { rows } = await sql<MovementFact & { guarantorId: number; guaranteeId: bigint }>`
    select m.guarantor_id as "guarantorId", m.guarantee_id as "guaranteeId", m.seq, m.kind, k.title, m.amount, m.cash, m.delta,
           m.occurred_on as "occurredOn", ${instant('m.recorded_at')} as "recordedAt",
           (m.recorded_at at time zone 'Asia/Shanghai')::date as "recordedOn", m.extended_to_on as "extendedToOn",
           m.reverses_seq as "reversesSeq"
      from unnest(${of.map((row) => row.guarantorId)}::integer[], ${of.map((row) => String(row.id))}::bigint[]) as a(guarantor_id, id)
      join guarantees.movement m on m.guarantor_id = a.guarantor_id and m.guarantee_id = a.id
      join guarantees.movement_kind k on k.code = m.kind
     order by m.guarantor_id, m.guarantee_id, m.seq`.execute(tx);
  const byGuarantee = new Map<string, MovementFact[]>();
  for (const row of rows) {
    const key = `${row.guarantorId}/${row.guaranteeId}`;
    const list = byGuarantee.get(key);
    if (list) list.push(row);
    else byGuarantee.set(key, [row]);
  }
  return byGuarantee;
}

/** The institutions a run covers, by code: one guarantor, or every one that ever was. */
export async function loadGuarantors(
  tx: Tx,
  guarantorId: number | null,
): Promise<{ id: number; code: string; shortName: string }[]> {
  let query = tx
    .selectFrom('institutions.institution')
    .select(['id', 'code', 'short_name as shortName'])
    .where('kind', 'in', ['guarantor', 'reguarantor']);
  if (guarantorId !== null) query = query.where('id', '=', guarantorId);
  return query.execute();
}
