import type { Day } from '../../kernel/day.ts';

/** The version of the package format. A change of meaning gets a new number; receivers refuse what they do not know. */
export const packageFormat = 'rongdan-daily/1';

/** The sections of a package in the order in which they are sent and stored. */
export const sections = ['master', 'movements', 'closing'] as const;
export type Section = (typeof sections)[number];

/** What a package declares of one section: rows, sums in 元, SM3 of its lines (each with its line end). */
export type SectionDigest = { rows: number; totals: Record<string, string>; sm3: string; late?: number };

/** What is signed: everything a receiver needs to check a package without trusting the way it came. */
export type Manifest = {
  format: typeof packageFormat;
  institution: string;
  businessDay: Day;
  kind: 'daily' | 'zero' | 'restatement';
  sequence: number;
  version: number;
  /** The package of the same day that this one replaces, and why. */
  restates: { sequence: number; contentHash: string; cause: string } | null;
  /** Positions are by 发生日 up to the business day; movements are those the package before did not hold. */
  timeBasis: 'value';
  amountBasis: ['contract', 'actual'];
  unit: '元';
  knownAt: string;
  /** Where this package takes over; null for the first one, which brings the whole book. */
  since: { businessDay: Day; knownAt: string } | null;
  previousHash: string | null;
  /** In force at the close of the day, also when a zero report leaves the rows out. */
  position: { guarantees: number; outstanding: string; outstandingActual: string };
  sections: Record<Section, SectionDigest>;
};

/** The two lines before the rows: who signed, and the manifest as signed. */
export const envelopeOf = (manifest: string, signature: string, publicKey: string): string =>
  `${JSON.stringify({ format: packageFormat, signature, publicKey })}\n${manifest}\n`;
