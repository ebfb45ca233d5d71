import { type Fen, formatYuan } from '../../../kernel/money.ts';
import { compareRatio, percent } from '../../../kernel/ratio.ts';
import type { Refusal } from '../../../kernel/refusal.ts';
import { showLimit, showRatio } from '../../../law/parameter.ts';

/** What a reviewer recommends, beside what was asked. */
export type Recommended = { readonly amount: Fen; readonly termMonths: number; readonly feeRate: string };

/** 评审只可减不可增：a review may lower amount, term and rate of what was asked, and lifts none. */
export function checkRecommended(asked: Recommended, given: Recommended): Refusal[] {
  const refusals: Refusal[] = [];
  if (given.amount <= 0n) refusals.push({ code: 'amount-not-positive', field: 'amount', message: '建议金额须大于零' });
  if (given.amount > asked.amount)
    refusals.push({
      code: 'above-asked',
      field: 'amount',
      message: `建议金额不得高于申请金额${showLimit(asked.amount)}；需要增加请退回补正后重新申请`,
      figures: { 建议: formatYuan(given.amount), 申请: formatYuan(asked.amount) },
    });
  if (given.termMonths > asked.termMonths)
    refusals.push({
      code: 'above-asked',
      field: 'termMonths',
      message: `建议期限不得长于申请期限${asked.termMonths}个月`,
    });
  if (compareRatio(percent(given.feeRate), percent(asked.feeRate)) > 0)
    refusals.push({
      code: 'above-asked',
      field: 'feeRate',
      message: `建议费率不得高于申请时的${showRatio(percent(asked.feeRate))}`,
    });
  return refusals;
}

/** What a case has when it is handed in for approval. */
export type ReadyFacts = {
  readonly verdict: 'support' | 'conditional' | 'oppose' | null;
  readonly isScored: boolean;
  readonly counters: readonly { readonly title: string; readonly verdict: 'passed' | 'failed' | null }[];
  readonly counterPolicy: 'none' | 'reduced' | 'required';
};

/** 能否提交审批：a risk opinion that does not oppose, a score, every counter-guarantee looked at by legal and passed. */
export function checkReady(facts: ReadyFacts): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (code: string, message: string) => refusals.push({ code, message });
  if (facts.verdict === null) refuse('no-review', '风控法务尚未出具风险意见');
  if (facts.verdict === 'oppose')
    refuse('review-opposes', '风险意见为不同意，不能提交审批；请退回尽调、退回补正或不予担保');
  if (!facts.isScored) refuse('no-score', '尚未评分');
  const open = facts.counters.filter((each) => each.verdict === null);
  if (open.length > 0)
    refuse('counter-unchecked', `反担保尚未经法务审查：${open.map((each) => each.title).join('、')}`);
  const failed = facts.counters.filter((each) => each.verdict === 'failed');
  if (failed.length > 0)
    refuse('counter-failed', `反担保审查不通过，请移除或更换：${failed.map((each) => each.title).join('、')}`);
  if (facts.counterPolicy === 'required' && facts.counters.length === 0)
    refuse('counter-required', '产品要求反担保，尚未登记');
  return refusals;
}
