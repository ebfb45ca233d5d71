import { describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { yuan } from '../../kernel/money.ts';
import { readHeader, readRow } from './rows.ts';
import { type BookFacts, checkLine, compare, type Line, movementOf } from './rules.ts';

const line = (change: Partial<Line> = {}): Line => ({
  ...{ status: 'normal', disbursed: yuan('0'), repaid: yuan('0') },
  ...{ overdueDays: 0, overdueAmount: yuan('0'), balance: yuan('1000') },
  ...change,
});
const book = (change: Partial<BookFacts> = {}): BookFacts => ({
  ...{ status: 'in-force', principal: yuan('1000'), startsOn: day('2026-01-01'), dueOn: day('2026-12-31') },
  ...{ outstanding: yuan('1000'), now: yuan('1000'), hasLaterDay: false },
  ...change,
});
const codes = (given: Partial<Line>) => checkLine(line(given)).map((each) => each.code);

describe('一行自身是否相符', () => {
  it.each([
    ['正常、余额不为零', {}, []],
    ['余额为零须报结清', { balance: yuan('0') }, ['nil-not-settled']],
    ['结清', { status: 'settled', repaid: yuan('1000'), balance: yuan('0') }, []],
    ['结清而余额一分', { status: 'settled', balance: yuan('0.01') }, ['settled-with-balance']],
    ['逾期无天数', { status: 'overdue' }, ['overdue-days']],
    ['有天数无金额', { status: 'overdue', overdueDays: 1 }, ['overdue-amount']],
    ['逾期金额等于余额', { status: 'overdue', overdueDays: 1, overdueAmount: yuan('1000') }, []],
    [
      '逾期金额多一分',
      { status: 'overdue', overdueDays: 1, overdueAmount: yuan('1000.01') },
      ['overdue-above-balance'],
    ],
    ['正常却有还款', { repaid: yuan('1') }, ['normal-with-amounts']],
    ['展期没有到期日', { status: 'extended' }, ['extension-day']],
  ] as const)('%s', (_, given, expected) => expect(codes(given as Partial<Line>)).toEqual(expected));
});

describe('与台账相比', () => {
  const repaid = line({ status: 'repaid', repaid: yuan('300'), balance: yuan('700') });
  it('余额相同：不动账、不发问', () =>
    expect(compare(line(), book(), false)).toEqual({ movements: [], questions: [] }));
  it('还款正好说明差额：登记还款', () =>
    expect(compare(repaid, book(), false)).toEqual({
      movements: [{ kind: 'repay', amount: yuan('300') }], // 1000 − 700
      questions: [],
    }));
  it('已由客户经理登记过的还款不再登记', () =>
    expect(compare(repaid, book({ outstanding: yuan('700'), now: yuan('700') }), false).movements).toEqual([]));
  it.each([
    ['还款少一分', { repaid: yuan('299.99') }, 'balance-below-book'],
    ['还款多一分', { repaid: yuan('300.01') }, 'balance-below-book'],
  ] as const)('%s：发问而不登记', (_, given, code) => {
    const found = compare({ ...repaid, ...given }, book(), false);
    expect([found.movements, found.questions.map((each) => each.code)]).toEqual([[], [code]]);
  });
  it('之后的日子已报过：补报旧日只发问', () =>
    expect(compare(repaid, book({ hasLaterDay: true }), false).questions.map((each) => each.code)).toEqual([
      'repaid-not-entered',
    ]));
  it('银行余额更多：按当日放款分辨', () => {
    const more = line({ status: 'disbursed', disbursed: yuan('500'), balance: yuan('1500') });
    expect(compare(more, book(), false).questions[0]?.code).toBe('disbursed-not-entered');
    expect(compare({ ...more, disbursed: yuan('499.99') }, book(), false).questions[0]?.code).toBe(
      'balance-above-book',
    );
  });
  it('民法典第六百九十五条：未经担保机构同意的展期只发问，同意过的登记', () => {
    const extended = line({ status: 'extended', dueOn: day('2027-06-30') });
    expect(compare(extended, book(), false).questions[0]).toMatchObject({
      code: 'extension-not-agreed',
      article: { article: '第六百九十五条' },
    });
    expect(compare(extended, book(), true)).toMatchObject({
      movements: [{ kind: 'extend', extendedToOn: '2027-06-30' }],
      questions: [],
    });
  });
  it('可登记的变动即差额', () => {
    expect(movementOf('balance-below-book', repaid, book())).toEqual({ kind: 'repay', amount: yuan('300') });
    expect(movementOf('balance-above-book', repaid, book())).toBeUndefined();
  });
});

describe('读文件的一行', () => {
  const titles = [
    '业务日',
    '担保机构代码',
    '保证合同号',
    '状态代码',
    '当日放款',
    '当日还款本金',
    '逾期天数',
    '逾期金额',
    '贷款余额',
    '展期到期日',
  ];
  const { header } = readHeader(titles);
  const read = (cells: readonly string[]) => readRow(2, cells, header, day('2026-11-20'));
  it('缺列逐一指出', () =>
    expect(readHeader(titles.slice(0, 8)).refusals.map((each) => each.field)).toEqual(['贷款余额']));
  it('代码与中文都认', () => {
    const row = ['2026-11-20', '', 'HT-1', '10', '0', '0', '0', '0', '1,000.00', ''];
    expect(read(row).parsed).toMatchObject({ status: 'normal', balance: yuan('1000') });
    expect(read(row.with(3, '正常')).parsed?.status).toBe('normal');
  });
  it('昨日的文件：业务日不符', () =>
    expect(read(['2026-11-19', '', 'HT-1', '10', '0', '0', '0', '0', '1', '']).problems[0]).toMatchObject({
      code: 'other-day',
      field: '业务日',
    }));
  it('列错位：每个错处都指名', () => {
    const shifted = read(['', '2026-11-20', '', 'HT-1', '10', '0', '0', '0', '0', '1000']);
    expect(shifted.problems.map((each) => each.field)).toEqual(['业务日', '保证合同号', '状态代码', '展期到期日']);
  });
});
