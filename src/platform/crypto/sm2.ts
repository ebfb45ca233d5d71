import { randomBytes } from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';

/** The user ID signatures are made with where the parties agreed on none (GM/T 0009-2012). */
export const defaultUserId = '1234567812345678';

/** Hex: 64 digits of private key, 130 digits of public key (04, x, y). */
export type KeyPair = { readonly privateKey: string; readonly publicKey: string };

const order = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;

/** A new SM2 key pair from the operating system's random source. */
export function newKeyPair(): KeyPair {
  for (;;) {
    const privateKey = randomBytes(32).toString('hex');
    const value = BigInt(`0x${privateKey}`);
    if (value > 0n && value < order - 1n) return { privateKey, publicKey: publicKeyOf(privateKey) };
  }
}

/** The public key of a private key. Throws RangeError when it is none. */
export function publicKeyOf(privateKey: string): string {
  if (!/^[0-9a-f]{64}$/i.test(privateKey)) throw new RangeError('SM2私钥须为64位十六进制');
  return sm2.getPublicKeyFromPrivateKey(privateKey.toLowerCase());
}

/** SM2 signature with SM3 (GB/T 32918.2) over bytes or a text's UTF-8 bytes, DER-encoded, hex. */
export function sign(content: Uint8Array | string, privateKey: string, userId = defaultUserId): string {
  publicKeyOf(privateKey);
  return sm2.doSignature(bytesOf(content), privateKey.toLowerCase(), { hash: true, der: true, userId });
}

/**
 * Was this signature made over the content by the holder of the key? DER hex as `sign` gives it, or the raw 128 hex
 * digits r‖s. A malformed signature or key is simply not valid: it never throws.
 */
export function verify(
  content: Uint8Array | string,
  signature: string,
  publicKey: string,
  userId = defaultUserId,
): boolean {
  if (!/^04[0-9a-f]{128}$/i.test(publicKey) || !/^([0-9a-f]{2}){8,80}$/i.test(signature)) return false;
  try {
    const { r, s } = parseSignature(signature.toLowerCase());
    // The library does not check the bounds of r and s (GB/T 32918.2 7.1 B1, B2).
    if (r < 1n || r >= order || s < 1n || s >= order) return false;
    const raw = hex64(r) + hex64(s);
    const key = preparedKey(publicKey.toLowerCase());
    return sm2.doVerifySignature(bytesOf(content), raw, key, { hash: true, der: false, userId });
  } catch {
    return false;
  }
}

type Prepared = ReturnType<typeof sm2.precomputePublicKey>;
const preparedMax = 16;
const prepared = new Map<string, Prepared | null>();

/**
 * A key seen before with its multiples worked out (12 ms once, then a fifth of the time a check): many certificates are signed by
 * few keys. A key seen once costs nothing more. Throws on a point that is not on the curve.
 */
function preparedKey(publicKey: string): Prepared | string {
  const known = prepared.get(publicKey);
  if (known) return known;
  if (known === undefined) {
    if (prepared.size >= preparedMax) prepared.delete(prepared.keys().next().value ?? '');
    prepared.set(publicKey, null);
    return publicKey;
  }
  const made = sm2.precomputePublicKey(publicKey, 4);
  prepared.set(publicKey, made);
  return made;
}

/** r and s of a signature. Strict DER: one encoding for one signature, so that a receipt cannot be varied. */
function parseSignature(signature: string): { r: bigint; s: bigint } {
  if (signature.length === 128 && !isDer(signature)) {
    return { r: BigInt(`0x${signature.slice(0, 64)}`), s: BigInt(`0x${signature.slice(64)}`) };
  }
  const bytes = Buffer.from(signature, 'hex');
  if (bytes[0] !== 0x30 || bytes[1] !== bytes.length - 2) throw new RangeError('DER');
  const first = derInteger(bytes, 2);
  const second = derInteger(bytes, first.after);
  if (second.after !== bytes.length) throw new RangeError('DER');
  return { r: first.value, s: second.value };
}

const isDer = (signature: string): boolean => signature.startsWith('303e02');

function derInteger(bytes: Buffer, at: number): { value: bigint; after: number } {
  const length = bytes[at + 1] ?? 0;
  const content = bytes.subarray(at + 2, at + 2 + length);
  const negative = (content[0] ?? 0) > 127;
  const padded = content.length > 1 && content[0] === 0 && content[1]! < 128;
  if (bytes[at] !== 2 || content.length !== length || length === 0 || negative || padded) throw new RangeError('DER');
  return { value: BigInt(`0x${content.toString('hex')}`), after: at + 2 + length };
}

const hex64 = (value: bigint): string => value.toString(16).padStart(64, '0');
const bytesOf = (content: Uint8Array | string): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;
