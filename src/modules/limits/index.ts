/** The public face of limits; README.md says what it is for. */
export { setBankLine, setTarget } from './bank-lines.ts';
export { freshBase, type RawBase as BookBase, reckonBooks, saveBase } from './book-base.ts';
export { checkLimits } from './checks.ts';
export type { ReserveCommand } from './decide.ts';
export type { Asked } from './facts.ts';
export { addFormula, placeholderFormula } from './formulas.ts';
export type { HeadroomLine } from './line.ts';
export { proposalDecided } from './proposals.ts';
export { headroom, releaseReservation, reserve, reserveAll, useReservation } from './reserve.ts';
export { reserveSoon } from './reserve-soon.ts';
export { limitRoutes } from './routes.ts';
export { decideLine, lineDecided, proposeLine } from './yearly-lines.ts';
