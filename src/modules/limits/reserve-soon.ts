import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import { type Db, systemActor } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { type ReserveCommand, unknownCustomer } from './decide.ts';
import { notYourGuarantor } from './read-book.ts';
import { type Answer, type Held, holdAll, type Request } from './reserve.ts';

/** How many are decided in one round: enough that nobody waits for a second one, few enough that the locks are soon free. */
export const roundMax = 200;

/**
 * As `reserve`, in a transaction of its own that it shares: calls for one guarantor that arrive while a round runs are decided together in
 * the next, in the order they came, so that one lock hold and one commit serve many. The caller's own access is asked first, as the caller,
 * and again by the policies when the row is written in the caller's name. Throws Refused with what is breached; a round that fails
 * otherwise fails each of its callers, and nothing of it is held.
 */
export async function reserveSoon(db: Db, context: Context, command: ReserveCommand): Promise<Held> {
  await mayHold(db, context, command);
  const answer = await roundsOf(db, command.guarantorId, context).join({ command, userId: context.actor.userId });
  if (answer instanceof Refused) throw answer;
  return answer;
}

async function mayHold(db: Db, { actor }: Context, { guarantorId, bankId, subject, customerId }: ReserveCommand) {
  const { rows } = await db.read(actor, (tx) =>
    sql<{ may: boolean; knows: boolean }>`
      select limits.may_hold(${guarantorId}, ${bankId}, ${subject}) as may,
             exists (select from customers.customer c where c.guarantor_id = ${guarantorId} and c.id = ${customerId}) as knows`.execute(
      tx,
    ),
  );
  if (!rows[0]?.may) throw notYourGuarantor();
  if (!rows[0].knows) throw new Refused(unknownCustomer);
}

type Waiting = Request & { resolve(answer: Answer): void; reject(error: unknown): void };

/** The rounds of one guarantor on one day: at most one runs, the others wait for the next. */
class Rounds {
  readonly #db: Db;
  readonly #clock: Context['clock'];
  readonly #done: () => void;
  #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(db: Db, clock: Context['clock'], done: () => void) {
    this.#db = db;
    this.#clock = clock;
    this.#done = done;
  }

  join(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...request, resolve, reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const round = this.#waiting.splice(0, roundMax);
      try {
        const answers = await this.#db.transaction(systemActor, (tx) => holdAll(tx, this.#clock, round, true));
        for (const [index, each] of round.entries()) each.resolve(answers[index] as Answer);
      } catch (error) {
        for (const each of round) each.reject(error);
      }
    }
    this.#isRunning = false;
    this.#done();
  }
}

const running = new WeakMap<Db, Map<string, Rounds>>();

function roundsOf(db: Db, guarantorId: number, { clock }: Context): Rounds {
  const all = running.get(db) ?? new Map<string, Rounds>();
  running.set(db, all);
  const day: Day = clock.today();
  const key = `${guarantorId} ${day}`;
  const found = all.get(key);
  if (found) return found;
  const made = new Rounds(db, clock, () => all.delete(key));
  all.set(key, made);
  return made;
}
