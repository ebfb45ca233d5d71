import { guaranteePaper, releasePaper } from './modules/aftercare/index.ts';
import { casePaper } from './modules/cases/index.ts';
import type { PaperSource, PaperSources } from './modules/documents/index.ts';

/** Who knows what a paper says of its subject, by the prefix of the subject. */
export const paperSources: PaperSources = new Map<string, PaperSource>([
  ['case', casePaper],
  ['guarantee', guaranteePaper],
  ['release', releasePaper],
]);
