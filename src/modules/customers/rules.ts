import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { checkResidentId } from '../../law/gb-11643.ts';
import { checkUscc, normalizeCode } from '../../law/gb-32100.ts';
import { sizeClass } from '../../law/size-class.ts';

export type CustomerFacts = {
  readonly kind: 'enterprise' | 'individual-business' | 'farmer' | 'business-owner';
  readonly identityKind: 'uscc' | 'resident-id' | 'foreign-id';
  readonly identityNo: string;
  readonly industryCode?: string | undefined;
  readonly staff?: number | undefined;
  readonly revenue?: Fen | undefined;
  readonly assets?: Fen | undefined;
};

/** Is the identity valid, and of the kind this customer must have? Enterprises have a USCC, persons a resident ID. */
export function checkIdentity(facts: CustomerFacts, asOf: Day): Refusal[] {
  const isPerson = facts.kind === 'farmer' || facts.kind === 'business-owner';
  if (facts.identityKind === 'uscc') return checkUscc(facts.identityNo, 'identityNo');
  if (facts.identityKind === 'resident-id' && facts.kind === 'enterprise') {
    return [{ code: 'identity-kind', field: 'identityKind', message: '企业须登记统一社会信用代码' }];
  }
  if (facts.identityKind === 'resident-id') return checkResidentId(facts.identityNo, asOf, 'identityNo');
  return isPerson || facts.kind === 'enterprise'
    ? []
    : [{ code: 'identity-kind', field: 'identityKind', message: '个体工商户须登记统一社会信用代码或经营者身份证号' }];
}

/** What is asked of a change of a customer; ratings and tags as they stand after it. */
export type ChangeFacts = {
  readonly declaredOn?: Day | null | undefined;
  readonly tags: number;
  readonly primaryTag: number;
  readonly rating: string | null;
  readonly ratedOn: Day | null;
};

/** Why the change may not be entered; empty when it may. */
export function checkChange(facts: ChangeFacts, today: Day): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (code: string, field: string, message: string) => refusals.push({ code, field, message });
  if (facts.declaredOn && facts.declaredOn > today) refuse('in-the-future', 'declaredOn', '申报日不能晚于今天');
  if ((facts.rating === null) !== (facts.ratedOn === null))
    refuse('rating-undated', 'issuerRatingOn', '主体信用评级与评级日须同时填写，或同时留空（不可判定）');
  if (facts.ratedOn && facts.ratedOn > today) refuse('in-the-future', 'issuerRatingOn', '评级日不能晚于今天');
  const isOneOf = [0, 1, 2, 4, 8].includes(facts.primaryTag) && (facts.primaryTag & facts.tags) === facts.primaryTag;
  if (!isOneOf || (facts.primaryTag === 0) !== (facts.tags === 0))
    refuse('primary-tag', 'primaryTag', '主标签须为所选标签之一，且有标签时必须指定，以免重复统计');
  return refusals;
}

/** The identity number as it is stored and compared. */
export const identityAsStored = (text: string): string => normalizeCode(text);

/**
 * The size of the customer with its evidence. 个体工商户 and persons have none of their own: they count as 小微 by
 * 财金〔2025〕11号第二条 and are shown as 微型 with that reason (monthly-report rule, CLS-3).
 */
export function sizeOf(facts: CustomerFacts, asOf: Day): { size: string; evidence: unknown } {
  if (facts.kind !== 'enterprise') {
    return { size: '微型', evidence: { reason: '个体工商户、小微企业主和农户按小微统计', rule: 'CLS-3' } };
  }
  if (!facts.industryCode) return { size: '不可判定', evidence: { reason: '未填行业代码' } };
  const { staff, revenue, assets } = facts;
  const verdict = sizeClass({ industryCode: facts.industryCode, staff, revenue, assets }, asOf);
  return { size: verdict.size, evidence: verdict };
}

/** 9114**********R: enough to recognise, not enough to use. */
export const maskIdentity = (text: string): string =>
  text.length <= 6 ? '*'.repeat(text.length) : `${text.slice(0, 4)}${'*'.repeat(text.length - 6)}${text.slice(-2)}`;
