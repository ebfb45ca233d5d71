export { type AccountBalance, trialBalance } from './balances.ts';
export { type AccountCode, account } from './chart.ts';
export { checkTrialBalance, type Finding, findingsMax } from './checks.ts';
export { post, reserve, settlePending, voidPending } from './post.ts';
export { postStaged, stagedTransferColumns, stageTransfers } from './post-set.ts';
export { ledgerRoutes } from './routes.ts';
export { type Party, type Transfer, transferState } from './transfer.ts';
