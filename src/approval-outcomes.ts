import { admissionDecided } from './modules/admissions/index.ts';
import { changeDecided, releaseDecided } from './modules/aftercare/index.ts';
import type { OutcomeHandler } from './modules/approvals/index.ts';
import { exclusionDecided } from './modules/batches/index.ts';
import { caseDecided } from './modules/cases/index.ts';
import { templateDecided } from './modules/documents/index.ts';
import { lineDecided, proposalDecided } from './modules/limits/index.ts';

/** What each module does when the approval of its subject ends or comes back, by the prefix of the subject ('case' of 'case:26/41'). */
export const outcomes: ReadonlyMap<string, OutcomeHandler> = new Map<string, OutcomeHandler>([
  ['admission', admissionDecided],
  ['line', lineDecided],
  ['limit', proposalDecided],
  ['case', caseDecided],
  ['change', changeDecided],
  ['release', releaseDecided],
  ['batch-exclusion', exclusionDecided],
  ['template', templateDecided],
]);
