/** The public face of documents; README.md says what it is for. */
export { type IssueDocument, issueDocument, revokeDocument } from './issue.ts';
export { documentsRoutes } from './routes.ts';
export { type DocumentRow, documentsOf } from './store.ts';
