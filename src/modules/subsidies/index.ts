/** The public face of subsidies; README.md says what it is for. */
export { approveRun, submitRun } from './actions.ts';
export { verifySubsidies } from './checks.ts';
export { computeSubsidies } from './compute.ts';
export { recordPayment } from './payments.ts';
export { subsidyRoutes } from './routes.ts';
export { adoptScheme, createScheme, seedDemoSchemes } from './schemes.ts';
export { subsidyTodos } from './todos.ts';
