import { type Day, daysBetween } from '../../../kernel/day.ts';
import type { Fen } from '../../../kernel/money.ts';
import { type Quarter, quarterSpan } from '../../../kernel/month.ts';
import { parseRatio, type Ratio, ratio } from '../../../kernel/ratio.ts';
import type { Values } from './evaluate.ts';
import type { Name } from './formula.ts';
import { moneyUnit, ratioUnit, unit } from './units.ts';

/** One loan as a certificate states it, and what the run knows of it. Amounts in 分; feeRate a plain decimal; flows the quarter's. */
export type LoanFacts = {
  readonly guarantorId: number;
  readonly guaranteeId: bigint;
  readonly contractNo: string;
  readonly county: number;
  readonly identityHash: string;
  readonly sizeClass: string;
  readonly primaryTag: number;
  readonly principal: Fen;
  readonly guaranteed: Fen;
  readonly feeRate: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly outstanding: Fen;
  readonly outstandingActual: Fen;
  readonly householdOutstanding: Fen;
  readonly newAmount: Fen;
  readonly newActual: Fen;
  readonly feeIncome: Fen;
  readonly claimAmount: Fen;
  readonly claimCash: Fen;
  readonly recoveryAmount: Fen;
  readonly balanceDays: string;
  readonly quarter: Quarter;
  /** 1 on the first loan of the year newly disbursed to this customer by this guarantor, else 0. */
  readonly newHousehold: 0 | 1;
};

type Input = Name & { readonly title: string; readonly of: (loan: LoanFacts) => Ratio };
const whole = (value: bigint): Ratio => ({ numerator: value, denominator: 1n });
const money = (title: string, of: (loan: LoanFacts) => bigint, isPositive = false): Input => ({
  unit: moneyUnit,
  isPositive,
  isWhole: true,
  title,
  of: (loan) => whole(of(loan)),
});
const days = (title: string, of: (loan: LoanFacts) => number, isPositive: boolean): Input => ({
  unit: unit(0, 1),
  isPositive,
  isWhole: true,
  title,
  of: (loan) => whole(BigInt(of(loan))),
});

/** The named inputs a formula may use: columns of a certificate row and nothing else. */
export const inputs: ReadonlyMap<string, Input> = new Map<string, Input>([
  ['主债权金额', money('合同主债权本金', (loan) => loan.principal, true)],
  ['担保责任金额', money('主债权金额减银行自担部分', (loan) => loan.guaranteed)],
  ['在保余额', money('季末在保余额（合同口径）', (loan) => loan.outstanding)],
  ['实际承担余额', money('季末在保余额（实际承担口径）', (loan) => loan.outstandingActual)],
  ['单户在保余额', money('该户全省季末在保余额（合同口径）', (loan) => loan.householdOutstanding)],
  ['新增担保额', money('本季放款（合同口径）', (loan) => loan.newAmount)],
  ['新增实际承担额', money('本季放款（实际承担口径）', (loan) => loan.newActual)],
  ['担保费收入', money('本季收取担保费减退费', (loan) => loan.feeIncome)],
  ['代偿本金', money('本季代偿涉及的主债权本金', (loan) => loan.claimAmount)],
  ['代偿支出', money('本季担保机构实际支付的代偿款', (loan) => loan.claimCash)],
  ['追偿回收', money('本季追偿回收', (loan) => loan.recoveryAmount)],
  [
    '余额积数',
    {
      unit: unit(1, 1),
      isPositive: false,
      isWhole: true,
      title: '本季逐日在保余额之和（合同口径）',
      of: (loan) => whole(BigInt(loan.balanceDays)),
    },
  ],
  [
    '费率',
    {
      unit: ratioUnit,
      isPositive: false,
      isWhole: false,
      title: '年化担保费率',
      of: (loan) => readRatio(loan.feeRate),
    },
  ],
  ['本季天数', days('本季日历天数', ({ quarter }) => daysOfQuarter(quarter), true)],
  ['担保天数', days('起始日至到期日（含展期）', (loan) => Math.max(0, daysBetween(loan.startsOn, loan.endsOn)), false)],
  [
    '新增户',
    {
      unit: unit(0, 0, 1),
      isPositive: false,
      isWhole: true,
      title: '该客户本年首笔新增计1户，否则0户',
      of: (loan) => whole(BigInt(loan.newHousehold)),
    },
  ],
]);

/** The values of the named inputs of one loan. */
export const valuesOf = (names: readonly string[], loan: LoanFacts): Values =>
  Object.fromEntries(names.map((name) => [name, inputs.get(name)!.of(loan)]));

/** What is kept with an entitlement: digits (分, 天, 户, 分·天) or a plain decimal ratio by name. */
export const snapshotOf = (names: readonly string[], loan: LoanFacts): Record<string, string> =>
  Object.fromEntries(
    names.map((name) => [name, name === '费率' ? loan.feeRate : String(inputs.get(name)!.of(loan).numerator)]),
  );

/** The values out of what was kept. Throws where a name or value is not of `inputs`: the record was altered. */
export function valuesOfSnapshot(snapshot: Readonly<Record<string, string>>): Values {
  return Object.fromEntries(
    Object.entries(snapshot)
      .filter(([name]) => inputs.has(name))
      .map(([name, text]) => [name, /^-?\d+$/.test(text) ? whole(BigInt(text)) : readRatio(text)]),
  );
}

function readRatio(text: string): Ratio {
  const found = parseRatio(text);
  if (!found) throw new Error(`不是比率：${text}`);
  return found.denominator === 0n ? ratio(0) : found;
}

const quarterDays = new Map<Quarter, number>();
function daysOfQuarter(quarter: Quarter): number {
  const known = quarterDays.get(quarter);
  if (known !== undefined) return known;
  const { from, to } = quarterSpan(quarter);
  const count = daysBetween(from, to) + 1;
  quarterDays.set(quarter, count);
  return count;
}
