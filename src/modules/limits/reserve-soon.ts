import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, systemActor, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { type ReserveCommand, unknownCustomer } from './decide.ts';
import { notYourGuarantor } from './read-book.ts';
import { type Answer, type Held, holdAll, type Request } from './reserve.ts';

/** How many are decided in one round: enough that nobody waits for a second one, few enough that the locks are soon free. */
export const roundMax = 200;

/**
 * As `reserve`, in a transaction of its own that it shares: calls for one guarantor that arrive while a round runs are decided together in
 * the next, in the order they came, so that one lock hold and one commit serve many. Before anything is decided each caller's access is
 * asked as that caller, and the policies decide again when the row is written in the caller's name. Throws Refused with what is breached;
 * a round that fails otherwise fails each of its callers, and nothing of it is held.
 */
export async function reserveSoon(db: Db, context: Context, command: ReserveCommand): Promise<Held> {
  const answer = await roundsOf(db, command.guarantorId, context).join({ command, userId: context.actor.userId });
  if (answer instanceof Refused) throw answer;
  return answer;
}

/** One round: those who may, decided together; the others are told why not. */
async function runRound(tx: Tx, clock: Clock, round: readonly Request[]): Promise<Answer[]> {
  const refused = await mayHold(tx, round);
  const admitted = round.filter((each) => !refused.has(each));
  const answers = await holdAll(tx, clock, admitted, true);
  const answerOf = new Map(admitted.map((each, index) => [each, answers[index] as Answer]));
  return round.map((each) => refused.get(each) ?? (answerOf.get(each) as Answer));
}

async function mayHold(tx: Tx, round: readonly Request[]): Promise<Map<Request, Refused>> {
  const asked = round.map(({ command, userId }, n) => ({
    n,
    by: userId,
    bank: command.bankId,
    subject: command.subject,
    customer: String(command.customerId),
  }));
  const { rows } = await sql<{ answers: ('yes' | 'no' | 'unknown-customer')[] }>`
    select limits.may_hold(${round[0]?.command.guarantorId}, ${JSON.stringify(asked)}::jsonb) as answers`.execute(tx);
  const answers = rows[0]?.answers ?? [];
  return new Map(
    round.flatMap((each, n): [Request, Refused][] =>
      answers[n] === 'yes'
        ? []
        : [[each, answers[n] === 'unknown-customer' ? new Refused(unknownCustomer) : notYourGuarantor()]],
    ),
  );
}

type Waiting = Request & { resolve(answer: Answer): void; reject(error: unknown): void };

/** The rounds of one guarantor on one day: at most one runs, the others wait for the next. */
class Rounds {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #done: () => void;
  #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(db: Db, clock: Clock, done: () => void) {
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
        const answers = await this.#db.transaction(systemActor, (tx) => runRound(tx, this.#clock, round));
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
