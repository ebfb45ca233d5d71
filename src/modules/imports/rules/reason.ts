import type { Article } from '../../../kernel/article.ts';
import type { Refusal } from '../../../kernel/refusal.ts';

/** Why a row is not accepted. `field` is the target field; `column` its title in the file, filled in by the reader. */
export type Reason = {
  readonly code: string;
  readonly field?: string;
  readonly column?: string;
  readonly message: string;
  readonly remedy: string;
  readonly article?: Article;
  readonly figures?: Readonly<Record<string, string>>;
};

/** Reasons of one row, and whether completing the row (rather than correcting it) would cure all of them. */
export class Reasons {
  readonly list: Reason[] = [];
  isRefused = false;

  /** A value is wrong: the row cannot go in as it is. */
  refuse(code: string, field: string, message: string, remedy: string, figures?: Record<string, string>): void {
    this.list.push({ code, field, message, remedy, ...(figures ? { figures } : {}) });
    this.isRefused = true;
  }

  /** Something is missing or cannot be decided without a person. */
  complete(code: string, field: string, message: string, remedy: string, figures?: Record<string, string>): void {
    this.list.push({ code, field, message, remedy, ...(figures ? { figures } : {}) });
  }

  /** Refusals of a law rule, with the cure of the import. */
  refuseAll(refusals: readonly Refusal[], field: string, remedy: string): void {
    for (const { code, message, article, figures } of refusals) {
      this.list.push({
        code,
        field,
        message,
        remedy,
        ...(article ? { article } : {}),
        ...(figures ? { figures } : {}),
      });
      this.isRefused = true;
    }
  }

  get isEmpty(): boolean {
    return this.list.length === 0;
  }

  get verdict(): 'accepted' | 'needs-completing' | 'refused' {
    return this.isEmpty ? 'accepted' : this.isRefused ? 'refused' : 'needs-completing';
  }
}
