/** The public face of cases; README.md says what it is for. */
export { caseDecided, lapseDue } from './actions/approval.ts';
export { type Disbursed, disburse } from './actions/disburse.ts';
export { type CreateCase, createCase } from './actions/draft.ts';
export { submitCase } from './actions/submit.ts';
export { casePaper } from './paper-source.ts';
export { caseRoutes } from './routes.ts';
export { type CaseKey, caseById } from './store.ts';
export { caseTodos } from './todos.ts';
