/** The public face of identity; README.md says what it is for. */
export { resolveCaller } from './caller.ts';
export { demoPassword } from './demo.ts';
export { syncRoles } from './sync-roles.ts';
