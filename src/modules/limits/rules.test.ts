import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fen, fen, plus, wan, yuan } from '../../kernel/money.ts';
import { percent } from '../../kernel/ratio.ts';
import { placeholderFormula } from './formulas.ts';
import { checkAllocation, checkFormula, type LineFacts, yearlyLine } from './rules.ts';

const { terms } = placeholderFormula;
const facts = (given: Partial<Record<keyof LineFacts['indicators'], string | null>> = {}): LineFacts => {
  const values = {
    ...{ leverage: '3', 'filing-rate': '0.95', 'sharing-share': '0.4', 'support-share': '0.8', 'claim-ratio': '0.06' },
    ...{ 'return-rate': null, 'target-share': '1', grade: 'B' },
    ...given,
  };
  return {
    lastVolume: wan('10000'),
    lastNonSharing: wan('3000'),
    indicators: Object.fromEntries(
      Object.entries(values).map(([code, text]) => [
        code,
        { value: text === null ? null : code === 'grade' ? text : percent(text), source: '测试' },
      ]),
    ) as LineFacts['indicators'],
  };
};

describe('年度额度 = 上年规模 × (1 + 增长率) × 系数', () => {
  it('手算：缺的一项权重由其余承担，分数限于0–1，四组相加等于额度', () => {
    const { amount, working } = yearlyLine(facts(), terms);
    // 0.15×1 + 0.1×1 + 0.15×(0.4÷0.8) + 0.15×1 + 0.15×(2 − 6%÷4%) + 0.1×1 + 0.1×0.8 = 0.73；÷ 0.9 = 0.811111
    expect(working.weightedScore).toBe('0.811111');
    // 0.6 + (1.2 − 0.6) × 0.73 ÷ 0.9 = 1.086667
    expect(working.coefficient).toBe('1.086667');
    // 100,000,000.00 × 1.1 × 1.08666… = 119,533,333.33（向下取到分）
    expect(amount).toBe(yuan('119533333.33'));
    // 非分险 30,000,000 × 90% = 27,000,000；分险 92,533,333.33；国企子限额各 20%。
    expect(working.groups.map((each) => each.amount)).toEqual([
      '18506666.67',
      '74026666.66',
      '5400000.00',
      '21600000.00',
    ]);
    expect(working.text).toContain('100,000,000.00 × (1 + 10%) × 系数 1.086667 = 119,533,333.33');
    expect(working.text).toContain('代偿返还率缺数据');
    expect(working.indicators.find((each) => each.code === 'claim-ratio')?.text).toContain('2 − 6.00% ÷ 上限 4.00%');
    expect(working.indicators.find((each) => each.code === 'return-rate')).toMatchObject({
      score: null,
      text: '没有数据，不计分',
    });
  });

  it.each([
    // 代偿率：上限 4% 及以下满分，8% 及以上零分；每多 0.4 个百分点少 0.1 分。
    ['claim-ratio', '0.0399', '1'],
    ['claim-ratio', '0.04', '1'],
    ['claim-ratio', '0.044', '0.9'],
    ['claim-ratio', '0.08', '0'],
    ['claim-ratio', '0.2', '0'],
    // 支小支农：目标 80%，超过不加分。
    ['support-share', '0.76', '0.95'],
    ['support-share', '0.8', '1'],
    ['support-share', '0.9', '1'],
    ['grade', 'A', '1'],
    ['grade', 'C', '0.5'],
    ['grade', 'E', null],
  ] as const)('%s %s 得 %s', (code, value, score) => {
    const { working } = yearlyLine(facts({ [code]: value }), terms);
    expect(working.indicators.find((each) => each.code === code)?.score).toBe(score);
  });

  it('全满分为上限系数，全零分为下限系数，全无数据也为下限：不因缺数据得高额度', () => {
    const all = (value: string | null) =>
      yearlyLine(
        facts(
          Object.fromEntries(
            Object.keys(facts().indicators).map((code) => [code, code === 'grade' && value !== null ? 'A' : value]),
          ),
        ),
        terms,
      ).working.coefficient;
    expect(all('0')).toBe('0.75'); // 代偿率 0 得满分、等级 A 得满分：0.6 + 0.6 × (0.15 + 0.1)
    expect(all(null)).toBe('0.6');
  });

  it('任意数据：四组合计等于额度，额度在上下限系数之间', () => {
    const value = fc.oneof(
      fc.constant(null),
      fc.integer({ min: 0, max: 3000 }).map((each) => (each / 1000).toFixed(3)),
    );
    fc.assert(
      fc.property(
        fc.record({ leverage: value, 'claim-ratio': value, 'support-share': value }),
        fc.integer({ min: 0, max: 2 ** 40 }),
        (given, volume) => {
          const made = { ...facts(given), lastVolume: fen(volume) };
          const { amount, working } = yearlyLine(made, terms);
          const sum = plus(...working.groups.map((each) => yuan(each.amount)));
          expect(sum).toBe(amount);
          expect(amount * 100n).toBeGreaterThanOrEqual(BigInt(volume) * 66n - 100n); // 1.1 × 0.6
          expect(amount * 100n).toBeLessThanOrEqual(BigInt(volume) * 132n); // 1.1 × 1.2
        },
      ),
    );
  });

  it('公式不完整的不收：权重不是100%、没有目标', () => {
    expect(checkFormula(terms)).toEqual([]);
    expect(checkFormula({ ...terms, indicators: terms.indicators.slice(1) }).map((each) => each.message)).toEqual([
      '各指标权重合计 85.00%，须为 100%',
    ]);
    const bare = terms.indicators.map((each, index) => (index === 0 ? { ...each, target: null } : each));
    expect(checkFormula({ ...terms, indicators: bare }).map((each) => each.code)).toEqual(['indicator-bare']);
  });
});

describe('统一授信分配不超过额度', () => {
  const codes = (parts: readonly (readonly [number, string | null, Fen])[]) =>
    checkAllocation({
      amount: wan('100'),
      allocations: parts.map(([guarantorId, productCode, amount]) => ({ guarantorId, productCode, amount })),
    }).map((each) => each.code);
  it.each([
    [
      [
        [1, null, wan('60')],
        [2, null, fen(wan('40') - 1n)],
      ],
      [],
    ],
    [
      [
        [1, null, wan('60')],
        [2, null, wan('40')],
      ],
      [],
    ],
    [
      [
        [1, null, wan('60')],
        [2, null, plus(wan('40'), fen(1))],
      ],
      ['allocated-above-line'],
    ],
    [
      [
        [1, null, wan('1')],
        [1, 'tech', wan('1')],
      ],
      [],
    ],
    [
      [
        [1, 'tech', wan('1')],
        [1, 'tech', wan('1')],
      ],
      ['allocated-twice'],
    ],
    [[[1, null, fen(-1)]], ['allocation-negative']],
  ] as const)('分配 %#', (parts, expected) => expect(codes(parts)).toEqual(expected));
});
