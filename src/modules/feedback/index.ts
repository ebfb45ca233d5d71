/** The public face of feedback; README.md says what it is for. */
export {
  type CertificateRow,
  certificateRows,
  certificateRowsTable,
  type FinalCertificate,
  loadFinalCertificate,
} from './final.ts';
