import type { Day } from '../../kernel/day.ts';
import { formatYuan, plus, zeroFen } from '../../kernel/money.ts';
import type { GuaranteeClass } from '../../law/liability-weights.ts';
import type { Tx } from '../../platform/db.ts';
import { isSameName } from '../../platform/text/index.ts';
import type { KeyIndex } from '../imports/index.ts';
import type { BatchReader, ReadRow } from './read.ts';
import type { Rooms } from './rooms.ts';
import type { Candidate } from './rules/facts.ts';
import { admit, type GuarantorRoom } from './rules/limits.ts';
import { type RowReason, RowReasons } from './rules/reasons.ts';
import type { CustomerState, GroupState, Weigher } from './rules/weigh.ts';
import {
  type ContractRow,
  contractsOf,
  customersOf,
  heldBy,
  type Keys,
  loansOf,
  lockLimits,
  preferIndexes,
  reservedBy,
} from './store-facts.ts';

/** A row that has been judged by itself: a candidate, or reasons against it. */
export type JudgedRow = ReadRow & { readonly candidate: Candidate | undefined };

/** A customer as rows are applied to it; `id` is undefined until it is entered. */
export type KnownCustomer = { id: bigint | undefined; readonly name: string; readonly state: CustomerState };

/** What the book knows about the rows of a chunk, read in sets under the locks. */
export type ChunkFacts = {
  readonly rooms: Map<number, GuarantorRoom>;
  /** By guarantor and identity number. */
  readonly customers: Map<string, KnownCustomer>;
  readonly contracts: ReadonlyMap<string, ContractRow>;
  readonly loans: ReadonlyMap<string, { readonly batchNo: string; readonly line: bigint }>;
  /** Loan contracts in force that came another way than by batch, by guarantor and identity number. */
  readonly otherLoans: ReadonlyMap<string, ReadonlySet<string>>;
};

export type Verdict = 'accepted' | 'already' | 'needs-completing' | 'refused';
/** A row's verdict; reasons are empty where it is accepted. */
export type RowVerdict = {
  readonly line: number;
  readonly verdict: Verdict;
  readonly guarantorId: number | undefined;
  readonly contractNo: string | undefined;
  readonly reasons: readonly RowReason[];
};
/** A row that goes into the book, with its customer. */
export type Accepted = { readonly row: Candidate; readonly customer: KnownCustomer; readonly customerKey: string };
export type Decided = { readonly accepted: Accepted[]; readonly verdicts: RowVerdict[] };

export const keyOf = (guarantorId: number, text: string): string => `${guarantorId}|${text}`;

/**
 * Reads, in a fixed number of statements whatever the chunk's size, what its candidates are judged against. Locks guarantors, bank and
 * customers until commit; a trial, which enters nothing, reads without.
 */
export async function loadFacts(
  tx: Tx,
  rows: readonly JudgedRow[],
  of: { bankId: number; rooms: Rooms; weigher: Weigher },
  today: Day,
  isTrial = false,
): Promise<ChunkFacts> {
  const candidates = rows.flatMap(({ candidate }) => candidate ?? []);
  const guarantorIds = [...new Set(candidates.map(({ guarantorId }) => guarantorId))].sort((a, b) => a - b);
  if (!isTrial) await lockLimits(tx, guarantorIds, of.bankId);
  const rooms = guarantorIds.length > 0 ? await of.rooms.load(tx, guarantorIds) : new Map<number, GuarantorRoom>();
  await preferIndexes(tx);
  const keys = <T>(pick: (row: Candidate) => T): Keys<T> => ({
    guarantors: candidates.map(({ guarantorId }) => guarantorId),
    values: candidates.map(pick),
  });
  const contracts = await contractsOf(
    tx,
    keys(({ contractNo }) => contractNo),
  );
  const loans = await loansOf(
    tx,
    of.bankId,
    candidates.map(({ loanKey }) => loanKey),
  );
  const { customers, otherLoans } = await loadCustomers(
    tx,
    keys(({ customer }) => customer.identityNo),
    of.weigher,
    today,
    isTrial,
  );
  return {
    rooms,
    customers,
    otherLoans,
    contracts: new Map(contracts.map((row) => [keyOf(row.guarantorId, row.contractNo), row])),
    loans: new Map(loans.map((row) => [row.loanKey, row])),
  };
}

async function loadCustomers(tx: Tx, keys: Keys<string>, weigher: Weigher, today: Day, isTrial: boolean) {
  const rows = await customersOf(tx, keys, today, isTrial ? 'read' : 'lock');
  const ids: Keys<bigint> = {
    guarantors: rows.map(({ guarantorId }) => guarantorId),
    values: rows.map(({ id }) => id),
  };
  const held = Map.groupBy(await heldBy(tx, ids), (row) => keyOf(row.guarantorId, String(row.customerId)));
  const reserved = Map.groupBy(await reservedBy(tx, ids, today), (row) =>
    keyOf(row.guarantorId, String(row.customerId)),
  );
  const groups = new Map<string, GroupState>();
  const customers = new Map<string, KnownCustomer>();
  const otherLoans = new Map<string, ReadonlySet<string>>();
  for (const row of rows) {
    const key = keyOf(row.guarantorId, String(row.id));
    const mine = held.get(key) ?? [];
    const promised = reserved.get(key) ?? [];
    const balances = new Map<GuaranteeClass, ReturnType<typeof plus>>();
    for (const each of [
      ...mine.map(({ class: cls, balance }) => [cls, balance] as const),
      ...promised.map(({ class: cls, amount }) => [cls, amount] as const),
    ])
      balances.set(each[0], plus(balances.get(each[0]) ?? zeroFen, each[1]));
    const groupKey = row.groupId === null ? undefined : keyOf(row.guarantorId, `g${row.groupId}`);
    let group = groupKey === undefined ? undefined : groups.get(groupKey);
    if (groupKey !== undefined && !group) {
      group = { exposure: zeroFen };
      groups.set(groupKey, group);
    }
    const state = weigher.stateOf(
      {
        kind: row.kind,
        sizeClass: row.sizeClass,
        issuerRating: row.issuerRating,
        group,
        committed: plus(...mine.map(({ committed }) => committed)),
        balance: plus(...mine.map(({ balance }) => balance)),
        reserved: plus(...promised.map(({ amount }) => amount)),
      },
      balances,
    );
    if (group) group.exposure = plus(group.exposure, state.exposure);
    const identityKey = keyOf(row.guarantorId, row.identityNo);
    customers.set(identityKey, { id: row.id, name: row.name, state });
    const loans = mine.flatMap((each) => each.loans);
    if (loans.length > 0) otherLoans.set(identityKey, new Set(loans));
  }
  return { customers, otherLoans };
}

/**
 * Decides the rows in the file's order: duplicates in file and book, then limits, each accepted row standing in the way of those after it.
 * New customers enter `facts.customers`; `lines` remembers the file's contracts and loans over all chunks.
 */
export function decideChunk(
  rows: readonly JudgedRow[],
  facts: ChunkFacts,
  of: { bankId: number; productCode: string; lines: KeyIndex; weigher: Weigher; reader: BatchReader },
  today: Day,
): Decided {
  const decided: Decided = { accepted: [], verdicts: [] };
  for (const { line, values, reasons: ownReasons, candidate } of rows) {
    // A candidate came with none; judged a second time, it must not carry those of the first.
    const reasons = candidate ? new RowReasons() : ownReasons;
    let isAlready = false;
    if (candidate) {
      isAlready = findDuplicates(candidate, facts, of, reasons);
      if (!isAlready) {
        const customerKey = keyOf(candidate.guarantorId, candidate.customer.identityNo);
        const customer = customerFor(candidate, customerKey, facts, of.weigher, reasons);
        const room = facts.rooms.get(candidate.guarantorId)!;
        if (reasons.isEmpty && admit(candidate, customer.state, room, of.weigher, today, reasons)) {
          if (!facts.customers.has(customerKey)) facts.customers.set(customerKey, customer);
          decided.accepted.push({ row: candidate, customer, customerKey });
          continue;
        }
      }
    }
    const verdict = isAlready ? 'already' : reasons.verdict;
    decided.verdicts.push({
      line,
      verdict,
      guarantorId: candidate?.guarantorId,
      contractNo: (values.contractNo as string | undefined)?.slice(0, 200),
      reasons: withColumns(reasons.list, of.reader),
    });
  }
  return decided;
}

/** Is the very same row in the book already? Adds what makes it a duplicate that is not the same. */
function findDuplicates(
  row: Candidate,
  facts: ChunkFacts,
  of: { bankId: number; productCode: string; lines: KeyIndex },
  reasons: RowReasons,
): boolean {
  const content = `${row.customer.identityNo}|${row.principal}|${row.startsOn}|${row.endsOn}|${row.loanKey}`;
  const earlier = earlierOf(of.lines, `C|${keyOf(row.guarantorId, row.contractNo)}`, row.line, content);
  const known = facts.contracts.get(keyOf(row.guarantorId, row.contractNo));
  if (known) return compare(row, known, of, reasons);
  if (earlier?.isSame) {
    reasons.complete(
      'already',
      'contractNo',
      `与本文件第 ${earlier.line} 行相同，只处理一次`,
      '无需处理，请删去重复的行',
    );
    return true;
  }
  if (earlier) {
    const message = `担保业务编号在本文件第 ${earlier.line} 行已出现，且内容不同`;
    reasons.refuse('duplicate-contract-in-file', 'contractNo', message, '请核对两行，只保留正确的一行');
  }
  const loan = facts.loans.get(row.loanKey);
  if (loan) {
    const message = `该笔借款（借据）已在批次 ${loan.batchNo} 第 ${loan.line} 行承保`;
    reasons.refuse('loan-covered', 'loanContractNo', message, '一笔借款只能承保一次；分次放款请填各自的借据号');
  } else {
    const first = earlierOf(of.lines, `L|${row.loanKey}`, row.line, row.contractNo);
    if (first && !first.isSame) {
      const message = `该笔借款（借据）在本文件第 ${first.line} 行已出现`;
      reasons.refuse(
        'duplicate-loan-in-file',
        'loanContractNo',
        message,
        '一笔借款只能承保一次；分次放款请填各自的借据号',
      );
    }
  }
  if (facts.otherLoans.get(keyOf(row.guarantorId, row.customer.identityNo))?.has(row.loanContractNo)) {
    const message = '该借款合同已由该机构逐笔承保';
    reasons.refuse('loan-covered', 'loanContractNo', message, '请核对是否重复报送');
  }
  return false;
}

/** An earlier line of the file with this key; the line itself, judged a second time, is none. */
function earlierOf(lines: KeyIndex, key: string, line: number, content: string) {
  const earlier = lines.seen(key, line, content);
  return earlier?.line === line ? undefined : earlier;
}

function compare(
  row: Candidate,
  known: ContractRow,
  of: { bankId: number; productCode: string },
  reasons: RowReasons,
): boolean {
  const differences: Record<string, string> = {};
  const differ = (title: string, book: string, file: string) => {
    if (book !== file) differences[title] = `在账 ${book}，文件 ${file}`;
  };
  differ('贷款金额', formatYuan(known.principal), formatYuan(row.principal));
  differ('起始日', known.startsOn, row.startsOn);
  differ('到期日', known.endsOn, row.endsOn);
  differ('产品', known.productCode, of.productCode);
  differ('县', String(known.county), String(row.customer.county));
  if (known.bankId !== of.bankId) differences.银行 = '在账的属于另一家银行';
  if (known.identityNo !== row.customer.identityNo) differences.证件号码 = '与在账的不同';
  if (Object.keys(differences).length > 0) {
    const remedy = '系统不覆盖在账数据：如在账有误请联系担保机构更正；如文件有误请改后重送';
    reasons.refuse('contract-differs', 'contractNo', '该担保业务编号已在账，内容不同', remedy, differences);
    return false;
  }
  const where = known.batchNo === null ? '已在账' : `已在批次 ${known.batchNo} 受理`;
  reasons.complete('already', 'contractNo', `${where}，内容相同，未重复承保`, '无需处理');
  return true;
}

function customerFor(
  row: Candidate,
  key: string,
  facts: ChunkFacts,
  weigher: Weigher,
  reasons: RowReasons,
): KnownCustomer {
  const known = facts.customers.get(key);
  if (known) {
    if (known.name !== row.customer.name && !isSameName(known.name, row.customer.name)) {
      const remedy = '请核对证件号与名称；更名的请先由担保机构更新客户档案';
      reasons.refuse('customer-name-differs', 'customerName', '同一证件号在该机构登记为另一名称', remedy);
    }
    return known;
  }
  const nothing = { committed: zeroFen, balance: zeroFen, reserved: zeroFen };
  const { kind, name } = row.customer;
  const party = { kind, sizeClass: row.sizeClass, issuerRating: null, group: undefined };
  return { id: undefined, name, state: weigher.stateOf({ ...party, ...nothing }, new Map()) };
}

/** The reasons with the file's own column titles; one column may fill several fields, its fault is told once. */
function withColumns(reasons: readonly RowReason[], reader: BatchReader): RowReason[] {
  const told = new Map<string, RowReason>();
  for (const reason of reasons) {
    const column = reason.field ? reader.titleOf(reason.field) : undefined;
    const key = `${reason.code}|${column ?? reason.field}`;
    if (!told.has(key)) told.set(key, column === undefined ? reason : { ...reason, column });
  }
  return [...told.values()];
}
