/** The ledger as it crosses the wire. Beside the value objects because pages read it and `src/ledger` is no module. */
import { z } from 'zod';
import { dayOut, dayWire, idWire, instantOut, moneyWire, pageOf, pageQuery } from './wire.ts';

/** GET /api/ledger/trial-balance. */
export const trialBalanceQuery = z.object({
  asOf: dayWire.optional().meta({ description: '截至日；缺省为今天' }),
  guarantorId: z.coerce.number().int().optional(),
});

/** One account: turnover on both sides and the balance on its normal side. */
export const accountRow = z.object({
  code: z.number().int(),
  title: z.string(),
  kind: z.enum(['asset', 'liability', 'equity', 'income', 'expense', 'memorandum']),
  normal: z.enum(['debit', 'credit']),
  debit: moneyWire,
  credit: moneyWire,
  balance: moneyWire,
  unverified: z.string().nullable(),
});
export type AccountRow = z.infer<typeof accountRow>;

/** GET /api/ledger/trial-balance answers this; `isBalanced`: Σ debit = Σ credit. */
export const trialBalanceAnswer = z.object({
  asOf: dayOut,
  rows: z.array(accountRow),
  debit: moneyWire,
  credit: moneyWire,
  isBalanced: z.boolean(),
});
export type TrialBalance = z.infer<typeof trialBalanceAnswer>;

/** GET /api/ledger/transfers. */
export const transferQuery = pageQuery.extend({
  account: z.coerce.number().int().optional().meta({ description: '科目代码：借方或贷方' }),
  guarantorId: z.coerce.number().int().optional(),
  guaranteeId: idWire.optional().meta({ description: '须同时给 guarantorId' }),
  from: dayWire.optional(),
  to: dayWire.optional(),
});

/** One transfer between two accounts. */
export const transferRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  key: z.string(),
  leg: z.number().int(),
  state: z.enum(['posted', 'pending', 'posted-pending', 'voided']),
  debit: z.number().int(),
  debitTitle: z.string(),
  credit: z.number().int(),
  creditTitle: z.string(),
  amount: moneyWire,
  effectiveOn: dayOut,
  recordedAt: instantOut,
  guaranteeId: idWire.nullable(),
  party: z.string().nullable(),
  reason: z.string(),
});
export type TransferRow = z.infer<typeof transferRow>;
export const transferPage = pageOf(transferRow);
