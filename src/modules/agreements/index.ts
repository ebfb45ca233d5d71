export { addVersion, createAgreement } from './actions.ts';
export { agreementRoutes } from './routes.ts';
export { type PinnedVersion, versionInForce } from './store.ts';
