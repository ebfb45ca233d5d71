import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import { hashOf } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import {
  buildDocx,
  type DocxParts,
  readDocx,
  scanTemplate,
  type TemplateScan,
  unshownIn,
} from '../../platform/docx/index.ts';
import type { Context } from '../../platform/http.ts';
import { virusFound, virusWatch } from '../../platform/uploads/index.ts';
import { appendAudit } from '../audit/index.ts';
import { type Kind, type KindCode, kindOf } from './contract/kinds.ts';
import { keep, read } from './files.ts';
import { samples } from './samples.ts';
import {
  insertTemplate,
  setPrefix,
  setTemplateStatus,
  type TemplateRow,
  templateById,
  templatesOn,
} from './template-store.ts';
import { checkTemplate } from './values.ts';

/** A template ready to be filled. `version` 0 is the sample that comes with the program. */
export type OpenTemplate = {
  readonly kind: Kind;
  readonly code: string;
  readonly parts: DocxParts;
  readonly scan: TemplateScan;
  readonly version: number;
  readonly id: number | null;
  readonly sm3: string;
};

/** The kind of a code. Throws Refused (404) when there is none. */
export function wantedKind(code: string): Kind {
  const kind = kindOf(code);
  if (!kind) throw new Refused({ code: 'template-unknown', message: `没有「${code}」这种文书` }, 404);
  return kind;
}

/** What comes with the program for a kind. Its hash covers its text, not the bytes of a file. */
export function openSample(code: string): OpenTemplate {
  const kind = wantedKind(code);
  const lines = samples[code as KindCode];
  const parts = buildDocx(lines);
  return { kind, code, parts, scan: scanTemplate(parts), version: 0, id: null, sm3: hashOf(lines) };
}

/** A stored version, opened. */
export async function openVersion(row: TemplateRow): Promise<OpenTemplate> {
  const parts = await readDocx(await read(row.sm3));
  const { code, version, id, sm3 } = row;
  return { kind: wantedKind(code), code, parts, scan: scanTemplate(parts), version, id, sm3 };
}

/** The institution's own version in force on the day, else the sample. */
export async function openTemplateOn(tx: Tx, guarantorId: number, code: string, on: Day): Promise<OpenTemplate> {
  wantedKind(code);
  const [row] = await templatesOn(tx, guarantorId, on, code);
  return row ? openVersion(row) : openSample(code);
}

/** The version of an id, or the sample for 'sample'. Throws Refused (404) when there is none or it is of another kind. */
export async function openNamed(
  tx: Tx,
  guarantorId: number,
  code: string,
  id: number | 'sample',
): Promise<OpenTemplate> {
  if (id === 'sample') return openSample(code);
  const row = await templateById(tx, guarantorId, id);
  if (!row || row.code !== code) throw unknownVersion();
  return openVersion(row);
}

/** There is no such version, or the caller may not see it. */
export const unknownVersion = (): Refused =>
  new Refused({ code: 'template-unknown', message: '没有这个模板版本，或不在您的权限范围内' }, 404);

/** Judges an uploaded DOCX and keeps it as the next draft version. Refused with every field no such paper knows, by name. */
export async function uploadTemplate(
  tx: Tx,
  context: Context,
  command: { guarantorId: number; code: string; fileName: string; note: string; bytes: Buffer },
): Promise<{ id: number; version: number }> {
  const { guarantorId, code, bytes, fileName, note } = command;
  const kind = wantedKind(code);
  const parts = await readDocx(bytes);
  if ([...parts.values()].some((part) => virusWatch()(part))) throw virusFound();
  const scan = scanTemplate(parts);
  const refusals = checkTemplate(kind, scan);
  if (scan.fields.length === 0)
    refusals.push({ code: 'template-empty', field: 'file', message: '模板里没有一个 {{字段}}' });
  if (refusals.length > 0) throw new Refused(refusals);
  const sm3 = await keep(bytes);
  const made = await insertTemplate(tx, {
    ...{ guarantorId, code, note, sm3, fields: [...scan.fields], unshown: unshownIn(parts) },
    fileName: fileName.slice(0, 200),
    groups: Object.fromEntries(Object.entries(scan.groups).map(([name, fields]) => [name, [...fields]])),
    by: context.actor.userId,
    at: context.clock.now(),
  });
  await auditTemplate(tx, context, 'documents.upload-template', guarantorId, made.id, {
    code,
    version: made.version,
    fileHash: sm3,
  });
  return made;
}

/** Withdraws a version: the one before it, or the sample, is in force again. */
export async function withdrawTemplate(
  tx: Tx,
  context: Context,
  command: { guarantorId: number; id: number; reason: string },
): Promise<void> {
  const { guarantorId, id, reason } = command;
  const done = await setTemplateStatus(tx, {
    guarantorId,
    id,
    status: 'withdrawn',
    from: ['draft', 'in-force'],
    fromOn: null,
    by: context.actor.userId,
    at: context.clock.now(),
  });
  if (!done) throw new Refused({ code: 'template-withdrawn', message: '没有这个版本，或它已经停用' }, 409);
  await auditTemplate(tx, context, 'documents.withdraw-template', guarantorId, id, { reason });
}

/** Sets the head of the institution's 字号, for papers from now on. Refused when another institution has it. */
export async function setNumbering(
  tx: Tx,
  context: Context,
  command: { guarantorId: number; prefix: string },
): Promise<void> {
  const { guarantorId, prefix } = command;
  const done = await setPrefix(tx, { guarantorId, prefix, by: context.actor.userId, at: context.clock.now() });
  if (!done) throw new Refused({ code: 'prefix-taken', field: 'prefix', message: `字号「${prefix}」已有机构使用` });
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'documents.set-numbering',
    subject: `institution:${guarantorId}`,
    detail: { prefix },
  });
}

/** Adds to the audit log what was done to a version of a template. */
export const auditTemplate = (
  tx: Tx,
  context: Context,
  action: string,
  guarantorId: number,
  id: number,
  detail: object,
) =>
  appendAudit(tx, context, { chain: guarantorId, action, subject: `document-template:${guarantorId}/${id}`, detail });
