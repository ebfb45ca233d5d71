import type { Article } from '../../../kernel/article.ts';
import { type Day, daysBetween } from '../../../kernel/day.ts';
import { divide, type Fen, fen, formatYuan, larger, minus, smaller } from '../../../kernel/money.ts';
import type { Ratio } from '../../../kernel/ratio.ts';
import type { Refusal } from '../../../kernel/refusal.ts';
import { type ChangeKind, chainKinds, changeKinds, type Party, partyTitles } from '../contract/change.ts';

/** 民法典第六百九十五条: 未经保证人书面同意，减轻债务的保证人对变更后的债务承担责任；加重的对加重部分不承担；变更履行期限的，保证期间不受影响。 */
export const article695: Article = {
  document: '中华人民共和国民法典',
  number: '主席令第45号',
  article: '第六百九十五条',
};

/**
 * Who must consent in writing before a change is handed in for approval. The guarantor's own consent is the approval itself. Those who
 * gave counter-guarantees are asked where their burden grows or its ground changes. The list is the platform's reading, not a rule of law.
 */
export function consentsNeeded(kind: ChangeKind, hasCounters: boolean): readonly Party[] {
  const counterParty: readonly Party[] = hasCounters ? ['guarantor'] : [];
  switch (kind) {
    case 'representative':
    case 'name':
      return ['customer', 'bank'];
    case 'branch':
    case 'reduction':
      return ['bank', 'customer'];
    case 'counter':
      return ['customer', ...counterParty];
    default:
      return ['bank', 'customer', ...counterParty];
  }
}

/** Is a successor: releases its predecessor the same day. */
export const isRenewal = (kind: ChangeKind): kind is 'renewal' | 'refinance' | 'no-repay-renewal' =>
  kind in chainKinds && kind !== 'extension';

/** Moves the due day. */
export const movesDueDay = (kind: ChangeKind): boolean => kind === 'extension' || kind === 'term';

export type ChangeFacts = {
  readonly kind: ChangeKind;
  readonly status: string;
  readonly outstanding: Fen;
  readonly dueOn: Day;
  readonly startsOn: Day;
  readonly after?: string | undefined;
  readonly newDueOn?: Day | undefined;
  readonly amount?: Fen | undefined;
  readonly renewal?: { readonly principal: Fen; readonly startsOn: Day; readonly endsOn: Day } | undefined;
};

/** Is what is asked for complete and possible? Every refusal. */
export function checkChange(facts: ChangeFacts): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (code: string, field: string, message: string, more: Partial<Refusal> = {}) =>
    refusals.push({ code, field, message, ...more });
  const title = changeKinds[facts.kind];
  if (facts.status !== 'in-force') refuse('not-in-force', 'kind', `只有在保的保函可以办理${title}`);
  if (movesDueDay(facts.kind)) {
    if (!facts.newDueOn) refuse('due-day-missing', 'dueOn', '请填写变更后的到期日');
    else if (facts.kind === 'extension' && facts.newDueOn <= facts.dueOn)
      refuse('extension-not-later', 'dueOn', `展期到期日须晚于现到期日 ${facts.dueOn}`, { article: article695 });
    else if (facts.newDueOn <= facts.startsOn) refuse('due-before-start', 'dueOn', '到期日须晚于起始日');
    else if (facts.kind === 'term' && facts.newDueOn > facts.dueOn)
      refuse('term-is-extension', 'dueOn', '延长期限请按展期办理（计入展期链，须重新测算限额与备案）');
    else if (facts.newDueOn === facts.dueOn) refuse('nothing-changes', 'dueOn', '到期日没有变化');
  } else if (facts.kind === 'reduction') {
    if (facts.amount === undefined || facts.amount <= 0n)
      refuse('amount-missing', 'amount', '请填写下调后的主债权金额');
    else if (facts.amount >= facts.outstanding)
      refuse('not-a-reduction', 'amount', '下调后的金额须小于在保余额；增加担保请另行申请', {
        figures: { 在保余额: formatYuan(facts.outstanding), 下调后: formatYuan(facts.amount) },
      });
  } else if (isRenewal(facts.kind)) refusals.push(...checkRenewal(facts));
  else if (!facts.after) refuse('after-missing', 'after', '请填写变更后的内容');
  return refusals;
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

/** May it be handed in for approval: has everybody who must consent done so? */
export function checkConsents(needs: readonly Party[], given: readonly Party[]): Refusal[] {
  return needs
    .filter((party) => !given.includes(party))
    .map((party) => ({
      code: 'consent-missing',
      field: party,
      message: `缺少${partyTitles[party]}的书面同意，请登记同意函`,
      article: article695,
    }));
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
