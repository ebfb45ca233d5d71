import type { Article } from '../kernel/article.ts';
import { type Day, day } from '../kernel/day.ts';

/**
 * One published document. `issuedOn` and `inForceOn` are absent where nobody has seen them; `checkedOn` is the day its figures were last
 * compared with the public text; `caveat` says in Chinese what about the document itself (not a figure) is unconfirmed.
 */
export type LawDocument = {
  readonly document: string;
  readonly number: string;
  readonly issuer: string;
  readonly issuedOn?: Day;
  readonly inForceOn?: Day;
  readonly checkedOn: Day;
  readonly caveat?: string;
};

/** The day the fact base behind every document here was last compared with public texts. */
export const factsCheckedOn: Day = day('2026-11-01');

/** Declares a document, once, at the top of its file. */
export const lawDocument = <Facts extends Omit<LawDocument, 'checkedOn'>>(facts: Facts) => ({
  ...facts,
  checkedOn: factsCheckedOn,
});

/** One article of a document; `name` is 第十六条 or, where the number is not confirmed, what the passage is about. */
export const articleOf = ({ document, number }: LawDocument, name: string): Article => ({
  document,
  number,
  article: name,
});

/** What is written beside a figure that nobody has compared with the original text. A figure never looks surer than this. */
export const marks = {
  recalled: '凭记忆，未见原文',
  recalledDoubtful: '凭记忆，未见原文，待核实',
  partlySeen: '仅见部分原文',
  partlySeenDoubtful: '仅见部分原文，待核实',
  inferred: '由相关条文推得，未见原文',
} as const;
