import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, day } from '../kernel/day.ts';
import { type Fen, fen, plus, wan, zeroFen } from '../kernel/money.ts';
import { percent } from '../kernel/ratio.ts';
import { liabilityMeasures } from './cbirc-2018-1-liability-balance.ts';
import { supplement37 } from './cbirc-2019-37.ts';
import { type ClassBalance, type CustomerBalances, liabilityOfCustomer, liabilityStatement } from './liability.ts';
import {
  checkLocalWeight,
  type GuaranteeClass,
  type GuaranteedKind,
  liabilityWeightsAt,
  weightFor,
} from './liability-weights.ts';
import { NotInForce, parameterFrom } from './parameter.ts';

const asOf = day('2026-06-30');
const balance = (guaranteeClass: GuaranteeClass, amount: Fen, issuerRating?: string): ClassBalance => ({
  guaranteeClass,
  contract: amount,
  borne: amount,
  issuerRating,
});
const customer = (name: string, kind: GuaranteedKind, ...balances: ClassBalance[]): CustomerBalances => ({
  customer: name,
  kind,
  balances,
});
const weighed = (kind: GuaranteedKind, on = asOf, ...balances: ClassBalance[]) =>
  plus(...liabilityOfCustomer(customer('甲', kind, ...balances), 'contract', on).map((part) => part.liability));

describe('融资担保责任余额计量办法 借款类担保权重', () => {
  it.each([
    ['小微企业单户低于500万元一分', 'small-micro', '4999999.99', '3749999.99'], // × 75% = 3,749,999.9925
    ['小微企业单户恰为500万元', 'small-micro', '5000000.00', '3750000.00'],
    ['小微企业单户高于500万元一分', 'small-micro', '5000000.01', '5000000.01'],
    ['农户单户低于200万元一分', 'farmer', '1999999.99', '1499999.99'], // × 75% = 1,499,999.9925
    ['农户单户恰为200万元', 'farmer', '2000000.00', '1500000.00'],
    ['农户单户高于200万元一分', 'farmer', '2000000.01', '2000000.01'],
    ['其他借款人（BAL-4）', 'other', '1000000.00', '1000000.00'],
  ] as const)('BAL-1 BAL-2 %s', (_, kind, amount, expected) => {
    const fenOf = (text: string) => fen(BigInt(text.replace('.', '')));
    expect(weighed(kind, asOf, balance('loan', fenOf(amount)))).toBe(fenOf(expected));
  });

  it('BAL-8 单户按全部合同合计：300万元+200万元=500万元，计375万元', () =>
    expect(weighed('small-micro', asOf, balance('loan', wan('300')), balance('loan', wan('200')))).toBe(wan('375')));

  it('BAL-8 合计500.01万元，整户按100%计', () => {
    const parts = liabilityOfCustomer(
      customer('甲', 'small-micro', balance('loan', wan('300')), balance('loan', wan('200.01'))),
      'contract',
      asOf,
    );
    expect(plus(...parts.map((part) => part.liability))).toBe(wan('500.01'));
    expect(parts[0]?.reason).toBe('其他借款类，权重100%：单户合计超过限额，整户余额改按其他借款类权重');
    expect(parts[0]?.unverified).toContain('仅见部分原文');
  });

  it('BAL-8 单户合计含同一客户的其他融资担保，不含非融资担保', () => {
    expect(weighed('small-micro', asOf, balance('loan', wan('400')), balance('other-financing', wan('101')))).toBe(
      wan('501'),
    );
    expect(weighed('small-micro', asOf, balance('loan', wan('400')), balance('non-financing', wan('101')))).toBe(
      wan('300'),
    );
  });

  it('BAL-1 未超限的小微企业没有未核实标记；BAL-2 农户限额有', () => {
    const marks = (kind: GuaranteedKind) =>
      liabilityOfCustomer(customer('甲', kind, balance('loan', wan('100'))), 'borne', asOf)[0]?.unverified;
    expect(marks('small-micro')).toBeUndefined();
    expect(marks('farmer')).toContain('待核实');
  });
});

describe('银保监发〔2019〕37号 住房置业担保权重（BAL-3）', () => {
  it('施行前一日100%，当日30%', () => {
    const housing = balance('housing', wan('1000'));
    expect(weighed('other', addDays(supplement37.inForceOn, -1), housing)).toBe(wan('1000'));
    expect(weighed('other', supplement37.inForceOn, housing)).toBe(wan('300'));
  });
});

describe('融资担保责任余额计量办法 发行债券担保权重、其他融资担保权重', () => {
  it.each([
    ['AAA', 'rated-bond', '80'],
    ['AA+', 'rated-bond', '80'],
    ['AA', 'rated-bond', '80'],
    [' aa ', 'rated-bond', '80'],
    ['AA-', 'other-bond', '100'],
    ['A+', 'other-bond', '100'],
    [undefined, 'other-bond', '100'],
  ])('BAL-5 BAL-6 主体评级 %s', (rating, line, expected) => {
    const [part] = liabilityOfCustomer(customer('甲', 'other', balance('bond', wan('100'), rating)), 'contract', asOf);
    expect([part?.line, part?.liability]).toEqual([line, wan(expected)]);
  });
  it('BAL-7 其他融资担保100%', () =>
    expect(weighed('other', asOf, balance('other-financing', wan('7')))).toBe(wan('7')));
  it('BAL-10 AA级以上债券9000万元，集中度按60%计为5400万元，责任余额仍按80%', () => {
    const [part] = liabilityOfCustomer(customer('甲', 'other', balance('bond', wan('9000'), 'AA')), 'contract', asOf);
    expect([part?.liability, part?.concentration]).toEqual([wan('7200'), wan('5400')]);
  });
});

describe('融资担保责任余额计量办法 不计入责任余额的业务', () => {
  it('BAL-14 BAL-16 保本基金与非融资担保单列，不进合计', () => {
    const { contract } = liabilityStatement(
      [
        customer(
          '甲',
          'other',
          balance('legacy-fund', wan('50')),
          balance('non-financing', wan('60')),
          balance('loan', wan('1')),
        ),
      ],
      asOf,
    );
    expect([contract.outstanding, contract.liability]).toEqual([wan('1'), wan('1')]);
    expect(contract.lines.map((line) => [line.line, line.outstanding])).toEqual([
      ['legacy-fund', wan('50')],
      ['non-financing', wan('60')],
      ['other-loan', wan('1')],
    ]);
  });
});

describe('融资担保责任余额计量办法 责任余额的计算基础（BAL-12）', () => {
  const shared = customer('甲', 'small-micro', {
    guaranteeClass: 'loan',
    contract: wan('600'),
    borne: wan('480'), // 600 × 80%
    ceded: wan('120'),
  });
  it('两种口径并列，限额各按本口径的单户余额判断', () => {
    const { contract, borne, reported } = liabilityStatement([shared], asOf);
    expect([contract.liability, borne.liability, reported]).toEqual([wan('600'), wan('360'), 'borne']); // 480 × 75%
  });
  it('BAL-13 分给再担保的部分不扣除；地方规则可以扣除', () => {
    const source = { document: '某省细则', number: '某字〔2024〕1号', article: '第二条' };
    const local = parameterFrom('LOCAL', '扣除再担保', [{ from: day('2024-01-01'), value: true, source }]);
    expect(liabilityStatement([shared], asOf).unverified).toContain('是否扣除再担保');
    const deducted = liabilityStatement([shared], asOf, { deductReguarantee: local });
    expect([deducted.contract.liability, deducted.borne.liability]).toEqual([wan('600'), wan('270')]); // (480 − 120) × 75%
    expect(liabilityOfCustomer(shared, 'borne', asOf, { deductReguarantee: local })[0]?.outstanding).toBe(wan('360'));
  });
});

/** Customers of one 万元-denominated line, none above its 单户 limit. */
const spread = (kind: GuaranteedKind, guaranteeClass: GuaranteeClass, total: number, each: number, rating?: string) =>
  Array.from({ length: total / each }, (_, index) =>
    customer(`${kind}-${guaranteeClass}-${rating}-${index}`, kind, balance(guaranteeClass, wan(each), rating)),
  );

describe('融资担保责任余额计量办法 全书合计', () => {
  it('B1：61,900万元', () => {
    const book = [
      ...spread('small-micro', 'loan', 32_000, 500),
      ...spread('farmer', 'loan', 4800, 200),
      ...spread('other', 'housing', 1000, 100),
      ...spread('other', 'loan', 21_000, 3000),
      ...spread('other', 'bond', 10_000, 5000, 'AA'),
      ...spread('other', 'bond', 3000, 3000, 'A'),
      ...spread('other', 'other-financing', 2000, 1000),
    ];
    const { contract } = liabilityStatement(book, asOf);
    expect(contract.lines.map((line) => [line.line, line.liability])).toEqual([
      ['small-micro-loan', wan('24000')], // 32000 × 75%
      ['farmer-loan', wan('3600')], // 4800 × 75%
      ['housing', wan('300')], // 1000 × 30%
      ['other-loan', wan('21000')],
      ['rated-bond', wan('8000')], // 10000 × 80%
      ['other-bond', wan('3000')],
      ['other-financing', wan('2000')],
    ]);
    expect([contract.outstanding, contract.liability]).toEqual([wan('73800'), wan('61900')]);
  });

  it('空书为零', () => {
    const { contract } = liabilityStatement([], asOf);
    expect([contract.outstanding, contract.liability, contract.lines]).toEqual([zeroFen, zeroFen, []]);
  });

  it('计量办法施行前一日没有答案，当日有', () => {
    expect(() => liabilityStatement([], addDays(liabilityMeasures.inForceOn, -1))).toThrow(NotInForce);
    expect(liabilityStatement([], liabilityMeasures.inForceOn).contract.liability).toBe(zeroFen);
  });

  it('合计等于各户之和，责任余额不超过在保余额', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.constantFrom<GuaranteedKind>('small-micro', 'farmer', 'other'),
            fc.constantFrom<GuaranteeClass>('loan', 'housing', 'bond', 'other-financing', 'non-financing'),
            fc.bigInt({ min: 0n, max: 10n ** 12n }),
          ),
          { maxLength: 30 },
        ),
        (rows) => {
          const book = rows.map(([kind, guaranteeClass, amount], index) =>
            customer(String(index), kind, balance(guaranteeClass, fen(amount), 'AA')),
          );
          const { contract } = liabilityStatement(book, asOf);
          expect(plus(...contract.parts.map((part) => part.liability))).toBe(contract.liability);
          expect(contract.liability <= contract.outstanding).toBe(true);
        },
      ),
    ));
});

describe('融资担保责任余额计量办法 权重表（供集合运算）', () => {
  it('按次序取第一条相符的，与规则逐户计算同一结果', () => {
    const rows = liabilityWeightsAt(asOf);
    expect(
      rows.map((row) => [row.order, row.line, row.kind, row.limit, row.weightText, row.concentrationWeightText]),
    ).toEqual([
      [1, 'small-micro-loan', 'small-micro', wan('500'), '0.75', '0.75'],
      [2, 'farmer-loan', 'farmer', wan('200'), '0.75', '0.75'],
      [3, 'other-loan', null, null, '1', '1'],
      [4, 'housing', null, null, '0.3', '0.3'],
      [5, 'rated-bond', null, null, '0.8', '0.6'],
      [6, 'other-bond', null, null, '1', '1'],
      [7, 'other-financing', null, null, '1', '1'],
      [8, 'legacy-fund', null, null, '0', '0'],
      [9, 'non-financing', null, null, '0', '0'],
    ]);
    expect(rows.find((row) => row.line === 'rated-bond')).toMatchObject({ unverified: null, rule: 'BAL-5' });
    expect(rows.find((row) => row.line === 'rated-bond')?.concentrationUnverified).toContain('折算比例');
  });

  it('没有相符的行是程序错误', () =>
    expect(() => weightFor({ guaranteeClass: 'loan', kind: 'other', customerBalance: zeroFen }, [], asOf)).toThrow(
      NotInForce,
    ));
});

describe('融资担保责任余额计量办法 地方实施细则只严不松（BAL-15）', () => {
  it.each([
    ['更松', '74.99%', ['local-weight-looser']],
    ['相同', '75%', []],
    ['更严', '75.01%', []],
  ])('小微企业权重%s', (_, local, expected) =>
    expect(checkLocalWeight('small-micro-loan', percent(local), asOf).map((each) => each.code)).toEqual(expected),
  );
});
