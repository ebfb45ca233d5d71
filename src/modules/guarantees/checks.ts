import { sql } from 'kysely';
import { type Fen, formatYuan } from '../../kernel/money.ts';
import { type Finding, findingsMax } from '../../ledger/index.ts';
import type { Tx } from '../../platform/db.ts';

/** Outstanding by movements, by ledger memorandum and by the guarantee's own record must be one and the same figure. */
export async function checkBookEqualsLedger(tx: Tx): Promise<Finding[]> {
  const { rows } = await sql<{
    guarantorId: number;
    id: bigint;
    contractNo: string;
    book: Fen;
    ledger: Fen;
    record: Fen;
  }>`
    with book as (
      select guarantor_id, guarantee_id, sum(delta)::bigint as amount from guarantees.movement group by 1, 2),
    memo as (
      select guarantor_id, guarantee_id,
             sum(case when debit = 7001 then amount else 0 end - case when credit = 7001 then amount else 0 end)::bigint as amount
        from ledger.transfer
       where state in (1, 3) and guarantee_id is not null and 7001 in (debit, credit)
       group by 1, 2)
    select g.guarantor_id as "guarantorId", g.id, g.contract_no as "contractNo",
           coalesce(b.amount, 0)::bigint as book, coalesce(m.amount, 0)::bigint as ledger, g.outstanding as record
      from guarantees.guarantee g
      left join book b on b.guarantor_id = g.guarantor_id and b.guarantee_id = g.id
      left join memo m on m.guarantor_id = g.guarantor_id and m.guarantee_id = g.id
     where coalesce(b.amount, 0) is distinct from coalesce(m.amount, 0) or coalesce(b.amount, 0) is distinct from g.outstanding
     limit ${findingsMax}`.execute(tx);
  return rows.map((row) => ({
    check: '台账与总账一致',
    place: `机构 ${row.guarantorId} 合同 ${row.contractNo}`,
    message: `变动合计 ${formatYuan(row.book)} 元，总账备查 ${formatYuan(row.ledger)} 元，台账余额 ${formatYuan(row.record)} 元`,
  }));
}

/** Cash movements must equal what the ledger moved through the bank account and the claims receivable. */
export async function checkCashEqualsLedger(tx: Tx): Promise<Finding[]> {
  const { rows } = await sql<{ guarantorId: number; id: bigint; seq: number; cash: Fen; ledger: Fen }>`
    with posted as (
      select guarantor_id, guarantee_id, split_part(key, '/', 3)::integer as seq, sum(amount)::bigint as amount
        from ledger.transfer
       where key like 'm/%' and 1002 in (debit, credit)
       group by 1, 2, 3)
    select m.guarantor_id as "guarantorId", m.guarantee_id as id, m.seq, m.cash, coalesce(p.amount, 0)::bigint as ledger
      from guarantees.movement m
      left join posted p on p.guarantor_id = m.guarantor_id and p.guarantee_id = m.guarantee_id and p.seq = m.seq
     where m.kind in (5, 6, 7, 8) and m.cash is distinct from coalesce(p.amount, 0)
     limit ${findingsMax}`.execute(tx);
  return rows.map((row) => ({
    check: '收付与总账一致',
    place: `机构 ${row.guarantorId} 保函 ${row.id} 第 ${row.seq} 笔`,
    message: `台账收付 ${formatYuan(row.cash)} 元，总账银行存款 ${formatYuan(row.ledger)} 元`,
  }));
}

/** Movements are numbered without gaps, each reversal points at a movement that exists, and no balance goes below zero. */
export async function checkMovementChain(tx: Tx): Promise<Finding[]> {
  const { rows } = await sql<{ guarantorId: number; id: bigint; count: bigint; last: number; recorded: number }>`
    select g.guarantor_id as "guarantorId", g.id, count(m.seq) as count, coalesce(max(m.seq), 0) as last, g.last_seq as recorded
      from guarantees.guarantee g
      left join guarantees.movement m on m.guarantor_id = g.guarantor_id and m.guarantee_id = g.id
     group by g.guarantor_id, g.id
    having count(m.seq) <> coalesce(max(m.seq), 0) or g.last_seq <> coalesce(max(m.seq), 0)
     limit ${findingsMax}`.execute(tx);
  return rows.map((row) => ({
    check: '变动连续',
    place: `机构 ${row.guarantorId} 保函 ${row.id}`,
    message: `应有 ${row.recorded} 笔变动，实有 ${row.count} 笔，最大序号 ${row.last}`,
  }));
}
