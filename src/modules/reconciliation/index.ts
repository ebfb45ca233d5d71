/** The public face of reconciliation; README.md says what it is for. */
export { type FetchRecords, type RunResult, runReconciliation, startRun } from './actions/run.ts';
