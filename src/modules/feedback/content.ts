import { canonicalJson, constantTimeEqual, sm3, verify } from '../../platform/crypto/index.ts';
import { additiveKeys, distinctKeys, type Figures, lines } from './rules.ts';

/** Everything a certificate states, as stored: what its content hash covers. Instants as ISO text, figures as canonical JSON text. */
export type Content = {
  readonly number: string;
  readonly quarter: string;
  readonly regionCode: number;
  readonly regionLevel: number;
  readonly regionName: string;
  readonly version: number;
  readonly restates: string | null;
  readonly cause: string | null;
  readonly asOf: string;
  readonly knownAt: string;
  readonly sealedAt: string;
  readonly issuer: string;
  readonly objectionUntil: string;
  readonly sources: string;
  readonly figures: string;
  readonly delta: string | null;
  readonly rowsCount: bigint;
  readonly rowsHash: string;
};

/** The hash over all that a certificate states. */
export const contentHashOf = (content: Content): string =>
  sm3(
    canonicalJson([
      content.number,
      content.quarter,
      content.regionCode,
      content.regionLevel,
      content.regionName,
      content.version,
      content.restates,
      content.cause,
      content.asOf,
      content.knownAt,
      content.sealedAt,
      content.issuer,
      content.objectionUntil,
      content.sources,
      content.figures,
      content.delta,
      content.rowsCount,
      content.rowsHash,
    ]),
  );

/** The rows hash of a city's or the province's certificate: over the content hashes of its county certificates, by region code. */
export const hashOfParts = (hashes: readonly string[]): string => sm3(hashes.join('\n'));

/** Is the stored content hash that of the content? */
export const isHashValid = (content: Content & { contentHash: string }): boolean =>
  constantTimeEqual(contentHashOf(content), content.contentHash);

/** Was the content hash signed by one of the keys we trust? A key stored beside what it signs proves nothing. */
export const isSignatureValid = (
  stored: { contentHash: string; signature: string; publicKey: string },
  trustedKeys: readonly string[],
): boolean => trustedKeys.includes(stored.publicKey) && verify(stored.contentHash, stored.signature, stored.publicKey);

/** The exact figures out of their stored text. Throws on text that is not figures: tampering or a bug. */
export function parseFigures(text: string): Figures {
  const stored = JSON.parse(text) as Record<string, Record<string, string>>;
  return Object.fromEntries(
    lines.map((line) => [
      line,
      Object.fromEntries([...additiveKeys, ...distinctKeys].map((key) => [key, BigInt(stored[line]?.[key] as string)])),
    ]),
  ) as Figures;
}
