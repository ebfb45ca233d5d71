import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, day } from '../../../kernel/day.ts';
import { fen, formatYuan, plus, yuan } from '../../../kernel/money.ts';
import {
  checkLaterRates,
  checkReceipt,
  checkReleased,
  type FeeTerms,
  type Frequency,
  feeFor,
  feeSchedule,
  openInstalments,
  refundOf,
} from './fees.ts';
import { vatMark } from './vat.ts';

const terms: FeeTerms = {
  base: yuan('2400000'),
  rate: '0.008',
  startsOn: day('2026-12-01'),
  endsOn: day('2027-12-01'),
};

describe('担保费：ACT/365，算头不算尾', () => {
  it('一年整：2,400,000 × 0.8% × 365 ÷ 365 = 19,200.00', () =>
    expect(formatYuan(feeSchedule(terms, 'once').total)).toBe('19200.00'));

  it('闰年多收一天：2027-12-01 至 2028-12-01 共 366 天，19,200 × 366 ÷ 365 = 19,252.60', () =>
    expect(
      formatYuan(feeSchedule({ ...terms, startsOn: day('2027-12-01'), endsOn: day('2028-12-01') }, 'once').total),
    ).toBe('19252.60'));

  it.each([
    // 365 × 0.005 元 = 1.825 元的基数使一天的费用落在半分上：base × 1 × 1 ÷ 365。
    [181n, '0.00'], // 181 ÷ 365 = 0.4959 分
    [183n, '0.01'], // 183 ÷ 365 = 0.5014 分
  ])('四舍五入到分：基数 %s 分一天', (base, expected) =>
    expect(formatYuan(feeFor({ base: fen(base), rate: '1' }, 1))).toBe(expected),
  );

  it('按年：两年期各付一次，期初缴纳；末期取尾差', () => {
    const { total, instalments } = feeSchedule({ ...terms, endsOn: day('2028-12-01') }, 'yearly');
    expect(instalments.map((each) => [each.dueOn, each.days, formatYuan(each.amount)])).toEqual([
      ['2026-12-01', 365, '19200.00'],
      ['2027-12-01', 366, '19252.60'],
    ]);
    expect(formatYuan(total)).toBe('38452.60');
  });

  it('月末起算不漂移：1月31日起按季，各期始于 1-31、4-30、7-31、10-31', () =>
    expect(
      feeSchedule({ ...terms, startsOn: day('2027-01-31'), endsOn: day('2028-01-31') }, 'quarterly').instalments.map(
        (each) => each.from,
      ),
    ).toEqual(['2027-01-31', '2027-04-30', '2027-07-31', '2027-10-31']));

  it('分期之和恒等于合计，首尾相接', () =>
    fc.assert(
      fc.property(
        fc.bigInt(1n, 10n ** 13n),
        fc.integer({ min: 1, max: 1500 }),
        fc.integer({ min: 1, max: 2000 }),
        fc.constantFrom<Frequency>('once', 'yearly', 'half-yearly', 'quarterly'),
        (base, rate, days, frequency) => {
          const asked = { base: fen(base), rate: `0.0${String(rate).padStart(4, '0')}`, startsOn: terms.startsOn };
          const endsOn = addDays(terms.startsOn, days);
          const { total, instalments } = feeSchedule({ ...asked, endsOn }, frequency);
          expect(plus(...instalments.map((each) => each.amount))).toBe(total);
          expect(instalments.map((each) => each.from).slice(1)).toEqual(
            instalments.map((each) => each.to).slice(0, -1),
          );
        },
      ),
      { numRuns: 60 },
    ));
});

describe('提前解除的退费', () => {
  const received = yuan('19200');
  it.each([
    // 到 2027-06-01 共 182 天：19,200 × 182 ÷ 365 = 9,573.70；退 9,626.30。
    ['2027-06-01', 182, '9573.70', '9626.30', '0.00'],
    ['2026-11-01', 0, '0.00', '19200.00', '0.00'],
    ['2027-12-01', 365, '19200.00', '0.00', '0.00'],
    ['2028-12-01', 365, '19200.00', '0.00', '0.00'],
  ])('%s', (on, days, earned, refund, owed) => {
    const found = refundOf(terms, received, day(on));
    expect([found.days, formatYuan(found.earned), formatYuan(found.refund), formatYuan(found.owed)]).toEqual([
      days,
      earned,
      refund,
      owed,
    ]);
  });
  it('只收了一部分：已赚 9,573.70，收 5,000，不退，尚欠 4,573.70', () => {
    const found = refundOf(terms, yuan('5000'), day('2027-06-01'));
    expect([formatYuan(found.refund), formatYuan(found.owed)]).toEqual(['0.00', '4573.70']);
  });
});

describe('后续年度费率不同', () => {
  // 两年期：首年 0.8%，次年 0.6%。2026-12-01 至 2027-12-01 365 天，至 2028-12-01 366 天。
  const stepped: FeeTerms = { ...terms, laterRates: ['0.006'], endsOn: day('2028-12-01') };
  it('按年：19,200.00；2,400,000 × 0.6% × 366 ÷ 365 = 14,439.45', () => {
    const { total, instalments } = feeSchedule(stepped, 'yearly');
    expect([...instalments.map((each) => formatYuan(each.amount)), formatYuan(total)]).toEqual([
      '19200.00',
      '14439.45',
      '33639.45',
    ]);
  });
  it('最后一个费率一直用下去；与各年同费率时等于单一费率', () => {
    const long = { ...terms, endsOn: day('2030-12-01') };
    const same = feeSchedule({ ...long, laterRates: ['0.008', '0.008'] }, 'yearly');
    expect(same).toEqual(feeSchedule(long, 'yearly'));
    // 2028-12-01 至 2030-12-01 共 730 天仍按 0.6%：2,400,000 × 0.6% × (366 + 730) ÷ 365 = 43,239.45，加首年 19,200。
    expect(formatYuan(feeSchedule({ ...long, laterRates: ['0.006'] }, 'once').total)).toBe('62439.45');
  });
  it('第二年中途解除：已赚 = 首年 19,200 + 2,400,000 × 0.6% × 182 ÷ 365 = 7,180.27', () => {
    const found = refundOf(stepped, yuan('33639.45'), day('2028-05-31'));
    expect([formatYuan(found.earned), formatYuan(found.refund)]).toEqual(['26380.27', '7259.18']);
  });
  it.each([
    [['0.006'], 24, []],
    [['0.008'], 24, []],
    [['0.0081'], 24, ['above-approved-rate']],
    [['0.006'], 12, ['more-years-than-term']],
    [['0.006', '0.005'], 24, ['more-years-than-term']],
  ])('后续费率 %j，期限 %s 个月 → %j', (laterRates, months, codes) =>
    expect(checkLaterRates(laterRates, '0.008', months).map((each) => each.code)).toEqual(codes),
  );
});

describe('部分解除的退费', () => {
  const part = (amount: string) => ({ amount: yuan(amount), principal: yuan('3000000') });
  it('解除三分之一：未到期 183 天 19,200 × 183 ÷ 365 ÷ 3 = 3,208.77', () =>
    expect(formatYuan(refundOf(terms, yuan('19200'), day('2027-06-01'), part('1000000')).refund)).toBe('3208.77'));
  it('只收了 10,000：已赚 9,573.70，最多退 426.30', () =>
    expect(formatYuan(refundOf(terms, yuan('10000'), day('2027-06-01'), part('1000000')).refund)).toBe('426.30'));
  it.each([
    ['0.00', ['not-a-part']],
    ['0.01', []],
    ['2999999.99', []],
    ['3000000.00', ['not-a-part']],
  ])('解除 %s 元', (amount, codes) => expect(checkReleased(part(amount)).map((each) => each.code)).toEqual(codes));
});

it('收到的款先冲前期：两期各 100，收 150，第二期尚欠 50', () => {
  const each = {
    from: day('2026-12-01'),
    to: day('2027-12-01'),
    days: 365,
    dueOn: day('2026-12-01'),
    amount: yuan('100'),
  };
  const open = openInstalments(
    [
      { seq: 1, ...each },
      { seq: 2, ...each },
    ],
    yuan('150'),
  );
  expect(open.map((one) => formatYuan(one.open))).toEqual(['0.00', '50.00']);
});

describe('收费登记', () => {
  const plan = { total: yuan('19200'), received: yuan('9200') };
  const today = day('2026-12-01');
  it.each([
    ['9999.99', []],
    ['10000.00', []],
    ['10000.01', ['above-fee-plan']],
    ['0.00', ['amount-not-positive']],
  ])('未收 10,000 元，本次 %s', (amount, expected) =>
    expect(checkReceipt({ amount: yuan(amount), receivedOn: today }, plan, today).map((each) => each.code)).toEqual(
      expected,
    ),
  );
  it('收款日不得晚于今天', () =>
    expect(
      checkReceipt({ amount: yuan('1'), receivedOn: addDays(today, 1) }, plan, today).map((each) => each.code),
    ).toEqual(['in-the-future']));
});

describe('GOV-12 担保费免征增值税（凭记忆，待核实）', () => {
  it.each([
    ['enterprise', '小型', '2026-12-01', true],
    ['enterprise', '中型', '2026-12-01', false],
    ['enterprise', '不可判定', '2026-12-01', false],
    ['farmer', '微型', '2026-12-01', true],
    ['business-owner', '微型', '2026-12-01', false],
    ['individual-business', '微型', '2027-12-31', true],
    ['individual-business', '微型', '2028-01-01', false],
    ['individual-business', '微型', '2023-07-31', false],
  ])('%s %s %s → %s', (kind, sizeClass, on, expected) =>
    expect(vatMark({ kind, sizeClass }, day(on)).isExempt).toBe(expected),
  );
});
