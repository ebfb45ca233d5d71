import { sql } from 'kysely';
import type { Fen } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';

/** What an exclusion does, in 元: released principal, refunded fees, claims the bank owes back. */
export type ExclusionEffect = { readonly release: string; readonly refund: string; readonly owedBack: string };

/** What stands of a guarantee that came by batch, reversals taken out; locks it until commit. Undefined when there is none. */
export async function exclusionFacts(tx: Tx, guarantorId: number, guaranteeId: bigint) {
  const { rows } = await sql<{
    batchId: bigint;
    bankId: number;
    contractNo: string;
    principal: Fen;
    outstanding: Fen;
    fees: Fen;
    refunded: Fen;
    claimed: Fen;
    recovered: Fen;
  }>`
    with one as materialized (
      select g.guarantor_id, g.id, g.batch_id, g.bank_id, g.contract_no, g.principal, g.outstanding
        from guarantees.guarantee g
       where g.guarantor_id = ${guarantorId} and g.id = ${guaranteeId} and g.source = 'batch'
         for update of g)
    select o.batch_id as "batchId", o.bank_id as "bankId", o.contract_no as "contractNo", o.principal, o.outstanding,
           coalesce(sum(m.amount) filter (where m.kind = 7), 0)::bigint as fees,
           coalesce(sum(m.amount) filter (where m.kind = 8), 0)::bigint as refunded,
           coalesce(sum(m.cash) filter (where m.kind = 5), 0)::bigint as claimed,
           coalesce(sum(m.amount) filter (where m.kind = 6), 0)::bigint as recovered
      from one o
      left join guarantees.movement m on m.guarantor_id = o.guarantor_id and m.guarantee_id = o.id and m.reverses_seq is null
       and not exists (select from guarantees.movement r
                        where r.guarantor_id = m.guarantor_id and r.guarantee_id = m.guarantee_id and r.reverses_seq = m.seq)
     group by 1, 2, 3, 4, 5`.execute(tx);
  return rows[0];
}

/** Proposes; undefined when one stands for the guarantee already. */
export async function insertExclusion(
  tx: Tx,
  made: {
    guarantorId: number;
    guaranteeId: bigint;
    batchId: bigint;
    bankId: number;
    sampleId: bigint | null;
    cause: string;
    clause: string;
    effect: ExclusionEffect;
  },
  userId: number,
): Promise<bigint | undefined> {
  const { rows } = await sql<{ id: bigint }>`
    insert into batches.exclusion (guarantor_id, guarantee_id, batch_id, bank_id, sample_id, cause, clause, effect, recorded_by)
    values (${made.guarantorId}, ${made.guaranteeId}, ${made.batchId}, ${made.bankId}, ${made.sampleId}, ${made.cause}, ${made.clause},
            ${JSON.stringify(made.effect)}::jsonb, ${userId})
    on conflict (guarantor_id, guarantee_id) where status in ('proposed', 'approved') do nothing
    returning id`.execute(tx);
  return rows[0]?.id;
}

/** Locks a proposal until commit. */
export async function lockExclusion(tx: Tx, guarantorId: number, id: bigint) {
  const { rows } = await sql<{ guaranteeId: bigint; status: string; cause: string; recordedBy: number }>`
    select guarantee_id as "guaranteeId", status, cause, recorded_by as "recordedBy"
      from batches.exclusion where guarantor_id = ${guarantorId} and id = ${id} for update`.execute(tx);
  return rows[0];
}

/** Enters what became of it; the effect as it was on that day. Nobody decided one that was taken back. */
export async function decideExclusionRow(
  tx: Tx,
  of: {
    guarantorId: number;
    id: bigint;
    status: 'approved' | 'rejected' | 'withdrawn';
    reason: string | null;
    effect: ExclusionEffect;
  },
  userId: number | null,
  at: Date,
): Promise<void> {
  await sql`
    update batches.exclusion set status = ${of.status}, decision = ${of.reason}, effect = ${JSON.stringify(of.effect)}::jsonb,
           decided_by = ${userId}, decided_at = ${at}
     where guarantor_id = ${of.guarantorId} and id = ${of.id}`.execute(tx);
}

export type ExclusionRow = {
  guarantorId: number;
  guarantorName: string;
  id: bigint;
  guaranteeId: bigint;
  contractNo: string;
  bankName: string;
  batchId: bigint;
  batchNo: string;
  cause: string;
  clause: string;
  status: 'proposed' | 'approved' | 'rejected' | 'withdrawn';
  effect: ExclusionEffect;
  recordedById: number;
  recordedBy: string;
  recordedAt: Date;
  decidedBy: string | null;
  decidedAt: Date | null;
  decision: string | null;
};

/** Exclusions the caller may see, newest first. */
export async function listExclusions(
  tx: Tx,
  filter: {
    batchId?: bigint | undefined;
    status?: string | undefined;
    guarantorId?: number | undefined;
    id?: bigint | undefined;
  },
  after: string | undefined,
  limit: number,
): Promise<Page<ExclusionRow>> {
  const [afterId] = keysOf(after, 1) ?? ['9223372036854775807'];
  const { rows } = await sql<ExclusionRow>`
    select x.guarantor_id as "guarantorId", i.short_name as "guarantorName", x.id, x.guarantee_id as "guaranteeId", g.contract_no as "contractNo",
           bi.short_name as "bankName", x.batch_id as "batchId", b.batch_no as "batchNo", x.cause, x.clause, x.status, x.effect,
           x.recorded_by as "recordedById", batches.who(x.recorded_by) as "recordedBy", x.recorded_at as "recordedAt", batches.who(x.decided_by) as "decidedBy",
           x.decided_at as "decidedAt", x.decision
      from batches.exclusion x
      join batches.batch b on b.id = x.batch_id
      join guarantees.guarantee g on g.guarantor_id = x.guarantor_id and g.id = x.guarantee_id
      join institutions.institution i on i.id = x.guarantor_id
      join institutions.institution bi on bi.id = x.bank_id
     where x.id < ${afterId}::bigint
       and (${filter.batchId ?? null}::bigint is null or x.batch_id = ${filter.batchId ?? null})
       and (${filter.status ?? null}::text is null or x.status = ${filter.status ?? null})
       and (${filter.id ?? null}::bigint is null or (x.guarantor_id = ${filter.guarantorId ?? null} and x.id = ${filter.id ?? null}))
     order by x.id desc limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? cursorOf(page.at(-1)!.id) : null };
}
