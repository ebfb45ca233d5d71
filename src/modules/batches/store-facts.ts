import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import type { GuaranteeClass } from '../../law/liability-weights.ts';
import type { CustomerKind } from '../../law/stated-party.ts';
import { clientOf, type Tx } from '../../platform/db.ts';

/** Keys of a set, one entry a row: guarantor and text, or guarantor and id. */
export type Keys<T> = { readonly guarantors: readonly number[]; readonly values: readonly T[] };

/**
 * Locks the guarantors (in order of id), as every decision on limits does, and the bank against a new line. Held until commit, so that
 * what is judged here and what others reserve never overshoot together.
 */
export async function lockLimits(tx: Tx, guarantorIds: readonly number[], bankId: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(1506, g) from (select unnest(${guarantorIds}::integer[]) as g order by 1) x`.execute(
    tx,
  );
  await sql`select pg_advisory_xact_lock_shared(1507, ${bankId})`.execute(tx);
}

/** For the rest of the transaction: tables may be growing from empty, before the planner has counted them; it must not think that reading all is cheap. */
export async function preferIndexes(tx: Tx): Promise<void> {
  await clientOf(tx).query(
    'set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off; set local client_min_messages = warning',
  );
}

export type CustomerRow = {
  guarantorId: number;
  id: bigint;
  identityNo: string;
  name: string;
  kind: CustomerKind;
  sizeClass: string;
  groupId: bigint | null;
  issuerRating: string | null;
};

const customerColumns = sql`f.guarantor_id as "guarantorId", f.id, f.identity_no as "identityNo", f.name, f.kind, f.size_class as "sizeClass",
  f.group_id as "groupId"`;

/** The customers with these identity numbers and everybody in their groups, in order of id; locked where they are to be added to. */
export async function customersOf(tx: Tx, keys: Keys<string>, on: Day, how: 'lock' | 'read'): Promise<CustomerRow[]> {
  if (keys.values.length === 0) return [];
  const { rows } = await sql<CustomerRow>`
    with named as materialized (
      select f.guarantor_id, f.id, f.group_id
        from unnest(${keys.guarantors}::integer[], ${keys.values}::text[]) k(g, no)
        join customers.customer f on f.guarantor_id = k.g and f.identity_no = k.no
         and f.identity_kind in ('uscc', 'resident-id', 'foreign-id')),
    wanted as materialized (
      select guarantor_id, id from named
      union
      select f.guarantor_id, f.id
        from (select distinct guarantor_id, group_id from named where group_id is not null) n
        join customers.customer f on f.guarantor_id = n.guarantor_id and f.group_id = n.group_id)
    select ${customerColumns}, case when f.issuer_rating_on <= ${on} then f.issuer_rating end as "issuerRating"
      from wanted w
      join customers.customer f on f.guarantor_id = w.guarantor_id and f.id = w.id
     order by f.guarantor_id, f.id
       ${how === 'lock' ? sql`for no key update of f` : sql``}`.execute(tx);
  return rows;
}

export type HeldRow = {
  guarantorId: number;
  customerId: bigint;
  class: GuaranteeClass;
  balance: Fen;
  committed: Fen;
  /** Loan contracts of what is in force. */
  loans: string[];
};

/** What customers have in force or promised, by class: outstanding, contracts in full, loans. */
export async function heldBy(tx: Tx, keys: Keys<bigint>): Promise<HeldRow[]> {
  if (keys.values.length === 0) return [];
  const { rows } = await sql<HeldRow>`
    select e.guarantor_id as "guarantorId", e.customer_id as "customerId", p.class,
           sum(case when e.status = 'pending' then e.principal else e.outstanding end)::bigint as balance,
           sum(e.principal)::bigint as committed,
           coalesce(array_agg(e.loan_contract_no) filter (where e.loan_contract_no is not null and coalesce(e.source, '') <> 'batch'), '{}') as loans
      from unnest(${keys.guarantors}::integer[], ${keys.values}::bigint[]) k(g, c)
      join guarantees.guarantee e on e.guarantor_id = k.g and e.customer_id = k.c and (e.status = 'pending' or e.outstanding <> 0)
      join agreements.product p on p.code = e.product_code
     group by 1, 2, 3`.execute(tx);
  return rows;
}

/** Room held for cases of these customers, by class. */
export async function reservedBy(tx: Tx, keys: Keys<bigint>, on: Day) {
  if (keys.values.length === 0) return [];
  const { rows } = await sql<{ guarantorId: number; customerId: bigint; class: GuaranteeClass; amount: Fen }>`
    select r.guarantor_id as "guarantorId", r.customer_id as "customerId", p.class, sum(r.amount)::bigint as amount
      from unnest(${keys.guarantors}::integer[], ${keys.values}::bigint[]) k(g, c)
      join limits.reservation r on r.guarantor_id = k.g and r.customer_id = k.c and r.status = 'held' and r.until_on >= ${on}
      join agreements.product p on p.code = r.product_code
     group by 1, 2, 3`.execute(tx);
  return rows;
}

export type ContractRow = {
  guarantorId: number;
  contractNo: string;
  identityNo: string;
  bankId: number;
  productCode: string;
  county: number;
  principal: Fen;
  startsOn: Day;
  endsOn: Day;
  /** The bank's number of the batch it came in, null where it came another way. */
  batchNo: string | null;
};

/** Guarantees that stand under these contract numbers. */
export async function contractsOf(tx: Tx, keys: Keys<string>): Promise<ContractRow[]> {
  if (keys.values.length === 0) return [];
  const { rows } = await sql<ContractRow>`
    select e.guarantor_id as "guarantorId", e.contract_no as "contractNo", c.identity_no as "identityNo", e.bank_id as "bankId",
           e.product_code as "productCode", e.county, e.principal, e.starts_on as "startsOn", e.ends_on as "endsOn", b.batch_no as "batchNo"
      from unnest(${keys.guarantors}::integer[], ${keys.values}::text[]) k(g, no)
      join guarantees.guarantee e on e.guarantor_id = k.g and e.contract_no = k.no
      join customers.customer c on c.guarantor_id = e.guarantor_id and c.id = e.customer_id
      left join batches.batch b on e.source = 'batch' and b.id = e.batch_id`.execute(tx);
  return rows;
}

/** Loans of this bank that a batch has covered before, province-wide. */
export async function loansOf(tx: Tx, bankId: number, loanKeys: readonly string[]) {
  if (loanKeys.length === 0) return [];
  const { rows } = await sql<{ loanKey: string; batchNo: string; line: bigint }>`
    select l.loan_key as "loanKey", b.batch_no as "batchNo", l.line
      from unnest(${loanKeys}::text[]) k(key)
      join batches.loan l on l.bank_id = ${bankId} and l.loan_key = k.key
      join batches.batch b on b.id = l.batch_id`.execute(tx);
  return rows;
}
