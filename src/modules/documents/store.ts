import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import type { GroupRows, Values } from '../../platform/docx/index.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';

/** One paper as the database knows it. `template` is the code of its kind. */
export type DocumentRow = {
  guarantorId: number;
  guarantor: string;
  documentId: bigint;
  template: string;
  number: string;
  subject: string;
  customerName: string | null;
  bankId: number | null;
  bankName: string | null;
  amount: Fen | null;
  templateVersion: number;
  fields: Values;
  rows: GroupRows;
  docxSm3: string;
  pdfSm3: string;
  contentHash: string;
  checkCode: string;
  payload: string;
  keyId: string;
  issuedOn: Day;
  issuedAt: Date;
  issuedBy: string;
  status: 'issued' | 'revoked';
  revokedAt: Date | null;
  revokedBy: string | null;
  revokedWhy: string | null;
};

const columns = sql`
  d.guarantor_id as "guarantorId", i.name as guarantor, d.id as "documentId", d.code as template, d.number, d.subject,
  d.customer_name as "customerName", d.bank_id as "bankId", b.short_name as "bankName", d.amount,
  coalesce(t.version, 0) as "templateVersion", d.fields, d.rows, d.docx_sm3 as "docxSm3", d.pdf_sm3 as "pdfSm3",
  d.content_hash as "contentHash", d.code_to_check as "checkCode", d.payload, d.key_id as "keyId", d.issued_on as "issuedOn",
  d.issued_at as "issuedAt", coalesce(p.name, '系统') as "issuedBy",
  case when d.revoked_at is null then 'issued' else 'revoked' end as status,
  d.revoked_at as "revokedAt", r.name as "revokedBy", d.revoked_why as "revokedWhy"`;
const source = sql`
  documents.document d
  join institutions.institution i on i.id = d.guarantor_id
  left join institutions.institution b on b.id = d.bank_id
  left join documents.template_version t on t.guarantor_id = d.guarantor_id and t.id = d.template_version_id
  left join identity.person p on p.id = d.issued_by
  left join identity.person r on r.id = d.revoked_by`;

export type DocumentFilter = {
  readonly guarantorId?: number | undefined;
  readonly template?: string | undefined;
  readonly status?: 'issued' | 'revoked' | undefined;
  readonly subject?: string | undefined;
  readonly search?: string | undefined;
};

/** Papers the caller may see, newest first. */
export async function listDocuments(
  tx: Tx,
  filter: DocumentFilter,
  after: string | undefined,
  limit: number,
): Promise<Page<DocumentRow>> {
  const [before] = keysOf(after, 1) ?? [];
  const { guarantorId = null, template = null, status = null, subject = null } = filter;
  const search = filter.search ? `%${filter.search.replace(/[\\%_]/g, '\\$&')}%` : null;
  const { rows } = await sql<DocumentRow>`
    select ${columns} from ${source}
     where (${guarantorId}::integer is null or d.guarantor_id = ${guarantorId}::integer)
       and (${template}::text is null or d.code = ${template}::text)
       and (${status}::text is null or (d.revoked_at is null) = (${status}::text = 'issued'))
       and (${subject}::text is null or d.subject = ${subject}::text)
       and (${search}::text is null or d.number like ${search}::text or d.customer_name like ${search}::text)
       and (${before ?? null}::bigint is null or d.id < ${before ?? null}::bigint)
     order by d.id desc
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.documentId) : null };
}

/** One paper; undefined when there is none or the caller may not see it. */
export async function documentById(tx: Tx, guarantorId: number, id: bigint): Promise<DocumentRow | undefined> {
  const { rows } = await sql<DocumentRow>`
    select ${columns} from ${source} where d.guarantor_id = ${guarantorId} and d.id = ${id}`.execute(tx);
  return rows[0];
}

/** The papers of a subject, oldest first, revoked ones too. */
export async function documentsOf(tx: Tx, guarantorId: number, subject: string): Promise<DocumentRow[]> {
  const { rows } = await sql<DocumentRow>`
    select ${columns} from ${source} where d.guarantor_id = ${guarantorId} and d.subject = ${subject} order by d.id limit 1000`.execute(
    tx,
  );
  return rows;
}

/** The next number of an institution's papers of a kind in a year; others wait for it until this transaction ends. */
export async function nextSeq(tx: Tx, guarantorId: number, code: string, year: number): Promise<number> {
  const { rows } = await sql<{ last: number }>`
    insert into documents.counter (guarantor_id, code, year, last) values (${guarantorId}, ${code}, ${year}, 1)
    on conflict (guarantor_id, code, year) do update set last = documents.counter.last + 1
    returning last`.execute(tx);
  return rows[0]!.last;
}

/** The issuing institution's names and the head of its 字号; undefined when there is no such institution. */
export async function issuerOf(tx: Tx, guarantorId: number): Promise<{ name: string; prefix: string } | undefined> {
  const { rows } = await sql<{ name: string; prefix: string }>`
    select i.name, coalesce(n.prefix, i.short_name) as prefix
      from institutions.institution i
      left join documents.numbering n on n.guarantor_id = i.id
     where i.id = ${guarantorId}`.execute(tx);
  return rows[0];
}

/** The guarantor a command is for: the one named, else the only one the caller works for; undefined when the caller may not. */
export async function ownGuarantor(tx: Tx, named: number | undefined): Promise<number | undefined> {
  const { rows } = await sql<{ ids: number[]; all: boolean; home: number }>`
    select identity.my_guarantors() as ids, identity.sees_all() as all,
           coalesce(nullif(current_setting('rongdan.institution', true), ''), '0')::integer as home`.execute(tx);
  const { ids, all, home } = rows[0]!;
  if (named !== undefined) return all || ids.includes(named) ? named : undefined;
  return ids.length === 1 ? ids[0] : all && home > 0 ? home : undefined;
}

/** Keeps an institution's public key; known ones stay as they are. */
export async function keepKey(
  tx: Tx,
  of: { keyId: string; guarantorId: number; publicKey: string; at: Date },
): Promise<void> {
  await sql`
    insert into documents.signing_key (key_id, guarantor_id, public_key, recorded_at)
    values (${of.keyId}, ${of.guarantorId}, ${of.publicKey}, ${of.at}) on conflict do nothing`.execute(tx);
}

export type NewDocument = Omit<
  DocumentRow,
  | 'guarantor'
  | 'documentId'
  | 'bankName'
  | 'templateVersion'
  | 'issuedBy'
  | 'status'
  | 'revokedAt'
  | 'revokedBy'
  | 'revokedWhy'
> & {
  readonly year: number;
  readonly seq: number;
  readonly templateVersionId: number | null;
  readonly templateSm3: string;
  readonly by: number;
};

/** Writes a paper's row; answers its id. */
export async function insertDocument(tx: Tx, of: NewDocument): Promise<bigint> {
  const { rows } = await sql<{ id: bigint }>`
    insert into documents.document
      (guarantor_id, code, number, year, seq, subject, customer_name, bank_id, amount, template_version_id, template_sm3, fields, rows,
       docx_sm3, pdf_sm3, content_hash, code_to_check, payload, key_id, issued_on, issued_at, issued_by)
    values (${of.guarantorId}, ${of.template}, ${of.number}, ${of.year}, ${of.seq}, ${of.subject}, ${of.customerName}, ${of.bankId},
            ${of.amount}, ${of.templateVersionId}, ${of.templateSm3}, ${JSON.stringify(of.fields)}, ${JSON.stringify(of.rows)},
            ${of.docxSm3}, ${of.pdfSm3}, ${of.contentHash}, ${of.checkCode}, ${of.payload}, ${of.keyId}, ${of.issuedOn}, ${of.issuedAt}, ${of.by})
    returning id`.execute(tx);
  return rows[0]!.id;
}

/** Marks a paper as revoked; false when there is none that stands and the caller may revoke. */
export async function markRevoked(
  tx: Tx,
  of: { guarantorId: number; documentId: bigint; by: number; at: Date; why: string },
): Promise<boolean> {
  const { rows } = await sql`
    update documents.document set revoked_at = ${of.at}, revoked_by = ${of.by}, revoked_why = ${of.why}
     where guarantor_id = ${of.guarantorId} and id = ${of.documentId} and revoked_at is null
    returning id`.execute(tx);
  return rows.length > 0;
}

/** What anyone may know of a letter they hold. */
export type PublicLetter = {
  number: string;
  kind: string;
  issuer: string;
  amount: Fen | null;
  issuedOn: Day;
  issuedAt: Date;
  hash: string;
  payload: string;
  keyId: string;
  revokedAt: Date | null;
  checkCode: string;
};

/** The letter of a content hash, or of a number with its code; undefined when this installation does not know it. */
export async function publicLetter(
  tx: Tx,
  by: { hash?: string; number?: string; code?: string },
): Promise<PublicLetter | undefined> {
  const { rows } = await sql<PublicLetter>`
    select * from documents.public_document(${by.hash ?? null}, ${by.number ?? null}, ${by.code ?? null})`.execute(tx);
  return rows[0];
}

/** A public key with whose it is; undefined when it is not known here. */
export async function keyById(tx: Tx, keyId: string): Promise<{ publicKey: string; institution: string } | undefined> {
  const { rows } = await sql<{ publicKey: string; institution: string }>`
    select k.public_key as "publicKey", i.name as institution
      from documents.signing_key k join institutions.institution i on i.id = k.guarantor_id
     where k.key_id = ${keyId}`.execute(tx);
  return rows[0];
}

/** Every public key, for those who check letters on their own. */
export async function allKeys(
  tx: Tx,
): Promise<{ keyId: string; publicKey: string; institution: string; recordedAt: Date }[]> {
  const { rows } = await sql<{ keyId: string; publicKey: string; institution: string; recordedAt: Date }>`
    select k.key_id as "keyId", k.public_key as "publicKey", i.name as institution, k.recorded_at as "recordedAt"
      from documents.signing_key k join institutions.institution i on i.id = k.guarantor_id
     order by i.name, k.recorded_at limit 1000`.execute(tx);
  return rows;
}
