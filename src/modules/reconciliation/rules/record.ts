import type { Day } from '../../../kernel/day.ts';
import { divide, type Fen, fen, formatYuan, parseMoney } from '../../../kernel/money.ts';
import { type ComparedField, type MoneyField, moneyFields } from '../contract.ts';

/** One side's values of a record; null: not given or not readable. Money in 分. */
export type RecordValues = {
  readonly [F in ComparedField]: F extends MoneyField
    ? Fen | null
    : F extends 'county' | 'primary_tag'
      ? number | null
      : string | null;
};

/** A movement of our book as the causes need it; `recordedAt` in UTC with microseconds, so that text order is time order. */
export type MovementFact = {
  readonly seq: number;
  readonly kind: number;
  readonly title: string;
  readonly amount: Fen;
  readonly cash: Fen;
  readonly delta: Fen;
  readonly occurredOn: Day;
  readonly recordedAt: string;
  readonly recordedOn: Day;
  readonly extendedToOn: Day | null;
  readonly reversesSeq: number | null;
};

/** What our book knows about one guarantee, whatever the cut. */
export type BookFacts = {
  readonly principal: Fen;
  readonly guaranteed: Fen;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly tags: number;
  readonly recordedAt: string;
  /** Fields of the record that no movement changes. */
  readonly fixed: Pick<RecordValues, 'county' | 'primary_tag' | 'starts_on' | 'identity_hash'>;
  readonly movements: readonly MovementFact[];
};

/** One side's declared time basis, day and instant. */
export type Cut = { readonly timeBasis: 'value' | 'entry'; readonly asOf: Day; readonly knownAt: string };

/** The fields of a record that movements change. */
export type Position = Pick<RecordValues, 'outstanding' | 'claims' | 'recoveries' | 'status' | 'ends_on'>;

const claimPaid = 5;
const recovery = 6;
const writeOff = 9;
const transferOut = 10;
const closing = [2, 4, claimPaid, transferOut];
const extension = 3;

/** Does the cut take this movement in? */
export const isWithin = (movement: MovementFact, cut: Cut): boolean =>
  movement.recordedAt <= cut.knownAt &&
  (cut.timeBasis === 'value' ? movement.occurredOn <= cut.asOf : movement.recordedOn <= cut.asOf);

/**
 * The guarantee after exactly these movements, on the asked 口径. Says of one guarantee what `store/match.ts` sums in SQL and the
 * daily package reports: 实际承担口径 is half-up(outstanding × guaranteed ÷ principal); a claim counts the principal (合同) or the
 * cash paid (实际); a movement taken back counts for nothing.
 */
export function positionOf(
  facts: BookFacts,
  movements: readonly MovementFact[],
  basis: 'contract' | 'actual',
): Position {
  const undone = new Set(movements.flatMap((each) => (each.reversesSeq === null ? [] : [each.reversesSeq])));
  const standing = movements.filter((each) => !undone.has(each.seq));
  const total = (kind: number, of: (movement: MovementFact) => bigint): Fen =>
    fen(standing.reduce((sum, each) => (each.kind === kind ? sum + of(each) : sum), 0n));
  const balance = movements.reduce<bigint>((sum, each) => sum + each.delta, 0n);
  const extended = standing.filter((each) => each.kind === extension).map((each) => each.extendedToOn!);
  return {
    outstanding: fen(basis === 'contract' ? balance : borne(balance, facts)),
    claims: total(claimPaid, (each) => (basis === 'contract' ? each.amount : each.cash)),
    recoveries: total(recovery, (each) => each.amount),
    status: statusOf(standing, balance),
    ends_on: extended.sort().at(-1) ?? facts.endsOn,
  };
}

function statusOf(standing: readonly MovementFact[], balance: bigint): string {
  if (standing.some((each) => each.kind === writeOff)) return 'written-off';
  if (balance > 0n) return 'in-force';
  const orderOf = (each: MovementFact): string => `${each.occurredOn} ${String(each.seq).padStart(10, '0')}`;
  const last = standing
    .filter((each) => closing.includes(each.kind))
    .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
    .at(-1);
  if (!last) return 'pending';
  return last.kind === claimPaid ? 'claimed' : last.kind === transferOut ? 'transferred' : 'released';
}

const borne = (balance: bigint, facts: BookFacts): bigint =>
  divide(balance * facts.guaranteed, facts.principal, 'half-up');

export const isMoney = (field: string): field is MoneyField => (moneyFields as readonly string[]).includes(field);

/** A value ready to show and to store: money as 元 text, null as null. */
export const showValue = (value: Fen | number | string | null): string | null =>
  value === null ? null : typeof value === 'bigint' ? formatYuan(value) : String(value);

/** Reads money back from `showValue`'s text. */
export const readShown = (text: string | null): Fen | null => (text === null ? null : (parseMoney(text, '元') ?? null));
