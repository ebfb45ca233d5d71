import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { Refused } from '../../kernel/refusal.ts';
import type { Db, Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { type KeptUpload, keepUpload, virusCode } from '../../platform/uploads/index.ts';
import { appendAudit } from '../audit/index.ts';
import { type ChecklistItem, type Completeness, completeness, guarantorOfSubject } from './rules.ts';
import { type AttachmentRow, countsByItem, insertAttachment, listAttachments, markRemoved, mayAdd } from './store.ts';

/** Where the files lie: DATA_DIR/attachments. */
export const attachmentsFolder = (): string => resolve(process.env.DATA_DIR || '.data', 'attachments');

/** The most files one subject may have. */
export const attachmentsMax = 2000;

/**
 * Streams a file in and judges it; nothing is written to the database but, where it carries a virus, the refusal to the audit log.
 * Call before the transaction that adds it. Refused: see platform/uploads; 403 when the caller may not add to the subject.
 */
export async function receiveFile(
  db: Db,
  context: Context,
  command: { subject: string; name: string; source: Readable; bankId?: number | undefined; bytesMax?: number },
): Promise<KeptUpload> {
  const guarantorId = guarantorOfSubject(command.subject);
  await db.read(context.actor, (tx) => checkMayAdd(tx, guarantorId, command.bankId ?? null));
  const { name, source, bytesMax } = command;
  try {
    return await keepUpload(source, { folder: attachmentsFolder(), name, ...(bytesMax ? { bytesMax } : {}) });
  } catch (error) {
    if (error instanceof Refused && error.refusals.some((each) => each.code === virusCode)) {
      await db.transaction(context.actor, (tx) =>
        appendAudit(tx, context, {
          chain: guarantorId,
          action: 'attachments.refuse-virus',
          subject: `attachments-of:${command.subject}`,
          detail: { reason: 'EICAR' },
        }),
      );
    }
    throw error;
  }
}

async function checkMayAdd(tx: Tx, guarantorId: number, bankId: number | null): Promise<number | null> {
  const answer = await mayAdd(tx, guarantorId, bankId);
  if (answer.may) return answer.bankId;
  throw new Refused({ code: 'attachment-not-allowed', message: '这项业务不在您的机构名下，不能上传附件' }, 403);
}

export type AddAttachment = {
  readonly subject: string;
  readonly itemCode: string;
  readonly kept: KeptUpload;
  readonly note?: string | undefined;
  /** The bank that may see it too. What a bank uploads is always its own. */
  readonly bankId?: number | undefined;
  readonly lat?: string | undefined;
  readonly lng?: string | undefined;
  readonly takenAt?: string | undefined;
};

/** Puts a received file on file. The same file for the same entry is answered with the one that is there. */
export async function addAttachment(tx: Tx, context: Context, command: AddAttachment): Promise<{ id: bigint }> {
  const guarantorId = guarantorOfSubject(command.subject);
  const bankId = await checkMayAdd(tx, guarantorId, command.bankId ?? null);
  const { kept, subject, itemCode } = command;
  const { id, isNew } = await insertAttachment(tx, {
    guarantorId,
    subject,
    itemCode,
    kept,
    bankId,
    note: command.note ?? '',
    lat: command.lat ?? null,
    lng: command.lng ?? null,
    takenAt: command.takenAt ?? null,
    by: context.actor.userId,
    at: context.clock.now(),
  });
  if (isNew)
    await appendAudit(tx, context, {
      chain: guarantorId,
      action: 'attachments.add',
      subject: `attachment:${guarantorId}/${id}`,
      detail: { of: subject, code: itemCode, fileHash: kept.sm3, bytes: kept.bytes },
    });
  return { id };
}

/** Takes an attachment out, with its reason; row and file stay. Refused (404) when there is none the caller may take out. */
export async function removeAttachment(
  tx: Tx,
  context: Context,
  command: { guarantorId: number; id: bigint; reason: string },
): Promise<void> {
  const { guarantorId, id, reason } = command;
  const done = await markRemoved(tx, {
    guarantorId,
    id,
    by: context.actor.userId,
    at: context.clock.now(),
    why: reason,
  });
  if (!done) throw new Refused({ code: 'attachment-unknown', message: '没有这份附件，或您不能移除它' }, 404);
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'attachments.remove',
    subject: `attachment:${guarantorId}/${id}`,
    detail: { reason },
  });
}

/** What is on file for a subject, oldest first, as far as the caller may see it. */
export async function attachmentsOf(tx: Tx, guarantorId: number, subject: string): Promise<AttachmentRow[]> {
  if (guarantorOfSubject(subject) !== guarantorId) throw new RangeError(`${subject} 不属于机构 ${guarantorId}`);
  return (await listAttachments(tx, subject, undefined, attachmentsMax)).rows;
}

/** How complete the papers of a subject are, entry by entry. */
export const completenessOf = async (
  tx: Tx,
  guarantorId: number,
  subject: string,
  checklist: readonly ChecklistItem[],
): Promise<Completeness> => completeness(checklist, await countsByItem(tx, guarantorId, subject));

/** The required entries of the 资料清单 with nothing on file. */
export const missingItems = async (
  tx: Tx,
  guarantorId: number,
  subject: string,
  checklist: readonly ChecklistItem[],
): Promise<Completeness['missing']> => (await completenessOf(tx, guarantorId, subject, checklist)).missing;
