/** The public face of this folder; README.md says what each is for. */
export { capitalAmount } from './amount.ts';
export { initials, initialsMatch, initialsVariants } from './initials.ts';
export { isSameName, normaliseName } from './names.ts';
export { chineseDay, chineseDigits, chineseNumber } from './numbers.ts';
