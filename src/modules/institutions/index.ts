/** The public face of institutions; README.md says what it is for. */
export {
  type CreateInstitution,
  changeStatus,
  createInstitution,
  recordCapital,
  recordLicence,
  recordLineage,
} from './actions.ts';
export { loadRegions } from './load-regions.ts';
export { institutionRoutes } from './routes.ts';
export { type InstitutionRow, institutionOf } from './store.ts';
