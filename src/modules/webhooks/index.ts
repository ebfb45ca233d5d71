/** The public face of webhooks; README.md says what it is for. */
export { webhookJobs } from './jobs.ts';
export { webhookRoutes } from './routes.ts';
