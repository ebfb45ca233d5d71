import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { StatedCustomer } from '../../law/stated-party.ts';
import { postStaged, stagedTransferColumns, stageTransfers } from '../../ledger/index.ts';
import { clientOf, copyField, copyInto, type Db, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { initials } from '../../platform/text/index.ts';
import {
  identityHash,
  insertStagedCustomers,
  sizeOf,
  stageCustomers,
  stagedCustomerColumns,
} from '../customers/index.ts';
import {
  insertStagedGuarantees,
  insertStagedMovements,
  type PostingFacts,
  stageBook,
  stagedGuaranteeColumns,
  stagedMovementColumns,
  stagedStateColumns,
  transfersOf,
  updateStagedStates,
} from '../guarantees/index.ts';
import { takeIds } from './book.ts';
import type { Chunk, Decided } from './chunk.ts';
import type { Reference } from './reference.ts';
import type { NewGuarantee } from './rules/guarantee-row.ts';
import { importKinds, type NewMovement } from './rules/running.ts';

/** Which pass a chunk belongs to. */
export type PassKey = {
  readonly guarantorId: number;
  readonly batchId: bigint;
  readonly passNo: number;
  readonly kind: 'check' | 'commit';
};

/** The rows of a chunk as COPY text, by staging table; made before the transaction begins. */
export type Staged = {
  readonly customers: string[];
  readonly guarantees: string[];
  readonly movements: string[];
  readonly transfers: string[];
  readonly states: string[];
  movementCount: number;
};

/** Thrown when somebody wrote to the same contracts or customers since they were read: the pass goes on from its last chunk. */
export class ChangedMeanwhile extends Error {}

/** Turns decisions into the rows of the book: numbers them, works out sizes and postings. New customers enter `customers`. */
export async function stageDecided(
  db: Db,
  context: Context,
  pass: PassKey,
  reference: Reference,
  decided: Decided,
  customers: Map<string, { id: bigint; name: string }>,
  today: Day,
): Promise<Staged> {
  const staged: Staged = { customers: [], guarantees: [], movements: [], transfers: [], states: [], movementCount: 0 };
  const sizes = await addCustomers(db, context, pass.guarantorId, decided.guarantees, customers, staged, today);
  const ids = await takeIds(db, context, 'guarantees.guarantee_id_seq', decided.guarantees.length);
  decided.guarantees.forEach((guarantee, index) => {
    const size = sizes.get(guarantee.customer.identityNo)!;
    addGuarantee(
      staged,
      pass,
      reference,
      guarantee,
      ids[index]!,
      customers.get(guarantee.customer.identityNo)!.id,
      size,
    );
  });
  for (const { contract, seq, ...movement } of decided.movements) {
    const { known } = contract;
    const facts = {
      guarantorId: pass.guarantorId,
      guaranteeId: known.id,
      principal: known.principal,
      guaranteed: known.guaranteed,
      split: reference.splitOf(known.agreementId, known.agreementVersion),
    };
    addMovement(staged, pass, facts, movement, seq);
  }
  for (const { contract, beforeSeq } of decided.touched.values()) {
    const { status, outstanding, lastSeq, dueOn } = contract.running;
    staged.states.push(
      `${pass.guarantorId}\t${contract.known.id}\t${beforeSeq}\t${status}\t${outstanding}\t${lastSeq}\t${dueOn}\n`,
    );
  }
  return staged;
}

async function addCustomers(
  db: Db,
  context: Context,
  guarantorId: number,
  guarantees: readonly NewGuarantee[],
  customers: Map<string, { id: bigint; name: string }>,
  staged: Staged,
  today: Day,
): Promise<Map<string, string>> {
  const fresh = new Map<string, StatedCustomer>();
  const sizes = new Map<string, string>();
  for (const { customer } of guarantees) {
    if (!sizes.has(customer.identityNo)) sizes.set(customer.identityNo, sizeOf(customer, today).size);
    if (!customers.get(customer.identityNo)?.id) fresh.set(customer.identityNo, customer);
  }
  const ids = await takeIds(db, context, 'customers.customer_id_seq', fresh.size);
  let index = 0;
  for (const customer of fresh.values()) {
    const id = ids[index]!;
    index += 1;
    customers.set(customer.identityNo, { id, name: customer.name });
    const { size, evidence } = sizeOf(customer, today);
    const declared = customer.staff ?? customer.revenue ?? customer.assets;
    staged.customers.push(
      line([
        guarantorId,
        id,
        customer.kind,
        customer.name,
        initials(customer.name),
        customer.identityKind,
        customer.identityNo,
        identityHash(customer.identityKind, customer.identityNo),
        customer.county,
        customer.industryCode,
        customer.staff,
        customer.revenue,
        customer.assets,
        declared === undefined ? null : today,
        size,
        JSON.stringify(evidence, (_, value) => (typeof value === 'bigint' ? value.toString() : value)),
      ]),
    );
  }
  return sizes;
}

function addGuarantee(
  staged: Staged,
  pass: PassKey,
  reference: Reference,
  guarantee: NewGuarantee,
  id: bigint,
  customerId: bigint,
  size: string,
): void {
  const { agreement, running } = guarantee;
  staged.guarantees.push(
    line([
      pass.guarantorId,
      id,
      guarantee.contractNo,
      guarantee.loanContractNo,
      customerId,
      agreement.agreementId,
      agreement.version,
      guarantee.productCode,
      guarantee.bankId,
      guarantee.customer.county,
      guarantee.customer.industryCode,
      guarantee.principal,
      guarantee.guaranteed,
      guarantee.feeRate,
      guarantee.startsOn,
      guarantee.endsOn,
      guarantee.tags,
      guarantee.primaryTag,
      size,
      'import',
      pass.batchId,
      running.status,
      running.outstanding,
      running.lastSeq,
      running.dueOn,
    ]),
  );
  const facts = {
    guarantorId: pass.guarantorId,
    guaranteeId: id,
    principal: guarantee.principal,
    guaranteed: guarantee.guaranteed,
    split: reference.splitOf(agreement.agreementId, agreement.version),
  };
  for (const [index, movement] of guarantee.movements.entries()) addMovement(staged, pass, facts, movement, index + 1);
}

function addMovement(staged: Staged, pass: PassKey, facts: PostingFacts, movement: NewMovement, seq: number): void {
  const { kind, amount, cash, occurredOn } = movement;
  const { guarantorId, guaranteeId } = facts;
  staged.movementCount += 1;
  staged.movements.push(
    `${guarantorId}\t${guaranteeId}\t${seq}\t${importKinds[kind].code}\t${amount}\t${cash}\t${occurredOn}\t${movement.extendedToOn ?? '\\N'}\t${copyField(movement.cause)}\t${copyField(movement.reference)}\t${pass.batchId}\n`,
  );
  for (const each of transfersOf({ seq, kind, amount, cash, occurredOn }, facts)) {
    staged.transfers.push(
      `${guarantorId}\t${each.key}\t${each.leg}\t${each.debit}\t${each.credit}\t${each.amount}\t${each.effectiveOn}\t${guaranteeId}\t${each.party ?? '\\N'}\t${each.reason}\n`,
    );
  }
}

const line = (fields: readonly (string | number | bigint | null | undefined)[]): string =>
  `${fields.map(copyField).join('\t')}\n`;

/** Writes a chunk with its verdicts and its mark of completion, in one transaction: all of it or nothing. */
export async function writeChunk(
  db: Db,
  context: Context,
  pass: PassKey,
  chunk: Chunk,
  decided: Decided,
  staged: Staged | undefined,
): Promise<void> {
  try {
    await db.transaction(context.actor, async (tx) => {
      if (staged) await writeBook(tx, staged);
      await writeVerdicts(tx, pass, decided);
      const { accepted, already } = decided;
      const needsCompleting = decided.verdicts.filter(({ verdict }) => verdict === 'needs-completing').length;
      await sql`
        insert into imports.chunk (guarantor_id, batch_id, pass_no, chunk_no, last_line, bytes, accepted, already, needs_completing, refused, movements)
        values (${pass.guarantorId}, ${pass.batchId}, ${pass.passNo}, ${chunk.no}, ${chunk.lastLine}, ${chunk.bytes}, ${accepted}, ${already},
                ${needsCompleting}, ${decided.verdicts.length - already - needsCompleting}, ${movementsOf(decided)})`.execute(
        tx,
      );
    });
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string };
    if (code === '23505' && !constraint?.startsWith('chunk')) throw new ChangedMeanwhile();
    throw error;
  }
}

const movementsOf = (decided: Decided): number =>
  decided.movements.length + decided.guarantees.reduce((sum, { movements }) => sum + movements.length, 0);

async function writeBook(tx: Tx, staged: Staged): Promise<void> {
  // As in loadBook: the planner must not take growing tables for empty ones, foreign key checks included.
  await clientOf(tx).query(
    'set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off; set local client_min_messages = warning',
  );
  await stageCustomers(tx);
  await stageBook(tx);
  await stageTransfers(tx);
  if (staged.customers.length > 0) {
    await copyLines(tx, 'pg_temp.import_customer', stagedCustomerColumns, staged.customers);
    await insertStagedCustomers(tx);
  }
  if (staged.guarantees.length > 0) {
    await copyLines(tx, 'pg_temp.import_guarantee', stagedGuaranteeColumns, staged.guarantees);
    await insertStagedGuarantees(tx);
  }
  if (staged.states.length > 0) {
    await copyLines(tx, 'pg_temp.import_state', stagedStateColumns, staged.states);
    if ((await updateStagedStates(tx)) !== staged.states.length) throw new ChangedMeanwhile();
  }
  if (staged.movements.length > 0) {
    await copyLines(tx, 'pg_temp.import_movement', stagedMovementColumns, staged.movements);
    await insertStagedMovements(tx);
  }
  if (staged.transfers.length > 0) {
    await copyLines(tx, 'pg_temp.import_transfer', stagedTransferColumns, staged.transfers);
    await postStaged(tx);
  }
}

async function writeVerdicts(tx: Tx, pass: PassKey, decided: Decided): Promise<void> {
  const lines = decided.verdicts.map((each) =>
    line([
      pass.guarantorId,
      pass.batchId,
      pass.passNo,
      each.line,
      each.verdict,
      each.reasons[0]?.code ?? '',
      each.contractNo?.slice(0, 200),
      JSON.stringify(each.reasons),
    ]),
  );
  if (lines.length === 0) return;
  await clientOf(tx).query(
    `create temp table if not exists import_verdict (guarantor_id integer, batch_id bigint, pass_no integer, line bigint,
      verdict text, code text, contract_no text, reasons jsonb) on commit delete rows`,
  );
  await copyLines(tx, 'pg_temp.import_verdict', verdictColumns, lines);
  await clientOf(tx).query(
    `insert into imports.verdict (${verdictColumns}) select ${verdictColumns} from pg_temp.import_verdict`,
  );
}

const verdictColumns = 'guarantor_id, batch_id, pass_no, line, verdict, code, contract_no, reasons';

/** Streams lines in pieces of a few hundred kilobytes. */
async function copyLines(tx: Tx, table: string, columns: string, lines: readonly string[]): Promise<void> {
  const stream = copyInto(tx, `${table} (${columns})`);
  const done = finished(stream);
  done.catch(() => {});
  for (let from = 0; from < lines.length; from += 2000) {
    if (!stream.write(lines.slice(from, from + 2000).join(''))) await Promise.race([once(stream, 'drain'), done]);
  }
  stream.end();
  await done;
}
