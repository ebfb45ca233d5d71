import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { day } from '../../../kernel/day.ts';
import { fen, yuan } from '../../../kernel/money.ts';
import { type DifferenceKind, moneyFields } from '../contract.ts';
import { addDeltas, type CompareRules, comparePair, decompose, noDeltas, type Pair } from './compare.ts';
import { entryMistake } from './entry.ts';
import { guessField } from './guess.ts';
import { type BookFacts, type MovementFact, positionOf, type RecordValues } from './record.ts';
import { matchRate, sealBlockers } from './words.ts';

const side = {
  timeBasis: 'value',
  asOf: day('2026-09-30'),
  knownAt: '2026-10-08T00:00:00.000000Z',
  amountBasis: 'contract',
} as const;
const sides = { ours: side, theirs: side };

const movement = (
  seq: number,
  kind: number,
  amount: string,
  on: string,
  over: Partial<MovementFact> = {},
): MovementFact => {
  const value = yuan(amount);
  const delta = fen([1, 11, 12].includes(kind) ? value : [2, 4, 5, 10, 13].includes(kind) ? -value : 0n);
  return {
    ...{
      seq,
      kind,
      title: '变动',
      amount: value,
      cash: fen(0n),
      delta,
      occurredOn: day(on),
      recordedAt: `${on}T01:00:00.000000Z`,
    },
    ...{ recordedOn: day(on), extendedToOn: null, reversesSeq: null, ...over },
  };
};

const record = (over: Partial<RecordValues> = {}): RecordValues => ({
  ...{
    outstanding: yuan('700'),
    principal: yuan('1000'),
    guaranteed: yuan('800'),
    claims: fen(0n),
    recoveries: fen(0n),
  },
  ...{
    county: 140105,
    primary_tag: 1,
    status: 'in-force',
    starts_on: '2026-01-05',
    ends_on: '2027-01-05',
    identity_hash: 'h',
    ...over,
  },
});

// 放款 1000，还 200，还 100：余 700；实际承担口径 700 × 800 ÷ 1000 = 560。
const book: BookFacts = {
  ...{
    principal: yuan('1000'),
    guaranteed: yuan('800'),
    startsOn: day('2026-01-05'),
    endsOn: day('2027-01-05'),
    tags: 3,
  },
  recordedAt: '2026-01-05T01:00:00.000000Z',
  fixed: { county: 140105, primary_tag: 1, starts_on: '2026-01-05', identity_hash: 'h' },
  movements: [
    movement(1, 1, '1000', '2026-01-05'),
    movement(2, 2, '200', '2026-05-08'),
    movement(3, 2, '100', '2026-09-29', { recordedAt: '2026-10-07T01:00:00.000000Z', recordedOn: day('2026-10-07') }),
  ],
};

describe('推测原因', () => {
  const guess = (outstanding: string) =>
    guessField('outstanding', record(), record({ outstanding: yuan(outstanding) }), book, sides);

  test.each([
    ['对方没有计入截止后登记的末笔还款', '800', 'timing', '对方截止后才登记的变动正好等于差额'],
    ['对方缺中间一笔还款', '900', 'timing', '对方未计入 2026-05-08'],
    ['对方停在放款当日', '1000', 'timing', '对方的数等于我方'],
    ['实际承担口径', '560', 'basis', '实际承担口径'],
    ['比实际承担口径多一分', '560.01', 'entry', '无法由时间或口径解释'],
    ['比实际承担口径少一分', '559.99', 'entry', '无法由时间或口径解释'],
    ['万元当元', '7000000', 'entry', '一万倍'],
  ])('%s', (_, theirs, cause, words) => {
    const found = guess(theirs);
    expect(found.cause).toBe(cause);
    expect(found.reason).toContain(words);
  });

  test('没有我方台账可查时只剩录入差', () => {
    expect(guessField('outstanding', record(), record({ outstanding: yuan('800') }), undefined, sides).cause).toBe(
      'entry',
    );
  });
});

describe('录入差的样子', () => {
  test.each([
    ['1234.56', '1243.56', '数字颠倒'],
    ['1234.56', '1234.57', '有一位数字不同'],
    ['1234.56', '-1234.56', '正负号相反'],
    ['1234.56', '123456.00', '一百倍'],
    ['1234.56', '12345600.00', '一万倍'],
    ['1234.56', '0.00', '两边不同'],
  ])('%s 与 %s', (ours, theirs, words) => {
    expect(entryMistake('principal', yuan(ours), yuan(theirs)).reason).toContain(words);
  });

  test('月日颠倒', () => expect(entryMistake('starts_on', '2026-03-04', '2026-04-03').reason).toBe('月与日颠倒'));
});

test('冲正的变动不算：余额、代偿、状态都回到其前', () => {
  const claim = movement(4, 5, '700', '2026-09-30', { cash: yuan('560') });
  const undo = movement(5, 12, '700', '2026-09-30', { reversesSeq: 4 });
  const facts = { ...book, movements: [...book.movements.slice(0, 3), claim, undo] };
  expect(positionOf(facts, facts.movements, 'contract')).toMatchObject({
    outstanding: yuan('700'),
    claims: 0n,
    status: 'in-force',
  });
  expect(positionOf(facts, facts.movements.slice(0, 4), 'contract')).toMatchObject({
    outstanding: 0n,
    claims: yuan('700'),
    status: 'claimed',
  });
  expect(positionOf(facts, facts.movements.slice(0, 4), 'actual')).toMatchObject({ claims: yuan('560') });
});

test('差额分解：四类原因与容差内相加恒等于我方合计减对方合计', () => {
  const amount = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }).map((value) => fen(value));
  const near = fc
    .tuple(amount, fc.constantFrom(0n, 0n, 1n, -5n, 6n, 10_000n))
    .map(([ours, off]) => [ours, fen(ours + off)] as const);
  const values = fc.tuple(near, near, near, near, near);
  const kinds = fc.constantFrom<DifferenceKind>(
    'different',
    'different',
    'only-ours',
    'only-theirs',
    'duplicate-key',
    'null-key',
  );
  const rules: CompareRules = {
    fields: [...moneyFields, 'status'],
    tolerances: { money: { 分: 5 }, dates: { 天: 0 } },
    sides,
  };
  fc.assert(
    fc.property(fc.array(fc.tuple(values, kinds, fc.boolean()), { maxLength: 30 }), (drawn) => {
      const pairs: Pair[] = drawn.map(([each, kind, withBook]) => {
        const of = (at: 0 | 1) =>
          record(Object.fromEntries(moneyFields.map((field, index) => [field, each[index]![at]])));
        const lone = {
          contractNo: 'A',
          institutionCode: 'X',
          book: withBook ? book : undefined,
          twin: null,
          isInstitutionKnown: true,
        };
        const hasOurs = kind === 'different' || kind === 'only-ours';
        return { kind, line: 1, ours: hasOurs ? of(0) : null, theirs: kind === 'only-ours' ? null : of(1), lone };
      });
      const compared = pairs.map((pair) => comparePair(pair, rules));
      const found = compared.flatMap((each) => each.found);
      const tolerated = compared.reduce((sum, each) => addDeltas(sum, each.tolerated), noDeltas);
      for (const field of moneyFields) {
        const total = pairs.reduce((sum, pair) => sum + (pair.ours?.[field] ?? 0n) - (pair.theirs?.[field] ?? 0n), 0n);
        const { byCause, difference } = decompose(field, found, tolerated);
        expect(difference).toBe(total);
        expect(byCause.timing + byCause.basis + byCause.entry + byCause.omission).toBe(
          total - tolerated[moneyFields.indexOf(field)]!,
        );
      }
    }),
  );
});

test('一致率：以笔数多的一方为分母；两边皆空则无', () => {
  expect(matchRate(59, 60, 59)).toEqual({ numerator: 59n, denominator: 60n });
  expect(matchRate(0, 0, 0)).toBeNull();
});

test('封存的条件', () => {
  expect(sealBlockers({ status: 'clean', open: 0, fixed: 0 })).toEqual([]);
  expect(sealBlockers({ status: 'open', open: 0, fixed: 0 })).toEqual([]);
  expect(sealBlockers({ status: 'open', open: 1, fixed: 1 })).toHaveLength(2);
  expect(sealBlockers({ status: 'sealed', open: 0, fixed: 0 })).toEqual(['本批次已封存']);
});
