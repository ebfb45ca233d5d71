/** The public face of batches; README.md says what it is for. */
export { type BatchProfile, batchProfile } from './contract.ts';
export { exclusionDecided } from './exclusions.ts';
export { batchJobs } from './jobs.ts';
export { batchRoutes } from './routes.ts';
export { resumeBatches, runBatch } from './run.ts';
export { drawSample } from './samples.ts';
export { visitSource } from './sftp.ts';
export { submitBatch } from './submit.ts';
