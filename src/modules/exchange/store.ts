import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import type { Section } from './manifest.ts';
import { sections } from './manifest.ts';

export type PackageStatus = 'built' | 'sent' | 'accepted' | 'refused' | 'unanswered';
export type PackageRow = {
  guarantorId: number;
  id: bigint;
  businessDay: Day;
  version: number;
  kind: 'daily' | 'zero' | 'restatement';
  sequence: number;
  restatesId: bigint | null;
  cause: string | null;
  knownAt: string;
  manifest: string;
  contentHash: string;
  signature: string;
  publicKey: string;
  bytes: bigint;
  status: PackageStatus;
  answeredAt: Date | null;
  builtAt: Date;
};

/** The columns of a package as PackageRow names them. */
export const packageColumns = sql`p.guarantor_id as "guarantorId", p.id, p.business_day as "businessDay", p.version, p.kind, p.sequence,
  p.restates_id as "restatesId", p.cause, to_json(p.known_at)#>>'{}' as "knownAt", p.manifest, p.content_hash as "contentHash",
  p.signature, p.public_key as "publicKey", p.bytes, p.status, p.answered_at as "answeredAt", p.built_at as "builtAt"`;

/** Lets one builder at a time number the guarantor's packages; held until the transaction ends. */
export const lockGuarantor = (tx: Tx, guarantorId: number) =>
  sql`select pg_advisory_xact_lock(30, ${guarantorId})`.execute(tx);

export type GuarantorRow = { id: number; code: string; name: string; openedOn: Day | null; closedOn: Day | null };

/** Guarantors the caller may report for, in code order; `id` narrows to one. Those not open on the day are left out. */
export async function guarantorsOn(tx: Tx, on: Day, id?: number): Promise<GuarantorRow[]> {
  const { rows } = await sql<GuarantorRow>`
    select i.id, i.code, i.short_name as name, i.opened_on as "openedOn", i.closed_on as "closedOn"
      from institutions.institution i
     where i.kind = 'guarantor' and (i.closed_on is null or i.closed_on >= ${on})
       and (i.opened_on is null or i.opened_on <= ${on}) ${id === undefined ? sql`` : sql`and i.id = ${id}`}
       and ((select identity.sees_all()) or i.id = any ((select identity.my_guarantors())::integer[]))
     order by i.code
     limit 1000`.execute(tx);
  return rows;
}

/** The newest version of a day's package. */
export async function latestOfDay(tx: Tx, guarantorId: number, day: Day): Promise<PackageRow | undefined> {
  const { rows } = await sql<PackageRow>`
    select ${packageColumns} from exchange.package p
     where p.guarantor_id = ${guarantorId} and p.business_day = ${day}
     order by p.version desc limit 1`.execute(tx);
  return rows[0];
}

/** One package, also by id alone of a guarantor the caller sees. */
export async function packageById(tx: Tx, guarantorId: number, id: bigint): Promise<PackageRow | undefined> {
  const { rows } = await sql<PackageRow>`
    select ${packageColumns} from exchange.package p where p.guarantor_id = ${guarantorId} and p.id = ${id}`.execute(
    tx,
  );
  return rows[0];
}

/** What the day's package follows in time (the latest earlier business day) and in number (the last one built). */
export async function placeInChain(tx: Tx, guarantorId: number, day: Day) {
  const { rows } = await sql<{ day: Day; knownAt: string }>`
    select p.business_day as day, to_json(p.known_at)#>>'{}' as "knownAt" from exchange.package p
     where p.guarantor_id = ${guarantorId} and p.business_day < ${day}
     order by p.business_day desc, p.version desc limit 1`.execute(tx);
  const { rows: last } = await sql<{ sequence: number; contentHash: string }>`
    select p.sequence, p.content_hash as "contentHash" from exchange.package p
     where p.guarantor_id = ${guarantorId} order by p.sequence desc limit 1`.execute(tx);
  return { since: rows[0] ?? null, last: last[0] ?? null };
}

export type NewPackage = Omit<PackageRow, 'id' | 'status' | 'answeredAt' | 'builtAt'> & { builtBy: number };

/** Stores a package with its content, numbered by the caller. */
export async function insertPackage(
  tx: Tx,
  row: NewPackage,
  parts: Record<Section, readonly Buffer[]>,
): Promise<bigint> {
  const { rows } = await sql<{ id: bigint }>`
    insert into exchange.package (guarantor_id, business_day, version, kind, sequence, restates_id, cause, known_at, manifest,
      content_hash, signature, public_key, bytes, built_by)
    values (${row.guarantorId}, ${row.businessDay}, ${row.version}, ${row.kind}, ${row.sequence}, ${row.restatesId}, ${row.cause},
      ${row.knownAt}, ${row.manifest}, ${row.contentHash}, ${row.signature}, ${row.publicKey}, ${row.bytes}, ${row.builtBy})
    returning id`.execute(tx);
  const id = rows[0]!.id;
  const flat = sections.flatMap((section, at) =>
    parts[section].map((content, seq) => ({ section: at + 1, seq: seq + 1, content })),
  );
  if (flat.length === 0) return id;
  await sql`
    insert into exchange.package_part (guarantor_id, package_id, section, seq, content)
    select ${row.guarantorId}, ${id}, section, seq, content
      from unnest(${flat.map((part) => part.section)}::smallint[], ${flat.map((part) => part.seq)}::integer[],
                  ${flat.map((part) => part.content)}::bytea[]) as part (section, seq, content)`.execute(tx);
  return id;
}

/** The compressed content of a package in the order sent. */
export async function partsOf(tx: Tx, guarantorId: number, id: bigint): Promise<Buffer[]> {
  const { rows } = await sql<{ content: Buffer }>`
    select content from exchange.package_part
     where guarantor_id = ${guarantorId} and package_id = ${id} order by section, seq`.execute(tx);
  return rows.map((row) => row.content);
}

/** Notes that a package is about to leave; answers the number of the try. A receipt already there stays what it is. */
export async function beginAttempt(tx: Tx, row: PackageRow, link: 'https' | 'folder', now: Date): Promise<number> {
  await sql`
    update exchange.package set status = 'sent'
     where guarantor_id = ${row.guarantorId} and id = ${row.id} and status in ('built', 'unanswered')`.execute(tx);
  const { rows } = await sql<{ number: number }>`
    insert into exchange.attempt (guarantor_id, package_id, number, link, started_at)
    select ${row.guarantorId}, ${row.id}, coalesce(max(number), 0) + 1, ${link}, ${now}
      from exchange.attempt where guarantor_id = ${row.guarantorId} and package_id = ${row.id}
    returning number`.execute(tx);
  return rows[0]!.number;
}

export type AttemptOutcome = 'receipt' | 'delivered' | 'timeout' | 'network' | 'rejected';

/** Closes a try. */
export const endAttempt = (
  tx: Tx,
  row: { guarantorId: number; id: bigint },
  number: number,
  end: { outcome: AttemptOutcome; detail: string; now: Date },
) =>
  sql`update exchange.attempt set ended_at = ${end.now}, outcome = ${end.outcome}, detail = ${end.detail.slice(0, 500)}
       where guarantor_id = ${row.guarantorId} and package_id = ${row.id} and number = ${number}`.execute(tx);

export type Receipt = {
  receiptNo: string;
  contentHash: string;
  verdict: 'accepted' | 'refused';
  reasons: { code: string; message: string; section?: string; line?: number; contractNo?: string }[];
  missing: number[];
  raw: string;
};

/** Keeps a receipt and gives the package its verdict. The same receipt again changes nothing. */
export async function keepReceipt(tx: Tx, row: { guarantorId: number; id: bigint }, receipt: Receipt, now: Date) {
  await sql`
    insert into exchange.receipt (guarantor_id, package_id, receipt_no, verdict, reasons, missing, raw, received_at)
    values (${row.guarantorId}, ${row.id}, ${receipt.receiptNo}, ${receipt.verdict}, ${JSON.stringify(receipt.reasons)},
      ${receipt.missing}::integer[], ${receipt.raw}, ${now})
    on conflict do nothing`.execute(tx);
  await sql`
    update exchange.package set status = ${receipt.verdict}, answered_at = ${now}
     where guarantor_id = ${row.guarantorId} and id = ${row.id} and status in ('built', 'sent', 'unanswered')`.execute(
    tx,
  );
}

/** Nobody answered, for all tries made. */
export const markUnanswered = (tx: Tx, row: { guarantorId: number; id: bigint }) =>
  sql`update exchange.package set status = 'unanswered'
       where guarantor_id = ${row.guarantorId} and id = ${row.id} and status = 'sent'`.execute(tx);
