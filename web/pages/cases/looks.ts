import { stateTitles } from '../../../src/modules/cases/contract/titles.ts';
import type { CaseState } from '../../../src/modules/cases/contract.ts';
import type { StatusTone } from '../../fields/index.ts';

const tones: Record<CaseState, StatusTone> = {
  draft: 'mute',
  submitted: 'warn',
  'due-diligence': 'busy',
  review: 'busy',
  approving: 'busy',
  approved: 'good',
  papers: 'good',
  disbursed: 'good',
  returned: 'warn',
  refused: 'bad',
  withdrawn: 'mute',
  lapsed: 'mute',
};

/** How a state of a case looks. */
export const lookOf = (state: CaseState): { title: string; tone: StatusTone } => ({
  title: stateTitles[state],
  tone: tones[state],
});

/** Fields of an upload that let the lending bank see it too. */
export const sharedWith = (bankId: number | null): Readonly<Record<string, string>> =>
  bankId === null ? {} : { bankId: String(bankId) };
