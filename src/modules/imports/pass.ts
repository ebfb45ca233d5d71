import { Refused } from '../../kernel/refusal.ts';
import type { Db } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { readSheet, type SheetRow } from '../../platform/sheets/index.ts';
import { type BookFacts, type KnownContract, loadBook } from './book.ts';
import { type Chunk, type Decided, decideChunk, keysOf, readRow } from './chunk.ts';
import { fieldsOf, type ImportProfile } from './contract.ts';
import { KeyIndex } from './key-index.ts';
import { Reference } from './reference.ts';
import { type RowReader, rowReader } from './rules/reader.ts';
import { ChangedMeanwhile, type PassKey, stageDecided, writeChunk } from './write-chunk.ts';

/** One going-through of a batch's file. */
export type PassPlan = PassKey & {
  readonly path: string;
  readonly profile: ImportProfile;
  readonly fileBytes: number;
  readonly chunkRows: number;
  readonly take: 'good' | 'all';
  /** Chunks that are finished: their rows are passed over. */
  readonly doneChunks: number;
};

export type PassHooks = { readonly onChunk?: (chunk: Chunk, decided: Decided) => void | Promise<void> };

/** A pass found rows it may not take; nothing of the chunk at hand was written. */
export class NotAllGood extends Error {}

// A dry run cannot read back what it did not write; it remembers this many contracts, the newest.
const rememberedContracts = 200_000;

/**
 * Goes through the file once: reads and judges one chunk while the one before it is being written. Each chunk is one
 * transaction with its own mark, so that a crash at any moment leaves a prefix of whole chunks to go on from.
 * Returns how many chunks stand. Throws ChangedMeanwhile when the book moved under it: call again from the chunk reached.
 */
export async function runPass(db: Db, context: Context, plan: PassPlan, hooks: PassHooks = {}): Promise<number> {
  const today = context.clock.today();
  const reference = await db.read(context.actor, (tx) => Reference.load(tx, plan.guarantorId, plan.profile));
  const carried = { contracts: new Map<string, KnownContract>(), customers: new Map(), lines: new KeyIndex() };
  let fresh = new Map<string, { id: bigint; name: string }>();
  let writing: Promise<void> = Promise.resolve();
  let done = plan.doneChunks;
  try {
    for await (const { chunk, reader } of chunksOf(plan)) {
      if (chunk.no <= plan.doneChunks) continue;
      const book = await factsFor(db, context, plan, reference, chunk);
      carried.customers = new Map([...fresh, ...book.customers]);
      const decided = decideChunk(chunk, plan.profile, reader, reference, book, carried, today);
      if (plan.kind === 'commit' && plan.take === 'all' && decided.accepted + decided.already < chunk.rows.length)
        throw new NotAllGood(`第 ${decided.verdicts.find(({ verdict }) => verdict !== 'already')?.line} 行未通过`);
      const staged =
        plan.kind === 'check'
          ? undefined
          : await stageDecided(db, context, plan, reference, decided, carried.customers, today);
      fresh = new Map(
        decided.guarantees.map(({ customer: { identityNo } }) => [identityNo, carried.customers.get(identityNo)!]),
      );
      carry(carried.contracts, decided, plan.kind);
      await writing;
      writing = writeChunk(db, context, plan, chunk, decided, staged).then(async () => {
        done = chunk.no;
        await hooks.onChunk?.(chunk, decided);
      });
      // Its failure is met at the next await; until then it must not end the process.
      writing.catch(() => {});
    }
    await writing;
    return done;
  } catch (error) {
    await writing.catch(() => {});
    throw error;
  }
}

/** What the next chunk must know of this one. A commit is read back from the book; only the chunk on its way is carried. */
function carry(contracts: Map<string, KnownContract>, decided: Decided, kind: 'check' | 'commit'): void {
  if (kind === 'commit') contracts.clear();
  for (const [contractNo, { contract }] of decided.touched) {
    contracts.delete(contractNo);
    contracts.set(contractNo, contract);
  }
  for (const oldest of contracts.keys()) {
    if (contracts.size <= rememberedContracts) break;
    contracts.delete(oldest);
  }
}

async function factsFor(
  db: Db,
  context: Context,
  plan: PassPlan,
  reference: Reference,
  chunk: Chunk,
): Promise<BookFacts> {
  if (plan.profile.target === 'guarantee') {
    const banks = new Set<string>();
    const products = new Set<string>();
    for (const { values } of chunk.rows) {
      if (typeof values.bank === 'string') banks.add(values.bank);
      if (typeof values.product === 'string') products.add(values.product);
    }
    const { guarantorId } = plan;
    await reference.register({ db, context, guarantorId, isDryRun: plan.kind === 'check' }, banks, products);
  }
  const { contractNos, identityNos } = keysOf(chunk.rows);
  return loadBook(db, context, plan.guarantorId, contractNos, identityNos);
}

/** The file's rows in chunks whose bounds depend on the file alone, so that a later run cuts at the same places. */
async function* chunksOf(plan: PassPlan): AsyncGenerator<{ chunk: Chunk; reader: RowReader }> {
  const { profile, chunkRows } = plan;
  let bytes = 0;
  let reader: RowReader | undefined;
  let rows: SheetRow[] = [];
  let no = 0;
  const cut = (): { chunk: Chunk; reader: RowReader } => {
    no += 1;
    // Rows of finished chunks are only counted.
    const read = no <= plan.doneChunks ? [] : rows.map((row) => readRow(row, reader!));
    const chunk = { no, rows: read, lastLine: rows.at(-1)!.line, bytes: Math.min(bytes, plan.fileBytes) };
    rows = [];
    return { chunk, reader: reader! };
  };
  const options = readOptions(profile, (progress) => {
    bytes = Math.round((progress.bytes / Math.max(1, progress.totalBytes)) * plan.fileBytes);
  });
  for await (const batch of readSheet(plan.path, options)) {
    for (const row of batch) {
      if (row.line < profile.sheet.headerLine) continue;
      if (!reader) {
        reader = headerReader(profile, row);
        continue;
      }
      rows.push(row);
      if (rows.length === chunkRows) yield cut();
    }
  }
  if (!reader) throw new Refused({ code: 'file-empty', message: '文件没有标题行，也没有数据：请核对文件与标题所在行' });
  bytes = plan.fileBytes;
  if (rows.length > 0) yield cut();
}

/** How a profile wants its file read. */
export const readOptions = (
  profile: ImportProfile,
  onProgress?: (progress: { bytes: number; totalBytes: number }) => void,
) => ({
  headerLine: profile.sheet.headerLine,
  ...(profile.sheet.encoding ? { encoding: profile.sheet.encoding } : {}),
  ...(profile.sheet.delimiter ? { delimiter: profile.sheet.delimiter } : {}),
  ...(profile.sheet.name === undefined ? {} : { sheet: profile.sheet.name }),
  ...(onProgress ? { onProgress } : {}),
});

/** The reader for a file's header. Refused when columns of the profile are not there. */
export function headerReader(profile: ImportProfile, header: SheetRow): RowReader {
  const reader = rowReader(profile, header.cells, fieldsOf(profile.target));
  if (reader.missing.length === 0) return reader;
  const found = header.cells.slice(0, 30).join('、');
  throw new Refused({
    code: 'columns-missing',
    message: `文件缺少映射所列的列：${[...new Set(reader.missing)].join('、')}。请核对标题所在行与列名，或改用另一映射`,
    figures: { 文件的列: found },
  });
}

export { ChangedMeanwhile };
