/** The public face of limits; README.md says what it is for. */
export type { Asked } from './facts.ts';
export type { HeadroomLine } from './lines.ts';
export { headroom, type ReserveCommand, releaseReservation, reserve, useReservation } from './reserve.ts';
