import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit, appendAuditAll } from '../audit/index.ts';
import { type Accepted, type Decision, decideAll, type ReserveCommand, Room, unknownCustomer } from './decide.ts';
import { elsewhereLine } from './elsewhere.ts';
import type { Asked, Book } from './facts.ts';
import type { HeadroomLine } from './line.ts';
import { headroomLines } from './lines.ts';
import { readBook } from './read-book.ts';

/**
 * 额度仪表：Every limit for a case of `amount` at once: used, held by others, after, room, cure; and whether other institutions have the
 * customer too. Reads only; what it answers may be gone a moment later, `reserve` decides. Without a customer, bank or product their
 * limits are left out. A bank may ask about cases with itself; before the guarantor's book was ever reckoned it is told nothing.
 */
export async function headroom(tx: Tx, asked: Asked): Promise<HeadroomLine[]> {
  const book = await readBook(tx, [asked], false);
  if (!book) return [];
  if (asked.customerId !== undefined && !book.customers.has(asked.customerId)) throw new Refused(unknownCustomer);
  const { lines } = headroomLines(new Room(book).factsOf(asked), asked);
  return [...lines, ...(await elsewhereLine(tx, asked))];
}

/** What became of one command: held (`isReplay`: by an earlier try of the same), with every limit. */
export type Held = { readonly id: bigint; readonly isReplay: boolean; readonly lines: HeadroomLine[] };
export type Answer = Held | Refused;

/**
 * Holds room for a case until a day. Locks guarantor, bank, customers, in this order, until commit: cases at once never overshoot.
 * Replaces the subject's own earlier reservation. Refused with every limit that is breached; then nothing changes. The guarantor's audit
 * chain is locked with the facts: in a transaction of several actions call this before those that write to it.
 */
export async function reserve(tx: Tx, context: Context, command: ReserveCommand): Promise<HeadroomLine[]> {
  const [answer] = await reserveAll(tx, context, [command]);
  if (!answer || answer instanceof Refused) throw answer ?? new Error('没有要预留的业务');
  return answer.lines;
}

/**
 * Holds room for many cases of one guarantor in one lock hold: decided in their order, each accepted one standing in the way of the next,
 * exactly as if asked one after another. A refusal is that command's answer and hinders no other. Throws what `reserve` throws for who
 * has no business with the guarantor.
 */
export const reserveAll = (tx: Tx, context: Context, commands: readonly ReserveCommand[]): Promise<Answer[]> =>
  holdAll(
    tx,
    context.clock,
    commands.map((command) => ({ command, userId: context.actor.userId })),
    false,
  );

/** A command and who asked for it. */
export type Request = { readonly command: ReserveCommand; readonly userId: number };

/** As `reserveAll`; with `forOthers` the program decides for several people, each reservation and audit entry in their own name. */
export async function holdAll(
  tx: Tx,
  clock: Clock,
  requests: readonly Request[],
  forOthers: boolean,
): Promise<Answer[]> {
  const [first] = requests;
  if (!first) return [];
  const { guarantorId } = first.command;
  if (requests.some((each) => each.command.guarantorId !== guarantorId)) throw new Error('一次只能预留一家机构的额度');
  const on = clock.today();
  const commands = requests.map((each) => each.command);
  const book = await readBook(
    tx,
    commands.map((each) => ({ ...each, on })),
    true,
  );
  const decisions = decideAll(book as Book, commands, on);
  const ids = await write(tx, clock, { requests, decisions, forOthers, auditHead: (book as Book).auditHead });
  return decisions.map((decision, place) => answerOf(decision, ids, place));
}

function answerOf(decision: Decision, ids: ReadonlyMap<number, bigint>, place: number): Answer {
  switch (decision.kind) {
    case 'refused':
      return new Refused(decision.refusals, decision.status);
    case 'held':
      return { id: ids.get(place) as bigint, isReplay: false, lines: decision.lines };
    case 'replayed':
      return {
        id: decision.id ?? (ids.get(decision.place as number) as bigint),
        isReplay: true,
        lines: decision.lines,
      };
  }
}

type Round = {
  readonly requests: readonly Request[];
  readonly decisions: readonly Decision[];
  readonly forOthers: boolean;
  readonly auditHead: Book['auditHead'];
};

/** Writes what was accepted, reservations in one statement and audit entries in one; answers the new ids by place. */
async function write(tx: Tx, clock: Clock, { requests, decisions, forOthers, auditHead }: Round) {
  const accepted = decisions.flatMap((decision, place) =>
    decision.kind === 'held' ? [{ decision, place, ...(requests[place] as Request) }] : [],
  );
  const [first] = accepted;
  if (!first) return new Map<number, bigint>();
  const { guarantorId } = first.command;
  const ended = accepted.flatMap(({ command, decision }) => [command.subject, ...decision.takesOver]);
  const made = accepted.map((each, index) => ({
    ...rowOf(each),
    n: index + 1,
    isOver: accepted.slice(index + 1).some((later) => replaces(later, each.command.subject)),
  }));
  const { rows } = await sql<{ ids: bigint[] }>`
    select limits.hold(${guarantorId}, ${[...new Set(ended)]}::text[], ${JSON.stringify(made)}::jsonb, ${clock.today()}) as ids`.execute(
    tx,
  );
  const ids = rows[0]?.ids ?? [];
  const records = accepted.map(({ command, decision, userId }, index) => ({
    userId,
    action: 'limits.reserve',
    subject: `reservation:${guarantorId}/${ids[index]}`,
    detail: {
      subject: command.subject,
      amount: formatYuan(command.amount),
      until: command.until,
      ...takenFrom(decision.takesOver.filter((each) => each !== command.subject)),
    },
  }));
  await appendAuditAll(tx, clock, guarantorId, records, { locked: auditHead, forOthers });
  return new Map(accepted.map(({ place }, index) => [place, ids[index] as bigint]));
}

/** Room held ahead that a case takes over, for the audit log. */
const takenFrom = (takesOver: readonly string[]) => (takesOver.length === 0 ? {} : { takesOver });

type Written = { readonly command: ReserveCommand; readonly decision: Accepted; readonly userId: number };

const replaces = ({ command, decision }: Written, subject: string): boolean =>
  command.subject === subject || decision.takesOver.includes(subject);

const rowOf = ({ command, decision, userId }: Written) => ({
  by: userId,
  subject: command.subject,
  customer: String(command.customerId),
  bank: command.bankId,
  product: command.productCode,
  county: command.county,
  amount: String(command.amount),
  guaranteed: String(command.guaranteed),
  liability: String(decision.liability),
  lineGroup: decision.lineGroup,
  until: command.until,
  note: command.note ?? null,
});

type OfSubject = { readonly guarantorId: number; readonly subject: string };

/** Gives the room of a subject back. Nothing held is no error: releasing twice releases once. */
export async function releaseReservation(tx: Tx, context: Context, { guarantorId, subject }: OfSubject): Promise<void> {
  await end(tx, context, guarantorId, subject, 'released');
}

/**
 * Ends a subject's reservation because its guarantee is issued, in the same transaction: from here the book itself counts it.
 * Refused (409) when the subject holds none, or its day is past: then reserve again first. A limit that has shrunk since is not asked
 * again here; callers who want it asked reserve anew just before.
 */
export async function useReservation(tx: Tx, context: Context, { guarantorId, subject }: OfSubject): Promise<void> {
  const until = await end(tx, context, guarantorId, subject, 'used');
  if (until !== undefined && until >= context.clock.today()) return;
  const message = until === undefined ? '该业务没有额度预留，请先预留额度' : `额度预留已于 ${until} 到期，请重新预留`;
  throw new Refused({ code: until === undefined ? 'nothing-reserved' : 'reservation-expired', message }, 409);
}

async function end(
  tx: Tx,
  context: Context,
  guarantorId: number,
  subject: string,
  status: 'released' | 'used',
): Promise<Day | undefined> {
  const { rows } = await sql<{ id: bigint; until: Day }>`
    update limits.reservation set status = ${status}, ended_on = ${context.clock.today()}
     where guarantor_id = ${guarantorId} and subject = ${subject} and status = 'held'
    returning id, until_on as until`.execute(tx);
  const row = rows[0];
  if (!row) return undefined;
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: status === 'used' ? 'limits.use' : 'limits.release',
    subject: `reservation:${guarantorId}/${row.id}`,
    detail: { subject },
  });
  return row.until;
}
