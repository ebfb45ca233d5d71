import { Secret, TOTP } from 'otpauth';
import { isSealed } from '../../platform/crypto/index.ts';
import { openSecretBox } from '../../platform/signers.ts';

const totpOf = (account: string, secret: string): TOTP =>
  new TOTP({ issuer: '融担一体化平台', label: account, secret: Secret.fromBase32(secret) });

/** A fresh secret with the otpauth:// address an authenticator app reads (as a QR code). Nothing is stored yet. */
export function newTotp(account: string): { secret: string; otpauthUrl: string } {
  const secret = new Secret({ size: 20 }).base32;
  return { secret, otpauthUrl: totpOf(account, secret).toString() };
}

/**
 * The time step a code belongs to (RFC 6238, 30 seconds, one step of drift either way); null when it is wrong or its step
 * is not after `lastStep`: a code is good once.
 */
export function stepOfCode(secret: string, code: string, at: Date, lastStep: bigint | null): bigint | null {
  const delta = totpOf('', secret).validate({ token: code, window: 1, timestamp: at.getTime() });
  if (delta === null) return null;
  const step = BigInt(Math.floor(at.getTime() / 30_000) + delta);
  return lastStep !== null && step <= lastStep ? null : step;
}

const placeOf = (userId: number): string => `totp:${userId}`;

/** The secret as it is stored: encrypted for this user, so that neither a copy of the table nor another row's value is of use. */
export const sealTotpSecret = async (userId: number, secret: string): Promise<string> =>
  (await openSecretBox()).seal(secret, placeOf(userId));

/** The secret as an authenticator app has it; one stored before secrets were encrypted is answered as it is. Throws on a wrong key. */
export const openTotpSecret = async (userId: number, stored: string): Promise<string> =>
  isSealed(stored) ? (await openSecretBox()).open(stored, placeOf(userId)) : stored;
