import { verify } from '../../platform/crypto/index.ts';

/** What a letter says of itself in its QR code. */
export type LetterFacts = {
  readonly number: string;
  readonly issuer: string;
  readonly title: string;
  /** 元, '' where the paper is about no amount. */
  readonly amount: string;
  readonly issuedOn: string;
  readonly issuedAt: string;
  /** SM3 over everything the paper says, 64 hexadecimal digits. */
  readonly hash: string;
  readonly keyId: string;
};

const format = 'RD1';
const order = ['number', 'issuer', 'title', 'amount', 'issuedOn', 'issuedAt', 'hash', 'keyId'] as const;

/** The part of a payload that is signed: RD1.<base64url of a JSON array>. Nobody has to write it anew to check it. */
export function statementOf(facts: LetterFacts): string {
  const values = order.map((name) =>
    name === 'hash' ? Buffer.from(facts.hash, 'hex').toString('base64url') : facts[name],
  );
  return `${format}.${Buffer.from(JSON.stringify(values)).toString('base64url')}`;
}

/** Statement and signature (DER, hex) as one text for the QR code. */
export const payloadOf = (statement: string, signature: string): string =>
  `${statement}.${Buffer.from(signature, 'hex').toString('base64url')}`;

export type ReadPayload = { readonly facts: LetterFacts; readonly statement: string; readonly signature: string };

/** Reads what a QR code carries: the payload, or an address that ends in it. Undefined when it is no such thing. */
export function readPayload(text: string): ReadPayload | undefined {
  const found = /RD1\.([\w-]{20,2000})\.([\w-]{20,200})/.exec(text.trim());
  if (!found) return undefined;
  const [, body = '', signature = ''] = found;
  const values = parsed(Buffer.from(body, 'base64url').toString());
  if (!Array.isArray(values) || values.length !== order.length || values.some((each) => typeof each !== 'string'))
    return undefined;
  const said = Object.fromEntries(order.map((name, index) => [name, values[index] as string])) as LetterFacts;
  return {
    facts: { ...said, hash: Buffer.from(said.hash, 'base64url').toString('hex') },
    statement: `${format}.${body}`,
    signature: Buffer.from(signature, 'base64url').toString('hex'),
  };
}

/** Was this said by the holder of the key? */
export const isSignedBy = (read: ReadPayload, publicKey: string): boolean =>
  verify(read.statement, read.signature, publicKey);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
