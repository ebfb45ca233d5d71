import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Fen, yuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { verify } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import { kindTitles, type PackageDetail, type PackageWire, packageStatusTitles } from './contract.ts';
import type { Manifest } from './manifest.ts';
import { type PackageRow, packageById, packageColumns } from './store.ts';

export type ListedPackage = PackageRow & { guarantorName: string };
export type PackageFilter = {
  guarantorId?: number | undefined;
  from?: Day | undefined;
  to?: Day | undefined;
  status?: string | undefined;
};

/** Packages the caller sees, newest business day first; keyset over (day, id). */
export async function listPackages(
  tx: Tx,
  filter: PackageFilter,
  after: string | undefined,
  limit: number,
): Promise<Page<ListedPackage>> {
  const keys = keysOf(after, 2);
  const where = [sql`true`];
  if (filter.guarantorId !== undefined) where.push(sql`p.guarantor_id = ${filter.guarantorId}`);
  if (filter.from !== undefined) where.push(sql`p.business_day >= ${filter.from}`);
  if (filter.to !== undefined) where.push(sql`p.business_day <= ${filter.to}`);
  if (filter.status !== undefined) where.push(sql`p.status = ${filter.status}`);
  if (keys) where.push(sql`(p.business_day, p.id) < (${keys[0]}::date, ${keys[1]}::bigint)`);
  const { rows } = await sql<ListedPackage>`
    select ${packageColumns}, i.short_name as "guarantorName"
      from exchange.package p join institutions.institution i on i.id = p.guarantor_id
     where ${sql.join(where, sql` and `)}
     order by p.business_day desc, p.id desc limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.businessDay, last.id) : null };
}

/** The columns of the exported list. */
export const packageSheet = [
  { key: 'businessDay', title: '业务日', type: 'day' },
  { key: 'guarantorName', title: '机构', type: 'text' },
  { key: 'kindTitle', title: '类型', type: 'text' },
  { key: 'version', title: '版次', type: 'integer' },
  { key: 'sequence', title: '顺序号', type: 'integer' },
  { key: 'statusTitle', title: '状态', type: 'text' },
  { key: 'guarantees', title: '在保笔数', type: 'integer' },
  { key: 'outstanding', title: '在保余额（元）', type: 'money' },
  { key: 'movements', title: '变动笔数', type: 'integer' },
  { key: 'cause', title: '重报原因', type: 'text' },
  { key: 'contentHash', title: '摘要（SM3）', type: 'text' },
] as const;

/** A package as a row of the exported list. */
export const sheetRowOf = (row: ListedPackage) => {
  const manifest = manifestOf(row);
  return {
    ...row,
    kindTitle: kindTitles[row.kind],
    statusTitle: packageStatusTitles[row.status],
    guarantees: manifest.position.guarantees,
    outstanding: yuan(manifest.position.outstanding) as Fen,
    movements: manifest.sections.movements.rows,
  };
};

/** A package as it crosses the wire. */
export function wireOf(row: ListedPackage): PackageWire {
  const manifest = manifestOf(row);
  return {
    guarantorId: row.guarantorId,
    guarantorName: row.guarantorName,
    id: String(row.id),
    businessDay: row.businessDay,
    version: row.version,
    kind: row.kind,
    sequence: row.sequence,
    cause: row.cause,
    contentHash: row.contentHash,
    bytes: Number(row.bytes),
    guarantees: manifest.position.guarantees,
    outstanding: manifest.position.outstanding,
    movements: manifest.sections.movements.rows,
    late: manifest.sections.movements.late ?? 0,
    status: row.status,
    builtAt: row.builtAt.toISOString(),
    answeredAt: row.answeredAt?.toISOString() ?? null,
  };
}

/** A package with its manifest, tries, receipts and the other versions of its day. Refuses (404) what the caller does not see. */
export async function packageDetailOf(tx: Tx, guarantorId: number, id: bigint): Promise<PackageDetail> {
  const row = await packageOrRefuse(tx, guarantorId, id);
  const { rows: names } = await sql<{ name: string }>`
    select short_name as name from institutions.institution where id = ${guarantorId}`.execute(tx);
  const { rows: attempts } = await sql<{
    number: number;
    link: string;
    startedAt: string;
    endedAt: string | null;
    outcome: string | null;
    detail: string | null;
  }>`
    select number, link, to_json(started_at)#>>'{}' as "startedAt", to_json(ended_at)#>>'{}' as "endedAt", outcome, detail
      from exchange.attempt where guarantor_id = ${guarantorId} and package_id = ${id} order by number desc limit 100`.execute(
    tx,
  );
  const { rows: receipts } = await sql<PackageDetail['receipts'][number]>`
    select receipt_no as "receiptNo", verdict, reasons, missing, to_json(received_at)#>>'{}' as "receivedAt"
      from exchange.receipt where guarantor_id = ${guarantorId} and package_id = ${id} order by received_at limit 100`.execute(
    tx,
  );
  const { rows: versions } = await sql<PackageDetail['versions'][number]>`
    select id::text, version, kind, status, cause from exchange.package
     where guarantor_id = ${guarantorId} and business_day = ${row.businessDay} order by version limit 100`.execute(tx);
  return {
    ...wireOf({ ...row, guarantorName: names[0]!.name }),
    manifest: manifestOf(row),
    signature: row.signature,
    publicKey: row.publicKey,
    signatureValid: verify(row.manifest, row.signature, row.publicKey),
    restatesId: row.restatesId === null ? null : String(row.restatesId),
    knownAt: row.knownAt,
    attempts,
    receipts,
    versions,
  };
}

/** One package the caller sees, or a refusal (404). */
export async function packageOrRefuse(tx: Tx, guarantorId: number, id: bigint): Promise<PackageRow> {
  const row = await packageById(tx, guarantorId, id);
  if (!row) throw new Refused({ code: 'package-unknown', message: '没有这个数据包，或不在您的权限范围内' }, 404);
  return row;
}

const manifestOf = (row: PackageRow): Manifest => JSON.parse(row.manifest) as Manifest;
