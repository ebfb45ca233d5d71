import type { Day } from '../../kernel/day.ts';
import { normalizeCode } from '../../law/gb-32100.ts';
import type { SheetRow } from '../../platform/sheets/index.ts';
import type { BookFacts, KnownContract } from './book.ts';
import type { ImportProfile, Verdict } from './contract.ts';
import type { KeyIndex } from './key-index.ts';
import type { Reference } from './reference.ts';
import type { Facts } from './rules/facts.ts';
import { decideGuarantee, type NewGuarantee } from './rules/guarantee-row.ts';
import { decideMovement } from './rules/movement-row.ts';
import type { RowReader, Values } from './rules/reader.ts';
import { type Reason, Reasons } from './rules/reason.ts';
import type { NewMovement, Running } from './rules/running.ts';

/** Rows of a file that are judged and written together; `no` counts from 1. */
export type Chunk = {
  readonly no: number;
  readonly rows: readonly ReadRow[];
  readonly lastLine: number;
  readonly bytes: number;
};

/** A row whose cells have been read as fields. */
export type ReadRow = { readonly line: number; readonly values: Values; readonly reasons: Reasons };

/** A movement of a contract that was in the book before, numbered. */
export type NumberedMovement = NewMovement & { readonly contract: KnownContract; readonly seq: number };

/** A row that was not accepted. */
export type RowVerdict = {
  readonly line: number;
  readonly verdict: Exclude<Verdict, 'accepted'>;
  readonly contractNo: string | undefined;
  readonly reasons: readonly Reason[];
};

/** Everything a chunk puts into the book. */
export type Decided = {
  readonly guarantees: NewGuarantee[];
  readonly movements: NumberedMovement[];
  /** Contracts that moved, with the number they stood at before this chunk. */
  readonly touched: Map<string, { readonly contract: KnownContract; readonly beforeSeq: number }>;
  readonly verdicts: RowVerdict[];
  accepted: number;
  already: number;
};

/** Reads one row; the faults of its shape come first, and such a row is not read any further. */
export function readRow(row: SheetRow, reader: RowReader): ReadRow {
  const reasons = new Reasons();
  for (const { code, message } of row.problems) reasons.refuse(code, '', message, '请在原文件更正本行后只重送本行');
  const values = reasons.isEmpty ? reader.read(row.cells, reasons) : {};
  return { line: row.line, values, reasons };
}

/** The contract and identity numbers a chunk names. */
export function keysOf(rows: readonly ReadRow[]): { contractNos: string[]; identityNos: string[] } {
  const contractNos = new Set<string>();
  const identityNos = new Set<string>();
  for (const { values } of rows) {
    const contractNo = values.contractNo as string | undefined;
    const identityNo = values.identityNo as string | undefined;
    if (contractNo !== undefined) contractNos.add(contractNo);
    if (identityNo !== undefined) identityNos.add(normalizeCode(identityNo));
  }
  return { contractNos: [...contractNos], identityNos: [...identityNos] };
}

/** What earlier chunks of the pass have done that the book does not show yet. */
export type Carried = {
  /** Contracts by number as they stand after those chunks. */
  readonly contracts: Map<string, KnownContract>;
  readonly customers: Map<string, { id: bigint; name: string }>;
  readonly lines: KeyIndex;
};

/** Judges the rows of a chunk, in the file's order, and collects what goes in. Pure but for `carried`, which it brings along. */
export function decideChunk(
  chunk: Chunk,
  profile: ImportProfile,
  reader: RowReader,
  reference: Reference,
  book: BookFacts,
  carried: Carried,
  today: Day,
): Decided {
  const decided: Decided = { guarantees: [], movements: [], touched: new Map(), verdicts: [], accepted: 0, already: 0 };
  let line = 0;
  const contractOf = (contractNo: string): KnownContract | undefined => {
    const fromBook = book.contracts.get(contractNo);
    const before = carried.contracts.get(contractNo);
    return before && (!fromBook || before.running.lastSeq >= fromBook.running.lastSeq) ? before : fromBook;
  };
  const facts: Facts = {
    today,
    bankOf: (text) => reference.bankOf(text),
    bankLike: (text) => reference.bankLike(text),
    countyOf: (text) => reference.countyOf(text),
    hasProduct: (code) => reference.hasProduct(code),
    agreementOf: (bankId, product, on) => reference.agreementOf(bankId, product, on),
    customerOf: (identityNo) => book.customers.get(identityNo) ?? carried.customers.get(identityNo),
    guaranteeOf: (contractNo) => book.contracts.get(contractNo)?.known,
    earlierInFile: (contractNo, content) => carried.lines.seen(contractNo, line, content),
    runningOf: (contractNo): Running | undefined => contractOf(contractNo)?.running,
    isSameName: (one, other) => reference.isSameName(one, other),
  };
  for (const row of chunk.rows) {
    line = row.line;
    const isAlready =
      row.reasons.isRefused && row.values.contractNo === undefined
        ? false
        : profile.target === 'guarantee'
          ? takeGuarantee(row, profile, facts, carried, decided)
          : takeMovement(row, facts, contractOf, decided);
    settle(row, isAlready, reader, decided);
  }
  return decided;
}

function takeGuarantee(
  row: ReadRow,
  profile: ImportProfile,
  facts: Facts,
  carried: Carried,
  decided: Decided,
): boolean {
  const { already, guarantee } = decideGuarantee(row.values, profile, facts, row.reasons);
  if (guarantee) {
    decided.guarantees.push(guarantee);
    const { identityNo, name } = guarantee.customer;
    if (!facts.customerOf(identityNo)) carried.customers.set(identityNo, { id: 0n, name });
  }
  return already === true;
}

function takeMovement(
  row: ReadRow,
  facts: Facts,
  contractOf: (contractNo: string) => KnownContract | undefined,
  decided: Decided,
): boolean {
  const contractNo = row.values.contractNo as string | undefined;
  const contract = contractNo === undefined ? undefined : contractOf(contractNo);
  const beforeSeq = contract?.running.lastSeq ?? 0;
  const { already, movement } = decideMovement(row.values, facts, row.reasons);
  if (movement && contract && contractNo !== undefined) {
    decided.movements.push({ ...movement, contract, seq: contract.running.lastSeq });
    if (!decided.touched.has(contractNo)) decided.touched.set(contractNo, { contract, beforeSeq });
  }
  return already === true;
}

function settle(row: ReadRow, isAlready: boolean, reader: RowReader, decided: Decided): void {
  const contractNo = row.values.contractNo as string | undefined;
  if (isAlready) {
    decided.already += 1;
    const reason = { code: 'already', message: '相同内容已在账，未重复记入', remedy: '无需处理' };
    decided.verdicts.push({ line: row.line, verdict: 'already', contractNo, reasons: [reason] });
    return;
  }
  const verdict = row.reasons.verdict;
  if (verdict === 'accepted') {
    decided.accepted += 1;
    return;
  }
  const reasons = new Map<string, Reason>();
  for (const reason of row.reasons.list) {
    const column = reason.field ? reader.titleOf(reason.field) : undefined;
    // One column may fill several fields; its fault is told once.
    const key = `${reason.code}|${column ?? reason.field}`;
    if (!reasons.has(key)) reasons.set(key, column === undefined ? reason : { ...reason, column });
  }
  decided.verdicts.push({ line: row.line, verdict, contractNo, reasons: [...reasons.values()] });
}
