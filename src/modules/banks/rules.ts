/** A name of the master or an alias, normalised, and what it stands for. */
export type KnownName = { readonly name: string; readonly bankId: number; readonly branchId: number | null };

/** A proposal a person may confirm; `likeness` between 0 and 1. */
export type Suggestion = { readonly bankId: number; readonly branchId: number | null; readonly likeness: number };

/** Below this two names have too little in common to be worth a person's look. */
const likenessMin = 0.35;

/**
 * The up to `count` known names most like the given one, best first; each bank or branch once. Likeness is the share of
 * common pairs of neighbouring characters (Dice), which copes with Chinese, where words have no blanks.
 */
export function suggest(normalised: string, known: readonly KnownName[], count = 3): Suggestion[] {
  const wanted = pairsOf(normalised);
  const best = new Map<string, Suggestion>();
  for (const each of known) {
    const likeness = likenessOf(wanted, pairsOf(each.name));
    if (likeness < likenessMin) continue;
    const key = `${each.bankId}/${each.branchId ?? ''}`;
    const earlier = best.get(key);
    if (!earlier || earlier.likeness < likeness)
      best.set(key, { bankId: each.bankId, branchId: each.branchId, likeness });
  }
  return [...best.values()].sort((a, b) => b.likeness - a.likeness || a.bankId - b.bankId).slice(0, count);
}

/** Neighbouring pairs; a name of one character is its own pair. */
const pairsOf = (name: string): ReadonlySet<string> => {
  const characters = [...name];
  const pairs = characters.slice(1).map((each, at) => `${characters[at]}${each}`);
  return new Set(pairs.length > 0 ? pairs : characters);
};

function likenessOf(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  let common = 0;
  for (const each of a) if (b.has(each)) common++;
  return (2 * common) / (a.size + b.size);
}
