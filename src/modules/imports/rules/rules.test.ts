import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { day } from '../../../kernel/day.ts';
import { fen, yuan } from '../../../kernel/money.ts';
import { claimCash } from '../../guarantees/index.ts';
import { fieldsOf, importProfile } from '../contract.ts';
import { KeyIndex } from '../key-index.ts';
import { dayReader, readMoney, readRate } from './parse.ts';
import { Reasons } from './reason.ts';
import { applyMovement, cashOf, checkMovement, freshRunning, type ImportKind } from './running.ts';
import { suggestFields } from './suggest.ts';

const today = day('2026-11-20');
const opened = () => {
  const terms = {
    principal: yuan('1000000'),
    guaranteed: yuan('800000'),
    startsOn: day('2025-01-10'),
    dueOn: day('2026-01-09'),
  };
  return freshRunning(terms);
};
const movement = (kind: ImportKind, amount: string, on: string) => {
  const facts = opened();
  const money = yuan(amount);
  return { kind, amount: money, cash: cashOf(kind, money, facts), occurredOn: day(on) };
};
const codesOf = (running: ReturnType<typeof opened>, next: ReturnType<typeof movement>) => {
  const reasons = new Reasons();
  checkMovement(running, next, today, reasons);
  return reasons.list.map(({ code }) => code);
};

describe('日期', () => {
  it('两位年份按写明的分界年：49 为 2049，50 为 1950', () => {
    const read = dayReader(['D-MMM-YY'], 50);
    expect(['1-Jan-49', '1-Jan-50', '31-Feb-10', '29-Feb-12'].map(read)).toEqual([
      { value: '2049-01-01' },
      { value: '1950-01-01' },
      { fault: 'date-impossible' },
      { value: '2012-02-29' },
    ]);
  });

  it('没有分界年就不猜；工作簿给出的日期总是认得', () => {
    const read = dayReader(['YYYY/M/D', 'M/D/YYYY'], undefined);
    expect(['24/3/1', '2024/3/1', '3/1/2024', '2024-03-01 00:00:00', '2024-3'].map(read)).toEqual([
      { fault: 'date-two-digit-year' },
      { value: '2024-03-01' },
      { value: '2024-03-01' },
      { value: '2024-03-01' },
      { fault: 'date-format' },
    ]);
  });
});

describe('金额与比例', () => {
  it('万元到分恰为六位小数；千分位放错的不认', () => {
    expect(readMoney('1.000001', '万元')).toEqual({ value: 1_000_001n });
    expect(readMoney('1.0000001', '万元')).toEqual({ fault: 'amount-finer-than-fen' });
    expect(readMoney('1,234,567.89', '元')).toEqual({ value: 123_456_789n });
    expect(readMoney('12,34', '元')).toEqual({ fault: 'amount-format' });
    expect([readRate('100%'), readRate('100.01%'), readRate('-1%')]).toEqual([
      { value: '1' },
      { fault: 'rate-format' },
      { fault: 'rate-format' },
    ]);
  });
});

describe('变动', () => {
  it.each([
    ['低一分', '999999.99', []],
    ['恰等于主债权', '1000000', []],
    ['高一分', '1000000.01', ['above-principal']],
  ])('放款%s', (_, amount, expected) => {
    expect(codesOf(opened(), movement('disburse', amount, '2025-01-10'))).toEqual(expected);
  });

  it.each([
    ['低一分', '599999.99', []],
    ['恰等于余额', '600000', []],
    ['高一分', '600000.01', ['claim-above-outstanding']],
  ])('代偿%s', (_, amount, expected) => {
    const running = opened();
    applyMovement(running, movement('disburse', '1000000', '2025-01-10'));
    applyMovement(running, movement('repay', '400000', '2025-06-01'));
    expect(codesOf(running, movement('claim-paid', amount, '2026-01-09'))).toEqual(expected);
  });

  it('起始日前一天、今天、明天', () => {
    const on = (text: string) => codesOf(opened(), movement('fee', '1', text));
    expect([on('2025-01-09'), on('2025-01-10'), on('2026-11-20'), on('2026-11-21')]).toEqual([
      ['before-start'],
      [],
      [],
      ['in-the-future'],
    ]);
  });

  it('倒填的还款不得使其后任何一天的余额为负', () => {
    const running = opened();
    applyMovement(running, movement('disburse', '100000', '2025-02-01'));
    applyMovement(running, movement('repay', '90000', '2025-03-01'));
    applyMovement(running, movement('disburse', '50000', '2025-04-01'));
    // 3 月 1 日后余额 1 万元，4 月 1 日后 6 万元：2 月 15 日至多再还 1 万元。
    expect(codesOf(running, movement('repay', '10000', '2025-02-15'))).toEqual([]);
    expect(codesOf(running, movement('repay', '10000.01', '2025-02-15'))).toEqual(['above-outstanding-then']);
    expect(codesOf(running, movement('repay', '60000', '2025-04-01'))).toEqual([]);
  });

  it('代偿支付额与账簿的算法处处相同', () => {
    const amount = fc.bigInt({ min: 1n, max: 10n ** 12n });
    fc.assert(
      fc.property(amount, amount, amount, (claim, principal, guaranteed) => {
        const facts = { principal: fen(principal), guaranteed: fen(guaranteed) };
        expect(cashOf('claim-paid', fen(claim), facts)).toBe(claimCash(fen(claim), facts));
      }),
    );
  });
});

describe('映射', () => {
  const base = {
    code: 'flow',
    title: '流水',
    target: 'movement',
    fields: { contractNo: '合同号', kind: '类型', occurredOn: '日期', amount: '金额' },
  };
  it('缺必填字段、未知字段、没有分界年的两位年份，都说清楚', () => {
    const faults = (change: object) =>
      importProfile.safeParse({ ...base, ...change }).error?.issues.map(({ message }) => message) ?? [];
    expect(faults({})).toEqual([]);
    expect(faults({ fields: { ...base.fields, colour: '色' } })).toEqual(['没有目标字段“colour”']);
    expect(faults({ fields: { contractNo: '合同号', kind: '类型', amount: '金额' } })).toEqual([
      expect.stringContaining('发生日'),
    ]);
    expect(faults({ dates: { formats: ['YY/M/D'] } })).toEqual([expect.stringContaining('pivotYear')]);
  });

  it('按列名猜字段，容忍空格与括号', () => {
    expect(suggestFields(fieldsOf('guarantee'), ['保函 编号', '企业名称', '期限(月)'])).toEqual({
      contractNo: '保函 编号',
      customerName: '企业名称',
      termMonths: '期限(月)',
    });
  });
});

it('键索引记得十万个键各在哪一行、说了什么', () => {
  const index = new KeyIndex();
  let met = 0;
  for (let line = 1; line <= 100_000; line += 1) if (index.seen(`合同${line}`, line, 'a')) met += 1;
  expect(met).toBe(0);
  expect(index.seen('合同7', 200_000, 'a')).toEqual({ line: 7, isSame: true });
  expect(index.seen('合同99999', 200_000, 'b')).toEqual({ line: 99_999, isSame: false });
});
