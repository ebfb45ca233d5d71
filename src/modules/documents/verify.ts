import type { Day } from '../../kernel/day.ts';
import { formatYuan } from '../../kernel/money.ts';
import { dayOfInstant, textOfInstant } from '../../platform/clock.ts';
import { normaliseCode } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import { kindOf } from './contract/kinds.ts';
import { isSignedBy, readPayload } from './payload.ts';
import { keyById, publicLetter } from './store.ts';

/**
 * What a check came to. genuine: on record, as signed, standing. revoked: genuine, but no longer valid. signed-only: not on record
 * here, but signed with a key of the institution named. forged: says something else than was signed. unknown: nothing here knows it.
 */
export type Verdict = 'genuine' | 'revoked' | 'signed-only' | 'forged' | 'unknown' | 'unreadable';

export type LetterCheck = {
  readonly verdict: Verdict;
  readonly number?: string;
  readonly title?: string;
  readonly issuer?: string;
  readonly amount?: string;
  readonly issuedOn?: string;
  readonly issuedAt?: string;
  readonly hash?: string;
  readonly keyId?: string;
  /** Whose the key is that signed it. */
  readonly keyOwner?: string;
  readonly revokedOn?: Day;
};

/** Checks a letter by what its QR code carries, or by its number and the code printed on it. Answers nothing personal. */
export async function checkLetter(
  tx: Tx,
  given: { payload?: string | undefined; number?: string | undefined; code?: string | undefined },
): Promise<LetterCheck> {
  return given.payload === undefined ? byCode(tx, given.number ?? '', given.code ?? '') : byPayload(tx, given.payload);
}

async function byPayload(tx: Tx, text: string): Promise<LetterCheck> {
  const read = readPayload(text);
  if (!read) return { verdict: 'unreadable' };
  const { issuedAt, ...facts } = read.facts;
  const key = await keyById(tx, facts.keyId);
  const letter = await publicLetter(tx, { hash: facts.hash });
  const said = { ...facts, issuedAt };
  if (!key) return { verdict: letter ? 'forged' : 'unknown', ...said };
  if (!isSignedBy(read, key.publicKey)) return { verdict: 'forged', ...said };
  const signed = { ...said, keyOwner: key.institution };
  if (!letter) return { verdict: 'signed-only', ...signed };
  if (readPayload(letter.payload)?.statement !== read.statement) return { verdict: 'forged', ...said };
  return { ...signed, ...standing(letter.revokedAt) };
}

async function byCode(tx: Tx, number: string, code: string): Promise<LetterCheck> {
  const wanted = number
    .normalize('NFC')
    .trim()
    .replace(/[[［(（]/g, '〔')
    .replace(/[\]］)）]/g, '〕');
  const letter = await publicLetter(tx, { number: wanted, code: normaliseCode(code) });
  if (!letter) return { verdict: 'unknown' };
  const key = await keyById(tx, letter.keyId);
  const read = readPayload(letter.payload);
  const isSigned =
    key !== undefined && read !== undefined && read.facts.hash === letter.hash && isSignedBy(read, key.publicKey);
  const said = {
    number: letter.number,
    title: kindOf(letter.kind)?.title ?? letter.kind,
    issuer: letter.issuer,
    amount: letter.amount === null ? '' : formatYuan(letter.amount),
    issuedOn: letter.issuedOn,
    issuedAt: textOfInstant(letter.issuedAt),
    hash: letter.hash,
    keyId: letter.keyId,
    ...(key ? { keyOwner: key.institution } : {}),
  };
  return isSigned ? { ...said, ...standing(letter.revokedAt) } : { ...said, verdict: 'forged' };
}

const standing = (revokedAt: Date | null): { verdict: Verdict; revokedOn?: Day } =>
  revokedAt ? { verdict: 'revoked', revokedOn: dayOfInstant(revokedAt) } : { verdict: 'genuine' };
