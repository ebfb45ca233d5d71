/** The public face of documents; README.md says what it is for. */
export { checkPaperFiles, checkPaperNumbers } from './checks.ts';
export { read as readPaper } from './files.ts';
export { type IssueDocument, issueDocument, revokeDocument } from './issue.ts';
export type { PaperFacts, PaperSource, PaperSources } from './prefill.ts';
export { documentsRoutesWith } from './routes.ts';
export { type DocumentRow, documentsOf } from './store.ts';
export { templateDecided } from './template-approval.ts';
