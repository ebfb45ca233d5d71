/** The public face of identity; README.md says what it is for. */
export { type CreatePerson, createPerson, grantRole } from './actions.ts';
export { resolveCaller } from './caller.ts';
export { createClient } from './clients.ts';
export { demoAccountPrefix, demoPassword } from './demo.ts';
export { decidesNothingProof } from './proof.ts';
export { roles, roleTitle } from './roles.ts';
export { identityRoutes } from './routes.ts';
export { holdersFor } from './store.ts';
export { syncRoles } from './sync-roles.ts';
