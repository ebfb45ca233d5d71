import { randomBytes } from 'node:crypto';
import { sm3 } from '../../platform/crypto/index.ts';

/** A fresh secret of 256 bits, for a session, an access token or a client; only its hash is stored. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a token. A random token of 256 bits needs no slow hash. */
export const hashOfToken = (token: string): string => sm3(token);
