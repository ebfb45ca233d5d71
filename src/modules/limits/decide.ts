import type { Day } from '../../kernel/day.ts';
import { type Fen, fen, minus, plus } from '../../kernel/money.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import type { HeldBalance } from '../guarantees/index.ts';
import { type Asked, agreementKey, type Book, type Facts, type KeptFact, type Party } from './facts.ts';
import type { HeadroomLine } from './line.ts';
import { type LineGroup, lineGroupOf } from './line-group.ts';
import { headroomLines, refusalsOf } from './lines.ts';

/** What is asked to be held. */
export type ReserveCommand = {
  readonly guarantorId: number;
  /** '<prefix>:<guarantorId>/<id>': one reservation each. 'hold:' is room held ahead of a case: once for ever, answered again on a retry. */
  readonly subject: string;
  readonly customerId: bigint;
  readonly bankId: number;
  readonly productCode: string;
  readonly county: number;
  readonly amount: Fen;
  readonly guaranteed: Fen;
  readonly until: Day;
  /** What room held ahead of a case is for. */
  readonly note?: string | undefined;
};

/** Held: with every limit, what it adds to the 责任余额, its group of the yearly line, and the subjects whose room it takes over. */
export type Accepted = {
  readonly kind: 'held';
  readonly lines: HeadroomLine[];
  readonly liability: Fen;
  readonly lineGroup: LineGroup | null;
  readonly takesOver: readonly string[];
};
export type Decision =
  | Accepted
  /** A retry of a hold that was decided before: its reservation, or its place among these commands. */
  | {
      readonly kind: 'replayed';
      readonly id: bigint | undefined;
      readonly place: number | undefined;
      readonly lines: HeadroomLine[];
    }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[]; readonly status: number };

/** Is the subject room held ahead of a case? */
export const isAhead = (subject: string): boolean => subject.startsWith('hold:');

/**
 * Decides the commands in their order, each accepted one standing in the way of those after it: the same answers as deciding one after
 * another with a fresh look at the book each time. Pure; the book is left as it is.
 */
export function decideAll(book: Book, commands: readonly ReserveCommand[], on: Day): Decision[] {
  const room = new Room(book);
  return commands.map((command, place) => decide(room, command, place, on));
}

function decide(room: Room, command: ReserveCommand, place: number, on: Day): Decision {
  const asked = { ...command, on };
  if (isAhead(command.subject)) {
    const earlier = room.earlier(command.subject);
    if (earlier) return replay(room, earlier, asked, command);
  }
  const refusals = checkCommand(room.book, command, on);
  if (refusals.length > 0) return { kind: 'refused', refusals, status: 422 };
  const facts = room.factsOf(asked);
  const { lines, liability } = headroomLines(facts, asked);
  const breaches = refusalsOf(lines);
  if (breaches.length > 0) return { kind: 'refused', refusals: breaches, status: 422 };
  const lineGroup = facts.agreement && lineGroupOf(facts.agreement, facts.customer?.isStateOwned ?? null);
  const takesOver = room.ownOf(asked).map((each) => each.subject);
  room.hold(command, { liability, lineGroup, place });
  return { kind: 'held', lines, liability, lineGroup, takesOver };
}

type Earlier = KeptFact & { readonly place?: number };

function replay(room: Room, earlier: Earlier, asked: Asked, command: ReserveCommand): Decision {
  const fields = ['customerId', 'bankId', 'productCode', 'county', 'amount', 'guaranteed', 'until'] as const;
  if (fields.every((field) => earlier[field] === command[field]))
    return {
      kind: 'replayed',
      id: earlier.id,
      place: earlier.place,
      lines: headroomLines(room.factsOf(asked), asked).lines,
    };
  const message = '同一幂等键已用于另一份内容，请换用新的幂等键';
  return { kind: 'refused', refusals: [{ code: 'idempotency-key-reused', message }], status: 409 };
}

/** What is wrong with a command by itself, before any limit is asked. */
function checkCommand(book: Book, command: ReserveCommand, on: Day): Refusal[] {
  const refuse = (code: string, field: string, message: string): Refusal[] => [{ code, field, message }];
  const { until, amount, guaranteed } = command;
  if (until < on) return refuse('until-past', 'until', `预留截止日 ${until} 早于今天 ${on}`);
  if (amount <= 0n || guaranteed <= 0n || guaranteed > amount)
    return refuse('amount-wrong', 'amount', '金额须大于零，担保责任金额不得大于主债权金额');
  if (!book.customers.has(command.customerId)) return [unknownCustomer];
  if (!book.products.has(command.productCode))
    return refuse('product-unknown', 'productCode', '没有这个产品，请先登记产品');
  if (!book.banks.has(command.bankId)) return refuse('not-a-bank', 'bankId', '没有这家银行，请先在机构中登记');
  if (!book.counties.has(command.county)) return refuse('county-unknown', 'county', '没有这个县（区）');
  return [];
}

/** The answer about a customer that is not on file with the guarantor. */
export const unknownCustomer: Refusal = {
  code: 'customer-unknown',
  field: 'customerId',
  message: '没有这个客户，请先建立客户档案',
};

/** The book with what has been decided since it was read. */
export class Room {
  readonly book: Book;
  #kept: Earlier[];
  #promised: Map<string, Book['promised'][number]>;

  constructor(book: Book) {
    this.book = book;
    this.#kept = [...book.kept];
    this.#promised = new Map(book.promised.map((each) => [promisedKey(each), each]));
  }

  /** The reservation that a subject was given, whatever became of it. */
  earlier(subject: string): Earlier | undefined {
    return this.#kept.findLast((each) => each.subject === subject);
  }

  /** The reservations a case takes over: its own, and room held ahead for the same customer, bank and product. */
  ownOf({ subject, customerId, bankId, productCode }: Asked): KeptFact[] {
    if (subject === undefined) return [];
    const isCase = subject.startsWith('case:');
    return this.#kept.filter(
      (each) =>
        each.counts &&
        (each.subject === subject ||
          (isCase &&
            isAhead(each.subject) &&
            each.customerId === customerId &&
            each.bankId === bankId &&
            each.productCode === productCode)),
    );
  }

  /** What the limits of one case rest on, as things stand now; its own reservations do not count against it. */
  factsOf(asked: Asked): Facts {
    const { book } = this;
    const { customerId, bankId, productCode, county } = asked;
    const customer = (customerId !== undefined && book.customers.get(customerId)) || null;
    const isMember = (each: { readonly customerId: bigint }) =>
      each.customerId === customerId ||
      (customer !== null &&
        customer.groupId !== null &&
        book.customers.get(each.customerId)?.groupId === customer.groupId);
    const own = this.ownOf(asked);
    const mine = book.held.filter((each) => each.customerId === customerId);
    const hasAgreement = bankId !== undefined && productCode !== undefined;
    return {
      capital: book.capital,
      base: book.base,
      issued: book.issued,
      guarantorLine: book.guarantorLine,
      customer,
      held: book.held.filter(isMember),
      standing: customer && {
        balance: plus(...mine.map((each) => each.contract)),
        committed: plus(...mine.map((each) => each.committed)),
      },
      reserved: this.#kept
        .filter((each) => each.counts && isMember(each) && !own.includes(each))
        .map((each) => balanceOf(each, book.customers.get(each.customerId) as Party)),
      promised: this.#promisedWithout(own),
      bankLine: (bankId !== undefined && book.bankLines.get(bankId)) || null,
      target: (county !== undefined && book.targets.get(county)) || null,
      agreement: (hasAgreement && book.agreements.get(agreementKey(bankId, productCode))) || null,
      product: (productCode !== undefined && book.products.get(productCode)) || null,
    };
  }

  /** Counts an accepted case from here on, in place of what it takes over. */
  hold(command: ReserveCommand, of: { liability: Fen; lineGroup: LineGroup | null; place: number }): void {
    const own = this.ownOf({ ...command, on: command.until });
    for (const each of own) this.#promise(each, -1n);
    this.#kept = this.#kept.map((each) => (own.includes(each) ? { ...each, counts: false } : each));
    const guaranteeClass = this.book.products.get(command.productCode)?.class ?? 'loan';
    const made = { ...command, ...of, id: undefined, guaranteeClass, counts: true };
    this.#kept.push(made);
    this.#promise(made, 1n);
  }

  #promise(each: KeptFact, sign: bigint): void {
    const key = promisedKey(each);
    const before = this.#promised.get(key);
    this.#promised.set(key, {
      ...pick(each),
      amount: fen((before?.amount ?? 0n) + sign * each.amount),
      liability: fen((before?.liability ?? 0n) + sign * each.liability),
    });
  }

  #promisedWithout(own: readonly KeptFact[]): Book['promised'] {
    if (own.length === 0) return [...this.#promised.values()];
    const without = new Map(this.#promised);
    for (const each of own) {
      const key = promisedKey(each);
      const before = without.get(key) as Book['promised'][number];
      without.set(key, {
        ...before,
        amount: minus(before.amount, each.amount),
        liability: minus(before.liability, each.liability),
      });
    }
    return [...without.values()];
  }
}

const pick = ({ bankId, productCode, county, lineGroup }: KeptFact) => ({ bankId, productCode, county, lineGroup });
const promisedKey = (each: ReturnType<typeof pick>) =>
  `${each.bankId} ${each.productCode} ${each.county} ${each.lineGroup}`;

const balanceOf = ({ guaranteeClass, amount, guaranteed }: KeptFact, party: Party): HeldBalance => ({
  ...party,
  guaranteeClass,
  contract: amount,
  borne: guaranteed,
});
