import type { Article } from '../../kernel/article.ts';
import { type Fen, larger, minus, plus, zeroFen } from '../../kernel/money.ts';
import { showLimit } from '../../law/parameter.ts';

/** One limit, before and after the case at hand; amounts in 分. */
export type HeadroomLine = {
  readonly code: string;
  readonly title: string;
  readonly article?: Article;
  /** What the limit rests on, in words. */
  readonly source: string;
  readonly unverified?: string;
  /** Null: no limit is set or it cannot be worked out; `note` says which. */
  readonly limit: Fen | null;
  readonly used: Fen;
  /** Held by other cases under way. */
  readonly reserved: Fen;
  readonly after: Fen;
  /** What is left before this case, on the limit's own basis; null where there is no limit. */
  readonly room: Fen | null;
  readonly isBreached: boolean;
  /** A breach refuses the case; where not, it is told only. */
  readonly binds: boolean;
  /** What would cure a breach; '' where there is none. */
  readonly cure: string;
  readonly note?: string;
};

/** What a limit is made of; the rest follows. */
type Made = Pick<HeadroomLine, 'code' | 'title' | 'source' | 'used' | 'reserved' | 'after'> &
  Partial<Pick<HeadroomLine, 'article' | 'unverified' | 'binds' | 'note'>> & {
    readonly limit: Fen;
    /** Said only where the limit is breached. */
    readonly cure?: (room: Fen) => string;
  };

/** A limit with its room, whether it is breached, and then what would cure it. */
export function line({ cure = roomText, ...made }: Made): HeadroomLine {
  const isBreached = made.after > made.limit && made.after > 0n;
  const room = larger(zeroFen, minus(made.limit, plus(made.used, made.reserved)));
  return { ...made, room, isBreached, binds: made.binds ?? true, cure: isBreached ? cure(room) : '' };
}

const roomText = (room: Fen) => `本次不超过${showLimit(room)}，或等其他在办业务释放、存量压降`;

/** A limit that is not set or cannot be worked out; `note` says which. */
export const unlimited = (code: string, title: string, note: string): HeadroomLine => ({
  code,
  title,
  source: '—',
  limit: null,
  used: zeroFen,
  reserved: zeroFen,
  after: zeroFen,
  room: null,
  isBreached: false,
  binds: false,
  cure: '',
  note,
});
