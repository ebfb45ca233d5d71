import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, day } from '../kernel/day.ts';
import { fen, plus, wan } from '../kernel/money.ts';
import { sizeStandard, sizeThresholds } from './miit-2011-300-size-classes.ts';
import { industryOf, type SizeFacts, sizeClass } from './size-class.ts';
import { statisticalMethod } from './stats-2017-213-industries.ts';

const asOf = day('2026-06-30');
const facts = (industryCode: string, staff?: number, revenue?: string, assets?: string): SizeFacts => ({
  industryCode,
  staff,
  revenue: revenue === undefined ? undefined : wan(revenue),
  assets: assets === undefined ? undefined : wan(assets),
});
const sizeOf = (...given: Parameters<typeof facts>) => sizeClass(facts(...given), asOf).size;

/** The printed table, typed a second time: staff in persons, money in 万元; [大型, 中型, 小型]. */
const printed: readonly (readonly [
  code: string,
  industry: string,
  ...bounds: readonly (readonly [string, number, number, number])[],
])[] = [
  ['0111', '农、林、牧、渔业', ['revenue', 20000, 500, 50]],
  ['1311', '工业', ['staff', 1000, 300, 20], ['revenue', 40000, 2000, 300]],
  ['4710', '建筑业', ['revenue', 80000, 6000, 300], ['assets', 80000, 5000, 300]],
  ['5111', '批发业', ['staff', 200, 20, 5], ['revenue', 40000, 5000, 1000]],
  ['5211', '零售业', ['staff', 300, 50, 10], ['revenue', 20000, 500, 100]],
  ['5430', '交通运输业', ['staff', 1000, 300, 20], ['revenue', 30000, 3000, 200]],
  ['5920', '仓储业', ['staff', 200, 100, 20], ['revenue', 30000, 1000, 100]],
  ['6020', '邮政业', ['staff', 1000, 300, 20], ['revenue', 30000, 2000, 100]],
  ['6110', '住宿业', ['staff', 300, 100, 10], ['revenue', 10000, 2000, 100]],
  ['6210', '餐饮业', ['staff', 300, 100, 10], ['revenue', 10000, 2000, 100]],
  ['6311', '信息传输业', ['staff', 2000, 100, 10], ['revenue', 100000, 1000, 100]],
  ['6510', '软件和信息技术服务业', ['staff', 300, 100, 10], ['revenue', 10000, 1000, 50]],
  ['7010', '房地产开发经营', ['revenue', 200000, 1000, 100], ['assets', 10000, 5000, 2000]],
  ['7020', '物业管理', ['staff', 1000, 300, 100], ['revenue', 5000, 1000, 500]],
  ['7111', '租赁和商务服务业', ['staff', 300, 100, 10], ['assets', 120000, 8000, 100]],
  ['8111', '其他未列明行业', ['staff', 300, 100, 10]],
];

const cells = printed.flatMap(([code, industry, ...bounds]) =>
  bounds.flatMap(([metric, ...lower]) =>
    (['大型', '中型', '小型'] as const).map(
      (tier, index) => [industry, metric, tier, code, lower[index] ?? 0] as const,
    ),
  ),
);
const nextLower = { 大型: '中型', 中型: '小型', 小型: '微型' } as const;
const huge: SizeFacts = { industryCode: '', staff: 10_000_000, revenue: wan('99999999'), assets: wan('99999999') };

describe('工信部联企业〔2011〕300号第四条 划型下限（CLS-1）', () => {
  it('十六个行业', () =>
    expect(sizeThresholds.at(asOf).map((row) => row.industry)).toEqual(printed.map((row) => row[1])));

  it.each(cells)('%s 的 %s：恰好达到%s下限、差一、超一', (_, metric, tier, code, bound) => {
    const exact = metric === 'staff' ? bound : wan(bound);
    const moved = (by: 1 | -1) => (typeof exact === 'number' ? exact + by : plus(exact, fen(by)));
    const size = (value: number | bigint) => sizeClass({ ...huge, industryCode: code, [metric]: value }, asOf).size;
    expect(size(moved(-1))).toBe(nextLower[tier]);
    expect(size(exact)).toBe(tier);
    expect(size(moved(1))).toBe(tier);
  });

  it.each([
    ['工业 300人2000万元', ['1311', 300, '2000'], '中型'],
    ['工业 300人1999.99万元', ['1311', 300, '1999.99'], '小型'],
    ['工业 1000人39999万元', ['1311', 1000, '39999'], '中型'],
    ['工业 19人50000万元', ['1311', 19, '50000'], '微型'],
    ['建筑业 营收6000万元资产4999万元', ['4710', undefined, '6000', '4999'], '小型'],
    ['房地产开发 营收1000万元资产4999万元', ['7010', undefined, '1000', '4999'], '小型'],
    ['租赁 100人资产8000万元', ['7111', 100, undefined, '8000'], '中型'],
    ['租赁 99人资产200000万元', ['7111', 99, undefined, '200000'], '小型'],
    ['软件 103人15735.28万元', ['6510', 103, '15735.28'], '中型'],
  ] as const)('%s', (_, given, expected) =>
    expect(sizeOf(...(given as unknown as Parameters<typeof facts>))).toBe(expected),
  );

  it('说明由哪项指标决定，各项达到哪一档', () => {
    const verdict = sizeClass(facts('6510', 103, '15735.28'), asOf);
    expect(verdict.evidence.map((each) => [each.title, each.value, each.reaches, each.isDeciding])).toEqual([
      ['从业人员', '103人', '中型', true], // 300 > 103 ≥ 100
      ['营业收入', '15,735.28万元', '大型', false], // ≥ 10000
    ]);
    expect(verdict.reason).toBe('从业人员103人，达到中型而未达更高一档');
    expect(verdict.article.article).toBe('第四条');
  });

  it('微型的理由', () => expect(sizeClass(facts('8111', 9), asOf).reason).toBe('从业人员9人，低于小型下限'));

  it('一项已低于小型下限，另一项未填也是微型', () => expect(sizeOf('1311', 19)).toBe('微型'));

  it('缺一项而不能断定的，不可判定，并说缺什么', () => {
    const verdict = sizeClass(facts('1311', 500), asOf);
    expect([verdict.size, verdict.reason]).toEqual(['不可判定', '工业划型须填写营业收入']);
    expect(verdict.evidence.map((each) => each.value)).toEqual(['500人', '—']);
  });

  it.each([
    ['人数为负', { industryCode: '1311', staff: -1, revenue: wan('1') }],
    ['人数不是整数', { industryCode: '1311', staff: 10.5, revenue: wan('1') }],
    ['营业收入为负', { industryCode: '1311', staff: 10, revenue: fen(-1) }],
  ])('%s，不可判定', (_, given) => expect(sizeClass(given, asOf).size).toBe('不可判定'));

  it('零是数，不是未填', () => expect(sizeOf('1311', 0, '0')).toBe('微型'));

  it('标准施行前一日不可判定，当日可判定', () => {
    const before = sizeClass(facts('1311', 300, '2000'), addDays(sizeStandard.inForceOn, -1));
    expect([before.size, before.reason]).toEqual(['不可判定', '划型标准自2011-06-18起施行']);
    expect(sizeClass(facts('1311', 300, '2000'), sizeStandard.inForceOn).size).toBe('中型');
  });

  it('任一指标增大，规模不会变小', () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...printed.map((row) => row[0])),
        fc.nat(3000),
        fc.nat(300_000),
        fc.nat(300_000),
        fc.nat(5000),
        (code, staff, revenue, assets, more) => {
          const order = ['微型', '小型', '中型', '大型'];
          const base = sizeOf(code, staff, String(revenue), String(assets));
          const grown = sizeOf(code, staff + more, String(revenue + more), String(assets + more));
          expect(order.indexOf(grown) >= order.indexOf(base)).toBe(true);
        },
      ),
    ));
});

describe('国统字〔2017〕213号 行业范围说明（CLS-2）', () => {
  it.each([
    ['C', '工业'],
    ['B0610', '工业'],
    ['d44', '工业'],
    ['A', '农、林、牧、渔业'],
    ['05', '农、林、牧、渔业'],
    ['H61', '住宿业'],
    ['5810', '交通运输业'],
    ['591', '交通运输业'], // 装卸搬运
    ['5990', '仓储业'],
    ['703', '其他未列明行业'],
    ['Q85', '其他未列明行业'],
    ['8810', '其他未列明行业'],
  ])('%s 属于 %s', (code, expected) => expect(industryOf(code, asOf)).toEqual({ industry: expected }));

  it.each([
    ['53', '铁路运输业'],
    ['6620', '银发〔2015〕309号'],
    ['J', '金融业'],
    ['8310', '教育'],
    ['84', '卫生'],
    ['S', '公共管理'],
    ['97', '国际组织'],
    ['704', '自有房地产'],
    ['59', '须细到中类'],
    ['70', '须细到中类'],
    ['G', '须细到中类'],
    ['C54', '门类与大类不符'],
    ['98', '不在GB/T 4754-2017中'],
    ['00', '不在GB/T 4754-2017中'],
    ['制造业', '不是GB/T 4754-2017代码'],
    ['', '不是GB/T 4754-2017代码'],
    ['7', '不是GB/T 4754-2017代码'],
  ])('%s 不可判定：%s', (code, reason) => {
    const verdict = sizeClass(facts(code, 10, '10', '10'), asOf);
    expect(verdict.size).toBe('不可判定');
    expect(verdict.reason).toContain(reason);
  });

  it('行业对应未核实的标记一直带到结论', () => {
    expect(sizeClass(facts('1311', 300, '2000'), asOf).unverified).toContain('凭记忆');
    const day2017 = addDays(statisticalMethod.inForceOn, -1);
    expect(sizeClass(facts('1311', 300, '2000'), day2017).unverified).toContain('2017年以前');
  });

  it('01至97各大类（除跨行业的59、70）都有去向', () => {
    const divisions = Array.from({ length: 97 }, (_, index) => String(index + 1).padStart(2, '0'));
    const lost = divisions.filter((code) => {
      const found = industryOf(code, asOf);
      return found.industry === null && found.reason.includes('GB/T 4754');
    });
    expect(lost).toEqual([]);
  });
});
