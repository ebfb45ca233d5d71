import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';

/** One version of an institution's template. */
export type TemplateRow = {
  guarantorId: number;
  id: number;
  code: string;
  version: number;
  status: 'draft' | 'approving' | 'in-force' | 'withdrawn';
  fromOn: Day | null;
  note: string;
  fileName: string;
  sm3: string;
  fields: string[];
  groups: Record<string, string[]>;
  unshown: string[];
  uploadedBy: string;
  recordedAt: Date;
  decidedBy: string | null;
  decidedAt: Date | null;
};

const columns = sql`
  t.guarantor_id as "guarantorId", t.id, t.code, t.version, t.status, t.from_on as "fromOn", t.note, t.file_name as "fileName", t.sm3,
  t.fields, t.groups, t.unshown, coalesce(p.name, '系统') as "uploadedBy", t.recorded_at as "recordedAt", d.name as "decidedBy",
  t.decided_at as "decidedAt"`;
const source = sql`
  documents.template_version t
  left join identity.person p on p.id = t.uploaded_by
  left join identity.person d on d.id = t.decided_by`;

/** The version of each kind in force on a day: the latest from-day, and of those the latest version. */
export async function templatesOn(tx: Tx, guarantorId: number, on: Day, code?: string): Promise<TemplateRow[]> {
  const { rows } = await sql<TemplateRow>`
    select distinct on (t.code) ${columns} from ${source}
     where t.guarantor_id = ${guarantorId} and t.status = 'in-force' and t.from_on <= ${on}
       and (${code ?? null}::text is null or t.code = ${code ?? null}::text)
     order by t.code, t.from_on desc, t.version desc`.execute(tx);
  return rows;
}

/** The versions of a kind, newest first. */
export async function listVersions(
  tx: Tx,
  guarantorId: number,
  code: string,
  after: string | undefined,
  limit: number,
): Promise<Page<TemplateRow>> {
  const [before] = keysOf(after, 1) ?? [];
  const { rows } = await sql<TemplateRow>`
    select ${columns} from ${source}
     where t.guarantor_id = ${guarantorId} and t.code = ${code}
       and (${before ?? null}::integer is null or t.version < ${before ?? null}::integer)
     order by t.version desc
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.version) : null };
}

/** One version; undefined when there is none or the caller may not see it. */
export async function templateById(tx: Tx, guarantorId: number, id: number): Promise<TemplateRow | undefined> {
  const { rows } = await sql<TemplateRow>`
    select ${columns} from ${source} where t.guarantor_id = ${guarantorId} and t.id = ${id}`.execute(tx);
  return rows[0];
}

export type NewTemplate = Pick<
  TemplateRow,
  'guarantorId' | 'code' | 'note' | 'fileName' | 'sm3' | 'fields' | 'groups' | 'unshown'
> & {
  readonly by: number;
  readonly at: Date;
};

/** Writes the next version as a draft. Two at once queue up behind each other. */
export async function insertTemplate(tx: Tx, of: NewTemplate): Promise<{ id: number; version: number }> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${of.guarantorId}:${of.code}`}, 105))`.execute(tx);
  const { rows } = await sql<{ id: number; version: number }>`
    insert into documents.template_version
      (guarantor_id, code, version, note, file_name, sm3, fields, groups, unshown, uploaded_by, recorded_at)
    select ${of.guarantorId}, ${of.code}, coalesce(max(version), 0) + 1, ${of.note}, ${of.fileName}, ${of.sm3}, ${of.fields}::text[],
           ${JSON.stringify(of.groups)}::jsonb, ${of.unshown}::text[], ${of.by}, ${of.at}::timestamptz
      from documents.template_version where guarantor_id = ${of.guarantorId} and code = ${of.code}
    returning id, version`.execute(tx);
  return rows[0]!;
}

/** Moves a version on; false when it is not in one of the states it may come from. */
export async function setTemplateStatus(
  tx: Tx,
  of: {
    guarantorId: number;
    id: number;
    status: TemplateRow['status'];
    from: readonly string[];
    fromOn: Day | null;
    by: number;
    at: Date;
  },
): Promise<boolean> {
  const { rows } = await sql`
    update documents.template_version
       set status = ${of.status}, from_on = coalesce(${of.fromOn}::date, from_on), decided_by = ${of.by}, decided_at = ${of.at}
     where guarantor_id = ${of.guarantorId} and id = ${of.id} and status = any (${of.from}::text[])
    returning id`.execute(tx);
  return rows.length > 0;
}

/** Sets the head of an institution's 字号. False when another institution has it. */
export async function setPrefix(
  tx: Tx,
  of: { guarantorId: number; prefix: string; by: number; at: Date },
): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    select exists (select from documents.numbering where prefix = ${of.prefix} and guarantor_id <> ${of.guarantorId}) as taken`.execute(
    tx,
  );
  if (rows[0]?.taken) return false;
  await sql`
    insert into documents.numbering (guarantor_id, prefix, changed_by, recorded_at)
    values (${of.guarantorId}, ${of.prefix}, ${of.by}, ${of.at})
    on conflict (guarantor_id) do update set prefix = excluded.prefix, changed_by = excluded.changed_by, recorded_at = excluded.recorded_at`.execute(
    tx,
  );
  return true;
}
