import { Refused } from '../../kernel/refusal.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, systemActor, type Tx } from '../../platform/db.ts';
import { appendAudit } from '../audit/index.ts';
import { KeyIndex } from '../imports/index.ts';
import { freshBase, saveBase } from '../limits/index.ts';
import { decideChunk, loadFacts } from './judge.ts';
import { type JudgedChunk, judgedChunks, takeAhead } from './judged.ts';
import { Reference } from './reference.ts';
import { Rooms } from './rooms.ts';
import { emptyMeter, meterJson } from './rules/meter.ts';
import { Weigher } from './rules/weigh.ts';
import { failureOf, type RunHooks, withRunLock } from './run-lock.ts';
import { acceptedBy, type BatchRow, batchById, partsOf, runningBatches, setAfter, setState } from './store.ts';
import { lockLimits } from './store-facts.ts';
import { cohortsOf } from './store-room.ts';
import { runTrial } from './trial.ts';
import { writeChunk } from './write.ts';

/**
 * Judges a batch and enters what is accepted, chunk by chunk, as the program itself; goes on where a process that died had stopped.
 * Holds the batch: a second runner is refused (409). A batch that is done is answered as it stands; one that is only tried is refused.
 */
export const runBatch = (
  db: Db,
  clock: Clock,
  id: bigint,
  hooks: RunHooks = {},
  started?: () => void,
): Promise<BatchRow> =>
  withRunLock(db, id, async () => {
    const batch = await stateOf(db, id);
    if (batch.isTrial)
      throw new Refused({ code: 'batch-not-accepted', message: '此批次只是试算，报送银行尚未接受，不能承保' }, 409);
    if (batch.phase === 'failed') await db.transaction(systemActor, (tx) => setState(tx, id, 'running', null));
    started?.();
    if (batch.phase !== 'done') await enterAll(db, clock, batch, hooks);
    return stateOf(db, id);
  });

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
  enterChunks(hooks: RunHooks): Promise<void> {
    return takeAhead(judgedChunks(this.#batch, this.#reference, this.#batch.doneChunks), async (judged) => {
      await this.#enter(judged);
      await hooks.onChunk?.(judged.chunk.no);
    });
  }

  /** One transaction a chunk. What others entered between reading and writing makes it judge again. */
  async #enter({ chunk, rows, reader }: JudgedChunk): Promise<void> {
    const { id: batchId, bankId, productCode } = this.#batch;
    const context = { actor: systemActor, clock: this.#clock };
    const today = this.#clock.today();
    for (let tries = 0; ; tries += 1) {
      try {
        await this.#db
          .transaction(systemActor, async (tx) => {
            const facts = await loadFacts(tx, rows, { bankId, rooms: this.#rooms, weigher: this.#weigher }, today);
            const of = { bankId, productCode, lines: this.#lines, weigher: this.#weigher, reader };
            const decided = decideChunk(rows, facts, of, today);
            await writeChunk(tx, { batchId, bankId, productCode }, chunk, decided, facts.rooms, context);
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
      const parts = await partsOf(tx, { id, trialNo: 0 });
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

/** Starts a run, or the trial of a batch that is only tried, and returns as soon as it is under way; its progress and its failure are read from the batch. Work under way is left alone. */
export async function startRun(db: Db, clock: Clock, { id, isTrial }: Pick<BatchRow, 'id' | 'isTrial'>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // A failure after the start has been written to the batch, where people see it.
    const work = isTrial ? runTrial(db, clock, id, {}, resolve) : runBatch(db, clock, id, {}, resolve);
    work.then(() => resolve(), reject);
  }).catch((error: unknown) => {
    if (!(error instanceof Refused)) throw error;
  });
}

/** Goes on with batches whose process died: called once at start-up. Returns how many were taken up. */
export async function resumeBatches(db: Db, clock: Clock): Promise<number> {
  const running = await db.read(systemActor, runningBatches);
  await Promise.allSettled(running.map((batch) => startRun(db, clock, batch)));
  return running.length;
}
