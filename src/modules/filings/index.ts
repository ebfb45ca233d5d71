/** The public face of filings; README.md says what it is for. */
export { checkFilings } from './check.ts';
export { decideFilings } from './decide.ts';
export { filingJobs, prepareRecent } from './jobs.ts';
export { type ChangeCommand, prepareFilings, proposeChange, proposeFiling, proposeFilings } from './prepare.ts';
export { filingRateOf } from './rates.ts';
export { filingRoutes } from './routes.ts';
export { submitBatch } from './submit.ts';
export { filingTodos } from './todos.ts';
