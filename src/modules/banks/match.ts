import type { Tx } from '../../platform/db.ts';
import { normaliseName } from '../../platform/text/index.ts';
import { type Suggestion, suggest } from './rules.ts';
import { knownNames } from './store.ts';

/** What a name stands for: a bank or branch, or proposals for a person to confirm. `given` is as it was given. */
export type BankMatch = {
  readonly given: string;
  readonly match: { readonly bankId: number; readonly branchId: number | null } | null;
  readonly suggestions: readonly Suggestion[];
};

/**
 * What each of these names stands for, in their order; one query whatever their number. Exact by normalised spelling: an alias
 * a person confirmed wins over the master's own names. A spelling that two banks share matches neither.
 */
export async function matchBank(tx: Tx, names: readonly string[]): Promise<BankMatch[]> {
  const { aliases, masters } = await knownNames(tx);
  const exact = new Map<string, { bankId: number; branchId: number | null } | 'ambiguous'>();
  for (const { name, bankId, branchId } of masters) {
    const earlier = exact.get(name);
    if (earlier === undefined) exact.set(name, { bankId, branchId });
    else if (earlier !== 'ambiguous' && earlier.bankId !== bankId) exact.set(name, 'ambiguous');
  }
  for (const { name, bankId, branchId } of aliases) exact.set(name, { bankId, branchId });
  const known = [...aliases, ...masters];
  return names.map((given) => {
    const normalised = normaliseName(given);
    const found = exact.get(normalised);
    if (found && found !== 'ambiguous') return { given, match: found, suggestions: [] };
    return { given, match: null, suggestions: normalised === '' ? [] : suggest(normalised, known) };
  });
}
