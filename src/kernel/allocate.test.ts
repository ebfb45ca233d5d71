import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate } from './allocate.ts';
import { fen, yuan } from './money.ts';
import { percent, ratio } from './ratio.ts';

const fourTwoTwoTwo = [
  { party: 'direct', ratio: percent('40%') },
  { party: 'province', ratio: percent('20%') },
  { party: 'fund', ratio: percent('20%') },
  { party: 'bank', ratio: percent('20%') },
] as const;

describe('按比例分担（B6）', () => {
  it('1,929,419.58元按4222分担，多出的一分由尾差方少担', () => {
    // 20% = 385,883.916 → 385,883.92 三份；40% = 771,767.832 → 771,767.83；合计 1,929,419.59，多 0.01
    expect(Object.fromEntries(allocate(yuan('1929419.58'), fourTwoTwoTwo, 'direct'))).toEqual({
      direct: yuan('771767.82'),
      province: yuan('385883.92'),
      fund: yuan('385883.92'),
      bank: yuan('385883.92'),
    });
  });

  it('各份之和恒等于总额，非尾差方与精确值相差不超过半分', () =>
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
        fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 6 }),
        (sum, weights) => {
          const total = weights.reduce((all, each) => all + each, 0);
          const parties = weights.map((weight, index) => ({ party: `p${index}`, ratio: ratio(weight, total) }));
          const parts = allocate(fen(sum), parties, 'p0');
          expect([...parts.values()].reduce<bigint>((all, each) => all + each, 0n)).toBe(sum);
          for (const [index, weight] of weights.entries()) {
            const off = parts.get(`p${index}`)! * BigInt(total) - sum * BigInt(weight);
            if (index > 0) expect((off < 0n ? -off : off) * 2n <= BigInt(total)).toBe(true);
          }
        },
      ),
    ));

  it.each([
    ['之和不足100%', [{ party: 'a', ratio: percent('99.99%') }], 'a', '不等于100%'],
    [
      '有负的比例',
      [
        { party: 'a', ratio: percent('120%') },
        { party: 'b', ratio: percent('-20%') },
      ],
      'a',
      '不得为负',
    ],
    ['尾差方不在其列', [{ party: 'a', ratio: percent('100%') }], 'b', '不在分担方之列'],
    [
      '同一方列两次',
      [
        { party: 'a', ratio: percent('50%') },
        { party: 'a', ratio: percent('50%') },
      ],
      'a',
      '分担方重复',
    ],
  ])('%s是程序错误', (_, portions, remainderTo, message) =>
    expect(() => allocate(fen(100n), portions, remainderTo)).toThrow(message),
  );
});
