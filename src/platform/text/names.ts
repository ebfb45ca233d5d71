/**
 * A name in the one form in which names are compared: full width to half width, all brackets to ( ), all hyphens to -,
 * all middle dots to ·, no blanks or invisible characters, Latin letters in upper case. Never shown to anybody.
 */
export function normaliseName(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[[{【〔〖「『<《〈]/g, '(')
    .replace(/[\]}】〕〗」』>》〉]/g, ')')
    .replace(/[‐‑‒–—―−﹣－]/g, '-')
    .replace(/[•‧∙⋅・･]/g, '·')
    .replace(/[\s\p{Cc}\p{Cf}]/gu, '')
    .toUpperCase()
    .normalize('NFKC');
}

/** Are these two names the same, whatever widths, brackets, blanks and letter case they were typed in? */
export const isSameName = (a: string, b: string): boolean => normaliseName(a) === normaliseName(b);
