import type { Article } from '../../../kernel/article.ts';
import type { Refusal } from '../../../kernel/refusal.ts';

/**
 * Why a row is not accepted. `clause` names the rule's source where that is no article (product terms, agreement); `unverified` the mark
 * of a figure nobody has compared with its original.
 */
export type RowReason = {
  readonly code: string;
  readonly field?: string;
  readonly column?: string;
  readonly message: string;
  readonly remedy: string;
  readonly article?: Article;
  readonly clause?: string;
  readonly unverified?: string;
  readonly figures?: Readonly<Record<string, string>>;
};

/** More of a reason than its words. */
export type Grounds = {
  readonly article?: Article;
  readonly clause?: string;
  readonly unverified?: string | null | undefined;
  readonly figures?: Readonly<Record<string, string>>;
};

/** The reasons of one row, all of them, and whether completing it (rather than correcting it) would cure them. */
export class RowReasons {
  readonly list: RowReason[] = [];
  isRefused = false;

  /** A value is wrong or a limit would be passed: the row cannot go in as it is. */
  refuse(code: string, field: string, message: string, remedy: string, figures?: Record<string, string>): void {
    this.refuseOn(code, field, message, remedy, figures ? { figures } : {});
  }

  /** As `refuse`, with what it rests on. */
  refuseOn(code: string, field: string, message: string, remedy: string, grounds: Grounds): void {
    this.#add(code, field, message, remedy, grounds);
    this.isRefused = true;
  }

  /** Something is missing or must be decided by a person. */
  complete(code: string, field: string, message: string, remedy: string, figures?: Record<string, string>): void {
    this.#add(code, field, message, remedy, figures ? { figures } : {});
  }

  /** Refusals of a law rule, with what cures them here. */
  refuseAll(refusals: readonly Refusal[], field: string, remedy: string): void {
    for (const { code, message, ...grounds } of refusals) this.refuseOn(code, field, message, remedy, grounds);
  }

  #add(code: string, field: string, message: string, remedy: string, grounds: Grounds): void {
    const { article, clause, unverified, figures } = grounds;
    this.list.push({
      code,
      ...(field ? { field } : {}),
      message,
      remedy,
      ...(article ? { article } : {}),
      ...(clause ? { clause } : {}),
      ...(unverified ? { unverified } : {}),
      ...(figures ? { figures } : {}),
    });
  }

  get isEmpty(): boolean {
    return this.list.length === 0;
  }

  get verdict(): 'accepted' | 'needs-completing' | 'refused' {
    return this.isEmpty ? 'accepted' : this.isRefused ? 'refused' : 'needs-completing';
  }
}
