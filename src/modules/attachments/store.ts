import { sql } from 'kysely';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import type { FileType, KeptUpload } from '../../platform/uploads/index.ts';

/** One attachment as the database knows it. */
export type AttachmentRow = {
  guarantorId: number;
  id: bigint;
  subject: string;
  itemCode: string;
  name: string;
  type: FileType;
  bytes: bigint;
  sm3: string;
  note: string;
  lat: string | null;
  lng: string | null;
  takenAt: Date | null;
  bankName: string | null;
  uploadedById: number;
  uploadedBy: string;
  recordedAt: Date;
  mayRemove: boolean;
};

const columns = sql`
  a.guarantor_id as "guarantorId", a.id, a.subject, a.item_code as "itemCode", a.name, a.type, a.bytes, a.sm3, a.note,
  a.lat, a.lng, a.taken_at as "takenAt", b.short_name as "bankName", a.uploaded_by as "uploadedById",
  coalesce(p.name, '系统') as "uploadedBy", a.recorded_at as "recordedAt",
  (identity.sees_all() or a.guarantor_id = any (identity.my_guarantors()) or a.uploaded_by = identity.me()) as "mayRemove"`;
const source = sql`
  attachments.attachment a
  left join institutions.institution b on b.id = a.bank_id
  left join identity.person p on p.id = a.uploaded_by`;

/** What is on file for a subject, oldest first, as far as the caller may see it. */
export async function listAttachments(tx: Tx, subject: string, after: string | undefined, limit: number) {
  const [from] = keysOf(after, 1) ?? [];
  const { rows } = await sql<AttachmentRow>`
    select ${columns} from ${source}
     where a.guarantor_id = split_part(split_part(${subject}, ':', 2), '/', 1)::integer and a.subject = ${subject}
       and a.removed_at is null and (${from ?? null}::bigint is null or a.id > ${from ?? null}::bigint)
     order by a.id
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id) : null } satisfies Page<AttachmentRow>;
}

/** One attachment, taken out ones not; undefined when there is none or the caller may not see it. */
export async function attachmentById(tx: Tx, guarantorId: number, id: bigint): Promise<AttachmentRow | undefined> {
  const { rows } = await sql<AttachmentRow>`
    select ${columns} from ${source}
     where a.guarantor_id = ${guarantorId} and a.id = ${id} and a.removed_at is null`.execute(tx);
  return rows[0];
}

/** How many files each entry of the checklist has. */
export async function countsByItem(tx: Tx, guarantorId: number, subject: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ code: string; count: number }>`
    select item_code as code, count(*)::integer as count from attachments.attachment
     where guarantor_id = ${guarantorId} and subject = ${subject} and removed_at is null
     group by item_code`.execute(tx);
  return new Map(rows.map((row) => [row.code, row.count]));
}

/** May the caller add to this guarantor's subjects, and as which bank (null for none)? */
export async function mayAdd(
  tx: Tx,
  guarantorId: number,
  bankId: number | null,
): Promise<{ may: boolean; bankId: number | null }> {
  const { rows } = await sql<{ may: boolean; bankId: number | null }>`
    with who as (select case when identity.my_bank() <> 0 then identity.my_bank() else ${bankId}::integer end as bank)
    select attachments.may_add(${guarantorId}, bank) as may, bank as "bankId" from who`.execute(tx);
  return { may: rows[0]?.may ?? false, bankId: rows[0]?.bankId ?? null };
}

export type NewAttachment = {
  readonly guarantorId: number;
  readonly subject: string;
  readonly itemCode: string;
  readonly kept: KeptUpload;
  readonly note: string;
  readonly bankId: number | null;
  readonly lat: string | null;
  readonly lng: string | null;
  readonly takenAt: string | null;
  readonly by: number;
  readonly at: Date;
};

/** Writes the row; when the same file is there already for the entry, answers that one. */
export async function insertAttachment(tx: Tx, of: NewAttachment): Promise<{ id: bigint; isNew: boolean }> {
  const { kept } = of;
  const { rows } = await sql<{ id: bigint }>`
    insert into attachments.attachment
      (guarantor_id, subject, item_code, name, type, bytes, sm3, note, lat, lng, taken_at, bank_id, uploaded_by, recorded_at)
    values (${of.guarantorId}, ${of.subject}, ${of.itemCode}, ${kept.name}, ${kept.type}, ${kept.bytes}, ${kept.sm3}, ${of.note},
            ${of.lat}, ${of.lng}, ${of.takenAt}, ${of.bankId}, ${of.by}, ${of.at})
    on conflict (guarantor_id, subject, item_code, sm3) where removed_at is null do nothing
    returning id`.execute(tx);
  if (rows[0]) return { id: rows[0].id, isNew: true };
  const { rows: there } = await sql<{ id: bigint }>`
    select id from attachments.attachment
     where guarantor_id = ${of.guarantorId} and subject = ${of.subject} and item_code = ${of.itemCode} and sm3 = ${kept.sm3}
       and removed_at is null`.execute(tx);
  return { id: there[0]!.id, isNew: false };
}

/** Marks an attachment as taken out; false when there is none the caller may take out. */
export async function markRemoved(
  tx: Tx,
  of: { guarantorId: number; id: bigint; by: number; at: Date; why: string },
): Promise<boolean> {
  const { rows } = await sql`
    update attachments.attachment set removed_by = ${of.by}, removed_at = ${of.at}, removed_why = ${of.why}
     where guarantor_id = ${of.guarantorId} and id = ${of.id} and removed_at is null
    returning id`.execute(tx);
  return rows.length > 0;
}
