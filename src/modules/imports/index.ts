/** The public face of imports; README.md says what it is for. */
export { importFile, resumeImports, runBatch, writeBadRows } from './actions.ts';
export { type ImportProfile, importProfile } from './contract.ts';
export { judgeFile, type KeptFile, keepFile } from './files.ts';
export { KeyIndex } from './key-index.ts';
export { previewFile, sheetRows } from './preview.ts';
export { parseProfile, shippedProfiles } from './profiles.ts';
export { importRoutes } from './routes.ts';
export { type ReaderProfile, type RowReader, rowReader } from './rules/reader.ts';
export { suggestFields } from './rules/suggest.ts';
