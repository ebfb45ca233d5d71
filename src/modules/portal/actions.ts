import type { Readable } from 'node:stream';
import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { addAttachment, receiveFile } from '../attachments/index.ts';
import { appendAudit } from '../audit/index.ts';
import { portalActor } from './codes.ts';
import { limits } from './limits.ts';
import { visitOf } from './my-case.ts';

export type AskDocuments = {
  readonly guarantorId: number;
  readonly customerId: bigint;
  readonly items: readonly { readonly code: string; readonly title: string }[];
  readonly note?: string | undefined;
  readonly dueOn?: Day | undefined;
  /** What it is for, e.g. 'case:1/7'. */
  readonly subject?: string | undefined;
};

/** Asks a customer for papers, to be handed in through the portal. What is asked already is not asked twice. */
export async function askDocuments(tx: Tx, context: Context, command: AskDocuments): Promise<{ asked: number }> {
  const { guarantorId, customerId, items, note = '', dueOn, subject } = command;
  const today = context.clock.today();
  if (dueOn !== undefined && dueOn < today)
    throw new Refused({
      code: 'due-in-the-past',
      field: 'dueOn',
      message: `期限 ${dueOn} 已过，请改为今天 ${today} 或以后`,
    });
  const customer =
    await sql`select from customers.customer where guarantor_id = ${guarantorId} and id = ${customerId}`.execute(tx);
  if (customer.rows.length === 0)
    throw new Refused(
      { code: 'customer-unknown', field: 'customerId', message: '没有这个客户，或不在您的权限范围内' },
      404,
    );
  const { rows } = await sql<{ id: bigint }>`
    insert into portal.request (guarantor_id, customer_id, subject, item_code, title, note, due_on, asked_by, asked_at)
    select ${guarantorId}, ${customerId}::bigint, ${subject ?? null}, x.code, x.title, ${note}, ${dueOn ?? null}::date, ${context.actor.userId},
           ${context.clock.now()}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as x (code text, title text)
    on conflict do nothing
    returning id`.execute(tx);
  if (rows.length > 0)
    await appendAudit(tx, context, {
      chain: guarantorId,
      action: 'portal.ask-documents',
      subject: `portal-request:${guarantorId}/${rows[0]!.id}`,
      detail: { customer: String(customerId), count: rows.length, ...(subject ? { of: subject } : {}) },
    });
  return { asked: rows.length };
}

/** Takes a question back that was not answered. Refused (409) when it was, or there is none. */
export async function withdrawRequest(
  tx: Tx,
  context: Context,
  { guarantorId, id }: { guarantorId: number; id: bigint },
): Promise<void> {
  const { rows } = await sql`
    update portal.request set withdrawn_at = ${context.clock.now()}
     where guarantor_id = ${guarantorId} and id = ${id} and answered_at is null and withdrawn_at is null
    returning id`.execute(tx);
  if (rows.length === 0)
    throw new Refused({ code: 'request-not-open', message: '客户已提交这份资料，或已撤回，请刷新' }, 409);
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'portal.withdraw-request',
    subject: `portal-request:${guarantorId}/${id}`,
    detail: {},
  });
}

export type HandIn = {
  readonly token: string | undefined;
  readonly guarantorId: number;
  readonly requestId: bigint;
  readonly name: string;
  readonly source: Readable;
};

/**
 * A customer hands in a paper that was asked for: judged by its content like every upload, put on file under the customer, the request
 * answered. Refused (401) without an open session, (404) when it was not asked of this customer, (429) after too many files.
 */
export async function handIn(db: Db, clock: Clock, command: HandIn): Promise<{ name: string }> {
  const context: Context = { actor: portalActor, clock };
  const asked = await db.transaction(portalActor, (tx) => countUpload(tx, clock, command));
  const kept = await receiveFile(db, context, {
    subject: asked.subject,
    name: command.name,
    source: command.source,
    bytesMax: limits.uploadMegabytes * 1024 * 1024,
  });
  await db.transaction(portalActor, async (tx) => {
    const { id } = await addAttachment(tx, context, {
      subject: asked.subject,
      itemCode: asked.itemCode,
      kept,
      note: '客户经公开页面提交',
    });
    await sql`
      update portal.request set attachment_id = ${id}, answered_at = ${clock.now()}
       where guarantor_id = ${command.guarantorId} and id = ${command.requestId} and withdrawn_at is null`.execute(tx);
    await appendAudit(tx, context, {
      chain: command.guarantorId,
      action: 'portal.hand-in',
      subject: `portal-request:${command.guarantorId}/${command.requestId}`,
      detail: { code: asked.itemCode, fileHash: kept.sm3, bytes: kept.bytes },
    });
  });
  return { name: kept.name };
}

async function countUpload(tx: Tx, clock: Clock, { token, guarantorId, requestId }: HandIn) {
  const visit = await visitOf(tx, clock, token);
  if (visit.uploads >= limits.uploadsPerSession)
    throw new Refused({ code: 'too-many-uploads', message: '一次查询中提交的文件过多，请稍后重新查询再提交' }, 429);
  const { rows } = await sql<{ itemCode: string; subject: string }>`
    select r.item_code as "itemCode", 'customer:' || r.guarantor_id || '/' || r.customer_id as subject
      from portal.request r
      join portal.session_customer s on s.guarantor_id = r.guarantor_id and s.customer_id = r.customer_id
     where s.token_hash = ${visit.tokenHash} and r.guarantor_id = ${guarantorId} and r.id = ${requestId} and r.withdrawn_at is null`.execute(
    tx,
  );
  if (!rows[0])
    throw new Refused({ code: 'request-unknown', message: '没有要求您提交这份资料，或已不再需要，请刷新' }, 404);
  await sql`update portal.session set uploads = uploads + 1 where token_hash = ${visit.tokenHash}`.execute(tx);
  return rows[0];
}
