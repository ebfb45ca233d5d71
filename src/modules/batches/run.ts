import { Refused } from '../../kernel/refusal.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, systemActor, type Tx } from '../../platform/db.ts';
import { appendAudit } from '../audit/index.ts';
import { KeyIndex } from '../imports/index.ts';
import { freshBase, saveBase } from '../limits/index.ts';
import { decideChunk, type JudgedRow, loadFacts } from './judge.ts';
import { type BatchReader, type Chunk, chunksOf } from './read.ts';
import { Reference } from './reference.ts';
import { Rooms } from './rooms.ts';
import { emptyMeter } from './rules/meter.ts';
import { judgeRow } from './rules/row.ts';
import { Weigher } from './rules/weigh.ts';
import {
  acceptedBy,
  type BatchRow,
  batchById,
  partsOf,
  runLockClass,
  runningBatches,
  setAfter,
  setState,
} from './store.ts';
import { lockLimits } from './store-facts.ts';
import { cohortsOf } from './store-room.ts';
import { meterJson, writeChunk } from './write.ts';

export type RunHooks = { readonly onChunk?: (no: number) => void | Promise<void> };

/**
 * Judges a batch and enters what is accepted, chunk by chunk, as the program itself; goes on where a process that died had stopped.
 * Holds the batch by an advisory lock: a second runner is refused (409). A batch that is done is answered as it stands.
 */
export async function runBatch(
  db: Db,
  clock: Clock,
  id: bigint,
  hooks: RunHooks = {},
  started?: () => void,
): Promise<BatchRow> {
  const client = await db.pool.connect();
  try {
    const { rows } = await client.query('select pg_try_advisory_lock($1, $2) as taken', [runLockClass, Number(id)]);
    if (!rows[0].taken) throw new Refused({ code: 'batch-running', message: '此批次正在处理，请稍候查看进度' }, 409);
    const batch = await stateOf(db, id);
    if (batch.phase === 'failed') await db.transaction(systemActor, (tx) => setState(tx, id, 'running', null));
    started?.();
    if (batch.phase !== 'done') await enterAll(db, clock, batch, hooks);
  } finally {
    await client.query('select pg_advisory_unlock_all()').catch(() => {});
    // A connection that ends gives the lock back whatever state it is in.
    client.release(true);
  }
  return stateOf(db, id);
}

async function stateOf(db: Db, id: bigint): Promise<BatchRow> {
  const batch = await db.read(systemActor, (tx) => batchById(tx, id));
  if (!batch) throw new Error(`批次 ${id} 不见了`);
  return batch;
}

async function enterAll(db: Db, clock: Clock, batch: BatchRow, hooks: RunHooks): Promise<void> {
  try {
    const run = new Run(db, clock, batch, await db.read(systemActor, (tx) => Reference.load(tx, batch, clock.today())));
    await run.enterChunks(hooks);
    await run.finish();
  } catch (error) {
    await db.transaction(systemActor, (tx) => setState(tx, batch.id, 'failed', failureOf(error)));
    throw error;
  }
}

type Prepared = { readonly chunk: Chunk; readonly rows: readonly JudgedRow[]; readonly reader: BatchReader };

/** One going-through of a batch's file. */
class Run {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #batch: BatchRow;
  readonly #reference: Reference;
  readonly #rooms: Rooms;
  readonly #weigher: Weigher;
  readonly #lines = new KeyIndex();

  constructor(db: Db, clock: Clock, batch: BatchRow, reference: Reference) {
    this.#db = db;
    this.#clock = clock;
    this.#batch = batch;
    this.#reference = reference;
    const { id: batchId, bankId, productCode } = batch;
    this.#rooms = new Rooms({ batchId, bankId, productCode }, clock.today());
    this.#weigher = new Weigher(clock.today());
  }

  /** Reads and judges one chunk by itself while the one before it is being entered. */
  async enterChunks(hooks: RunHooks): Promise<void> {
    const source = this.#prepared();
    let next = source.next();
    for (;;) {
      const { value, done } = await next;
      if (done) return;
      next = source.next();
      // Its failure is met at the next await; until then it must not end the process.
      next.catch(() => {});
      await this.#enter(value);
      await hooks.onChunk?.(value.chunk.no);
    }
  }

  async *#prepared(): AsyncGenerator<Prepared, undefined> {
    const { path, profile, fileBytes, chunkRows, doneChunks } = this.#batch;
    for await (const { chunk, reader } of chunksOf(
      { path, profile, bytes: Number(fileBytes), chunkRows },
      doneChunks,
    )) {
      if (chunk.no <= doneChunks) continue;
      const rows = chunk.rows.map((row): JudgedRow => {
        const candidate =
          row.reasons.isRefused && row.values.contractNo === undefined
            ? undefined
            : judgeRow(row.line, row.values, this.#reference, row.reasons);
        return { ...row, candidate };
      });
      yield { chunk, rows, reader };
    }
  }

  /** One transaction a chunk. What others entered between reading and writing makes it judge again. */
  async #enter({ chunk, rows, reader }: Prepared): Promise<void> {
    const { id: batchId, bankId, productCode } = this.#batch;
    const today = this.#clock.today();
    for (let tries = 0; ; tries += 1) {
      try {
        await this.#db
          .transaction(systemActor, async (tx) => {
            const facts = await loadFacts(tx, rows, { bankId, rooms: this.#rooms, weigher: this.#weigher }, today);
            const of = { bankId, productCode, lines: this.#lines, weigher: this.#weigher, reader };
            const decided = decideChunk(rows, facts, of, today);
            await writeChunk(tx, { batchId, bankId, productCode }, chunk, decided, facts.rooms, today);
            return facts.rooms;
          })
          .then((rooms) => this.#rooms.keep(rooms));
        return;
      } catch (error) {
        const { code } = error as { code?: string };
        if (tries >= 10 || !['23505', '40P01', '40001'].includes(code ?? '')) throw error;
      }
    }
  }

  /** Notes the meters after the batch, tells the limits of each guarantor's book, and closes the batch with its audit entries. */
  async finish(): Promise<void> {
    const db = this.#db;
    const { id, bankId, productCode } = this.#batch;
    const today = this.#clock.today();
    for (const guarantorId of this.#rooms.guarantorIds)
      await db.transaction(systemActor, async (tx) => {
        await lockLimits(tx, [guarantorId], bankId);
        await saveBase(tx, guarantorId, await freshBase(tx, guarantorId, today));
      });
    await db.transaction(systemActor, async (tx) => {
      const parts = await partsOf(tx, id);
      const guarantorIds = [...new Set(parts.map(({ guarantorId }) => guarantorId))];
      const cohorts = parts.length === 0 ? [] : await cohortsOf(tx, { guarantorIds, bankId, productCode }, today);
      const after = parts.map(({ guarantorId, year }) => {
        const now = cohorts.find((row) => row.guarantorId === guarantorId && row.year === year) ?? emptyMeter;
        return { guarantorId, year, after: meterJson(now) };
      });
      await setAfter(tx, id, after);
      await setState(tx, id, 'done', null);
      await this.#audit(tx);
    });
  }

  async #audit(tx: Tx): Promise<void> {
    const batch = await batchById(tx, this.#batch.id);
    const { accepted, already, needsCompleting, refused, batchNo, contentHash, bankId } = batch!;
    const context = { actor: systemActor, clock: this.#clock };
    const entered = await acceptedBy(tx, this.#batch.id);
    const chains = entered.length > 0 ? entered : [{ guarantorId: batch!.guarantorId ?? 0, rows: 0 }];
    for (const { guarantorId, rows } of chains) {
      await appendAudit(tx, context, {
        chain: guarantorId,
        action: 'batches.enter',
        subject: `batch:${this.#batch.id}`,
        detail: { bankId, batchNo, contentHash, entered: rows, accepted, already, needsCompleting, refused },
      });
    }
  }
}

function failureOf(error: unknown): string {
  if (error instanceof Refused) return error.message;
  const { code } = error as { code?: string };
  if (code === 'ENOENT') return '报送的文件已不在磁盘上，请用同一批次号重新报送同一文件';
  if (code === '23505') return '账上同一批业务不断被他人改动，请稍后用同一批次号重新报送；已承保的行不会重复';
  return '处理中断（内部错误），已承保的行保留；用同一批次号重新报送同一文件会从中断处继续';
}

/** Starts a run and returns as soon as it is under way; its progress and its failure are read from the batch. A run under way is left alone. */
export async function startRun(db: Db, clock: Clock, id: bigint): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // A failure after the start has been written to the batch, where people see it.
    runBatch(db, clock, id, {}, resolve).then(() => resolve(), reject);
  }).catch((error: unknown) => {
    if (!(error instanceof Refused)) throw error;
  });
}

/** Goes on with batches whose process died: called once at start-up. Returns how many were taken up. */
export async function resumeBatches(db: Db, clock: Clock): Promise<number> {
  const running = await db.read(systemActor, runningBatches);
  await Promise.allSettled(running.map((id) => startRun(db, clock, id)));
  return running.length;
}
