/** The public face of feedback; README.md says what it is for. */
export {
  type CertificateRow,
  certificateRows,
  certificateRowsTable,
  type FinalCertificate,
  loadFinalCertificate,
} from './final.ts';
export { finaliseDue, finaliseQuarter } from './finalise.ts';
export { answerObjection, raiseObjection } from './objections.ts';
export { restateCertificate } from './restate.ts';
export { sealQuarter } from './seal.ts';
export { verifyCertificates } from './verify.ts';
