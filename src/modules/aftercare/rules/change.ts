import { type Day, daysBetween } from '../../../kernel/day.ts';
import { divide, type Fen, fen, formatYuan, larger, minus, smaller } from '../../../kernel/money.ts';
import type { Ratio } from '../../../kernel/ratio.ts';
import type { Refusal } from '../../../kernel/refusal.ts';
import { type ChangeKind, chainKinds, changeKinds, contentKinds } from '../contract/titles.ts';
import { article695 } from './consent.ts';

/** Is a successor: releases its predecessor the same day. */
export const isRenewal = (kind: ChangeKind): kind is 'renewal' | 'refinance' | 'no-repay-renewal' =>
  kind in chainKinds && kind !== 'extension';

/** Moves the due day. */
export const movesDueDay = (kind: ChangeKind): boolean => kind === 'extension' || kind === 'term';

/** Takes effect on a day of its own, which is asked for; the others when they are carried out. */
export const hasEffectiveDay = (kind: ChangeKind): boolean => kind in contentKinds;

export type ChangeFacts = {
  readonly kind: ChangeKind;
  readonly status: string;
  readonly outstanding: Fen;
  readonly dueOn: Day;
  readonly startsOn: Day;
  readonly today: Day;
  readonly effectiveOn: Day;
  /** The day from which the newest change of this kind is true. */
  readonly lastTrueFrom: Day | null;
  readonly before: string;
  readonly after?: string | undefined;
  readonly newDueOn?: Day | undefined;
  readonly amount?: Fen | undefined;
  readonly renewal?: { readonly principal: Fen; readonly startsOn: Day; readonly endsOn: Day } | undefined;
};

type Refuse = (code: string, field: string, message: string, more?: Partial<Refusal>) => void;

/** Is what is asked for complete and possible? Every refusal. */
export function checkChange(facts: ChangeFacts): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse: Refuse = (code, field, message, more = {}) => refusals.push({ code, field, message, ...more });
  if (facts.status !== 'in-force') refuse('not-in-force', 'kind', `只有在保的保函可以办理${changeKinds[facts.kind]}`);
  if (hasEffectiveDay(facts.kind)) checkEffectiveDay(facts, refuse);
  if (movesDueDay(facts.kind)) checkDueDay(facts, refuse);
  else if (facts.kind === 'reduction') checkReduction(facts, refuse);
  else if (isRenewal(facts.kind)) refusals.push(...checkRenewal(facts));
  else if (!facts.after) refuse('after-missing', 'after', '请填写变更后的内容');
  else if (facts.after === facts.before) refuse('nothing-changes', 'after', '变更后与现在相同，无须变更');
  return refusals;
}

function checkEffectiveDay(facts: ChangeFacts, refuse: Refuse): void {
  const { effectiveOn, today, startsOn, lastTrueFrom } = facts;
  if (effectiveOn > today)
    refuse('effective-later', 'effectiveOn', `生效日 ${effectiveOn} 晚于今天 ${today}，请届时办理`);
  if (effectiveOn < startsOn) refuse('effective-before-start', 'effectiveOn', `生效日早于起始日 ${startsOn}`);
  if (lastTrueFrom !== null && effectiveOn < lastTrueFrom)
    refuse('later-change', 'effectiveOn', `已有自 ${lastTrueFrom} 起生效的${changeKinds[facts.kind]}，生效日不能更早`);
}

function checkDueDay({ kind, newDueOn, dueOn, startsOn, effectiveOn }: ChangeFacts, refuse: Refuse): void {
  if (!newDueOn) refuse('due-day-missing', 'dueOn', '请填写变更后的到期日');
  else if (kind === 'extension' && newDueOn <= dueOn)
    refuse('extension-not-later', 'dueOn', `展期到期日须晚于现到期日 ${dueOn}`, { article: article695 });
  else if (newDueOn <= startsOn) refuse('due-before-start', 'dueOn', '到期日须晚于起始日');
  else if (kind === 'term' && newDueOn > dueOn)
    refuse('term-is-extension', 'dueOn', '延长期限请按展期办理（计入展期链，须重新测算限额与备案）');
  else if (newDueOn === dueOn) refuse('nothing-changes', 'dueOn', '到期日没有变化');
  else if (kind === 'term' && newDueOn < effectiveOn)
    refuse('due-before-effective', 'dueOn', `缩短后的到期日早于生效日 ${effectiveOn}`);
}

function checkReduction({ amount, outstanding }: ChangeFacts, refuse: Refuse): void {
  if (amount === undefined || amount <= 0n) refuse('amount-missing', 'amount', '请填写下调后的主债权金额');
  else if (amount >= outstanding)
    refuse('not-a-reduction', 'amount', '下调后的金额须小于在保余额；增加担保请另行申请', {
      figures: { 在保余额: formatYuan(outstanding), 下调后: formatYuan(amount) },
    });
}

function checkRenewal(facts: ChangeFacts): Refusal[] {
  const { renewal } = facts;
  if (!renewal) return [{ code: 'renewal-missing', field: 'renewal', message: '请填写新保函的合同号、金额和起止日' }];
  const refusals: Refusal[] = [];
  if (renewal.endsOn <= renewal.startsOn)
    refusals.push({ code: 'ends-before-start', field: 'renewal.endsOn', message: '新保函到期日须晚于起始日' });
  if (facts.kind === 'no-repay-renewal' && renewal.principal > facts.outstanding)
    refusals.push({
      code: 'above-outstanding',
      field: 'renewal.principal',
      message: '无还本续贷的金额不得大于原在保余额；增加部分请另行申请',
      figures: { 原在保余额: formatYuan(facts.outstanding), 续贷金额: formatYuan(renewal.principal) },
    });
  return refusals;
}

export type RefundFacts = {
  readonly released: Fen;
  readonly principal: Fen;
  readonly guaranteed: Fen;
  readonly feeRate: Ratio;
  readonly startsOn: Day;
  readonly dueOn: Day;
  readonly releaseOn: Day;
  readonly received: Fen;
  readonly refunded: Fen;
};
export type Refund = {
  readonly borne: Fen;
  readonly unexpiredDays: number;
  readonly unexpiredFee: Fen;
  readonly earned: Fen;
  readonly refund: Fen;
};

/**
 * What of the fee an early release gives back, by ACT/365: released part of the 担保责任金额 × yearly rate × days from the release to the
 * due day ÷ 365, half-up to the 分; never more than what was received and is neither refunded nor earned by then (whole 担保责任金额 ×
 * rate × days from start to release ÷ 365). On or after the due day nothing.
 */
export function refundOf(facts: RefundFacts): Refund {
  const { feeRate: rate, principal } = facts;
  const yearly = rate.denominator * 365n;
  const feeOf = (borneTimesPrincipal: bigint, days: number): Fen =>
    fen(divide(borneTimesPrincipal * rate.numerator * BigInt(Math.max(0, days)), yearly * principal, 'half-up'));
  const unexpiredDays = Math.max(0, daysBetween(facts.releaseOn, facts.dueOn));
  const unexpiredFee = feeOf(facts.released * facts.guaranteed, unexpiredDays);
  const earned = feeOf(facts.guaranteed * principal, daysBetween(facts.startsOn, facts.releaseOn));
  const left = larger(fen(0n), minus(minus(facts.received, facts.refunded), earned));
  return {
    borne: fen(divide(facts.released * facts.guaranteed, principal, 'half-up')),
    ...{ unexpiredDays, unexpiredFee, earned },
    refund: smaller(unexpiredFee, left),
  };
}
