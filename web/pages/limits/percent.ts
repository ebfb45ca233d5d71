/** '95' or '95.5' percent as the wire's '0.95', '0.955': the decimal point moves two places, nothing is rounded. Nothing typed: null. */
export function ratioOfPercent(typed: string | number | undefined | null): string | null {
  if (typed === undefined || typed === null || typed === '') return null;
  const [whole = '0', fraction = ''] = String(typed).split('.');
  const digits = whole.padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}${fraction}`;
}

/** '0.955' of the wire as the '95.5' that people type. */
export function percentOfRatio(ratio: string | null): string | undefined {
  if (ratio === null) return undefined;
  const [whole = '0', fraction = ''] = ratio.split('.');
  const digits = fraction.padEnd(2, '0');
  const before = `${whole}${digits.slice(0, 2)}`.replace(/^0+(?=\d)/, '');
  const after = digits.slice(2).replace(/0+$/, '');
  return after === '' ? before : `${before}.${after}`;
}
