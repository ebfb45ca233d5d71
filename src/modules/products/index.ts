/** The public face of products; README.md says what it is for. */
export { addProductVersion, loadBaseline } from './actions.ts';
export { productRoutes } from './routes.ts';
export { type CustomerStanding, eligibility, measured } from './rules.ts';
export { type ProductVersion, productVersionOn } from './store.ts';
