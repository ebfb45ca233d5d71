import { describe, expect, it } from 'vitest';
import { day } from '../../../kernel/day.ts';
import { fen, formatYuan, yuan } from '../../../kernel/money.ts';
import { quarter } from '../../../kernel/month.ts';
import type { NewScheme } from '../contract.ts';
import { demoSchemes } from '../schemes-demo.ts';
import { describeConditions, entitle, explainFormula, YearSoFar } from './entitle.ts';
import { type LoanFacts, valuesOf } from './inputs.ts';
import { checkVersion, type Scheme } from './scheme.ts';

const base = demoSchemes[0]!;
const codes = (change: Partial<NewScheme['version']>) => {
  const found = checkVersion({ ...base.version, ...change });
  return 'refusals' in found ? found.refusals.map((each) => each.code) : [];
};
function schemeOf(scheme: NewScheme, schemeId: number, change: Partial<NewScheme['version']> = {}): Scheme {
  const found = checkVersion({ ...scheme.version, ...change });
  if ('refusals' in found) throw new Error(found.refusals.map((each) => each.message).join());
  const { code, title, kind, purpose, version } = scheme;
  const about = { schemeId, versionId: schemeId, code, title, kind, purpose, contentHash: '' };
  return {
    ...found.checked,
    ...about,
    from: version.from,
    to: null,
    article: version.article,
    document: version.document,
  };
}
const loan: LoanFacts = {
  guarantorId: 1,
  guaranteeId: 1n,
  contractNo: 'A',
  county: 140105,
  identityHash: 'a',
  sizeClass: '小型',
  primaryTag: 1,
  principal: yuan('1000000'),
  guaranteed: yuan('800000'),
  feeRate: '0.008000',
  startsOn: day('2025-01-01'),
  endsOn: day('2026-01-01'),
  outstanding: yuan('1000000'),
  outstandingActual: yuan('800000'),
  householdOutstanding: yuan('1000000'),
  newAmount: yuan('0'),
  newActual: yuan('0'),
  feeIncome: yuan('0'),
  claimAmount: yuan('0'),
  claimCash: yuan('100000.01'),
  recoveryAmount: yuan('0'),
  balanceDays: '9200000000',
  quarter: quarter('2025-Q3'),
  newHousehold: 0,
};
const risk = schemeOf(demoSchemes[0]!, 1);
const fee = schemeOf(demoSchemes[1]!, 2);
const amountOf = (facts: Partial<LoanFacts>, scheme = risk) =>
  entitle({ ...loan, ...facts }, [scheme], new YearSoFar())[0]!;

describe('录入办法时检查单位与取整', () => {
  it('元与比例不能相加', () => expect(codes({ formula: '代偿支出 + 补偿比例' })).toEqual(['formula-malformed']));
  it('乘除必须写明取整方式', () => expect(codes({ formula: '代偿支出 × 补偿比例' })).toEqual(['formula-malformed']));
  it('结果不足一分的须取整', () =>
    expect(codes({ formula: '代偿支出 ×[精确] 补偿比例' })).toEqual(['formula-not-rounded']));
  it('结果须为金额', () => expect(codes({ formula: '补偿比例' })).toEqual(['formula-not-money']));
  it('除数不能为可能是零的输入项', () =>
    expect(codes({ formula: '代偿支出 ÷[去尾] 新增户 ×[去尾] 1户' })).toEqual(['formula-malformed']));
  it('不认识的名称', () => expect(codes({ formula: '代偿支出 ×[去尾] 费率差' })).toEqual(['formula-malformed']));
  it('三级比例合计须为100%', () =>
    expect(codes({ shares: { province: '0.4', city: '0.3', county: '0.29' } })).toEqual(['shares-not-whole']));
  it('元每户乘户得元；键盘符号照认', () =>
    expect(codes({ formula: '新增户 *[去尾] 2000元/户 + 取小(代偿支出*[去尾]30%, 1万元)' })).toEqual([]));
});

describe('条件的三个点：少一分、恰好、多一分', () => {
  it.each([
    ['低一分', -1n, null],
    ['恰好', 0n, null],
    ['高一分', 1n, 2],
  ])('单户在保余额 1000 万元 %s', (_, step, failed) =>
    expect(amountOf({ householdOutstanding: fen(yuan('10000000') + step) }).failed).toBe(failed),
  );
  it.each([
    ['0.009999', null],
    ['0.010000', null],
    ['0.010001', 3],
  ])('费率上限 1%%：%s', (feeRate, failed) => expect(amountOf({ feeRate }).failed).toBe(failed));
  it.each([
    [1, null],
    [2, null],
    [4, 1],
    [0, 1],
  ])('主标签 %i', (primaryTag, failed) => expect(amountOf({ primaryTag }).failed).toBe(failed));
  it.each([
    ['小型', null],
    ['微型', null],
    ['中型', 2],
  ])('划型 %s', (sizeClass, failed) => expect(amountOf({ sizeClass }, fee).failed).toBe(failed));
  it('没有代偿的不补，并说得出哪一条', () => {
    expect(amountOf({ claimCash: fen(0) }).failed).toBe(4);
    const kind = { primaryTag: 4, sizeClass: '小型' };
    expect(describeConditions(risk.conditions, valuesOf(risk.inputNames, loan), kind)[0]).toEqual({
      title: '业务为支小或支农',
      text: '主标签为支新，要求支小、支农',
      holds: false,
    });
  });
});

describe('逐笔计算', () => {
  it('风险补偿：100000.01 × 30% = 30000.003 → 30000.00', () =>
    expect(formatYuan(amountOf({}).amount as never)).toBe('30000.00'));
  it('保费补贴：100万元 × 92天 × (1.5% − 0.8%) ÷ 360 = 1788.888… → 1788.89，步骤带数', () => {
    expect(formatYuan(amountOf({}, fee).amount as never)).toBe('1788.89');
    expect(explainFormula(fee, valuesOf(fee.inputNames, loan)).steps).toEqual([
      { text: '目标费率 1.5% − 费率 0.8%', value: '0.7%' },
      { text: '取大（0.7%，0%）', value: '0.7%' },
      { text: '余额积数 92,000,000.00元·天 ×[精确] 0.7%', value: '644,000.00元·天' },
      { text: '644,000.00元·天 ÷[四舍五入] 年天数 360天', value: '1,788.89元' },
    ]);
  });
  it('单笔年度上限按全年累计；冲正只退已补的', () => {
    const capped = schemeOf(base, 1, { loanCap: '50000.00' });
    const year = new YearSoFar();
    const amounts = ['100000', '100000', '-300000'].map((claim) =>
      formatYuan(entitle({ ...loan, claimCash: yuan(claim) }, [capped], year)[0]!.amount as never),
    );
    // 30000；再 30000 只余 20000；冲正 −90000 只退 50000
    expect(amounts).toEqual(['30000.00', '20000.00', '-50000.00']);
  });
  it('同一用途两个办法：refuse 不补，offset 只补差额', () => {
    const more = (overlap: 'refuse' | 'offset') =>
      schemeOf(base, 3, {
        overlap,
        priority: 200,
        constants: [...base.version.constants.slice(1), { name: '补偿比例', value: '40%' }],
      });
    const second = (overlap: 'refuse' | 'offset') =>
      entitle({ ...loan, claimCash: yuan('100000') }, [risk, more(overlap)], new YearSoFar())[1]!;
    expect([second('refuse').failed, second('refuse').amount]).toEqual([0, 0n]);
    // 40000 − 30000
    expect([second('offset').failed, formatYuan(second('offset').amount as never)]).toEqual([null, '10000.00']);
  });
  it('新增户：同一客户全年只计一户', () => {
    const reward = schemeOf(demoSchemes[2]!, 4);
    const year = new YearSoFar();
    const one = { ...loan, newAmount: yuan('1') };
    const amounts = [one, one, { ...one, identityHash: 'b' }].map((each) =>
      formatYuan(entitle({ ...each, newHousehold: year.newHousehold(each) }, [reward], year)[0]!.amount as never),
    );
    expect(amounts).toEqual(['2000.00', '0.00', '2000.00']);
  });
});
