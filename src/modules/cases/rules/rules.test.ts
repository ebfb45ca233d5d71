import { describe, expect, it } from 'vitest';
import { addDays, day } from '../../../kernel/day.ts';
import { fen, formatYuan, wan, yuan } from '../../../kernel/money.ts';
import { applicationOf, checkApplication, checkTwins, elsewhereText, guaranteedOf, tagsOf } from './application.ts';
import { checkConclusion, checkFindings, diligenceLines } from './diligence.ts';
import { checkDisbursement } from './disburse.ts';
import { checkReady, checkRecommended } from './review.ts';
import { scorecardOn, scoreOf } from './scorecard.ts';
import { refuseVerb, verbs } from './states.ts';

const today = day('2026-11-24');
const draft = {
  productCode: 'ordinary',
  customerKind: 'enterprise',
  customerName: '晋丰装备制造有限公司',
  identityKind: 'uscc',
  identityNo: '91140100MA0ABCD12R',
  address: '太原市小店区样例街1号',
  county: '140105',
  contactName: '王样例',
  contactPhone: '0351-0000000',
  amount: '3000000.00',
  termMonths: '12',
  purpose: '购买钢材',
  repayment: '销售回款',
  staff: '',
};
const codes = (refusals: readonly { code: string }[]) => refusals.map((each) => each.code);
const whole = (given: object = {}) => {
  const read = applicationOf({ ...draft, ...given });
  if ('refusals' in read) throw new Error(JSON.stringify(read.refusals));
  return read.application;
};

describe('申请', () => {
  it('空草稿：每个必填项各有一条中文说明', () => {
    const read = applicationOf({});
    const refusals = 'refusals' in read ? read.refusals : [];
    expect(refusals.map((each) => each.field)).toEqual(
      expect.arrayContaining([
        'productCode',
        'customerKind',
        'identityNo',
        'amount',
        'termMonths',
        'county',
        'purpose',
      ]),
    );
    expect(refusals.filter((each) => !/[一-龥]/.test(each.message))).toEqual([]);
  });
  it('留空等于没填，文字数字照收', () => {
    expect(whole().staff).toBeUndefined();
    expect(whole({ staff: '35' }).staff).toBe(35);
  });
  it('关联方逐行指出', () => {
    const read = applicationOf({ ...draft, relatedParties: [{ relation: '配偶', name: '甲' }] });
    expect('refusals' in read && read.refusals[0]?.message).toMatch(/^关联方第 1 行：/);
  });
  it('校验码错、企业用身份证、标签无依据、金额单位错，一次全部指出', () => {
    const found = checkApplication(
      whole({ identityNo: '91140100MA0ABCD12X', tags: [1, 2], primaryTag: 1, amount: '10000000000' }),
      today,
    );
    expect(codes(found)).toEqual(['uscc-check', 'amount-absurd', 'tag-evidence']);
    expect(codes(checkApplication(whole({ tags: [1], primaryTag: 2, tagEvidence: '名单' }), today))).toEqual([
      'primary-tag',
    ]);
  });
  it('标签重复只计一次', () => expect(tagsOf([1, 2, 2])).toBe(3));
  it('担保责任金额：0.03 元、银行两成，银行 0.006 元四舍五入为 0.01，余 0.02', () =>
    expect(formatYuan(guaranteedOf(fen(3n), '0.2'))).toBe('0.02'));
});

describe('查重', () => {
  const twin = { number: 'XM2026-000001', bankName: '甲行', amount: wan('10') };
  it('同客户同银行同产品在办：拒绝；其他在办：只提示', () => {
    expect(codes(checkTwins([{ ...twin, isSameBankAndProduct: true }]).refusals)).toEqual(['duplicate-case']);
    expect(checkTwins([{ ...twin, isSameBankAndProduct: false }])).toMatchObject({ refusals: [], told: [/另有在办/] });
  });
  it('其他机构：只说有，不说哪家、多少', () => {
    const told = elsewhereText([{ who: '该客户', openCases: 3, relatedCases: 0, inForce: 1 }]);
    expect(told.map((each) => each.message)).toEqual([
      '该客户在全省其他机构有在办的担保申请',
      '该客户在全省其他机构有在保业务',
    ]);
    expect(JSON.stringify(told)).not.toMatch(/\d/);
  });
});

describe('尽调', () => {
  const all = diligenceLines.map(({ code }) => ({ code, finding: 'pass' as const, note: '' }));
  const facts = { found: all, visits: 1, missing: [] };
  it('清单齐、走访过、资料齐：可以结论', () => expect(checkConclusion(facts)).toEqual([]));
  it('少一项、没走访、缺资料：各有一条', () =>
    expect(codes(checkConclusion({ found: all.slice(1), visits: 0, missing: [{ title: '征信报告' }] }))).toEqual([
      'checklist-open',
      'no-visit',
      'papers-missing',
    ]));
  it.each([
    ['purpose', ['binding-line-failed']],
    ['repayment', []],
  ])('%s 不符合', (code, expected) =>
    expect(
      codes(
        checkConclusion({
          ...facts,
          found: all.map((each) =>
            each.code === code ? { ...each, finding: 'fail' as const, note: '用途不实' } : each,
          ),
        }),
      ),
    ).toEqual(expected),
  );
  it('不是“符合”须写明；不在清单上的不收', () =>
    expect(
      codes(
        checkFindings([
          { code: 'purpose', finding: 'fail', note: ' ' },
          { code: 'nothing', finding: 'pass', note: '' },
        ]),
      ),
    ).toEqual(['note-missing', 'line-unknown']));
});

describe('评审', () => {
  const asked = { amount: wan('300'), termMonths: 12, feeRate: '0.01' };
  it.each([
    [{ ...asked, amount: fen(wan('300') - 1n) }, []],
    [asked, []],
    [{ ...asked, amount: fen(wan('300') + 1n) }, ['above-asked']],
    [{ ...asked, termMonths: 13 }, ['above-asked']],
    [{ ...asked, feeRate: '0.010001' }, ['above-asked']],
  ])('只可减不可增 %#', (given, expected) => expect(codes(checkRecommended(asked, given))).toEqual(expected));
  it('提交审批：缺什么说什么', () => {
    const none = { verdict: null, isScored: false, counters: [], counterPolicy: 'required' as const };
    expect(codes(checkReady(none))).toEqual(['no-review', 'no-score', 'counter-required']);
    const counters = [
      { title: '厂房', verdict: null },
      { title: '车辆', verdict: 'failed' as const },
    ];
    expect(codes(checkReady({ verdict: 'oppose', isScored: true, counters, counterPolicy: 'none' }))).toEqual([
      'review-opposes',
      'counter-unchecked',
      'counter-failed',
    ]);
  });
});

describe('评分（占位模型）', () => {
  const model = scorecardOn(today)!;
  const best = {
    years: '8',
    'debt-ratio': '59.99%',
    'revenue-growth': '10',
    overdue: '0',
    repayment: '充足',
    counter: '抵质押',
  };
  it('满分 100，A 级', () => expect(scoreOf(model, best)).toMatchObject({ score: 100, grade: 'A' }));
  it.each([
    ['59.99', 20],
    ['60', 10],
    ['60.01%', 10],
    ['79.99', 10],
    ['80', 2],
  ])('资产负债率 %s 得 %s 分', (input, points) => {
    const scored = scoreOf(model, { ...best, 'debt-ratio': input });
    expect('parts' in scored && scored.parts.find((each) => each.code === 'debt-ratio')?.points).toBe(points);
  });
  it('每一项没填或填错各说一条', () =>
    expect(scoreOf(model, { years: '很久' })).toMatchObject({ refusals: { length: 6 } }));
});

describe('放款与批准一致', () => {
  const approved = { amount: wan('300'), termMonths: 12, decidedOn: day('2026-11-20'), validUntil: day('2027-02-20') };
  const paid = { amount: wan('300'), disbursedOn: today, endsOn: day('2027-11-24') };
  it.each([
    [paid, []],
    [{ ...paid, amount: fen(wan('300') - 1n) }, []],
    [{ ...paid, amount: fen(wan('300') + 1n) }, ['above-approved']],
    [{ ...paid, endsOn: addDays(paid.endsOn, 1) }, ['term-too-long']],
    [{ ...paid, disbursedOn: addDays(today, 1) }, ['in-the-future']],
    [{ ...paid, disbursedOn: day('2026-11-19') }, ['before-approval', 'term-too-long']],
    [{ ...paid, endsOn: today }, ['ends-before-start']],
    [{ ...paid, amount: yuan('0') }, ['amount-not-positive']],
  ])('%#', (given, expected) => expect(codes(checkDisbursement(approved, given, today))).toEqual(expected));
});

describe('状态', () => {
  it('不在应有的状态：说明谁在何时先办', () =>
    expect(refuseVerb('assign', { state: 'due-diligence', by: '王建国', at: '2026-11-24 10:00:00' })?.message).toBe(
      '项目现为“尽调中”（王建国于 2026-11-24 10:00:00 办理），不能受理并指定A、B角，请刷新后再办',
    ));
  it('已了结的项目什么也不能做', () => {
    for (const state of ['refused', 'withdrawn', 'lapsed'] as const)
      expect(Object.values(verbs).filter((each) => (each.from as readonly string[]).includes(state))).toEqual([]);
  });
});
