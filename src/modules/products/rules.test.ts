import { describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { baselineVersions } from './baseline.ts';
import { type EligibilityFacts, eligibilityFacts, productTerms } from './contract.ts';
import { differencesOf, eligibility } from './rules.ts';

const latest = (code: string) => baselineVersions().findLast((each) => each.code === code)!;
const facts = (given: Partial<EligibilityFacts>): EligibilityFacts => ({
  ...eligibilityFacts.parse({ customerKind: 'enterprise', sizeClass: '小型', tags: 1, amount: '100', termMonths: 12 }),
  ...given,
});
const failing = (code: string, given: Partial<EligibilityFacts>) =>
  eligibility(facts(given), latest(code).terms)
    .filter((each) => !each.passes)
    .map((each) => `${each.title}｜${each.wouldPass}`);

it('出厂的每个版本都合乎契约；每个数都写明出处，凭记忆的带标记', () => {
  for (const each of baselineVersions()) expect(productTerms.safeParse(each.terms).error).toBeUndefined();
  const batch = latest('batch');
  expect(batch.unverified).toContain('未见原文');
  expect(batch.terms.caps[0]?.unverified).toContain('凭记忆');
  expect(batch.terms.claimRatioCap).toMatchObject({ ratio: '0.03', whenReached: 'suspend' });
  // 科创三档 40/35/30 都在，带文号。
  expect(
    latest('tech')
      .terms.shares.filter((each) => each.party === 'fund' && each.bound === 'ceiling')
      .map((each) => `${each.tier} ${each.ratio} ${each.source.includes('财金〔2024〕60号')}`),
  ).toEqual(['specialized 0.4 true', 'high-tech 0.35 true', 'tech-small 0.3 true']);
});

describe('单户上限按各自的口径，少一分、正好、多一分', () => {
  it.each([
    // 科创：单户在保余额 ≤ 3000 万元；已还部分不计：余额 2000 + 1000 = 3000，合同 2900 不影响。
    ['tech', { tier: 'specialized', balance: '20000000', committed: '29000000', amount: '9999999.99' }, []],
    ['tech', { tier: 'specialized', balance: '20000000', committed: '29000000', amount: '10000000.00' }, []],
    [
      'tech',
      { tier: 'specialized', balance: '20000000', committed: '29000000', amount: '10000000.01' },
      ['单户在保余额｜本次不超过1,000万元'],
    ],
    // 民投：单户授信担保额度 ≤ 2000 万元；合同在有效期内，已还部分仍占用：1500 + 500 = 2000。
    ['private', { termMonths: 24, balance: '0', committed: '15000000', amount: '4999999.99' }, []],
    ['private', { termMonths: 24, balance: '0', committed: '15000000', amount: '5000000.00' }, []],
    [
      'private',
      { termMonths: 24, balance: '0', committed: '15000000', amount: '5000000.01' },
      ['单户授信担保额度｜本次不超过500万元'],
    ],
    // 创业担保：单户在保余额 ≤ 500 万元（占位）。
    ['startup', { flags: ['startup-group'], amount: '5000000.00', feeRate: '0' }, []],
    ['startup', { flags: ['startup-group'], amount: '5000000.01', feeRate: '0' }, ['单户在保余额｜本次不超过500万元']],
  ] as const)('%s %#', (code, given, expected) =>
    expect(failing(code, given as unknown as Partial<EligibilityFacts>)).toEqual(expected),
  );

  it('普通业务：单户担保金额与单笔都是1000万元；单笔只看本笔', () => {
    expect(failing('ordinary', { amount: '10000000.00' })).toEqual([]);
    expect(failing('ordinary', { amount: '10000000.01' })).toEqual([
      '单户担保金额｜本次不超过1,000万元',
      '单笔担保金额｜本次不超过1,000万元',
    ]);
    expect(failing('ordinary', { amount: '0.01', committed: '10000000' })).toEqual(['单户担保金额｜须先压降存量业务']);
  });
});

describe('条件、期限、费率：不通过的条款与怎样可以通过', () => {
  it('中型企业不是小微；科创须指明档次；民投须一年以上、无违法', () => {
    expect(failing('ordinary', { sizeClass: '中型' })).toEqual(['小微企业｜企业划型须为小型、微型']);
    expect(failing('tech', {})).toEqual(['科技创新企业名单｜须由科技或工信部门认定名单确认，并指明档次']);
    expect(failing('private', { termMonths: 12 })).toEqual(['期限｜期限改为 13 个月']);
    expect(failing('private', { termMonths: 13, flags: ['dishonest'] })).toEqual([
      '列入严重失信名单｜须消除：列入严重失信名单',
    ]);
    expect(failing('agri', { customerKind: 'farmer', tags: 1 })).toEqual(['支农业务｜须属于支农业务并有依据']);
    expect(failing('startup', { feeRate: '0' })).toEqual([
      '创业担保贷款十类人员或其小微企业｜须符合并提供依据：创业担保贷款十类人员或其小微企业',
    ]);
  });
  it.each([
    // ≤ 500 万元：1%；以上 1.5%，按单户合计取档：committed 400 + 100 = 500。
    ['0.01', '4000000', '1000000.00', []],
    ['0.010001', '4000000', '1000000.00', ['担保费率上限｜费率降至1%']],
    ['0.015', '4000000', '1000000.01', []],
    ['0.015001', '4000000', '1000000.01', ['担保费率上限｜费率降至1.5%']],
  ])('费率 %s，合计 %s+%s', (feeRate, committed, amount, expected) =>
    expect(failing('ordinary', { feeRate, committed, amount })).toEqual(expected),
  );
});

it('版本差异只列变化：2025年办法加了单笔上限与小微企业主', () => {
  const versions = baselineVersions().filter((each) => each.code === 'ordinary');
  expect(versions.map((each) => each.from)).toEqual([day('2019-01-22'), day('2024-07-24'), day('2025-03-01')]);
  const titles = differencesOf(versions[1]!.terms, versions[2]!.terms).map((each) => each.title);
  expect(titles).toContain('上限 单笔担保金额');
  expect(titles).toContain('条件 小微企业、三农主体');
  expect(differencesOf(versions[2]!.terms, versions[2]!.terms)).toEqual([]);
});
