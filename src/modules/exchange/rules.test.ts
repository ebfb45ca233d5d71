import { expect, test } from 'vitest';
import { day } from '../../kernel/day.ts';
import { type CellFacts, cellStatus, dueOn } from './rules.ts';

const on = day('2026-06-01');
const nothing: CellFacts = { required: true, latest: null, acceptedKind: null, firstAcceptedOn: null };
const accepted = (kind: 'daily' | 'zero' | 'restatement', answeredOn: string): CellFacts => ({
  required: true,
  latest: { status: 'accepted', kind },
  acceptedKind: kind,
  firstAcceptedOn: day(answeredOn),
});

test('条15 截止日为次日：当日未到期，次日未到期，第三日未报', () => {
  expect(dueOn(on)).toBe('2026-06-02');
  expect(cellStatus(on, nothing, day('2026-06-01'))).toBe('not-due');
  expect(cellStatus(on, nothing, day('2026-06-02'))).toBe('not-due');
  expect(cellStatus(on, nothing, day('2026-06-03'))).toBe('missing');
});

test('截止日当天接收不算迟，次日起算迟报', () => {
  expect(cellStatus(on, accepted('daily', '2026-06-02'), day('2026-07-01'))).toBe('accepted');
  expect(cellStatus(on, accepted('daily', '2026-06-03'), day('2026-07-01'))).toBe('late');
  expect(cellStatus(on, { ...accepted('daily', '2026-06-03'), required: false }, day('2026-07-01'))).toBe('accepted');
  expect(cellStatus(on, accepted('zero', '2026-06-02'), day('2026-07-01'))).toBe('zero');
});

test('已接收后重报显示重报；最新一版被退回则显示被退回', () => {
  const restated = accepted('restatement', '2026-06-02');
  expect(cellStatus(on, restated, day('2026-07-01'))).toBe('restated');
  const refused = { ...accepted('daily', '2026-06-02'), latest: { status: 'refused', kind: 'restatement' } };
  expect(cellStatus(on, refused, day('2026-07-01'))).toBe('refused');
});

test('发出而无应答，到期后算未报；不在存续期的无需报送', () => {
  const unanswered: CellFacts = { ...nothing, latest: { status: 'unanswered', kind: 'daily' } };
  expect(cellStatus(on, unanswered, day('2026-06-02'))).toBe('not-due');
  expect(cellStatus(on, unanswered, day('2026-06-03'))).toBe('missing');
  expect(cellStatus(on, { ...nothing, required: false }, day('2026-07-01'))).toBe('not-required');
});
