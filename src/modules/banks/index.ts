/** The public face of banks; README.md says what it is for. */
export { type ConfirmAlias, confirmAlias, type CreateBranch, createBranch } from './actions.ts';
export { type BankMatch, matchBank } from './match.ts';
export { bankRoutes } from './routes.ts';
