import { addDays } from '../../../kernel/day.ts';
import { type Cause, type ComparedField, fieldTitles } from '../contract.ts';
import { entryMistake } from './entry.ts';
import {
  type BookFacts,
  type Cut,
  isMoney,
  isWithin,
  type MovementFact,
  type Position,
  positionOf,
  type RecordValues,
  showValue,
} from './record.ts';

/** A guessed cause with why, and what it rests on. A guess is shown as one; people confirm it by resolving. */
export type Guess = {
  readonly cause: Cause;
  readonly reason: string;
  readonly evidence: readonly { readonly name: string; readonly value: string }[];
};

/** What each side declared. */
export type Sides = {
  readonly ours: Cut & { readonly amountBasis: 'contract' | 'actual' };
  readonly theirs: Cut & { readonly amountBasis: 'contract' | 'actual' };
};

/**
 * Why does this field differ? Tried in this order, each only when it explains their value exactly:
 * 时间差 (our value at another day or instant, or without one movement), 口径差 (our value on the other basis),
 * else 录入差, with the slip named where there is a pattern. Without facts of our book only 录入差 is left.
 */
export function guessField(
  field: ComparedField,
  ours: RecordValues,
  theirs: RecordValues,
  facts: BookFacts | undefined,
  sides: Sides,
): Guess {
  if (theirs[field] === null)
    return { cause: 'entry', reason: `对方未填${fieldTitles[field]}，或所填无法识别`, evidence: [] };
  return (
    (facts && guessTiming(field, theirs, facts, sides)) ??
    (facts && guessBasis(field, ours, theirs, facts, sides)) ??
    entryMistake(field, ours[field], theirs[field])
  );
}

type Candidate = { readonly reason: string; readonly movements: readonly MovementFact[] };

function guessTiming(field: ComparedField, theirs: RecordValues, facts: BookFacts, sides: Sides): Guess | undefined {
  if (!(field in positionShape)) return undefined;
  const key = field as keyof Position;
  const ours = facts.movements.filter((each) => isWithin(each, sides.ours));
  for (const candidate of candidates(facts.movements, ours, sides)) {
    const at = positionOf(facts, candidate.movements, sides.ours.amountBasis);
    if (at[key] !== theirs[field]) continue;
    const gone = ours.filter((each) => !candidate.movements.includes(each));
    const added = candidate.movements.filter((each) => !ours.includes(each));
    return {
      cause: 'timing',
      reason: candidate.reason,
      evidence: [
        ...gone.slice(-5).map((each) => ({ name: '对方未计入', value: describe(each) })),
        ...added.slice(0, 5).map((each) => ({ name: '我方未计入', value: describe(each) })),
      ],
    };
  }
  return undefined;
}

const positionShape = { outstanding: 1, claims: 1, recoveries: 1, status: 1, ends_on: 1 };

/** Sets of movements the other side may have had, the likeliest first. Ours itself is not among them. */
function* candidates(all: readonly MovementFact[], ours: readonly MovementFact[], sides: Sides): Generator<Candidate> {
  const { theirs } = sides;
  yield {
    reason: `对方按其声明的口径日 ${theirs.asOf}（${theirs.timeBasis === 'value' ? '发生日' : '登记日'}）取数，我方同一时点的数与之相同`,
    movements: all.filter((each) => isWithin(each, theirs)),
  };
  const late = ours.filter((each) => each.recordedAt > theirs.knownAt || each.recordedOn > theirs.asOf);
  if (late.length > 0)
    yield { reason: '对方截止后才登记的变动正好等于差额', movements: ours.filter((each) => !late.includes(each)) };
  for (const movement of ours.toReversed())
    yield {
      reason: `对方未计入 ${movement.occurredOn} 的${movement.title}，补计后两边相同`,
      movements: ours.filter((each) => each !== movement),
    };
  for (const on of distinct(ours.map((each) => each.occurredOn)).toReversed())
    yield {
      reason: `对方的数等于我方 ${addDays(on, -1)} 的数，其后的变动尚未计入`,
      movements: ours.filter((each) => each.occurredOn < on),
    };
  for (const at of distinct(ours.map((each) => each.recordedAt)).toReversed())
    yield {
      reason: `对方的数等于我方 ${at.slice(0, 10)} 登记之前的数`,
      movements: ours.filter((each) => each.recordedAt < at),
    };
  const ahead = all.filter((each) => !ours.includes(each));
  for (const on of distinct(ahead.map((each) => each.occurredOn)))
    yield {
      reason: `对方已计入我方口径之后（至 ${on}）的变动`,
      movements: all.filter((each) => ours.includes(each) || each.occurredOn <= on),
    };
}

const distinct = <T extends string>(values: readonly T[]): T[] => [...new Set(values)].sort();
const describe = (each: MovementFact): string =>
  `第${each.seq}笔 ${each.occurredOn} ${each.title} ${showValue(each.amount)} 元（${each.recordedOn} 登记）`;

const otherBasisOf = { contract: 'actual', actual: 'contract' } as const;
const basisTitle = { contract: '合同口径', actual: '实际承担口径' } as const;

function guessBasis(
  field: ComparedField,
  ours: RecordValues,
  theirs: RecordValues,
  facts: BookFacts,
  sides: Sides,
): Guess | undefined {
  const ratio = { name: '责任比例', value: `${showValue(facts.guaranteed)} ÷ ${showValue(facts.principal)}` };
  if (field === 'principal' || field === 'guaranteed') {
    const other = field === 'principal' ? 'guaranteed' : 'principal';
    if (theirs[field] !== ours[other]) return undefined;
    const reason = `对方的${fieldTitles[field]}等于我方的${fieldTitles[other]}`;
    return { cause: 'basis', reason, evidence: [ratio] };
  }
  if (field === 'primary_tag') {
    if (theirs.primary_tag === null || (theirs.primary_tag & facts.tags) === 0) return undefined;
    return { cause: 'basis', reason: '该笔业务同时具有两个标签，双方所取主标签不同', evidence: [] };
  }
  if (!isMoney(field)) return undefined;
  const basis = otherBasisOf[sides.ours.amountBasis];
  const within = facts.movements.filter((each) => isWithin(each, sides.ours));
  const value = positionOf(facts, within, basis)[field as 'outstanding' | 'claims' | 'recoveries'];
  if (value !== theirs[field]) return undefined;
  return { cause: 'basis', reason: `对方的数等于我方的${basisTitle[basis]}`, evidence: [ratio] };
}

/** What is known about a record that stands on one side only. */
export type LoneFacts = {
  readonly contractNo: string | null;
  readonly institutionCode: string | null;
  /** Our guarantee of this key, also when our own cut leaves it out. */
  readonly book: BookFacts | undefined;
  /** The institution under which the other side (for only-ours) or we (for only-theirs) hold the same contract number. */
  readonly twin: string | null;
  readonly isInstitutionKnown: boolean;
};

/** Why does the record stand on one side only? */
export function guessLone(kind: 'only-ours' | 'only-theirs', facts: LoneFacts, sides: Sides): Guess {
  if (facts.twin !== null) {
    const holder = kind === 'only-ours' ? '对方' : '我方';
    const reason = `${holder}有同一合同编号，但记在机构 ${facts.twin} 名下`;
    return { cause: 'entry', reason, evidence: [{ name: '机构代码', value: facts.twin }] };
  }
  if (kind === 'only-theirs' && !facts.isInstitutionKnown)
    return { cause: 'entry', reason: `对方的机构代码 ${facts.institutionCode} 不在本次核对的机构之列`, evidence: [] };
  const [own, other] = kind === 'only-ours' ? [sides.ours, sides.theirs] : [sides.theirs, sides.ours];
  if (facts.book && isBeyond(facts.book, other) && !isBeyond(facts.book, own)) {
    const whose = kind === 'only-ours' ? '对方' : '我方';
    const evidence = [
      { name: '起始日', value: facts.book.startsOn },
      { name: '登记时间（UTC）', value: facts.book.recordedAt.slice(0, 19).replace('T', ' ') },
    ];
    return { cause: 'timing', reason: `该笔业务在${whose}截止之后才开始或登记`, evidence };
  }
  return kind === 'only-ours'
    ? { cause: 'omission', reason: '我方有而对方没有：未报送，或对方丢失', evidence: [] }
    : { cause: 'omission', reason: '对方有而我方没有：我方漏录，或对方多记', evidence: [] };
}

const isBeyond = (book: BookFacts, cut: Cut): boolean =>
  book.recordedAt > cut.knownAt ||
  (cut.timeBasis === 'value' ? book.startsOn > cut.asOf : book.recordedAt.slice(0, 10) > cut.asOf);

/** Why is the other side's row no record of its own? */
export function guessBrokenKey(kind: 'duplicate-key' | 'null-key', line: number, contractNo: string | null): Guess {
  if (kind === 'null-key') return { cause: 'entry', reason: `对方第 ${line} 行没有机构代码或合同编号`, evidence: [] };
  return {
    cause: 'entry',
    reason: `对方第 ${line} 行与前面的行主键相同（合同 ${contractNo}），重复计入`,
    evidence: [],
  };
}
