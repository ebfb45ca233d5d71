import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import type { RenewalKind } from './contract/change.ts';

/** Links a new guarantee behind an old one: the old one's chain goes on, or begins with it. */
export async function linkSuccessor(
  tx: Tx,
  link: { guarantorId: number; followsId: bigint; guaranteeId: bigint; kind: RenewalKind; on: Day },
): Promise<void> {
  await sql`
    insert into aftercare.chain_link (guarantor_id, guarantee_id, chain_id, position, kind, follows_id, linked_on)
    values (${link.guarantorId}, ${link.followsId}, ${link.followsId}, 1, 'origin', null, ${link.on})
        on conflict (guarantor_id, guarantee_id) do nothing`.execute(tx);
  await sql`
    insert into aftercare.chain_link (guarantor_id, guarantee_id, chain_id, position, kind, follows_id, linked_on)
    select guarantor_id, ${link.guaranteeId}, chain_id, position + 1, ${link.kind}, guarantee_id, ${link.on}
      from aftercare.chain_link where guarantor_id = ${link.guarantorId} and guarantee_id = ${link.followsId}`.execute(
    tx,
  );
}

export type ChainRow = {
  readonly guaranteeId: bigint;
  readonly contractNo: string;
  readonly position: number;
  readonly kind: string;
  readonly startsOn: Day;
  readonly dueOn: Day;
  readonly principal: Fen;
  readonly outstanding: Fen;
  readonly extensions: number;
};

/** The whole chain a guarantee belongs to, first to last, each with how often it was extended. */
export async function chainOf(tx: Tx, guarantorId: number, guaranteeId: bigint): Promise<ChainRow[]> {
  const { rows } = await sql<ChainRow>`
    with own as (
      select coalesce((select l.chain_id from aftercare.chain_link l
                        where l.guarantor_id = ${guarantorId} and l.guarantee_id = ${guaranteeId}), ${guaranteeId}) as chain_id),
    members as (
      select l.guarantee_id, l.position, l.kind from aftercare.chain_link l, own
       where l.guarantor_id = ${guarantorId} and l.chain_id = own.chain_id
       union
      select own.chain_id, 1, 'origin' from own)
    select g.id as "guaranteeId", g.contract_no as "contractNo", m.position, m.kind, g.starts_on as "startsOn", g.due_on as "dueOn",
           g.principal, g.outstanding,
           (select count(*)::integer from guarantees.movement v
             where v.guarantor_id = g.guarantor_id and v.guarantee_id = g.id and v.kind = 3
               and not exists (select from guarantees.movement r where r.guarantor_id = v.guarantor_id and r.guarantee_id = v.guarantee_id
                                 and r.reverses_seq = v.seq)) as extensions
      from members m
      join guarantees.guarantee g on g.guarantor_id = ${guarantorId} and g.id = m.guarantee_id
     order by m.position
     limit 100`.execute(tx);
  return rows;
}

/** New business of a period with chains counted once: a renewal is neither a new household nor a first-time customer. */
export async function newBusiness(tx: Tx, period: { from: Day; to: Day; guarantorId?: number | undefined }) {
  type Row = { contracts: number; chains: number; households: number; firstTime: number; renewals: number };
  const { rows } = await sql<Row>`
    select contracts, chains, households, first_time as "firstTime", renewals
      from aftercare.new_business(${period.from}, ${period.to}, ${period.guarantorId ?? null})`.execute(tx);
  return rows[0] as Row;
}
