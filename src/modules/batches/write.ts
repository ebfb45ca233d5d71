import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { yearOf } from '../../kernel/day.ts';
import { type Fen, fen, plus } from '../../kernel/money.ts';
import { postStaged, stagedTransferColumns, stageTransfers } from '../../ledger/index.ts';
import { clientOf, copyField, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { initials } from '../../platform/text/index.ts';
import {
  identityHash,
  insertStagedCustomers,
  sizeOf,
  stageCustomers,
  stagedCustomerColumns,
} from '../customers/index.ts';
import { proposeFilings } from '../filings/index.ts';
import {
  insertStagedGuarantees,
  insertStagedMovements,
  type MovementKind,
  stageBook,
  stagedGuaranteeColumns,
  stagedMovementColumns,
  transfersOf,
} from '../guarantees/index.ts';
import { copyLines, textLine } from './copy-lines.ts';
import type { Accepted, Decided } from './judge.ts';
import type { Chunk } from './read.ts';
import type { GuarantorRoom } from './rules/limits.ts';
import { emptyMeter, meterJson } from './rules/meter.ts';

type Lines = {
  readonly customers: string[];
  readonly guarantees: string[];
  readonly movements: string[];
  readonly transfers: string[];
  readonly verdicts: string[];
  readonly loans: string[];
};
type Of = { readonly batchId: bigint; readonly bankId: number; readonly productCode: string };

/** What was written, for the chunk's mark. */
export type Written = { readonly accepted: number; readonly principal: Fen };

/**
 * Enters the chunk's accepted rows (customers, guarantees, 放款 and fee with their postings, the 再担保备案 each owes), every verdict and the
 * chunk's mark, in the caller's transaction. A key that somebody else used meanwhile raises 23505: the caller judges the chunk again.
 */
export async function writeChunk(
  tx: Tx,
  of: Of,
  chunk: Chunk,
  decided: Decided,
  rooms: ReadonlyMap<number, GuarantorRoom>,
  context: Context,
): Promise<Written> {
  const today = context.clock.today();
  const lines: Lines = { customers: [], guarantees: [], movements: [], transfers: [], verdicts: [], loans: [] };
  await numberCustomers(tx, decided.accepted, lines, today);
  const ids = await takeIds(tx, 'guarantees.guarantee_id_seq', decided.accepted.length);
  for (const [index, each] of decided.accepted.entries()) addGuarantee(lines, of, each, ids[index]!);
  for (const { line, verdict, guarantorId, contractNo, reasons } of decided.verdicts) {
    const code = reasons[0]?.code ?? 'unreadable';
    const said = JSON.stringify(reasons);
    lines.verdicts.push(textLine([of.batchId, line, of.bankId, verdict, guarantorId, null, code, contractNo, said]));
  }
  await writeBook(tx, lines);
  await writeParts(tx, of, decided.accepted, rooms);
  const principal = plus(...decided.accepted.map(({ row }) => row.principal));
  const count = (verdict: string) => decided.verdicts.filter((each) => each.verdict === verdict).length;
  const accepted = decided.accepted.length;
  await sql`
    insert into batches.chunk (batch_id, chunk_no, last_line, bytes, accepted, already, needs_completing, refused, principal)
    values (${of.batchId}, ${chunk.no}, ${chunk.lastLine}, ${chunk.bytes}, ${accepted}, ${count('already')}, ${count('needs-completing')},
            ${count('refused')}, ${principal})`.execute(tx);
  // Last: its audit entries hold the guarantor's chain until commit.
  await proposeFilings(
    tx,
    context,
    decided.accepted.map(({ row: { guarantorId } }, index) => ({ guarantorId, guaranteeId: ids[index]! })),
  );
  return { accepted, principal };
}

/** Gives new customers their numbers; a borrower of several rows is entered once. */
async function numberCustomers(tx: Tx, accepted: readonly Accepted[], lines: Lines, today: Day): Promise<void> {
  const fresh = new Map<string, Accepted>();
  for (const each of accepted)
    if (each.customer.id === undefined && !fresh.has(each.customerKey)) fresh.set(each.customerKey, each);
  const ids = await takeIds(tx, 'customers.customer_id_seq', fresh.size);
  let index = 0;
  for (const { row, customer: known } of fresh.values()) {
    known.id = ids[index]!;
    index += 1;
    const { customer, guarantorId } = row;
    const { size, evidence } = sizeOf(customer, today);
    const declared = customer.staff ?? customer.revenue ?? customer.assets;
    const { kind, name, identityKind, identityNo, county, industryCode, staff, revenue, assets } = customer;
    const hash = identityHash(identityKind, identityNo);
    const told = JSON.stringify(evidence, (_, value) => (typeof value === 'bigint' ? value.toString() : value));
    const declaredOn = declared === undefined ? null : today;
    lines.customers.push(
      textLine([
        guarantorId,
        known.id,
        kind,
        name,
        initials(name),
        identityKind,
        identityNo,
        hash,
        county,
        industryCode,
        staff,
        revenue,
        assets,
        declaredOn,
        size,
        told,
      ]),
    );
  }
}

function addGuarantee(lines: Lines, of: Of, { row, customer }: Accepted, id: bigint): void {
  const { guarantorId, agreement, principal, guaranteed, startsOn, endsOn, disbursed } = row;
  const { county, industryCode } = row.customer;
  const movements: { kind: MovementKind; amount: Fen; cash: Fen; occurredOn: Day }[] = [
    { kind: 'disburse', amount: disbursed, cash: fen(0n), occurredOn: row.disbursedOn },
  ];
  if (row.fee !== undefined && row.fee > 0n && row.feeOn)
    movements.push({ kind: 'fee', amount: row.fee, cash: row.fee, occurredOn: row.feeOn });
  lines.guarantees.push(
    textLine([
      guarantorId,
      id,
      row.contractNo,
      row.loanContractNo,
      customer.id,
      agreement.agreementId,
      agreement.version,
      of.productCode,
      of.bankId,
      county,
      industryCode,
      principal,
      guaranteed,
      row.feeRate,
      startsOn,
      endsOn,
      row.tags,
      row.primaryTag,
      customer.state.sizeClass,
      'batch',
      of.batchId,
      'in-force',
      disbursed,
      movements.length,
      endsOn,
    ]),
  );
  const { bank, direct: guarantor, province, fund, others: other } = agreement.split;
  const facts = {
    guarantorId,
    guaranteeId: id,
    principal,
    guaranteed,
    split: { bank, guarantor, province, fund, other },
  };
  movements.forEach((movement, index) => {
    const seq = index + 1;
    const code = movement.kind === 'disburse' ? 1 : 7;
    lines.movements.push(
      `${guarantorId}\t${id}\t${seq}\t${code}\t${movement.amount}\t${movement.cash}\t${movement.occurredOn}\t\\N\t\\N\t\\N\t${of.batchId}\n`,
    );
    for (const each of transfersOf({ ...movement, seq }, facts))
      lines.transfers.push(
        `${guarantorId}\t${each.key}\t${each.leg}\t${each.debit}\t${each.credit}\t${each.amount}\t${each.effectiveOn}\t${id}\t${each.party ?? '\\N'}\t${each.reason}\n`,
      );
  });
  lines.loans.push(`${of.bankId}\t${copyField(row.loanKey)}\t${of.batchId}\t${row.line}\n`);
  lines.verdicts.push(`${of.batchId}\t${row.line}\t${of.bankId}\taccepted\t${guarantorId}\t${id}\t\\N\t\\N\t\\N\n`);
}

const verdictColumns = 'batch_id, line, bank_id, verdict, guarantor_id, guarantee_id, code, contract_no, reasons';
const loanColumns = 'bank_id, loan_key, batch_id, line';

/** By way of temporary tables: COPY itself knows no row security. */
async function writeBook(tx: Tx, lines: Lines): Promise<void> {
  await stageCustomers(tx);
  await stageBook(tx);
  await stageTransfers(tx);
  await clientOf(tx).query(`
    create temp table if not exists batch_verdict (batch_id bigint, line bigint, bank_id integer, verdict text, guarantor_id integer,
      guarantee_id bigint, code text, contract_no text, reasons jsonb) on commit delete rows;
    create temp table if not exists batch_loan (bank_id integer, loan_key text, batch_id bigint, line bigint) on commit delete rows`);
  const staged: readonly [string, string, readonly string[], () => Promise<unknown>][] = [
    ['import_customer', stagedCustomerColumns, lines.customers, () => insertStagedCustomers(tx)],
    ['import_guarantee', stagedGuaranteeColumns, lines.guarantees, () => insertStagedGuarantees(tx)],
    ['import_movement', stagedMovementColumns, lines.movements, () => insertStagedMovements(tx)],
    ['import_transfer', stagedTransferColumns, lines.transfers, () => postStaged(tx)],
    ['batch_loan', loanColumns, lines.loans, () => insertFrom(tx, 'loan', loanColumns)],
    ['batch_verdict', verdictColumns, lines.verdicts, () => insertFrom(tx, 'verdict', verdictColumns)],
  ];
  for (const [table, columns, rows, insert] of staged) {
    if (rows.length === 0) continue;
    await copyLines(tx, `pg_temp.${table}`, columns, rows);
    await insert();
  }
}

const insertFrom = (tx: Tx, name: 'loan' | 'verdict', columns: string) =>
  clientOf(tx).query(`insert into batches.${name} (${columns}) select ${columns} from pg_temp.batch_${name}`);

/** Notes the cohorts the chunk touched with their meters as they stood before the batch; a cohort noted before stays. */
async function writeParts(
  tx: Tx,
  of: Of,
  accepted: readonly Accepted[],
  rooms: ReadonlyMap<number, GuarantorRoom>,
): Promise<void> {
  const touched = new Map<string, { guarantorId: number; year: number; before: ReturnType<typeof meterJson> }>();
  for (const { row } of accepted) {
    const year = yearOf(row.startsOn);
    const key = `${row.guarantorId}|${year}`;
    if (touched.has(key)) continue;
    const before = meterJson(rooms.get(row.guarantorId)?.cohorts.get(year) ?? emptyMeter);
    touched.set(key, { guarantorId: row.guarantorId, year, before });
  }
  if (touched.size === 0) return;
  await sql`
    insert into batches.part (batch_id, guarantor_id, year, bank_id, before)
    select ${of.batchId}, k."guarantorId", k.year, ${of.bankId}, k.before
      from jsonb_to_recordset(${JSON.stringify([...touched.values()])}::jsonb) k("guarantorId" integer, year smallint, before jsonb)
    on conflict do nothing`.execute(tx);
}

async function takeIds(
  tx: Tx,
  sequence: 'guarantees.guarantee_id_seq' | 'customers.customer_id_seq',
  count: number,
): Promise<bigint[]> {
  if (count === 0) return [];
  const { rows } = await clientOf(tx).query<[bigint]>({
    text: 'select nextval($1::regclass) from generate_series(1, $2::integer)',
    values: [sequence, count],
    rowMode: 'array',
  });
  return rows.map(([id]) => id);
}
