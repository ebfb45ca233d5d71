/** The public face of banks; README.md says what it is for. */
export { type ConfirmAlias, type CreateBranch, confirmAlias, createBranch } from './actions.ts';
export { type BankMatch, matchBank } from './match.ts';
export { bankRoutes } from './routes.ts';
