/** The public face of audit; README.md says what it is for. */
export { type AuditRecord, appendAudit } from './append.ts';
