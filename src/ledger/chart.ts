/**
 * Chart of accounts (regulations §6, ACC). Codes equal the rows of `ledger.account`; chart.test.ts holds them together.
 * 70xx and 71xx are memorandum accounts: they carry 在保余额 and 账销案存 and touch no money.
 */
export const account = {
  bank: 1002,
  claimsReceivable: 1221,
  subsidyReceivable: 1222,
  foreclosedAssets: 1441,
  taxPayable: 2221,
  payableToSharers: 2241,
  prepaidFunds: 2401,
  unearnedReserve: 2601,
  compensationReserve: 2602,
  paidInCapital: 4001,
  generalRiskReserve: 4102,
  feeIncome: 6031,
  subsidyIncome: 6117,
  unearnedReserveExpense: 6501,
  compensationReserveExpense: 6502,
  reguaranteeExpense: 6542,
  outstandingMemo: 7001,
  liabilityMemo: 7002,
  writtenOffMemo: 7101,
  writtenOffContra: 7102,
} as const;

/** An account code of the chart. */
export type AccountCode = (typeof account)[keyof typeof account];
