import { describe, expect, it } from 'vitest';
import { type Day, day } from '../../kernel/day.ts';
import { formatYuan, yuan } from '../../kernel/money.ts';
import { percent } from '../../kernel/ratio.ts';
import { checkChange, type RefundFacts, refundOf } from './rules/change.ts';
import { checkConsents, consentsNeeded } from './rules/consent.ts';
import { checkClosing, checkWarning, counterAlerts, intervalOf } from './rules/watch.ts';

describe('退费（ACT/365）', () => {
  const facts = (change: Partial<RefundFacts> = {}): RefundFacts => ({
    ...{ released: yuan('1000000'), principal: yuan('1000000'), guaranteed: yuan('800000'), feeRate: percent('1%') },
    ...{ startsOn: day('2026-01-01'), dueOn: day('2027-01-01'), releaseOn: day('2026-07-01') },
    ...{ received: yuan('8000'), refunded: yuan('0') },
    ...change,
  });
  const refund = (change: Partial<RefundFacts>) => formatYuan(refundOf(facts(change)).refund);
  // 800000 × 1% × 184 ÷ 365 = 4032.876… → 4032.88; earned 800000 × 1% × 181 ÷ 365 = 3967.12; 8000 − 3967.12 = 4032.88
  it('半年后全部解保', () => expect(refundOf(facts())).toMatchObject({ unexpiredDays: 184, refund: yuan('4032.88') }));
  it('一半解保退一半', () => expect(refund({ released: yuan('500000') })).toBe('2016.44')); // 400000 × 1% × 184 ÷ 365
  it.each([
    ['到期前一日', '2026-12-31', '21.92'], // 800000 × 1% × 1 ÷ 365
    ['到期日', '2027-01-01', '0.00'],
    ['到期后', '2027-02-01', '0.00'],
  ])('%s', (_, releaseOn, expected) => expect(refund({ releaseOn: releaseOn as Day })).toBe(expected));
  it('分期只收了一半：不退已赚的', () => expect(refund({ received: yuan('4000') })).toBe('32.88')); // 4000 − 3967.12
  it('没有收过费就没有可退的', () => expect(refund({ received: yuan('0') })).toBe('0.00'));
  it('闰年的日子照实计', () =>
    expect(refundOf(facts({ releaseOn: day('2028-02-28'), dueOn: day('2028-03-01') })).unexpiredDays).toBe(2));
});

describe('变更', () => {
  const facts = {
    ...{ status: 'in-force', outstanding: yuan('500'), dueOn: day('2026-12-31'), startsOn: day('2026-01-01') },
    ...{ today: day('2026-09-30'), effectiveOn: day('2026-09-30'), lastTrueFrom: null, before: '甲' },
  };
  const codes = (change: object) => checkChange({ ...facts, ...change } as never).map((each) => each.code);
  it.each([
    ['展期须晚于到期日：当日', { kind: 'extension', newDueOn: '2026-12-31' }, ['extension-not-later']],
    ['展期一日', { kind: 'extension', newDueOn: '2027-01-01' }, []],
    ['期限延长走展期', { kind: 'term', newDueOn: '2027-01-01' }, ['term-is-extension']],
    ['下调到等于余额', { kind: 'reduction', amount: yuan('500') }, ['not-a-reduction']],
    ['下调一分', { kind: 'reduction', amount: yuan('499.99') }, []],
    ['期限缩到生效日前一日', { kind: 'term', newDueOn: '2026-09-29' }, ['due-before-effective']],
    ['期限缩到生效日', { kind: 'term', newDueOn: '2026-09-30' }, []],
    ['没写变更后', { kind: 'purpose' }, ['after-missing']],
    ['名称没有变', { kind: 'name', after: '甲' }, ['nothing-changes']],
    ['明天才生效', { kind: 'name', after: '乙', effectiveOn: '2026-10-01' }, ['effective-later']],
    ['早于起始日一日', { kind: 'name', after: '乙', effectiveOn: '2025-12-31' }, ['effective-before-start']],
    ['起始日当日', { kind: 'name', after: '乙', effectiveOn: '2026-01-01' }, []],
    ['同日又变一次', { kind: 'name', after: '乙', lastTrueFrom: '2026-09-30' }, []],
    [
      '早于已知的变更',
      { kind: 'name', after: '乙', lastTrueFrom: '2026-09-30', effectiveOn: '2026-09-29' },
      ['later-change'],
    ],
    ['已解保的不能变更', { kind: 'purpose', after: '购原料', status: 'released' }, ['not-in-force']],
  ])('%s', (_, change, expected) => expect(codes(change)).toEqual(expected));
  const renewal = (principal: string) => ({ principal: yuan(principal), startsOn: '2026-12-31', endsOn: '2027-12-31' });
  it.each([
    ['500', []],
    ['500.01', ['above-outstanding']],
  ])('无还本续贷 %s 元，原余额 500 元', (principal, expected) =>
    expect(codes({ kind: 'no-repay-renewal', renewal: renewal(principal) })).toEqual(expected),
  );
  const parties = (kind: Parameters<typeof consentsNeeded>[0], hasCounters: boolean) =>
    consentsNeeded(kind, hasCounters).map((need) => `${need.party} ${need.article.article}`);
  it('哪种变更须由谁书面同意，各依哪一条', () => {
    expect(parties('extension', true)).toEqual([
      'bank 第五百四十三条',
      'customer 第五百四十三条',
      'guarantor 第六百九十五条',
    ]);
    expect(parties('extension', false)).toEqual(['bank 第五百四十三条', 'customer 第五百四十三条']);
    expect(parties('refinance', true).at(-1)).toBe('guarantor 第十六条');
    expect(parties('renewal', true).at(-1)).toBe('guarantor 第六百八十五条');
    // Burdens that do not grow ask no counter-guarantor; what secures us asks no bank.
    expect(parties('reduction', true)).toEqual(['bank 第五百四十三条', 'customer 第五百四十三条']);
    expect(parties('name', true)).toHaveLength(2);
    expect(parties('counter', true)).toEqual(['customer 第五百四十三条', 'guarantor 第五百四十三条']);
  });
  it('缺同意、有同意没有原件，都按条指出', () => {
    const needs = consentsNeeded('extension', true);
    const missing = checkConsents('extension', needs, [
      { party: 'bank', files: 1 },
      { party: 'customer', files: 0 },
    ]);
    expect(missing.map((each) => [each.code, each.field, each.article?.article])).toEqual([
      ['consent-file-missing', 'customer', '第五百四十三条'],
      ['consent-missing', 'guarantor', '第六百九十五条'],
    ]);
    expect(missing[1]?.message).toContain('展期缺少反担保人的书面同意');
    const all = (['bank', 'customer', 'guarantor'] as const).map((party) => ({ party, files: 1 }));
    expect(checkConsents('extension', needs, all)).toEqual([]);
  });
});

describe('检查频次、反担保期限与预警', () => {
  const policy = {
    daysAhead: 15,
    tiers: [
      { title: '次级以下', classes: ['substandard', 'doubtful', 'loss'] as const, days: 15 },
      { title: '逾期', overdueDaysAbove: 0, days: 20 },
      { title: '大额', amountAbove: '10000000', days: 90 },
      { title: '其他', days: 365 },
    ],
  };
  const daysOf = (outstanding: string, overdueDays = 0, rated: 'normal' | 'doubtful' = 'normal') =>
    intervalOf({ outstanding: yuan(outstanding), overdueDays, class: rated }, policy).days;
  it('第一档相符的为准，金额以下、等于、逾期一日、可疑', () =>
    expect([daysOf('9999999.99'), daysOf('10000000'), daysOf('1', 1), daysOf('1', 1, 'doubtful')]).toEqual([
      365, 90, 20, 15,
    ]));
  const ages = { valuationMonths: { '20006': 3 }, valuationMonthsElse: 12, daysAhead: 30 };
  const counter = (change: object) => ({
    ...{
      kind: '20008' as const,
      releasedOn: null,
      valuedOn: day('2026-01-31'),
      registrationEndsOn: null,
      insuranceEndsOn: null,
    },
    ...change,
  });
  const alerts = (change: object, asOf: string) =>
    counterAlerts(counter(change), ages, day(asOf)).map((each) => each.message);
  it('评估到期前 31 日不提醒、30 日提醒、过期另说', () => {
    expect(alerts({}, '2026-12-31')).toEqual([]); // 2027-01-31 − 31 日
    expect(alerts({}, '2027-01-01')).toEqual(['评估（有效 12 个月）将于 2027-01-31 到期']);
    expect(alerts({}, '2027-02-01')).toEqual(['评估（有效 12 个月）已于 2027-01-31 到期']);
  });
  it('存货三个月；保证没有评估；已解除的不提醒', () => {
    expect(alerts({ kind: '20006' }, '2026-04-10')).toEqual(['评估（有效 3 个月）将于 2026-04-30 到期']);
    expect(alerts({ kind: '10000', valuedOn: null }, '2026-04-10')).toEqual([]);
    expect(alerts({ releasedOn: day('2026-02-01') }, '2028-01-01')).toEqual([]);
  });
  it('知悉日不早于发生日、不晚于今天', () => {
    const check = (occurredOn: string, knownOn: string) =>
      checkWarning({ occurredOn: day(occurredOn), knownOn: day(knownOn) }, day('2026-11-20')).map((each) => each.code);
    expect([
      check('2026-11-20', '2026-11-20'),
      check('2026-11-20', '2026-11-19'),
      check('2026-11-20', '2026-11-21'),
    ]).toEqual([[], ['known-before-event'], ['known-in-the-future']]);
  });
  it('任务未完不能关闭', () =>
    expect(checkClosing([{ title: '催收', doneOn: null }])[0]).toMatchObject({
      code: 'tasks-open',
      message: '还有 1 项任务未完成：催收',
    }));
});
