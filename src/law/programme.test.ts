import { describe, expect, it } from 'vitest';
import { addDays, day } from '../kernel/day.ts';
import { fen, plus, wan, zeroFen } from '../kernel/money.ts';
import { percent, type Ratio } from '../kernel/ratio.ts';
import { sciTechPlan } from './mof-2024-60.ts';
import { privateInvestmentPlan } from './mof-2026-6.ts';
import { NotInForce } from './parameter.ts';
import { programmeTerms } from './programme.ts';
import {
  acceptsMediumInSciTech,
  checkCustomerCap,
  checkFeeRate,
  checkPrivateBorrower,
  checkRiskSplit,
  checkSciTechCharges,
  claimRatio,
  reguaranteeFeeCeiling,
} from './programme-checks.ts';

const asOf = day('2026-06-30');
const split = (bank: string, fund: string, province: string, direct: string, others = '0%') => ({
  bank: percent(bank),
  fund: percent(fund),
  province: percent(province),
  direct: percent(direct),
  others: percent(others),
});
const codes = (refusals: readonly { code: string }[]) => refusals.map((each) => each.code);

describe('国办发〔2019〕6号 银担合作与风险分担（GOV-6 GOV-7）', () => {
  it.each([
    ['4222：直保40、省20、国担20、银行20', split('20%', '20%', '20%', '40%'), []],
    ['银行低于20%', split('19.99%', '20%', '20%', '40.01%'), ['bank-share-floor']],
    ['国担低于20%', split('20.01%', '19.99%', '20%', '40%'), ['fund-share-floor']],
    ['国担高于20%', split('20%', '20.01%', '20.01%', '39.98%'), ['fund-share-ceiling']],
    ['省级低于国担', split('20%', '20%', '19.99%', '40.01%'), ['province-below-fund']],
    ['国担不参与时不问国担与省级', split('20%', '0%', '0%', '80%'), []],
    ['合计99.99%', split('20%', '20%', '20%', '39.99%'), ['risk-split-sum']],
    ['合计100%但有负数', split('20%', '20%', '20%', '60%', '-20%'), ['risk-split-sum']],
    [
      '几处都错，都说',
      split('10%', '30%', '10%', '40%'),
      ['risk-split-sum', 'bank-share-floor', 'fund-share-ceiling', 'province-below-fund'],
    ],
  ])('%s', (_, given, expected) => expect(codes(checkRiskSplit(given, 'ordinary', asOf))).toEqual(expected));

  it('银行把风险转回担保机构，拒绝并带未核实标记', () => {
    const [refusal] = checkRiskSplit(split('20%', '20%', '20%', '40%'), 'ordinary', asOf, { isShiftedBack: true });
    expect([refusal?.code, refusal?.unverified?.includes('凭记忆')]).toEqual(['bank-share-shifted-back', true]);
  });
});

describe('财金〔2024〕60号 风险分担比例（GOV-20 GOV-21 GOV-22）', () => {
  it.each([
    ['specialized', split('20%', '40%', '20%', '20%')],
    ['high-tech', split('20%', '35%', '20%', '25%')],
    ['tech-small', split('20%', '30%', '20%', '30%')],
  ] as const)('%s 恰到上限通过，高0.01%%拒绝', (tier, given) => {
    const hundredth = percent('0.01%');
    const moved = (value: Ratio, by: Ratio, sign: 1n | -1n) => ({
      numerator: value.numerator * by.denominator + sign * by.numerator * value.denominator,
      denominator: value.denominator * by.denominator,
    });
    const above = { ...given, fund: moved(given.fund, hundredth, 1n), direct: moved(given.direct, hundredth, -1n) };
    expect(codes(checkRiskSplit(given, 'sci-tech', asOf, { tier }))).toEqual([]);
    expect(codes(checkRiskSplit(above, 'sci-tech', asOf, { tier }))).toEqual(['fund-share-ceiling']);
  });

  it('省级低于20%、担保体系高于80%', () => {
    const given = split('19.99%', '40%', '19.99%', '20.02%');
    expect(codes(checkRiskSplit(given, 'sci-tech', asOf, { tier: 'specialized' }))).toEqual([
      'bank-share-floor',
      'system-share-ceiling',
      'province-share-floor',
    ]);
  });

  it('没有指明档次是程序错误', () => expect(() => programmeTerms('sci-tech', asOf)).toThrow(RangeError));
  it('施行前一日没有此计划', () => {
    const before = addDays(sciTechPlan.inForceOn, -1);
    expect(() => programmeTerms('sci-tech', before, 'high-tech')).toThrow(NotInForce);
    expect(programmeTerms('sci-tech', sciTechPlan.inForceOn, 'high-tech').fundShareCeiling.value).toEqual(
      percent('35%'),
    );
  });
});

describe('单户上限：普通1000（GOV-40）、批量1000、科创3000（GOV-23）、民间投资2000（GOV-33）', () => {
  it.each([
    ['ordinary', '1000', '单户担保金额'],
    ['batch', '1000', '单户担保金额'],
    ['sci-tech', '3000', '单户在保余额'],
    ['private-investment', '2000', '单户授信担保额度'],
  ] as const)('%s：%s万元，口径为%s', (programme, cap, basis) => {
    const check = (amount: bigint) => codes(checkCustomerCap(programme, fen(amount), asOf, 'high-tech'));
    expect(check(wan(cap) - 1n)).toEqual([]);
    expect(check(wan(cap))).toEqual([]);
    expect(check(wan(cap) + 1n)).toEqual(['programme-customer-cap']);
    expect(programmeTerms(programme, asOf, 'high-tech').customerCap.basis).toBe(basis);
  });

  it('民间投资专项：公布前一日没有，额度5000亿元（GOV-30）', () => {
    expect(() => programmeTerms('private-investment', addDays(privateInvestmentPlan.inForceOn, -1))).toThrow(
      NotInForce,
    );
    expect(programmeTerms('private-investment', asOf).quota?.value).toBe(wan('50000000'));
  });

  it('普通业务2024年7月以前的数值带“倒推”标记，以后没有', () => {
    const marks = (on: string) => programmeTerms('ordinary', day(on)).customerCap.unverified;
    expect(marks('2024-07-23')).toContain('倒推');
    expect(marks('2024-07-24')).toBeUndefined();
  });
});

describe('代偿率上限：批量3%（RGU-4）、普通4%（GOV-40）、科创与民间投资5%（GOV-24 GOV-32）', () => {
  it.each([
    ['batch', '3'],
    ['ordinary', '4'],
    ['sci-tech', '5'],
    ['private-investment', '5'],
  ] as const)('%s：%s%%', (programme, cap) => {
    const within = (paid: bigint) => claimRatio(programme, fen(paid), wan('100'), asOf, 'high-tech').isWithin;
    expect([within(wan(cap) - 1n), within(wan(cap)), within(wan(cap) + 1n)]).toEqual([true, true, false]);
  });
  it('没有解除就没有代偿率', () => {
    const { ratio, isWithin } = claimRatio('ordinary', wan('1'), zeroFen, asOf);
    expect([ratio, isWithin]).toEqual([null, null]);
  });
});

describe('再担保费率上限：国办发〔2019〕6号（GOV-5）、科创（GOV-25）、民间投资减半（GOV-34）', () => {
  it.each([
    ['ordinary', '0.3%', '0.5%'],
    ['sci-tech', '0.3%', '0.5%'],
    ['private-investment', '0.15%', '0.25%'],
  ] as const)('%s：500万元及以下%s，以上%s', (programme, small, large) => {
    const ceiling = (amount: bigint) => reguaranteeFeeCeiling(programme, fen(amount), asOf, 'high-tech').ceiling.value;
    expect(ceiling(wan('500'))).toEqual(percent(small));
    expect(ceiling(wan('500') + 1n)).toEqual(percent(large));
  });
  it('计费基数凭记忆，标记随之带出', () =>
    expect(reguaranteeFeeCeiling('ordinary', wan('1'), asOf).base.unverified).toContain('凭记忆'));
});

describe('国办发〔2019〕6号 担保费率（GOV-4）', () => {
  it.each([
    ['500万元收1%', wan('500'), '1%', []],
    ['500万元收1.01%', wan('500'), '1.01%', ['fee-rate-ceiling']],
    ['500万元零一分收1.5%', plus(wan('500'), fen(1)), '1.5%', []],
    ['500万元零一分收1.51%', plus(wan('500'), fen(1)), '1.51%', ['fee-rate-ceiling']],
  ])('%s', (_, amount, rate, expected) => expect(codes(checkFeeRate(amount, percent(rate), asOf))).toEqual(expected));
  it('拒绝时带未核实标记', () =>
    expect(checkFeeRate(wan('1'), percent('2%'), asOf)[0]?.unverified).toContain('凭记忆'));
});

describe('财金〔2024〕60号 费率与收费（GOV-25）、支持对象（GOV-26）', () => {
  it('只可收利息和担保费', () => {
    expect(checkSciTechCharges(['贷款利息', '担保费'], asOf)).toEqual([]);
    expect(checkSciTechCharges(['担保费', '保证金', '咨询费'], asOf)[0]?.message).toContain('保证金、咨询费');
  });
  it('支小支农占比达标才可支持中型企业', () =>
    expect([true, false].map((meets) => acceptsMediumInSciTech(meets, asOf))).toEqual([true, false]));
});

describe('财金〔2026〕6号 支持对象条件（GOV-35）', () => {
  const clean = { isListedAbnormal: false, isListedDishonest: false, isRestrictedIndustry: false };
  it.each([
    ['没有问题', clean, []],
    ['恰满三年', { ...clean, lastMajorViolationOn: day('2023-06-30') }, []],
    ['差一日满三年', { ...clean, lastMajorViolationOn: day('2023-07-01') }, ['private-plan-violation']],
    [
      '样样都有',
      { isListedAbnormal: true, isListedDishonest: true, isRestrictedIndustry: true, lastMajorViolationOn: asOf },
      ['private-plan-abnormal', 'private-plan-dishonest', 'private-plan-restricted-industry', 'private-plan-violation'],
    ],
  ])('%s', (_, borrower, expected) => expect(codes(checkPrivateBorrower(borrower, asOf))).toEqual(expected));
});

describe('财金〔2026〕6号 风险分担比例（GOV-31）', () => {
  it('国担最高40%', () => {
    expect(codes(checkRiskSplit(split('20%', '40%', '20%', '20%'), 'private-investment', asOf))).toEqual([]);
    expect(codes(checkRiskSplit(split('20%', '40.01%', '20%', '19.99%'), 'private-investment', asOf))).toEqual([
      'fund-share-ceiling',
    ]);
  });
});
