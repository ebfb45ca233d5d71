/** The public face of exchange; README.md says what it is for. */
export { boardOf } from './board.ts';
export { buildPackage, restatePackage } from './build.ts';
export { exchangeJobs } from './jobs.ts';
export type { MonitorLink } from './link.ts';
export { fetchOtherSide, type OtherSideRecord } from './other-side.ts';
export { startReporting } from './reporting-start.ts';
export { exchangeRoutes } from './routes.ts';
export { openLink, openSigner } from './settings.ts';
export { submitDay } from './submit.ts';
export { exchangeTodos } from './todos.ts';
