import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import type { Line, MetricKey } from './rules.ts';
import { certificateById } from './store.ts';

/** A loan of the certificate's county, or a figure of it. */
export type ObjectionTarget =
  | { readonly guarantorId: number; readonly guaranteeId: bigint }
  | { readonly line: Line; readonly metric: MetricKey };

/**
 * A county or city objects to one loan or figure, up to and including the last day of the window. Refuses (404) what the
 * caller cannot see, (422) after the window or once the certificate is final or superseded or a loan is not in it,
 * (409) the same target while an earlier objection to it is open. Locks the certificate's row against finalisation.
 */
export async function raiseObjection(
  tx: Tx,
  context: Context,
  command: { certificateId: bigint; target: ObjectionTarget; reason: string; evidence?: string | undefined },
): Promise<{ id: bigint }> {
  const found = await certificateById(tx, command.certificateId);
  if (!found) throw new Refused({ code: 'certificate-unknown', message: '没有这份凭证，或不在您的权限范围内' }, 404);
  await sql`select pg_advisory_xact_lock(hashtextextended(${`feedback:${found.quarter}`}, 15))`.execute(tx);
  const certificate = (await certificateById(tx, command.certificateId))!;
  const today = context.clock.today();
  if (certificate.status !== 'published') {
    const standing = certificate.status === 'final' ? '已定稿' : '已被更正凭证取代';
    throw new Refused({
      code: 'not-open-to-objection',
      message: `${certificate.number} ${standing}，不能再提异议；请联系省级再担保机构`,
    });
  }
  if (today > certificate.objectionUntil) {
    throw new Refused({
      code: 'objection-window-over',
      message: `${certificate.number} 的异议期到 ${certificate.objectionUntil}（含当日）为止，已过`,
      ...(certificate.termUnverified ? { unverified: certificate.termUnverified } : {}),
    });
  }
  const loan = 'guaranteeId' in command.target ? command.target : null;
  const figure = 'line' in command.target ? command.target : null;
  if (loan) await refuseForeignLoan(tx, command.certificateId, loan);
  const { rows: open } = await sql`
    select 1 from feedback.objection
     where certificate_id = ${command.certificateId} and status = 'open'
       and (guarantor_id, guarantee_id, line, metric)
           is not distinct from (${loan?.guarantorId ?? null}::integer, ${loan?.guaranteeId ?? null}::bigint,
                                 ${figure?.line ?? null}::text, ${figure?.metric ?? null}::text)`.execute(tx);
  if (open.length > 0)
    throw new Refused({ code: 'objection-open-already', message: '对同一笔借款或同一数字已有未答复的异议' }, 409);
  const { rows } = await sql<{ id: bigint }>`
    insert into feedback.objection
           (certificate_id, region_code, guarantor_id, guarantee_id, line, metric, reason, evidence, raised_by, raised_at)
    values (${command.certificateId}, ${certificate.regionCode}, ${loan?.guarantorId ?? null}, ${loan?.guaranteeId ?? null},
            ${figure?.line ?? null}, ${figure?.metric ?? null}, ${command.reason}, ${command.evidence ?? null},
            ${context.actor.userId}, ${context.clock.now()})
    returning id`.execute(tx);
  const { id } = rows[0]!;
  await appendAudit(tx, context, {
    chain: 0,
    action: 'feedback.object',
    subject: `certificate:${certificate.number}`,
    detail: { objection: id, ...(loan ?? figure) },
  });
  return { id };
}

async function refuseForeignLoan(tx: Tx, certificateId: bigint, loan: { guarantorId: number; guaranteeId: bigint }) {
  const { rows } = await sql`
    select 1 from feedback.certificate_row
     where certificate_id = ${certificateId} and guarantor_id = ${loan.guarantorId} and guarantee_id = ${loan.guaranteeId}`.execute(
    tx,
  );
  if (rows.length === 0)
    throw new Refused({
      code: 'loan-not-in-certificate',
      message: '这份凭证的明细里没有这笔借款；对市级、省级凭证的逐笔异议，请提到所在县区的凭证上',
      field: 'guaranteeId',
    });
}

/**
 * Answers an objection once: rejected with the reason, or upheld, which asks for a correction and a restatement before the
 * certificate can be final. Refuses (404) an unknown one, (409) one already answered. Locks the objection.
 */
export async function answerObjection(
  tx: Tx,
  context: Context,
  command: { id: bigint; verdict: 'rejected' | 'upheld'; answer: string },
): Promise<void> {
  const { rows } = await sql<{ status: string; number: string }>`
    select o.status, c.number from feedback.objection o join feedback.certificate c on c.id = o.certificate_id
     where o.id = ${command.id} for update of o`.execute(tx);
  const found = rows[0];
  if (!found) throw new Refused({ code: 'objection-unknown', message: '没有这件异议，或不在您的权限范围内' }, 404);
  if (found.status !== 'open')
    throw new Refused({ code: 'objection-answered', message: '这件异议已经答复，答复不可更改' }, 409);
  await sql`
    update feedback.objection
       set status = ${command.verdict}, answer = ${command.answer}, answered_by = ${context.actor.userId},
           answered_at = ${context.clock.now()}
     where id = ${command.id}`.execute(tx);
  await appendAudit(tx, context, {
    chain: 0,
    action: 'feedback.answer',
    subject: `objection:${command.id}`,
    detail: { certificate: found.number, verdict: command.verdict },
  });
}
