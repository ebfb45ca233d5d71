import type { AfterReport } from '../bankreports/index.ts';
import { finishReportedExtensions } from './carry-out.ts';
import { warnFromReport } from './warnings.ts';

/** The public face of aftercare; README.md says what it is for. */
export { changeDecided } from './carry-out.ts';
export { askChange, recordConsent, submitChange } from './changes.ts';
export { addCounter, addCounterFact } from './counters.ts';
export { finishInspection } from './inspections.ts';
export { planAllInspections } from './jobs.ts';
export { guaranteePaper, releasePaper } from './paper-source.ts';
export { askRelease, releaseDecided } from './releases.ts';
export { aftercareRoutes } from './routes.ts';
export { aftercareTodos } from './todos.ts';
export { planWarning, raiseWarning } from './warnings.ts';

/** What aftercare does once a bank's report is in the book: overdue loans are warned of, agreed extensions are done and filed. */
export const afterReports: readonly AfterReport[] = [warnFromReport, finishReportedExtensions];
