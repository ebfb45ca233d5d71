import { timingSafeEqual } from 'node:crypto';
import { sm3 } from './sm3.ts';

/** Crockford's alphabet: no I, L, O, U, which people misread or which make words. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * A code people can read out and type, derived from a hash: groups of four, 5 bits a character (12 → 60 bits).
 * `length` is a multiple of 4 between 8 and 48. The same hash always gives the same code.
 */
export function verificationCode(hash: string, length = 12): string {
  if (!/^[0-9a-f]{64}$/i.test(hash)) throw new RangeError('核验码须由64位十六进制摘要生成');
  if (length % 4 !== 0 || length < 8 || length > 48)
    throw new RangeError(`核验码长度须为8至48之间的4的倍数：${length}`);
  let bits = BigInt(`0x${hash}`) >> BigInt(256 - length * 5);
  let code = '';
  for (let i = 0; i < length; i++) {
    code = alphabet[Number(bits & 31n)] + code;
    bits >>= 5n;
  }
  return code.match(/.{4}/g)!.join('-');
}

/** What was typed, as a code is stored: upper case, groups of four, O read as 0, I and L as 1. */
export function normaliseCode(typed: string): string {
  const plain = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  return plain.match(/.{1,4}/g)?.join('-') ?? '';
}

/** Is this the code of the hash, however it was typed? Takes the same time for every wrong code. */
export function isVerificationCodeOf(typed: string, hash: string): boolean {
  const code = normaliseCode(typed);
  const length = code.replaceAll('-', '').length;
  if (length < 8 || length > 48 || length % 4 !== 0) return false;
  return constantTimeEqual(code, verificationCode(hash, length));
}

/** Are two texts equal? How long it takes tells nothing about where they differ, nor about their lengths. */
export const constantTimeEqual = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(sm3(a), 'hex'), Buffer.from(sm3(b), 'hex')) && a === b;
