import type { Article } from './article.ts';

/**
 * A "no" of the business, as a value. Refusals are collected, not thrown at the first: the user sees all of them.
 * `code` is kebab-case and stable for ever; `message` is Chinese and says what is wrong and what would cure it;
 * `figures` are the amounts that decided it, ready to show; `unverified` carries the mark of a figure nobody has
 * confirmed; `field` names the input at fault where there is one.
 */
export type Refusal = {
  readonly code: string;
  readonly message: string;
  readonly article?: Article;
  readonly figures?: Readonly<Record<string, string>>;
  readonly field?: string;
  readonly unverified?: string;
};

/** Thrown by an action to roll its transaction back and answer the caller with refusals (HTTP 422 unless `status` says). */
export class Refused extends Error {
  readonly refusals: readonly Refusal[];
  readonly status: number;
  constructor(refusals: readonly Refusal[] | Refusal, status = 422) {
    const list = Array.isArray(refusals) ? (refusals as readonly Refusal[]) : [refusals as Refusal];
    super(list.map((each) => each.message).join('；'));
    this.name = 'Refused';
    this.refusals = list;
    this.status = status;
  }
}
