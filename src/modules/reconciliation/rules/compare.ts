import { type Day, daysBetween, parseDay } from '../../../kernel/day.ts';
import { type Fen, fen } from '../../../kernel/money.ts';
import {
  type Cause,
  type ComparedField,
  type DifferenceKind,
  type MoneyField,
  moneyFields,
  type Tolerances,
} from '../contract.ts';
import { type Guess, guessBrokenKey, guessField, guessLone, type LoneFacts, type Sides } from './guess.ts';
import { isMoney, type RecordValues, showValue } from './record.ts';

/** A record that is not the same on both sides, as the match hands it over. */
export type Pair = {
  readonly kind: DifferenceKind;
  readonly line: number | null;
  readonly ours: RecordValues | null;
  readonly theirs: RecordValues | null;
  readonly lone: LoneFacts;
};

/** Ours less theirs per money field, in the order of `moneyFields`. */
export type Deltas = readonly bigint[];

/** One difference to be kept: a field, or a whole record. */
export type Found = Guess & {
  readonly field: ComparedField | 'record';
  readonly ours: string | null;
  readonly theirs: string | null;
  readonly deltaFen: Fen | null;
  readonly deltas: Deltas;
};

/** What a pair comes to: its differences, and what its values differ by within tolerance. */
export type Compared = { readonly found: readonly Found[]; readonly tolerated: Deltas };

export type CompareRules = {
  readonly fields: readonly ComparedField[];
  readonly tolerances: Tolerances;
  readonly sides: Sides;
};

export const noDeltas: Deltas = moneyFields.map(() => 0n);
export const addDeltas = (a: Deltas, b: Deltas): Deltas => a.map((each, index) => each + b[index]!);

/**
 * The differences of one pair. Whatever tolerance and guess say, Σ deltas of the differences + tolerated = ours − theirs
 * of the pair, per compared money field: each amount has exactly one place.
 */
export function comparePair(pair: Pair, rules: CompareRules): Compared {
  if (pair.kind !== 'different' || !pair.ours || !pair.theirs) return compareLone(pair, rules);
  const found: Found[] = [];
  let tolerated = noDeltas;
  for (const field of rules.fields) {
    const [ours, theirs] = [pair.ours[field], pair.theirs[field]];
    if (ours === theirs) continue;
    const deltas = deltasOf([field], pair.ours, pair.theirs);
    if (isTolerated(field, ours, theirs, rules.tolerances)) tolerated = addDeltas(tolerated, deltas);
    else
      found.push({
        ...guessField(field, pair.ours, pair.theirs, pair.lone.book, rules.sides),
        field,
        ours: showValue(ours as never),
        theirs: showValue(theirs as never),
        deltaFen: isMoney(field) ? fen(deltas[moneyFields.indexOf(field)]!) : null,
        deltas,
      });
  }
  return { found, tolerated };
}

function compareLone(pair: Pair, rules: CompareRules): Compared {
  const deltas = deltasOf(rules.fields, pair.ours, pair.theirs);
  const guess =
    pair.kind === 'duplicate-key' || pair.kind === 'null-key'
      ? guessBrokenKey(pair.kind, pair.line ?? 0, pair.lone.contractNo)
      : guessLone(pair.kind === 'only-ours' ? 'only-ours' : 'only-theirs', pair.lone, rules.sides);
  const own: Found = {
    ...guess,
    field: 'record',
    ours: pair.ours && (showValue(pair.ours.outstanding) ?? '有'),
    theirs: pair.theirs && (showValue(pair.theirs.outstanding) ?? '有'),
    deltaFen: fen(deltas[0]!),
    deltas,
  };
  return { found: [own], tolerated: noDeltas };
}

/** Ours less theirs of these fields; a missing amount counts as none. */
function deltasOf(fields: readonly ComparedField[], ours: RecordValues | null, theirs: RecordValues | null): Deltas {
  return moneyFields.map((field) => (fields.includes(field) ? (ours?.[field] ?? 0n) - (theirs?.[field] ?? 0n) : 0n));
}

function isTolerated(
  field: ComparedField,
  ours: bigint | number | string | null,
  theirs: bigint | number | string | null,
  tolerances: Tolerances,
): boolean {
  if (ours === null || theirs === null) return false;
  if (typeof ours === 'bigint' && typeof theirs === 'bigint') {
    const size = ours > theirs ? ours - theirs : theirs - ours;
    return size <= BigInt(tolerances.money.分);
  }
  if (field !== 'starts_on' && field !== 'ends_on') return false;
  const [a, b] = [parseDay(String(ours)), parseDay(String(theirs))] as [Day | undefined, Day | undefined];
  return a !== undefined && b !== undefined && Math.abs(daysBetween(a, b)) <= tolerances.dates.天;
}

/** How a field's total difference falls into causes; the four and what is tolerated add up to it. */
export type Decomposed = { readonly byCause: Readonly<Record<Cause, Fen>>; readonly difference: Fen };

/** Sums one money field's deltas by cause. */
export function decompose(
  field: MoneyField,
  found: readonly { readonly cause: Cause; readonly deltas: Deltas }[],
  tolerated: Deltas,
): Decomposed {
  const at = moneyFields.indexOf(field);
  const of = (cause: Cause): Fen =>
    fen(found.reduce((sum, each) => (each.cause === cause ? sum + each.deltas[at]! : sum), 0n));
  const byCause = { timing: of('timing'), basis: of('basis'), entry: of('entry'), omission: of('omission') };
  const difference = Object.values(byCause).reduce<bigint>((sum, each) => sum + each, tolerated[at]!);
  return { byCause, difference: fen(difference) };
}
