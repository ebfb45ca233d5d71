/** The public face of exchange; README.md says what it is for. */
export { buildPackage, restatePackage } from './build.ts';
export type { MonitorLink } from './link.ts';
export { fetchOtherSide, type OtherSideRecord } from './other-side.ts';
export { sendPackage } from './send.ts';
export { openLink, openSigner } from './settings.ts';
export { type SubmitReport, submitDay } from './submit.ts';
