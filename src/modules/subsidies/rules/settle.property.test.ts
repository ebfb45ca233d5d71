import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Fen, smaller } from '../../../kernel/money.ts';
import { percent } from '../../../kernel/ratio.ts';
import type { Payer } from '../contract.ts';
import { splitOf } from './entitle.ts';
import { capGuarantors, type Key, prepayLines, prorate, type Standing, settleLines, type YearLine } from './settle.ts';

const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });
const key = fc.record({
  guarantorId: fc.integer({ min: 1, max: 3 }),
  county: fc.integer({ min: 140105, max: 140107 }),
  schemeId: fc.integer({ min: 1, max: 2 }),
  payer: fc.constantFrom<Payer>('province', 'city', 'county'),
});
const nameOf = (each: Key & { forYear?: number }) =>
  `${each.forYear ?? ''}/${each.guarantorId}/${each.county}/${each.schemeId}/${each.payer}`;
const yearLines = fc.uniqueArray(
  fc.tuple(key, fc.constantFrom(2024, 2025), amount, amount).map(
    ([each, forYear, computed, before]): YearLine => ({
      ...each,
      forYear,
      loans: 1,
      computed,
      capCut: 0n,
      entitled: computed,
      before,
    }),
  ),
  { selector: nameOf, maxLength: 30 },
);
const standings = fc.uniqueArray(
  fc
    .tuple(key, fc.bigInt({ min: -(10n ** 11n), max: 10n ** 11n }), amount)
    .map(([each, carriedIn, prepaid]): Standing => ({ ...each, carriedIn, prepaid })),
  { selector: nameOf, maxLength: 15 },
);
const regionOf = ({ payer, county }: Key) => (payer === 'province' ? 140000 : payer === 'city' ? 140100 : county);
const budgets = fc.array(
  fc
    .tuple(
      fc.constantFrom<readonly [Payer, number]>(['province', 140000], ['city', 140100], ['county', 140105]),
      amount,
    )
    .map(([[payer, regionCode], sum]) => ({ payer, regionCode, amount: sum as never })),
  { maxLength: 3 },
);
const total = <T>(rows: readonly T[], of: (row: T) => bigint) => rows.reduce((sum, each) => sum + of(each), 0n);

test('清算：Σ应补＋更正＋结转 ＝ Σ预拨＋Σ拨付−Σ收回＋结转，至分不差', () => {
  fc.assert(
    fc.property(
      yearLines,
      standings,
      budgets,
      fc.constantFrom<'claw-back' | 'carry-over'>('claw-back', 'carry-over'),
      (years, carried, limits, overpaid) => {
        const lines = settleLines(2025, years, carried, regionOf, limits, overpaid);
        const recognised = total(years, (each) => each.entitled - each.before);
        const settled = total(lines, (each) => each.payable - each.clawBack + each.shortfall - each.credit);
        expect(recognised + total(carried, (each) => each.carriedIn)).toBe(
          total(carried, (each) => each.prepaid) + settled,
        );
        for (const each of lines) {
          expect(each.net).toBe(each.payable - each.clawBack + each.shortfall - each.credit);
          expect([each.payable, each.clawBack, each.shortfall, each.credit].every((part) => part >= 0n)).toBe(true);
        }
      },
    ),
  );
});

test('预算上限：拨付不超上限，差额记为结转待补，分毫不失', () => {
  fc.assert(
    fc.property(yearLines, amount, (years, limit) => {
      const only2025 = years.filter((each) => each.forYear === 2025);
      const lines = prepayLines(only2025, percent('70%'), regionOf, [
        { payer: 'province', regionCode: 140000, amount: limit as never },
      ]);
      const own = lines.filter((each) => each.payer === 'province');
      expect(total(own, (each) => each.payable) <= limit).toBe(true);
      expect(total(lines, (each) => each.payable + each.shortfall)).toBe(total(lines, (each) => each.net));
    }),
  );
});

test('按占比核减：各份不负、不超原额，合计等于上限', () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: 0n, max: 50n }), { minLength: 1, maxLength: 40 }),
      fc.bigInt({ min: 0n, max: 400n }),
      (parts, ceiling) => {
        const kept = prorate(ceiling, parts);
        const sum = total(parts, (each) => each);
        expect(total(kept, (each) => each)).toBe(smaller(sum as Fen, ceiling as Fen));
        expect(kept.every((each, index) => each >= 0n && each <= parts[index]!)).toBe(true);
      },
    ),
  );
});

test('机构上限：核减后合计不超上限，公式额 ＝ 应补 ＋ 核减', () => {
  fc.assert(
    fc.property(yearLines, amount, (years, cap) => {
      const capped = capGuarantors(years, () => cap);
      for (const group of Map.groupBy(
        capped,
        (each) => `${each.forYear}/${each.guarantorId}/${each.schemeId}`,
      ).values()) {
        expect(total(group, (each) => each.entitled) <= cap).toBe(true);
      }
      expect(total(capped, (each) => each.entitled + each.capCut)).toBe(total(years, (each) => each.computed));
    }),
  );
});

test('逐笔三级分担之和等于该笔应补，正负皆然', () => {
  const portions = [
    { party: 'province' as const, ratio: percent('33.33%') },
    { party: 'city' as const, ratio: percent('33.33%') },
    { party: 'county' as const, ratio: percent('33.34%') },
  ];
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }), (sum) => {
      const split = splitOf(sum, { portions, remainderTo: 'county' });
      expect(split.province + split.city + split.county).toBe(sum);
    }),
  );
});
