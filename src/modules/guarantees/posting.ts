import { allocate, type Portion } from '../../kernel/allocate.ts';
import type { Day } from '../../kernel/day.ts';
import { type Fen, fen, minus } from '../../kernel/money.ts';
import { compareRatio, type Ratio, ratio, zeroRatio } from '../../kernel/ratio.ts';
import { type AccountCode, account, type Party, type Transfer } from '../../ledger/index.ts';
import type { MovementKind } from './movement-kinds.ts';

/** How a loss is split among the tiers by the agreement version pinned to the guarantee; sums to 1. */
export type RiskSplit = {
  readonly bank: Ratio;
  readonly guarantor: Ratio;
  readonly province: Ratio;
  readonly fund: Ratio;
  readonly other: Ratio;
};

/** What posting needs to know of a guarantee. */
export type PostingFacts = {
  readonly guarantorId: number;
  readonly guaranteeId: bigint;
  readonly principal: Fen;
  readonly guaranteed: Fen;
  readonly split: RiskSplit;
};

/** What posting needs to know of a movement; `cash` as stored in guarantees.movement. */
export type PostingMovement = {
  readonly seq: number;
  readonly kind: MovementKind;
  readonly amount: Fen;
  readonly cash: Fen;
  readonly occurredOn: Day;
};

/**
 * What the guarantor pays on a claim of `amount` unpaid principal (含债权人部分): the guaranteed part of it.
 * Rounded half-up to the 分; the bank keeps the rest (regulations RGU-1, B6).
 */
export const claimCash = (amount: Fen, facts: { principal: Fen; guaranteed: Fen }): Fen =>
  fen((amount * facts.guaranteed * 2n + facts.principal) / (facts.principal * 2n));

/**
 * Splits money of the guaranteed side among guarantor, province, fund and others, in proportion to the agreement's shares
 * without the bank's. The remainder 分 is the guarantor's. Parts sum to the whole.
 */
export function splitGuaranteedSide(cash: Fen, split: RiskSplit): ReadonlyMap<Party, Fen> {
  const own = [
    ['guarantor', split.guarantor],
    ['province', split.province],
    ['fund', split.fund],
    ['other', split.other],
  ] as const;
  const whole = ratio(1);
  const side = {
    numerator: whole.numerator * split.bank.denominator - split.bank.numerator,
    denominator: split.bank.denominator,
  };
  if (compareRatio(side, zeroRatio) === 0) return new Map([['guarantor', cash]]);
  const portions: Portion<Party>[] = own
    .filter(([party, each]) => party === 'guarantor' || each.numerator > 0n)
    .map(([party, each]) => ({
      party,
      ratio: ratio(each.numerator * side.denominator, each.denominator * side.numerator),
    }));
  return allocate(cash, portions, 'guarantor');
}

/**
 * The transfers a movement makes (regulations §6 ACC entries 1, 2, 5, 7, 9 and the memorandum of 在保余额).
 * Extensions and movements of nothing post nothing. Keys are `m/<guarantee>/<seq>`, legs from 1.
 */
export function transfersOf(movement: PostingMovement, facts: PostingFacts): Transfer[] {
  const legs: { debit: AccountCode; credit: AccountCode; amount: Fen; party: Party | null }[] = [];
  const add = (debit: AccountCode, credit: AccountCode, amount: Fen, party: Party | null = null) => {
    if (amount > 0n) legs.push({ debit, credit, amount, party });
  };
  const { amount, cash } = movement;
  switch (movement.kind) {
    case 'disburse':
    case 'transfer-in':
      add(account.outstandingMemo, account.liabilityMemo, amount);
      break;
    case 'repay':
    case 'release':
    case 'transfer-out':
      add(account.liabilityMemo, account.outstandingMemo, amount);
      break;
    case 'claim-paid':
      add(account.liabilityMemo, account.outstandingMemo, amount);
      for (const [party, part] of splitGuaranteedSide(cash, facts.split))
        add(account.claimsReceivable, account.bank, part, party);
      break;
    case 'recovery':
      for (const [party, part] of splitGuaranteedSide(amount, facts.split))
        add(account.bank, account.claimsReceivable, part, party);
      break;
    case 'fee':
      add(account.bank, account.feeIncome, amount);
      break;
    case 'refund':
      add(account.feeIncome, account.bank, amount);
      break;
    case 'write-off':
      add(account.compensationReserve, account.claimsReceivable, amount, 'guarantor');
      add(account.writtenOffMemo, account.writtenOffContra, amount);
      break;
    case 'extend':
      break;
    case 'reverse-up':
    case 'reverse-down':
    case 'reverse-neutral':
      throw new Error('冲正的分录由 reversalOf 从原分录得出');
  }
  return legs.map((each, index) => ({
    guarantorId: facts.guarantorId,
    key: `m/${facts.guaranteeId}/${movement.seq}`,
    leg: index + 1,
    debit: each.debit,
    credit: each.credit,
    amount: each.amount,
    effectiveOn: movement.occurredOn,
    guaranteeId: facts.guaranteeId,
    party: each.party,
    reason: movement.kind,
  }));
}

/** The mirror of a movement's transfers under the reversing movement's own number: debit and credit change places. */
export const reversalOf = (
  original: readonly Transfer[],
  facts: PostingFacts,
  seq: number,
  occurredOn: Day,
): Transfer[] =>
  original.map((each) => ({
    ...each,
    key: `m/${facts.guaranteeId}/${seq}`,
    debit: each.credit,
    credit: each.debit,
    effectiveOn: occurredOn,
    reason: `reverse-${each.reason}`,
  }));

/** The bank's own part of a claim: never paid by the guarantor. */
export const bankPart = (amount: Fen, cash: Fen): Fen => minus(amount, cash);
