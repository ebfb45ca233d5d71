import { sql } from 'kysely';
import type { Tx } from '../../platform/db.ts';

/** Columns of `pg_temp.import_guarantee`, in COPY order. */
export const stagedGuaranteeColumns =
  'guarantor_id, id, contract_no, loan_contract_no, customer_id, agreement_id, agreement_version, product_code, bank_id, county, industry_code, principal, guaranteed, fee_rate, starts_on, ends_on, tags, primary_tag, size_class, source, batch_id, status, outstanding, last_seq, due_on';
/** Columns of `pg_temp.import_movement`, in COPY order. */
export const stagedMovementColumns =
  'guarantor_id, guarantee_id, seq, kind, amount, cash, occurred_on, extended_to_on, cause, reference, batch_id';
/** Columns of `pg_temp.import_state`, in COPY order: where guarantees stand after the staged movements, and the number before them. */
export const stagedStateColumns = 'guarantor_id, id, before_seq, status, outstanding, last_seq, due_on';

/** Makes the staging tables of this session; they empty themselves at commit. */
export async function stageBook(tx: Tx): Promise<void> {
  await sql`create temp table if not exists import_guarantee
    (guarantor_id integer, id bigint, contract_no text, loan_contract_no text, customer_id bigint, agreement_id integer,
     agreement_version smallint, product_code text, bank_id integer, county integer, industry_code text, principal bigint,
     guaranteed bigint, fee_rate numeric(9, 6), starts_on date, ends_on date, tags smallint, primary_tag smallint, size_class text,
     source text, batch_id bigint, status text, outstanding bigint, last_seq integer, due_on date) on commit delete rows`.execute(
    tx,
  );
  await sql`create temp table if not exists import_movement
    (guarantor_id integer, guarantee_id bigint, seq integer, kind smallint, amount bigint, cash bigint, occurred_on date,
     extended_to_on date, cause text, reference text, batch_id bigint) on commit delete rows`.execute(tx);
  await sql`create temp table if not exists import_state
    (guarantor_id integer, id bigint, before_seq integer, status text, outstanding bigint, last_seq integer, due_on date)
    on commit delete rows`.execute(tx);
}

/** Adds the staged guarantees, already judged. A contract number used meanwhile raises 23505. */
export async function insertStagedGuarantees(tx: Tx): Promise<void> {
  const columns = sql.raw(stagedGuaranteeColumns);
  await sql`insert into guarantees.guarantee (${columns}) select ${columns} from pg_temp.import_guarantee`.execute(tx);
}

/** Adds the staged movements, already judged and numbered. The caller posts their transfers in the same transaction. */
export async function insertStagedMovements(tx: Tx): Promise<void> {
  const columns = sql.raw(stagedMovementColumns);
  await sql`insert into guarantees.movement (${columns}) select ${columns} from pg_temp.import_movement`.execute(tx);
}

/**
 * Brings existing guarantees to their staged state, and locks them. Returns how many were brought along: fewer than staged
 * means that somebody entered a movement since they were read; the caller rolls back and judges again.
 */
export async function updateStagedStates(tx: Tx): Promise<number> {
  const { numAffectedRows } = await sql`
    update guarantees.guarantee g
       set status = s.status, outstanding = s.outstanding, last_seq = s.last_seq, due_on = s.due_on
      from pg_temp.import_state s
     where g.guarantor_id = s.guarantor_id and g.id = s.id and g.last_seq = s.before_seq`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}
