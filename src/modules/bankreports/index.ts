/** The public face of bankreports; README.md says what it is for. */
export { agreeExtension, applyReport, startReports, submitReport } from './actions.ts';
export { type AfterReport, carryOutWaiting, handIn } from './hand-in.ts';
export { bankReportRoutesWith } from './routes.ts';
export type { ParsedRow } from './rows.ts';
export { bankReportTodos } from './todos.ts';
