import { describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fen, plus, yuan } from '../../kernel/money.ts';
import { checkIssue, checkMovement, type GuaranteeState, statusAfter } from './rules.ts';

const today = day('2026-11-23');
const state: GuaranteeState = {
  status: 'in-force',
  principal: yuan('1000000'),
  startsOn: day('2026-01-10'),
  dueOn: day('2027-01-10'),
  outstanding: yuan('600000'),
  disbursed: yuan('1000000'),
  claimed: yuan('80000'),
  recovered: yuan('30000'),
  writtenOff: yuan('10000'),
  fees: yuan('8000'),
  refunded: yuan('1000'),
};
const codes = (
  kind: Parameters<typeof checkMovement>[1]['kind'],
  amount = yuan('1'),
  occurredOn = today,
  extendedToOn?: ReturnType<typeof day>,
) => checkMovement(state, { kind, amount, occurredOn, extendedToOn }, today).map((each) => each.code);

describe('变动的限额：少一分、正好、多一分', () => {
  it.each([
    ['repay', '600000', 'above-outstanding'], // 在保余额
    ['claim-paid', '600000', 'above-outstanding'],
    ['recovery', '50000', 'above-claim'], // 80,000 paid − 30,000 recovered
    ['write-off', '40000', 'above-unrecovered'], // 80,000 − 30,000 − 10,000 written off before
    ['refund', '7000', 'above-fee'], // 8,000 − 1,000
  ] as const)('%s up to %s 元', (kind, limit, code) => {
    expect(codes(kind, plus(yuan(limit), fen(-1)))).toEqual([]);
    expect(codes(kind, yuan(limit))).toEqual([]);
    expect(codes(kind, plus(yuan(limit), fen(1)))).toEqual([code]);
  });

  it('nothing left to disburse', () => expect(codes('disburse', fen(1))).toEqual(['above-principal']));
  it('amount nil, negative, absurd', () => {
    expect(codes('fee', fen(0))).toEqual(['amount-not-positive']);
    expect(codes('fee', yuan('-1'))).toEqual(['amount-not-positive']);
    expect(codes('fee', yuan('10000000000'))).toEqual([]);
    expect(codes('fee', yuan('10000000000.01'))).toEqual(['amount-absurd']);
  });
  it('the day before the start, the start, tomorrow', () => {
    expect(codes('fee', yuan('1'), day('2026-01-09'))).toEqual(['before-start']);
    expect(codes('fee', yuan('1'), day('2026-01-10'))).toEqual([]);
    expect(codes('fee', yuan('1'), day('2026-11-24'))).toEqual(['in-the-future']);
  });
  it('an extension must end later than the guarantee does now', () => {
    expect(codes('extend', fen(0), today, day('2027-01-10'))).toEqual(['extension-not-later']);
    expect(codes('extend', fen(0), today, day('2027-01-11'))).toEqual([]);
  });
  it('says every refusal at once', () => {
    expect(codes('repay', yuan('600000.01'), day('2025-12-31'))).toEqual(['before-start', 'above-outstanding']);
  });
});

describe('状态', () => {
  it.each([
    ['disburse', 'pending', '1', 'in-force'],
    ['repay', 'in-force', '0.01', 'in-force'],
    ['repay', 'in-force', '0', 'released'],
    ['claim-paid', 'in-force', '0', 'claimed'],
    ['recovery', 'claimed', '0', 'claimed'],
    ['write-off', 'claimed', '0', 'written-off'],
    ['transfer-out', 'in-force', '0', 'transferred'],
  ] as const)('%s from %s leaving %s → %s', (kind, before, left, after) =>
    expect(statusAfter(kind, before, yuan(left))).toBe(after),
  );
});

describe('登记保函', () => {
  const facts = {
    principal: yuan('100'),
    guaranteed: yuan('80'),
    startsOn: today,
    endsOn: today,
    tags: 3,
    primaryTag: 2,
  };
  const issue = (change: Partial<typeof facts>) => checkIssue({ ...facts, ...change }).map((each) => each.code);
  it('accepts a well formed one', () => expect(issue({})).toEqual([]));
  it('担保责任金额 equal to the principal, one 分 above', () => {
    expect(issue({ guaranteed: yuan('100') })).toEqual([]);
    expect(issue({ guaranteed: yuan('100.01') })).toEqual(['guaranteed-above-principal']);
  });
  it('the primary tag is one of the tags, so that nothing is counted twice', () => {
    expect(issue({ primaryTag: 4 })).toEqual(['primary-tag']);
    expect(issue({ primaryTag: 3 })).toEqual(['primary-tag']);
    expect(issue({ primaryTag: 0 })).toEqual(['primary-tag']);
    expect(issue({ tags: 0, primaryTag: 0 })).toEqual([]);
  });
});
