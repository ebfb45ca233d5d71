import type { Article } from '../../kernel/article.ts';
import type { Day } from '../../kernel/day.ts';
import { type Fen, formatYuan, minus } from '../../kernel/money.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { type LineStatus, lineStatusTitles } from './contract.ts';

/** 民法典第六百九十五条第二款: 债权人和债务人变更主债权债务合同的履行期限，未经保证人书面同意的，保证期间不受影响。 */
export const article695: Article = {
  document: '中华人民共和国民法典',
  number: '主席令第45号',
  article: '第六百九十五条',
};

/** Why the day by which a report is due carries a mark. */
export const dueUnverified = '指引只要求银行逐笔报告，未定时点；“次一工作日内”为平台约定';

/** What the bank says of one loan on a day; amounts in 分. */
export type Line = {
  readonly status: LineStatus;
  readonly disbursed: Fen;
  readonly repaid: Fen;
  readonly overdueDays: number;
  readonly overdueAmount: Fen;
  readonly balance: Fen;
  readonly dueOn?: Day | undefined;
};

/** What our book says of it: `outstanding` at the end of the business day as known now, `now` as of now. */
export type BookFacts = {
  readonly status: string;
  readonly principal: Fen;
  readonly startsOn: Day;
  readonly dueOn: Day;
  readonly outstanding: Fen;
  readonly now: Fen;
  /** Later lines of the same guarantee exist: an older day is being filled in. */
  readonly hasLaterDay: boolean;
};

/** Does the line agree with itself? Every fault, named by its column. */
export function checkLine(line: Line): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (code: string, field: string, message: string) => refusals.push({ code, field, message });
  const title = lineStatusTitles[line.status];
  if (line.balance < 0n || line.disbursed < 0n || line.repaid < 0n || line.overdueAmount < 0n)
    refuse('amount-negative', 'balance', '金额不得为负；冲正请写在次日并电话告知担保机构');
  if (line.status === 'settled' && line.balance !== 0n)
    refuse('settled-with-balance', 'balance', `状态为结清，贷款余额须为 0，实报 ${formatYuan(line.balance)} 元`);
  if (line.status !== 'settled' && line.balance === 0n)
    refuse('nil-not-settled', 'status', `贷款余额为 0 须报 40 结清，实报${title}`);
  if ((line.status === 'overdue') !== line.overdueDays > 0)
    refuse(
      'overdue-days',
      'overdueDays',
      line.status === 'overdue' ? '状态为逾期，逾期天数须大于 0' : `逾期天数大于 0 时状态须为 20 逾期，实报${title}`,
    );
  if (line.overdueDays > 0 !== line.overdueAmount > 0n)
    refuse('overdue-amount', 'overdueAmount', '逾期天数与逾期金额须同时为 0 或同时大于 0（金额为逾期本金，元）');
  if (line.overdueAmount > line.balance)
    refuse('overdue-above-balance', 'overdueAmount', '逾期金额（本金）不得大于贷款余额');
  if (line.status === 'repaid' && line.repaid === 0n)
    refuse('repaid-nil', 'repaid', '状态为还款，当日还款本金须大于 0');
  if (line.status === 'disbursed' && line.disbursed === 0n)
    refuse('disbursed-nil', 'disbursed', '状态为放款，当日放款须大于 0');
  if (line.status === 'normal' && (line.repaid > 0n || line.disbursed > 0n))
    refuse('normal-with-amounts', 'status', '当日有放款或还款时，状态不能报 10 正常');
  if ((line.status === 'extended') !== (line.dueOn !== undefined))
    refuse(
      'extension-day',
      'dueOn',
      line.status === 'extended' ? '状态为展期，须填展期到期日' : '只有 30 展期才填展期到期日',
    );
  return refusals;
}

/** A movement that follows from the line without anybody being asked. */
export type FoundMovement = { readonly kind: 'repay' | 'extend'; readonly amount: Fen; readonly extendedToOn?: Day };

/** What the line means for our book: movements (at most one of a kind), questions, or nothing. */
export type Comparison = { readonly movements: readonly FoundMovement[]; readonly questions: readonly Refusal[] };

/**
 * Compares a sound line with the book. A repayment that explains the whole difference is entered; anything else is asked. What is entered
 * rests on balances, so the same line twice, or a repayment already entered by hand, moves nothing.
 */
export function compare(line: Line, book: BookFacts, isExtensionAgreed: boolean): Comparison {
  const questions: Refusal[] = [];
  const difference = minus(book.outstanding, line.balance);
  const figures = {
    台账余额: formatYuan(book.outstanding),
    银行余额: formatYuan(line.balance),
    当日还款: formatYuan(line.repaid),
    当日放款: formatYuan(line.disbursed),
  };
  const ask = (code: string, message: string, more: Partial<Refusal> = {}) =>
    questions.push({ code, message, figures, ...more });
  const movements: FoundMovement[] = [];
  const extension = line.status === 'extended' && line.dueOn !== undefined && line.dueOn > book.dueOn;
  if (extension && isExtensionAgreed && book.status === 'in-force')
    movements.push({ kind: 'extend', amount: line.balance, extendedToOn: line.dueOn });
  else if (extension)
    ask('extension-not-agreed', `银行报展期至 ${line.dueOn}，台账到期日 ${book.dueOn}，担保机构没有同意展期的记录`, {
      article: article695,
      figures: { ...figures, 展期到期日: line.dueOn },
    });
  if (difference === 0n) return { movements, questions };
  if (difference < 0n) {
    const isDisbursement = minus(line.balance, book.outstanding) === line.disbursed;
    ask(
      isDisbursement ? 'disbursed-not-entered' : 'balance-above-book',
      isDisbursement
        ? `银行报当日放款 ${formatYuan(line.disbursed)} 元，台账尚未登记放款`
        : `银行余额比台账多 ${formatYuan(minus(line.balance, book.outstanding))} 元，当日放款不足以说明`,
    );
    return { movements, questions };
  }
  const isExplained = difference === line.repaid && line.disbursed === 0n;
  if (isExplained && book.status === 'in-force' && difference <= book.now && !book.hasLaterDay)
    movements.push({ kind: 'repay', amount: difference });
  else if (isExplained) ask('repaid-not-entered', `银行报 ${formatYuan(line.repaid)} 元还款不能自动登记，请核对先后`);
  else
    ask(
      'balance-below-book',
      `银行余额比台账少 ${formatYuan(difference)} 元，当日还款 ${formatYuan(line.repaid)} 元不足以说明，可能有漏报的还款日`,
    );
  return { movements, questions };
}

/** What entering the movement that a question is about would be; undefined where only the bank can put it right. */
export function movementOf(
  code: string,
  line: Line,
  book: Pick<BookFacts, 'outstanding'>,
): { kind: 'repay' | 'disburse' | 'extend'; amount: Fen; extendedToOn?: Day } | undefined {
  if (code === 'extension-not-agreed' && line.dueOn)
    return { kind: 'extend', amount: line.balance, extendedToOn: line.dueOn };
  const difference = minus(book.outstanding, line.balance);
  if ((code === 'balance-below-book' || code === 'repaid-not-entered') && difference > 0n)
    return { kind: 'repay', amount: difference };
  if (code === 'disbursed-not-entered' && difference < 0n)
    return { kind: 'disburse', amount: minus(line.balance, book.outstanding) };
  return undefined;
}

/** Questions whose movement a guarantor may enter. */
export const mayEnter = (code: string): boolean =>
  ['extension-not-agreed', 'balance-below-book', 'repaid-not-entered', 'disbursed-not-entered'].includes(code);

/** How one bank's day stands on the board. */
export function cellState(facts: {
  isRequired: boolean;
  isDue: boolean;
  expected: number;
  reported: number;
}): 'not-required' | 'not-due' | 'complete' | 'partial' | 'missing' {
  if (!facts.isRequired) return 'not-required';
  if (facts.expected > 0 && facts.reported >= facts.expected) return 'complete';
  if (!facts.isDue) return 'not-due';
  return facts.reported > 0 ? 'partial' : 'missing';
}
