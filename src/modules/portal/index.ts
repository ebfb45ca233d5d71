/** The public face of portal; README.md says what it is for. */
export { type AskDocuments, askDocuments } from './actions.ts';
export { portalJobs } from './jobs.ts';
export { portalRoutes } from './routes.ts';
