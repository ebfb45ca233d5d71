/** The public face of creditinfo; README.md says what it is for. */
export { type AskCommand, askPlatform, recordAuthorisation, revokeAuthorisation } from './actions.ts';
export { creditInfoRoutes } from './routes.ts';
