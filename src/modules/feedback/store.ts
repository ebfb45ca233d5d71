import { sql } from 'kysely';
import type { Tx } from '../../platform/db.ts';
import type { Content } from './content.ts';

/** A certificate as stored, whole. */
export type Certificate = Content & {
  readonly id: bigint;
  readonly restatesId: bigint | null;
  readonly contentHash: string;
  readonly signature: string;
  readonly publicKey: string;
  readonly verificationCode: string;
  readonly status: 'published' | 'final' | 'superseded';
  readonly termUnverified: string | null;
  readonly sealedBy: number;
  readonly finalisedAt: Date | null;
  /** `sealedAt` as an instant. */
  readonly sealedInstant: Date;
};

const isoOf = (column: ReturnType<typeof sql>) =>
  sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const whole = sql`c.id, c.number, c.quarter, c.region_code as "regionCode", c.region_level as "regionLevel",
  c.region_name as "regionName", c.version, c.restates_id as "restatesId",
  feedback.number_of(c.restates_id) as restates, c.cause,
  c.as_of_on as "asOf", ${isoOf(sql`c.known_at`)} as "knownAt", ${isoOf(sql`c.sealed_at`)} as "sealedAt", c.issuer,
  c.objection_until as "objectionUntil", c.sources, c.figures, c.delta, c.rows_count as "rowsCount",
  c.rows_hash as "rowsHash", c.content_hash as "contentHash", c.signature, c.public_key as "publicKey",
  c.verification_code as "verificationCode", c.status, c.term_unverified as "termUnverified",
  c.sealed_by as "sealedBy", c.finalised_at as "finalisedAt", c.sealed_at as "sealedInstant"`;

/** One certificate; undefined when there is none the caller may see. */
export async function certificateById(tx: Tx, id: bigint): Promise<Certificate | undefined> {
  const { rows } = await sql<Certificate>`select ${whole} from feedback.certificate c where c.id = ${id}`.execute(tx);
  return rows[0];
}

/** The county certificates whose rows are this one's rows, by region code: itself for a county. */
export async function countyPartsOf(tx: Tx, certificate: Certificate): Promise<Certificate[]> {
  if (certificate.regionLevel === 3) return [certificate];
  const { rows } = await sql<Certificate>`
    select ${whole} from feedback.certificate_part p join feedback.certificate c on c.id = p.part_id
     where p.certificate_id = ${certificate.id}
     order by c.region_code`.execute(tx);
  return rows;
}

/** The certificates in force of a quarter, every level, by region code. */
export async function currentCertificates(tx: Tx, quarter: string): Promise<Certificate[]> {
  const { rows } = await sql<Certificate>`
    select ${whole} from feedback.certificate c
     where c.quarter = ${quarter} and c.status <> 'superseded'
     order by c.region_code`.execute(tx);
  return rows;
}

/** Whatever its verification code or content hash, seen by anyone: totals of a region, nothing personal. */
export async function publicCertificate(tx: Tx, wanted: string) {
  const { rows } = await sql<Certificate & { successor: string | null }>`
    select ${whole}, feedback.public_successor(c.quarter, c.region_code, c.version) as successor
      from feedback.public_certificate(${wanted}) c`.execute(tx);
  return rows[0];
}

/** Every certificate of a quarter, superseded ones too, oldest first. */
export async function allCertificates(tx: Tx, quarter: string): Promise<Certificate[]> {
  const { rows } = await sql<Certificate>`
    select ${whole} from feedback.certificate c where c.quarter = ${quarter} order by c.id`.execute(tx);
  return rows;
}

/** Short names of the parties that have not confirmed the certificate. */
export async function unconfirmedOf(tx: Tx, id: bigint): Promise<string[]> {
  const { rows } = await sql<{ names: string[] }>`select feedback.unconfirmed(${id}) as names`.execute(tx);
  return rows[0]?.names ?? [];
}
