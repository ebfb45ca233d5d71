/** The public face of limits; README.md says what it is for. */
export { setBankLine, setTarget } from './bank-lines.ts';
export { freshBase, reckonBooks, saveBase } from './book-base.ts';
export { checkLimits } from './checks.ts';
export type { Asked, RawBase as BookBase } from './facts.ts';
export type { HeadroomLine } from './lines.ts';
export { headroom, type ReserveCommand, releaseReservation, reserve, useReservation } from './reserve.ts';
export { limitRoutes } from './routes.ts';
export { addFormula, decideLine, lineDecided, placeholderFormula, proposeLine } from './yearly-lines.ts';
