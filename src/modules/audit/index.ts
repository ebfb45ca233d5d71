/** The public face of audit; README.md says what it is for. */
export { type AuditHead, type AuditRecord, appendAudit, appendAuditAll } from './append.ts';
export { checkpointAudit, trustedKeys } from './checkpoint.ts';
export { auditRoutes } from './routes.ts';
export { type AuditFinding, verifyAudit } from './verify.ts';
