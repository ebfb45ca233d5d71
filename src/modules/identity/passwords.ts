import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { Refusal } from '../../kernel/refusal.ts';
import { limits } from './limits.ts';

// Argon2id (2) with the cost OWASP recommends: 19 MiB, 2 passes. The package's names for it are a const enum, which type stripping cannot read.
const cost = { algorithm: 2 as never, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The argon2id hash of a password, in PHC form. */
export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'), cost);

let decoy: Promise<string> | undefined;

/** Is it the password? Without a stored hash it takes as long and says no, so that timing tells nobody which accounts exist. */
export async function isPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword(randomBytes(16).toString('hex'));
  const matches = await verify(stored ?? (await decoy), password.normalize('NFKC'));
  return matches && stored != null;
}

/** A password a person can copy once: 16 characters without look-alikes. */
export function initialPassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  return Array.from(randomBytes(16), (byte) => alphabet[byte % alphabet.length]).join('');
}

/** Why this password will not do for the account; empty when it will. */
export function passwordRefusals(account: string, password: string): Refusal[] {
  const refuse = (message: string): Refusal[] => [{ code: 'weak-password', message, field: 'password' }];
  if (password.length < limits.passwordLengthMin) return refuse(`密码至少 ${limits.passwordLengthMin} 位`);
  if (password.length > limits.passwordLengthMax) return refuse(`密码至多 ${limits.passwordLengthMax} 位`);
  if (password.toLowerCase().includes(account)) return refuse('密码不能包含账号');
  if (new Set(password).size < 5) return refuse('密码过于单一，请至少使用 5 个不同的字符');
  return [];
}
