export { issueGuarantee, recordMovement, reverseMovement } from './actions.ts';
export { amendGuarantee } from './amend.ts';
export {
  insertStagedGuarantees,
  insertStagedMovements,
  stageBook,
  stagedGuaranteeColumns,
  stagedMovementColumns,
  stagedStateColumns,
  updateStagedStates,
} from './bulk.ts';
export { checkBookEqualsLedger, checkCashEqualsLedger, checkMovementChain } from './checks.ts';
export { checkClosings, closeMonths } from './closings.ts';
export { exposureOf, exposureParts, type HeldBalance } from './exposure.ts';
export { supportMixOf } from './indicators.ts';
export { liabilityLines } from './liability-store.ts';
export { kindOfCode, type MovementKind, movementKinds } from './movement-kinds.ts';
export { balances, positionBy } from './position.ts';
export {
  claimCash,
  type PostingFacts,
  type PostingMovement,
  type RiskSplit,
  splitGuaranteedSide,
  transfersOf,
} from './posting.ts';
export { recordMovements, type SetAnswer, type SetCommand } from './record-many.ts';
export { guaranteeRoutes } from './routes.ts';
