import { sql } from 'kysely';
import { Hand, peopleOf } from '../db/seed/cases.ts';
import type { Random } from '../db/seed/random.ts';
import { addDays, type Day } from '../src/kernel/day.ts';
import type { Fen } from '../src/kernel/money.ts';
import { Refused } from '../src/kernel/refusal.ts';
import { fixedClock } from '../src/platform/clock.ts';
import { type Db, systemActor, type Tx } from '../src/platform/db.ts';
import type { Context } from '../src/platform/http.ts';

/** A guarantee an event may meet. */
export type Met = {
  readonly guarantorId: number;
  readonly id: bigint;
  readonly customerId: bigint;
  readonly bankId: number;
  readonly productCode: string;
  readonly county: number;
  readonly status: string;
  readonly principal: Fen;
  readonly outstanding: Fen;
  readonly startsOn: Day;
  readonly dueOn: Day;
  readonly lastSeq: number;
};

/** The province on a day: who may be met, whose hands do things, and what came of each kind of event. */
export class World {
  readonly db: Db;
  readonly random: Random;
  /** Cases under way, each stopped between two stages. */
  readonly cases: AsyncGenerator<void>[] = [];
  readonly counts = new Map<string, { done: number; refused: number }>();
  #today: Day;
  #hand: Hand | undefined;
  /** Numbers for things that need one of their own. */
  #last = 1000;

  constructor(db: Db, random: Random, start: Day) {
    this.db = db;
    this.random = random;
    this.#today = start;
  }

  get today(): Day {
    return this.#today;
  }

  /** The clock moves with the days: what was begun on one goes on on another. */
  get context(): Context {
    const clock = { now: () => fixedClock(this.#today).now(), today: () => this.#today };
    return { actor: systemActor, clock };
  }

  nextDay(): void {
    this.#today = addDays(this.#today, 1);
  }

  nextNumber(): number {
    this.#last += 1;
    return this.#last;
  }

  async hand(): Promise<Hand> {
    this.#hand ??= new Hand(this.db, this.context, await peopleOf(this.db, this.context));
    return this.#hand;
  }

  /** As nobody in particular: rows of every institution. */
  asSystem<T>(work: (tx: Tx, context: Context) => Promise<T>): Promise<T> {
    return this.db.transaction(systemActor, (tx) => work(tx, this.context));
  }

  /** Some guarantee in one of the states, or undefined when there is none. */
  async meet(...states: readonly string[]): Promise<Met | undefined> {
    const { rows } = await this.db.read(systemActor, (tx) =>
      sql<Met>`
        select g.guarantor_id as "guarantorId", g.id, g.customer_id as "customerId", g.bank_id as "bankId", g.product_code as "productCode", g.county,
               g.status, g.principal, g.outstanding, g.starts_on as "startsOn", g.due_on as "dueOn",
               (select max(m.seq) from guarantees.movement m where m.guarantor_id = g.guarantor_id and m.guarantee_id = g.id)::integer as "lastSeq"
          from guarantees.guarantee g where g.status = any (${states})
         order by g.guarantor_id, g.id`.execute(tx),
    );
    return rows.length === 0 ? undefined : this.random.pick(rows);
  }

  /** Lets something happen: done, or refused by a rule; any other error is the program's and ends the year. */
  async happens(name: string, work: () => Promise<void>): Promise<void> {
    const count = this.counts.get(name) ?? { done: 0, refused: 0 };
    this.counts.set(name, count);
    try {
      await work();
      count.done += 1;
    } catch (error) {
      if (!(error instanceof Refused)) throw new Error(`${this.#today} ${name}`, { cause: error });
      count.refused += 1;
    }
  }
}
