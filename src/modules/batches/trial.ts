import { yearOf } from '../../kernel/day.ts';
import { plus } from '../../kernel/money.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, systemActor } from '../../platform/db.ts';
import { KeyIndex } from '../imports/index.ts';
import { type ChunkFacts, type Decided, decideChunk, type KnownCustomer, keyOf, loadFacts } from './judge.ts';
import { type JudgedChunk, judgedChunks, takeAhead } from './judged.ts';
import { Reference } from './reference.ts';
import { Rooms } from './rooms.ts';
import { emptyMeter, type Meter } from './rules/meter.ts';
import type { GroupState } from './rules/weigh.ts';
import { Weigher } from './rules/weigh.ts';
import { failureOf, type RunHooks, withRunLock } from './run-lock.ts';
import { type BatchRow, batchById, setState } from './store.ts';
import { beginTrial, writeTrialChunk, writeTrialParts } from './store-trial.ts';

/**
 * 试算: judges a whole batch as a run would, in the same order against the same book, and keeps every verdict and the meters as they would be;
 * enters nothing and keeps nobody waiting. Holds the batch: a second runner is refused (409). One that broke off is tried from the beginning;
 * one that is tried is answered as it stands.
 */
export const runTrial = (
  db: Db,
  clock: Clock,
  id: bigint,
  hooks: RunHooks = {},
  started?: () => void,
): Promise<BatchRow> =>
  withRunLock(db, id, async () => {
    const state = async () => (await db.read(systemActor, (tx) => batchById(tx, id)))!;
    const batch = await state();
    started?.();
    if (!batch.isTrial || batch.phase === 'tried') return batch;
    try {
      const trialNo = await db.transaction(systemActor, (tx) => beginTrial(tx, id));
      const reference = await db.read(systemActor, (tx) => Reference.load(tx, batch, clock.today()));
      const trial = new Trial(db, clock, { ...batch, trialNo });
      await takeAhead(judgedChunks(batch, reference, 0), async (judged) => {
        await trial.try(judged);
        await hooks.onChunk?.(judged.chunk.no);
      });
      await trial.finish();
    } catch (error) {
      await db.transaction(systemActor, (tx) => setState(tx, id, 'tried', failureOf(error)));
      throw error;
    }
    return state();
  });

/** One going-through of a file that leaves the book alone: what a run would find in it after each chunk is carried in memory instead. */
class Trial {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #batch: BatchRow;
  readonly #rooms: Rooms;
  readonly #weigher: Weigher;
  readonly #lines = new KeyIndex();
  readonly #customers = new Map<string, KnownCustomer>();
  readonly #cohorts = new Map<string, { guarantorId: number; year: number; before: Meter; after: Meter }>();

  constructor(db: Db, clock: Clock, batch: BatchRow) {
    this.#db = db;
    this.#clock = clock;
    this.#batch = batch;
    const { id: batchId, bankId, productCode } = batch;
    this.#rooms = new Rooms({ batchId, bankId, productCode }, clock.today());
    this.#weigher = new Weigher(clock.today());
  }

  async try({ chunk, rows, reader }: JudgedChunk): Promise<void> {
    const { bankId, productCode } = this.#batch;
    const today = this.#clock.today();
    const of = { bankId, productCode, rooms: this.#rooms, weigher: this.#weigher, lines: this.#lines, reader };
    const facts = await this.#db.read(systemActor, (tx) => loadFacts(tx, rows, of, today, true));
    for (const { candidate } of rows) {
      if (!candidate) continue;
      const key = keyOf(candidate.guarantorId, candidate.customer.identityNo);
      const carried = this.#customers.get(key);
      if (carried) facts.customers.set(key, carried);
    }
    const decided = decideChunk(rows, facts, of, today);
    this.#carry(facts, decided);
    this.#rooms.keep(facts.rooms);
    await this.#db.transaction(systemActor, (tx) => writeTrialChunk(tx, this.#batch, chunk, decided));
  }

  /** Remembers whom the accepted rows moved, with everybody in their groups, and the cohorts they would raise. */
  #carry(facts: ChunkFacts, { accepted }: Decided): void {
    const groups = new Set<GroupState>();
    for (const { row, customer, customerKey } of accepted) {
      this.#customers.set(customerKey, customer);
      if (customer.state.group) groups.add(customer.state.group);
      const [{ guarantorId, principal }, year] = [row, yearOf(row.startsOn)];
      const key = `${guarantorId}|${year}`;
      const before = facts.rooms.get(guarantorId)?.cohorts.get(year) ?? emptyMeter;
      const cohort = this.#cohorts.get(key) ?? { guarantorId, year, before, after: before };
      this.#cohorts.set(key, { ...cohort, after: { ...cohort.after, volume: plus(cohort.after.volume, principal) } });
    }
    if (groups.size === 0) return;
    for (const [key, known] of facts.customers)
      if (known.state.group && groups.has(known.state.group)) this.#customers.set(key, known);
  }

  finish(): Promise<void> {
    return this.#db.transaction(systemActor, async (tx) => {
      await writeTrialParts(tx, this.#batch, [...this.#cohorts.values()]);
      await setState(tx, this.#batch.id, 'tried', null);
    });
  }
}
