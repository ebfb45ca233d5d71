/** The public face of feedback; README.md says what it is for. */

export { confirmCertificate } from './confirm.ts';
export {
  type CertificateRow,
  certificateRows,
  certificateRowsTable,
  type FinalCertificate,
  loadFinalCertificate,
} from './final.ts';
export { finaliseDue } from './finalise.ts';
export { countyMap } from './map.ts';
export { answerObjection, raiseObjection } from './objections.ts';
export { restateCertificate } from './restate.ts';
export { feedbackRoutes } from './routes.ts';
export { sealQuarter } from './seal.ts';
export { feedbackTodos } from './todos.ts';
export { verifyCertificates } from './verify.ts';
