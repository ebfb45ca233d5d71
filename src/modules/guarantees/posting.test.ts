import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fen, formatYuan, smaller, yuan } from '../../kernel/money.ts';
import { ratio } from '../../kernel/ratio.ts';
import {
  claimCash,
  type PostingMovement,
  type RiskSplit,
  reversalOf,
  splitGuaranteedSide,
  transfersOf,
} from './posting.ts';

/** 4222: 直保40 省再20 国担20 银行20. */
const split4222: RiskSplit = {
  bank: ratio(20, 100),
  guarantor: ratio(40, 100),
  province: ratio(20, 100),
  fund: ratio(20, 100),
  other: ratio(0),
};
const facts = {
  guarantorId: 1,
  guaranteeId: 9n,
  principal: yuan('1000000'),
  guaranteed: yuan('800000'),
  split: split4222,
};
const movement = (kind: PostingMovement['kind'], amount: string, cash = '0'): PostingMovement => ({
  seq: 3,
  kind,
  amount: yuan(amount),
  cash: yuan(cash),
  occurredOn: day('2026-05-01'),
});
const page = (kind: PostingMovement['kind'], amount: string, cash?: string) =>
  transfersOf(movement(kind, amount, cash), facts).map(
    (leg) => `${leg.debit}→${leg.credit} ${leg.party ?? '-'} ${formatYuan(leg.amount)}`,
  );

describe('分录：每种变动的借贷', () => {
  it.each([
    ['disburse', '1000000', undefined, ['7001→7002 - 1000000.00']],
    ['repay', '250000', undefined, ['7002→7001 - 250000.00']],
    ['release', '10', undefined, ['7002→7001 - 10.00']],
    ['extend', '0', undefined, []],
    ['fee', '8000', '8000', ['1002→6031 - 8000.00']],
    ['refund', '300', '300', ['6031→1002 - 300.00']],
    // 1,000,000 unpaid, the bank keeps 20%: 800,000 paid, of it 40/80, 20/80 and 20/80.
    [
      'claim-paid',
      '1000000',
      '800000',
      [
        '7002→7001 - 1000000.00',
        '1221→1002 guarantor 400000.00',
        '1221→1002 province 200000.00',
        '1221→1002 fund 200000.00',
      ],
    ],
    ['recovery', '100', '100', ['1002→1221 guarantor 50.00', '1002→1221 province 25.00', '1002→1221 fund 25.00']],
    ['write-off', '70', '70', ['2602→1221 guarantor 70.00', '7101→7102 - 70.00']],
  ] as const)('%s %s', (kind, amount, cash, expected) => expect(page(kind, amount, cash)).toEqual(expected));

  it('the remainder 分 goes to the guarantor: 0.01 元 recovered', () => {
    expect(page('recovery', '0.01')).toEqual(['1002→1221 guarantor 0.01']); // 0.5 分 rounds to 1 for none but the named party
  });

  it('a reversal mirrors every leg and leaves nothing on any account', () => {
    const original = transfersOf(movement('claim-paid', '1000000', '800000'), facts);
    const both = [...original, ...reversalOf(original, facts, 4, day('2026-05-02'))];
    const balances = new Map<number, bigint>();
    for (const leg of both) {
      balances.set(leg.debit, (balances.get(leg.debit) ?? 0n) + leg.amount);
      balances.set(leg.credit, (balances.get(leg.credit) ?? 0n) - leg.amount);
    }
    expect([...balances.values()].every((left) => left === 0n)).toBe(true);
  });

  it('parts of the guaranteed side always sum to the whole, whatever the split', () => {
    const shares = fc.tuple(fc.nat(90), fc.nat(100), fc.nat(100), fc.nat(100)).map(([bank, a, b, c]) => {
      const total = a + b + c + 1;
      const side = 100 - bank;
      return {
        bank: ratio(bank, 100),
        guarantor: ratio((a + 1) * side, total * 100),
        province: ratio(b * side, total * 100),
        fund: ratio(c * side, total * 100),
        other: ratio(0),
      };
    });
    fc.assert(
      fc.property(shares, fc.bigInt(1n, 10n ** 15n), (split, cash) => {
        const parts = [...splitGuaranteedSide(fen(cash), split).values()];
        expect(parts.reduce<bigint>((sum, part) => sum + part, 0n)).toBe(cash);
      }),
    );
  });

  it('what is paid on a claim never exceeds the principal claimed and is all of it without a bank share', () => {
    expect(claimCash(yuan('1929419.58'), { principal: fen(100n), guaranteed: fen(80n) })).toBe(yuan('1543535.66')); // × 80% = 1543535.664
    expect(claimCash(yuan('7.77'), { principal: fen(5n), guaranteed: fen(5n) })).toBe(yuan('7.77'));
    fc.assert(
      fc.property(
        fc.bigInt(1n, 10n ** 12n),
        fc.bigInt(1n, 10n ** 12n),
        fc.bigInt(0n, 10n ** 12n),
        (principal, part, amount) => {
          const guaranteed = smaller(fen(part), fen(principal));
          expect(claimCash(fen(amount), { principal: fen(principal), guaranteed }) <= amount).toBe(true);
        },
      ),
    );
  });
});
