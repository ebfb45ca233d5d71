/** One line of a comparison of two texts. */
export type DiffLine = { readonly kind: 'same' | 'added' | 'removed'; readonly text: string };

const longest = 3000;

/**
 * What was added to and removed from a text, paragraph by paragraph, in reading order (longest common subsequence). Beyond 3,000
 * paragraphs the rest is given as removed and added.
 */
export function diffParagraphs(before: readonly string[], after: readonly string[]): DiffLine[] {
  const a = before.slice(0, longest);
  const b = after.slice(0, longest);
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const below = lengths[(i + 1) * width + j]!;
      const right = lengths[i * width + j + 1]!;
      lengths[i * width + j] = a[i] === b[j] ? lengths[(i + 1) * width + j + 1]! + 1 : Math.max(below, right);
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i]! });
      i++;
      j++;
    } else if (i < a.length && (j >= b.length || lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!)) {
      lines.push({ kind: 'removed', text: a[i++]! });
    } else lines.push({ kind: 'added', text: b[j++]! });
  }
  for (const text of before.slice(longest)) lines.push({ kind: 'removed', text });
  for (const text of after.slice(longest)) lines.push({ kind: 'added', text });
  return lines;
}

/** 晋担意〔2026〕12号. */
export const numberOf = (prefix: string, mark: string, year: number, seq: number): string =>
  `${prefix}${mark}〔${year}〕${seq}号`;
