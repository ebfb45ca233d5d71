import type { Day } from '../../kernel/day.ts';
import { type Fen, fen } from '../../kernel/money.ts';
import { clientOf, type Db, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { kindOfCode, movementKinds } from '../guarantees/index.ts';
import type { KnownGuarantee } from './rules/facts.ts';
import { freshRunning, type ImportKind, importKinds, type Running, remember } from './rules/running.ts';

/** A guarantee of the book with its state, as rows of a chunk are applied to it. */
export type KnownContract = { readonly known: KnownGuarantee; readonly running: Running };
/** What the book knows about the contracts and customers of one chunk. */
export type BookFacts = {
  readonly contracts: Map<string, KnownContract>;
  readonly customers: Map<string, { id: bigint; name: string }>;
};

const identityKinds = ['uscc', 'resident-id', 'foreign-id'];

/** Loads, in three sets, the contracts and customers that a chunk's rows name; one snapshot. */
export function loadBook(
  db: Db,
  context: Context,
  guarantorId: number,
  contractNos: readonly string[],
  identityNos: readonly string[],
): Promise<BookFacts> {
  return db.read(context.actor, async (tx) => {
    // The tables may be growing from empty, before the planner has counted them: it must not think that reading all is cheap.
    await clientOf(tx).query(
      'set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off',
    );
    const contracts = await loadContracts(tx, guarantorId, contractNos);
    const busy = [...contracts.values()].filter(({ running }) => running.lastSeq > 0);
    await loadMovements(tx, guarantorId, busy);
    return { contracts, customers: await loadCustomers(tx, guarantorId, identityNos) };
  });
}

async function loadContracts(
  tx: Tx,
  guarantorId: number,
  contractNos: readonly string[],
): Promise<Map<string, KnownContract>> {
  const contracts = new Map<string, KnownContract>();
  if (contractNos.length === 0) return contracts;
  const { rows } = await clientOf(tx).query<(string | number | bigint)[]>({
    text: `select g.contract_no, g.id, g.customer_id, c.identity_no, g.bank_id, g.product_code, g.county, g.principal, g.guaranteed,
                  g.starts_on, g.ends_on, g.agreement_id, g.agreement_version, g.status, g.due_on, g.outstanding, g.last_seq
             from guarantees.guarantee g
             join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
            where g.guarantor_id = $1 and g.contract_no = any($2::text[])`,
    values: [guarantorId, contractNos],
    rowMode: 'array',
  });
  for (const row of rows) {
    const known: KnownGuarantee = {
      id: row[1] as bigint,
      customerId: row[2] as bigint,
      identityNo: row[3] as string,
      bankId: row[4] as number,
      productCode: row[5] as string,
      county: row[6] as number,
      principal: row[7] as Fen,
      guaranteed: row[8] as Fen,
      startsOn: row[9] as Day,
      endsOn: row[10] as Day,
      agreementId: row[11] as number,
      agreementVersion: row[12] as number,
    };
    const { principal, guaranteed, startsOn } = known;
    const running = freshRunning({ principal, guaranteed, startsOn, dueOn: row[14] as Day });
    running.status = row[13] as string;
    running.outstanding = row[15] as Fen;
    running.lastSeq = row[16] as number;
    contracts.set(row[0] as string, { known, running });
  }
  return contracts;
}

async function loadMovements(tx: Tx, guarantorId: number, contracts: readonly KnownContract[]): Promise<void> {
  if (contracts.length === 0) return;
  const byId = new Map(contracts.map((each) => [each.known.id, each.running]));
  const { rows } = await clientOf(tx).query<(string | number | bigint | null)[]>({
    text: `select guarantee_id, seq, kind, amount, cash, delta, occurred_on, reference, reverses_seq
             from guarantees.movement where guarantor_id = $1 and guarantee_id = any($2::bigint[])`,
    values: [guarantorId, [...byId.keys()]],
    rowMode: 'array',
  });
  const reversed = new Set(rows.flatMap((row) => (row[8] === null ? [] : [`${row[0]}/${row[8]}`])));
  for (const row of rows) {
    const running = byId.get(row[0] as bigint)!;
    const isStanding = row[8] === null && !(reversed.size > 0 && reversed.has(`${row[0]}/${row[1]}`));
    const occurredOn = row[6] as Day;
    if (isStanding)
      noteStanding(running, row[2] as number, row[3] as Fen, row[4] as Fen, occurredOn, row[7] as string | null);
    else running.history.push({ on: occurredOn, delta: row[5] as bigint });
  }
}

const importKindOf = new Map<number, ImportKind>(
  Object.entries(importKinds).map(([kind, { code }]) => [code, kind as ImportKind]),
);

function noteStanding(
  running: Running,
  code: number,
  amount: Fen,
  cash: Fen,
  occurredOn: Day,
  reference: string | null,
): void {
  const kind = importKindOf.get(code);
  if (!kind) {
    const change = BigInt(movementKinds[kindOfCode(code)].balance);
    running.history.push({ on: occurredOn, delta: change * amount });
    return;
  }
  if (kind === 'disburse') running.disbursed = fen(running.disbursed + amount);
  if (kind === 'claim-paid') running.claimed = fen(running.claimed + cash);
  if (kind === 'recovery') running.recovered = fen(running.recovered + amount);
  if (kind === 'write-off') running.writtenOff = fen(running.writtenOff + amount);
  if (kind === 'fee') running.fees = fen(running.fees + amount);
  if (kind === 'refund') running.refunded = fen(running.refunded + amount);
  remember(
    running,
    { kind, amount, occurredOn, reference: reference ?? undefined },
    importKinds[kind].balance * amount,
  );
}

async function loadCustomers(tx: Tx, guarantorId: number, identityNos: readonly string[]) {
  const customers = new Map<string, { id: bigint; name: string }>();
  if (identityNos.length === 0) return customers;
  const { rows } = await clientOf(tx).query<[bigint, string, string]>({
    text: `select id, identity_no, name from customers.customer
            where guarantor_id = $1 and identity_kind = any($3::text[]) and identity_no = any($2::text[])`,
    values: [guarantorId, identityNos, identityKinds],
    rowMode: 'array',
  });
  for (const [id, identityNo, name] of rows) customers.set(identityNo, { id, name });
  return customers;
}

/** Numbers for new rows, taken from the sequence in one go. */
export async function takeIds(
  db: Db,
  context: Context,
  sequence: 'guarantees.guarantee_id_seq' | 'customers.customer_id_seq',
  count: number,
): Promise<bigint[]> {
  if (count === 0) return [];
  return db.transaction(context.actor, async (tx) => {
    const { rows } = await clientOf(tx).query<[bigint]>({
      text: 'select nextval($1::regclass) from generate_series(1, $2::integer)',
      values: [sequence, count],
      rowMode: 'array',
    });
    return rows.map(([id]) => id);
  });
}
