import type { Day } from '../../kernel/day.ts';
import { type Fen, fen, formatYuan, minus, plus } from '../../kernel/money.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { type MovementKind, movementKinds } from './movement-kinds.ts';

/** What is known of a guarantee before a movement, reversed movements left out; amounts in 分. */
export type GuaranteeState = {
  readonly status: string;
  readonly principal: Fen;
  readonly startsOn: Day;
  readonly dueOn: Day;
  readonly outstanding: Fen;
  readonly disbursed: Fen;
  /** Cash paid on claims, recovered, written off; fees received and refunded. */
  readonly claimed: Fen;
  readonly recovered: Fen;
  readonly writtenOff: Fen;
  readonly fees: Fen;
  readonly refunded: Fen;
};

/** A movement as asked for. */
export type MovementFacts = {
  readonly kind: MovementKind;
  readonly amount: Fen;
  readonly occurredOn: Day;
  readonly extendedToOn?: Day | undefined;
};

/** The largest single amount the book accepts: 100 亿元. A guard against a wrong unit, not a rule of law. */
export const absurdAmount = fen(1_000_000_000_000n);

/**
 * May this movement be entered? Returns every refusal that applies.
 * Recoveries never exceed what was paid on claims (regulations §6), write-offs never what is still unrecovered.
 */
export function checkMovement(state: GuaranteeState, movement: MovementFacts, today: Day): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (code: string, message: string, figures?: Record<string, string>) =>
    refusals.push({ code, message, ...(figures ? { figures } : {}), field: 'amount' });
  const { kind, amount } = movement;
  const title = movementKinds[kind].title;
  if (kind !== 'extend' && amount <= 0n) refuse('amount-not-positive', `${title}金额须大于零`);
  if (amount > absurdAmount) refuse('amount-absurd', `${title}金额超过100亿元，请核对单位是否为元`);
  if (movement.occurredOn < state.startsOn) {
    refusals.push({
      code: 'before-start',
      field: 'occurredOn',
      message: `发生日 ${movement.occurredOn} 早于起始日 ${state.startsOn}`,
    });
  }
  if (movement.occurredOn > today) {
    refusals.push({
      code: 'in-the-future',
      field: 'occurredOn',
      message: `发生日 ${movement.occurredOn} 晚于今天 ${today}，请在发生后登记`,
    });
  }
  if (state.status === 'transferred') refuse('already-transferred', '该保函已随合并转出，请到承接机构办理');
  const limit = limitOf(kind, state);
  if (limit && amount > limit.amount) {
    refuse(limit.code, `${title}金额超过${limit.title}`, {
      本次: formatYuan(amount),
      [limit.title]: formatYuan(limit.amount),
    });
  }
  if (kind === 'extend') refusals.push(...checkExtension(state, movement));
  return refusals;
}

function checkExtension(state: GuaranteeState, movement: MovementFacts): Refusal[] {
  if (state.outstanding === 0n)
    return [{ code: 'nothing-outstanding', message: '在保余额为零，无可展期', field: 'amount' }];
  if (!movement.extendedToOn || movement.extendedToOn <= state.dueOn) {
    return [{ code: 'extension-not-later', field: 'extendedToOn', message: `展期到期日须晚于现到期日 ${state.dueOn}` }];
  }
  return [];
}

function limitOf(kind: MovementKind, state: GuaranteeState): { code: string; title: string; amount: Fen } | undefined {
  switch (kind) {
    case 'disburse':
      return { code: 'above-principal', title: '未放款本金', amount: minus(state.principal, state.disbursed) };
    case 'repay':
    case 'release':
    case 'claim-paid':
    case 'transfer-out':
      return { code: 'above-outstanding', title: '在保余额', amount: state.outstanding };
    case 'recovery':
      return { code: 'above-claim', title: '未收回代偿额', amount: minus(state.claimed, state.recovered) };
    case 'write-off':
      return {
        code: 'above-unrecovered',
        title: '未收回代偿额',
        amount: minus(state.claimed, plus(state.recovered, state.writtenOff)),
      };
    case 'refund':
      return { code: 'above-fee', title: '已收未退担保费', amount: minus(state.fees, state.refunded) };
    default:
      return undefined;
  }
}

/** The state a guarantee is in after a movement that leaves `outstanding`. */
export function statusAfter(kind: MovementKind, before: string, outstanding: Fen): string {
  if (kind === 'transfer-out') return outstanding === 0n ? 'transferred' : before;
  if (kind === 'write-off') return 'written-off';
  if (outstanding > 0n) return 'in-force';
  if (kind === 'claim-paid') return 'claimed';
  if (kind === 'repay' || kind === 'release') return 'released';
  return before;
}

/** What is asked of a new guarantee, besides its parties. */
export type IssueFacts = {
  readonly principal: Fen;
  readonly guaranteed: Fen;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly tags: number;
  readonly primaryTag: number;
};

/** Is the guarantee itself well formed? Concentration and limits are asked separately, of the law. */
export function checkIssue(facts: IssueFacts): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (code: string, field: string, message: string) => refusals.push({ code, field, message });
  if (facts.principal <= 0n) refuse('amount-not-positive', 'principal', '主债权金额须大于零');
  if (facts.principal > absurdAmount) refuse('amount-absurd', 'principal', '主债权金额超过100亿元，请核对单位是否为元');
  if (facts.guaranteed <= 0n) refuse('amount-not-positive', 'guaranteed', '担保责任金额须大于零');
  if (facts.guaranteed > facts.principal)
    refuse('guaranteed-above-principal', 'guaranteed', '担保责任金额不得大于主债权金额');
  if (facts.endsOn < facts.startsOn)
    refuse('ends-before-start', 'endsOn', `到期日 ${facts.endsOn} 早于起始日 ${facts.startsOn}`);
  const isOneOf = [0, 1, 2, 4, 8].includes(facts.primaryTag) && (facts.primaryTag & facts.tags) === facts.primaryTag;
  if (!isOneOf || (facts.primaryTag === 0) !== (facts.tags === 0)) {
    refuse('primary-tag', 'primaryTag', '主标签须为所选标签之一，且有标签时必须指定，以免重复统计');
  }
  return refusals;
}
