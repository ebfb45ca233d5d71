import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Fen, fen } from '../../kernel/money.ts';
import { parseRatio, type Ratio, zeroRatio } from '../../kernel/ratio.ts';
import { keptPlan, type Tx } from '../../platform/db.ts';
import type { HeldBalance } from './exposure.ts';
import { heldNow } from './liability-store.ts';
import { type MovementKind, movementKinds } from './movement-kinds.ts';
import type { PostingFacts, RiskSplit } from './posting.ts';
import type { GuaranteeState } from './rules.ts';

/** A guarantee locked for a movement: what rules and posting need. */
export type Locked = { readonly state: GuaranteeState; readonly posting: PostingFacts; readonly lastSeq: number };

/**
 * Locks one guarantee's row until commit and reads its state from its movements.
 * Undefined when it does not exist for the caller.
 */
export async function lockGuarantee(tx: Tx, guarantorId: number, id: bigint): Promise<Locked | undefined> {
  const row = await tx
    .selectFrom('guarantees.guarantee as g')
    .innerJoin('agreements.version as v', (join) =>
      join
        .onRef('v.guarantor_id', '=', 'g.guarantor_id')
        .onRef('v.agreement_id', '=', 'g.agreement_id')
        .onRef('v.version', '=', 'g.agreement_version'),
    )
    .select(['g.status', 'g.principal', 'g.guaranteed', 'g.starts_on', 'g.due_on', 'g.outstanding', 'g.last_seq'])
    .select(['v.bank_share', 'v.guarantor_share', 'v.province_share', 'v.fund_share', 'v.other_share'])
    .where('g.guarantor_id', '=', guarantorId)
    .where('g.id', '=', id)
    .forUpdate('g')
    .executeTakeFirst();
  if (!row) return undefined;
  const sums = await sumsByKind(tx, guarantorId, id);
  const of = (kind: MovementKind): Fen => sums.get(kind) ?? fen(0n);
  const state: GuaranteeState = {
    status: row.status,
    principal: row.principal,
    startsOn: row.starts_on,
    dueOn: row.due_on,
    outstanding: row.outstanding,
    disbursed: of('disburse'),
    claimed: of('claim-paid'),
    recovered: of('recovery'),
    writtenOff: of('write-off'),
    fees: of('fee'),
    refunded: of('refund'),
  };
  const { principal, guaranteed } = row;
  return {
    state,
    lastSeq: row.last_seq,
    posting: { guarantorId, guaranteeId: id, principal, guaranteed, split: splitOf(row) },
  };
}

/** The agreement's shares as exact ratios. */
export function splitOf(row: {
  bank_share: string;
  guarantor_share: string;
  province_share: string;
  fund_share: string;
  other_share: string;
}): RiskSplit {
  const exact = (text: string): Ratio => parseRatio(text) ?? zeroRatio;
  return {
    bank: exact(row.bank_share),
    guarantor: exact(row.guarantor_share),
    province: exact(row.province_share),
    fund: exact(row.fund_share),
    other: exact(row.other_share),
  };
}

/** Sums by kind of the movements that stand (not reversed): cash for claims, amount for the rest. */
async function sumsByKind(tx: Tx, guarantorId: number, id: bigint): Promise<Map<MovementKind, Fen>> {
  const { rows } = await sql<{ name: MovementKind; total: Fen }>`
    select k.name, sum(case when m.kind = 5 then m.cash else m.amount end)::bigint as total
      from guarantees.movement m
      join guarantees.movement_kind k on k.code = m.kind
     where m.guarantor_id = ${guarantorId} and m.guarantee_id = ${id} and m.reverses_seq is null
       and not exists (select from guarantees.movement r
                        where r.guarantor_id = m.guarantor_id and r.guarantee_id = m.guarantee_id and r.reverses_seq = m.seq)
     group by 1`.execute(tx);
  return new Map(rows.map((row) => [row.name, row.total]));
}

/** A guarantee as it enters the book, with the agreement version pinned to it. */
export type NewGuarantee = {
  readonly guarantorId: number;
  readonly contractNo: string;
  readonly loanContractNo?: string | undefined;
  readonly customerId: bigint;
  readonly bankId: number;
  readonly branchId?: number | undefined;
  readonly productCode: string;
  readonly county: number;
  readonly industryCode?: string | undefined;
  readonly principal: Fen;
  readonly guaranteed: Fen;
  readonly feeRate?: string | undefined;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly tags: number;
  readonly primaryTag: number;
  readonly source: string;
  readonly sizeClass: string;
  readonly version: { readonly agreementId: number; readonly version: number; readonly feeRate: string };
};

/** Inserts a guarantee; undefined when its contract number is taken at this guarantor. */
export const insertGuarantee = (tx: Tx, made: NewGuarantee): Promise<{ id: bigint } | undefined> =>
  tx
    .insertInto('guarantees.guarantee')
    .values({
      guarantor_id: made.guarantorId,
      contract_no: made.contractNo,
      loan_contract_no: made.loanContractNo ?? null,
      customer_id: made.customerId,
      agreement_id: made.version.agreementId,
      agreement_version: made.version.version,
      product_code: made.productCode,
      bank_id: made.bankId,
      branch_id: made.branchId ?? null,
      county: made.county,
      industry_code: made.industryCode ?? null,
      principal: made.principal,
      guaranteed: made.guaranteed,
      fee_rate: made.feeRate ?? made.version.feeRate,
      starts_on: made.startsOn,
      ends_on: made.endsOn,
      due_on: made.endsOn,
      tags: made.tags,
      primary_tag: made.primaryTag,
      size_class: made.sizeClass,
      source: made.source,
    })
    .onConflict((conflict) => conflict.columns(['guarantor_id', 'contract_no']).doNothing())
    .returning('id')
    .executeTakeFirst();

export type NewMovement = {
  readonly guarantorId: number;
  readonly guaranteeId: bigint;
  readonly seq: number;
  readonly kind: MovementKind;
  readonly amount: Fen;
  readonly cash: Fen;
  readonly occurredOn: Day;
  readonly extendedToOn?: Day | undefined;
  readonly reversesSeq?: number | undefined;
  readonly cause?: string | undefined;
  readonly reference?: string | undefined;
};

/** Appends a movement and brings the guarantee's current state along. */
export async function insertMovement(
  tx: Tx,
  movement: NewMovement,
  after: { status: string; outstanding: Fen; dueOn: Day },
): Promise<void> {
  await tx
    .insertInto('guarantees.movement')
    .values({
      guarantor_id: movement.guarantorId,
      guarantee_id: movement.guaranteeId,
      seq: movement.seq,
      kind: movementKinds[movement.kind].code,
      amount: movement.amount,
      cash: movement.cash,
      occurred_on: movement.occurredOn,
      extended_to_on: movement.extendedToOn ?? null,
      reverses_seq: movement.reversesSeq ?? null,
      cause: movement.cause ?? null,
      reference: movement.reference ?? null,
    })
    .execute();
  await tx
    .updateTable('guarantees.guarantee')
    .set({ status: after.status, outstanding: after.outstanding, due_on: after.dueOn, last_seq: movement.seq })
    .where('guarantor_id', '=', movement.guarantorId)
    .where('id', '=', movement.guaranteeId)
    .execute();
}

/**
 * The customer, its capital base and what the guarantor carries for it and its related group. Locks the customer and every member
 * of its group until commit, in one order, so that two of them cannot fill the same room (条16).
 */
export async function lockExposure(
  tx: Tx,
  { guarantorId, customerId, productCode }: Pick<NewGuarantee, 'guarantorId' | 'customerId' | 'productCode'>,
  asOf: Day,
) {
  const { rows: members } = await sql<Customer>`
    select c.id, c.name, c.kind, c.size_class as "sizeClass", p.class as "guaranteeClass",
           case when c.issuer_rating_on <= ${asOf} then c.issuer_rating end as "issuerRating"
      from customers.customer c
      left join agreements.product p on p.code = ${productCode}
     where c.guarantor_id = ${guarantorId}
       and c.id in (
         select ${customerId}::bigint
          union
         select f.id from customers.customer o
           join customers.customer f on f.guarantor_id = o.guarantor_id and f.group_id = o.group_id
          where o.guarantor_id = ${guarantorId} and o.id = ${customerId})
     order by c.id
       for update of c`.execute(tx);
  const customer = members.find((each) => BigInt(each.id) === customerId);
  if (!customer) return undefined;
  const capital = await tx
    .selectFrom('institutions.capital_fact')
    .select(['net_assets', 'stakes_in_guarantors', 'as_of_on'])
    .where('guarantor_id', '=', guarantorId)
    .where('as_of_on', '<=', asOf)
    .orderBy('as_of_on', 'desc')
    .orderBy('recorded_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  const held = await heldNow(
    tx,
    guarantorId,
    members.map((each) => each.id),
    asOf,
  );
  return { customer, capital, held };
}

type Customer = Omit<HeldBalance, 'customerId' | 'contract' | 'borne' | 'guaranteeClass'> & {
  readonly id: bigint;
  readonly guaranteeClass: HeldBalance['guaranteeClass'] | null;
};

export type MovementRow = {
  seq: number;
  kind: MovementKind;
  title: string;
  amount: Fen;
  cash: Fen;
  delta: Fen;
  occurredOn: Day;
  recordedAt: Date;
  extendedToOn: Day | null;
  reversesSeq: number | null;
  cause: string | null;
  reference: string | null;
};

/** The movements of a guarantee in order, each with what it did to the balance. */
export async function movementsOf(tx: Tx, guarantorId: number, id: bigint): Promise<MovementRow[]> {
  const { rows } = await sql<MovementRow>`${sql.raw(keptPlan)}
    select m.seq, k.name as kind, k.title, m.amount, m.cash, m.delta, m.occurred_on as "occurredOn", m.recorded_at as "recordedAt",
           m.extended_to_on as "extendedToOn", m.reverses_seq as "reversesSeq", m.cause, m.reference
      from guarantees.movement m
      join guarantees.movement_kind k on k.code = m.kind
     where m.guarantor_id = ${guarantorId} and m.guarantee_id = ${id}
     order by m.seq
     limit 2000`.execute(tx);
  return rows;
}
