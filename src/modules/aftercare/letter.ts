import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import type { Held } from './guarantee.ts';

/** The letter of a release: its number, or why there is none yet. */
export type Letter = { readonly number: string | null; readonly note: string | null };

/** Issues the 解保函 of a release from the institution's template. */
export async function issueReleaseLetter(
  _tx: Tx,
  _context: Context,
  _held: Held,
  _release: { id: bigint; amount: Fen; releaseOn: Day; reason: string },
): Promise<Letter> {
  return { number: null, note: '解保函待在文书中出具' };
}
