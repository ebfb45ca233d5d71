/** The public face of admissions; README.md says what it is for. */
export {
  admissionDecided,
  applyAdmission,
  decideAdmission,
  evaluateAdmission,
  recordDocument,
  submitAdmission,
} from './actions.ts';
export { reviewAdmission } from './aftercare.ts';
export { admissionRoutes } from './routes.ts';
export { addScorecard, placeholderScorecard } from './scorecards.ts';
export { type Admission, admissionStanding, admittedOn } from './store.ts';
export { admissionTodos } from './todos.ts';
