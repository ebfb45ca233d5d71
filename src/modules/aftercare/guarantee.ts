import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';

/** A guarantee as aftercare looks at it. */
export type Held = {
  readonly guarantorId: number;
  readonly id: bigint;
  readonly contractNo: string;
  readonly loanContractNo: string | null;
  readonly customerId: bigint;
  readonly customerName: string;
  readonly identityNo: string;
  readonly bankId: number;
  readonly bankName: string;
  readonly branchId: number | null;
  readonly productCode: string;
  readonly productName: string;
  readonly county: number;
  readonly industryCode: string | null;
  readonly principal: Fen;
  readonly guaranteed: Fen;
  readonly outstanding: Fen;
  readonly feeRate: string;
  readonly startsOn: Day;
  readonly dueOn: Day;
  readonly tags: number;
  readonly primaryTag: number;
  readonly status: string;
  readonly received: Fen;
  readonly refunded: Fen;
  /** How the pinned agreement splits the risk. */
  readonly shares: Shares;
};
/** Shares of an agreement's version as kept: '0.2'. */
export type Shares = {
  readonly bankShare: string;
  readonly guarantorShare: string;
  readonly provinceShare: string;
  readonly fundShare: string;
  readonly otherShare: string;
};

/** The guarantee with its customer, bank, shares and net fees; refused (404) when there is none the caller may see. `lock`: until commit. */
export async function guaranteeFor(tx: Tx, guarantorId: number, id: bigint, lock = false): Promise<Held> {
  const { rows } = await sql<Held>`
    select g.guarantor_id as "guarantorId", g.id, g.contract_no as "contractNo", g.loan_contract_no as "loanContractNo",
           g.customer_id as "customerId", c.name as "customerName", c.identity_no as "identityNo", g.bank_id as "bankId", b.short_name as "bankName",
           g.branch_id as "branchId", g.product_code as "productCode", p.name as "productName", g.county, g.industry_code as "industryCode", g.principal, g.guaranteed,
           g.outstanding, g.fee_rate::text as "feeRate", g.starts_on as "startsOn", g.due_on as "dueOn", g.tags,
           g.primary_tag as "primaryTag", g.status, ${feeSum(7)} as received, ${feeSum(8)} as refunded,
           jsonb_build_object('bankShare', v.bank_share::text, 'guarantorShare', v.guarantor_share::text, 'provinceShare', v.province_share::text,
             'fundShare', v.fund_share::text, 'otherShare', v.other_share::text) as shares
      from guarantees.guarantee g
      join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
      join institutions.institution b on b.id = g.bank_id
      join agreements.product p on p.code = g.product_code
      join agreements.version v on v.guarantor_id = g.guarantor_id and v.agreement_id = g.agreement_id and v.version = g.agreement_version
     where g.guarantor_id = ${guarantorId} and g.id = ${id}
     ${lock ? sql`for update of g` : sql``}`.execute(tx);
  if (!rows[0]) throw new Refused({ code: 'guarantee-unknown', message: '没有这笔保函，或不在您的权限范围内' }, 404);
  return rows[0];
}

/** Fees received (7) or refunded (8), reversed entries left out. */
const feeSum = (kind: 7 | 8) => sql`coalesce((
  select sum(m.amount) from guarantees.movement m
   where m.guarantor_id = g.guarantor_id and m.guarantee_id = g.id and m.kind = ${kind} and m.reverses_seq is null
     and not exists (select from guarantees.movement r
                      where r.guarantor_id = m.guarantor_id and r.guarantee_id = m.guarantee_id and r.reverses_seq = m.seq)), 0)::bigint`;
