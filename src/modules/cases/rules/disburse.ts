import { addMonths, type Day } from '../../../kernel/day.ts';
import { type Fen, formatYuan } from '../../../kernel/money.ts';
import type { Refusal } from '../../../kernel/refusal.ts';

/** What was approved. */
export type Approved = {
  readonly amount: Fen;
  readonly termMonths: number;
  readonly decidedOn: Day;
  readonly validUntil: Day;
};
/** What the bank says it paid out. */
export type Paid = { readonly amount: Fen; readonly disbursedOn: Day; readonly endsOn: Day };

/** 放款是否与批准一致：amount, days and term within what was approved; every refusal that applies. */
export function checkDisbursement(approved: Approved, paid: Paid, today: Day): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (code: string, field: string, message: string, figures: Record<string, string> = {}) =>
    refusals.push({ code, field, message, figures });
  if (paid.amount <= 0n) refuse('amount-not-positive', 'amount', '放款金额须大于零');
  if (paid.amount > approved.amount)
    refuse('above-approved', 'amount', '放款金额超过批准金额，请核对；需要增加请重新申请', {
      放款: formatYuan(paid.amount),
      批准: formatYuan(approved.amount),
    });
  if (paid.disbursedOn > today)
    refuse('in-the-future', 'disbursedOn', `放款日 ${paid.disbursedOn} 晚于今天 ${today}，请在放款后登记`);
  if (paid.disbursedOn < approved.decidedOn)
    refuse('before-approval', 'disbursedOn', `放款日 ${paid.disbursedOn} 早于批准日 ${approved.decidedOn}`);
  if (paid.disbursedOn > approved.validUntil)
    refuse('intent-run-out', 'disbursedOn', `放款日 ${paid.disbursedOn} 晚于意向有效期 ${approved.validUntil}`);
  const latest = addMonths(paid.disbursedOn, approved.termMonths);
  if (paid.endsOn <= paid.disbursedOn) refuse('ends-before-start', 'endsOn', '到期日须晚于放款日');
  if (paid.endsOn > latest)
    refuse('term-too-long', 'endsOn', `到期日超过批准期限 ${approved.termMonths} 个月，最晚为 ${latest}`);
  return refusals;
}
