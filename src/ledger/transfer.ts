import type { Day } from '../kernel/day.ts';
import type { Fen } from '../kernel/money.ts';
import type { AccountCode } from './chart.ts';

/** Whose sub-ledger of a shared receivable a transfer belongs to. */
export type Party = 'guarantor' | 'bank' | 'province' | 'fund' | 'other';

/** 1 posted, 2 pending, 3 a pending one posted, 4 a pending one voided. */
export const transferState = { posted: 1, pending: 2, postPending: 3, voidPending: 4 } as const;
export type TransferState = (typeof transferState)[keyof typeof transferState];

/**
 * One amount moving from one account to another: debit and credit in one row, so that nothing can be out of balance.
 * `key` is made by the caller and names the posting; `leg` numbers its transfers from 1. `amount` is positive 分.
 */
export type Transfer = {
  readonly guarantorId: number;
  readonly key: string;
  readonly leg: number;
  readonly debit: AccountCode;
  readonly credit: AccountCode;
  readonly amount: Fen;
  readonly effectiveOn: Day;
  readonly guaranteeId: bigint | null;
  readonly party: Party | null;
  readonly reason: string;
};
