import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { selected } from './check.ts';

export type DecideCommand = {
  readonly guarantorId: number;
  readonly verdict: 'confirm' | 'deny';
  readonly reason?: string | undefined;
  /** Which rows; or every row of the batch that waits (`cleanOnly`: of those, the ones without warnings). */
  readonly ids?: readonly bigint[] | undefined;
  readonly batchId?: bigint | undefined;
  readonly cleanOnly?: boolean | undefined;
};

/**
 * 审核: the re-guarantor confirms or denies rows that wait, one or ten thousand, in one statement. A confirmed row gets its 备案证; a
 * denied one goes back to its guarantor with the reason. Rows that somebody else has decided meanwhile are refused (409) when they
 * were named one by one, and left alone when the whole batch was. The database refuses a guarantor's own verdict.
 */
export async function decideFilings(
  tx: Tx,
  context: Context,
  command: DecideCommand,
): Promise<{ decided: number; waiting: number }> {
  const { guarantorId, verdict, ids, batchId } = command;
  const reason = command.reason?.trim() ?? '';
  if (verdict === 'deny' && reason.length < 2)
    throw new Refused({ code: 'reason-missing', field: 'reason', message: '驳回须写明原因，让担保机构知道改什么' });
  if (ids === undefined && batchId === undefined) throw new RangeError('须指明记录或批次');
  const which = sql`
    select r.guarantor_id, r.id from filings.record r
     where ${selected({ guarantorId, ids, batchId, statuses: ['submitted'] })}
       and (not ${command.cleanOnly ?? false} or r.problems = '[]')
     order by r.id
       for update`;
  const decided = verdict === 'confirm' ? await confirm(tx, context, which) : await deny(tx, context, which, reason);
  if (ids && decided.length < new Set(ids).size)
    throw new Refused(
      {
        code: 'already-decided',
        message: `所选 ${new Set(ids).size} 笔中有 ${new Set(ids).size - decided.length} 笔已由他人审核或已退回，请刷新后再办`,
      },
      409,
    );
  if (decided.length === 0)
    throw new Refused({ code: 'nothing-waiting', message: '这一批没有待审核的备案，可能已由他人办完，请刷新' }, 409);
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: verdict === 'confirm' ? 'filings.confirm' : 'filings.deny',
    subject: batchId ? `filing-batch:${guarantorId}/${batchId}` : `filing:${guarantorId}/${decided[0]!.id}`,
    detail: { count: decided.length, ...(verdict === 'deny' ? { reason } : {}) },
  });
  const left = await sql<{ waiting: number }>`
    select count(*)::integer as waiting from filings.record
     where guarantor_id = ${guarantorId} and status = 'submitted'
       and (${batchId ?? null}::bigint is null or batch_id = ${batchId ?? null})`.execute(tx);
  return { decided: decided.length, waiting: left.rows[0]?.waiting ?? 0 };
}

type Rows = { id: bigint }[];

/** The number of a confirmation: everything confirmed for one guarantor on one day belongs together. */
async function confirm(tx: Tx, context: Context, which: ReturnType<typeof sql>): Promise<Rows> {
  const on = context.clock.today().replaceAll('-', '');
  const { rows } = await sql<{ id: bigint }>`
    update filings.record r
       set status = 'confirmed', decided_at = ${context.clock.now()}, decided_by = ${context.actor.userId}, deny_reason = null,
           certificate_no = 'BZ-' || r.business_no, confirm_no = ${`QR-${on}-`}::text || r.guarantor_id::text
      from (${which}) w
     where r.guarantor_id = w.guarantor_id and r.id = w.id
    returning r.id`.execute(tx);
  return rows;
}

async function deny(tx: Tx, context: Context, which: ReturnType<typeof sql>, reason: string): Promise<Rows> {
  const { rows } = await sql<{ id: bigint }>`
    with denied as (
      update filings.record r
         set status = 'denied', decided_at = ${context.clock.now()}, decided_by = ${context.actor.userId}, deny_reason = ${reason}
        from (${which}) w
       where r.guarantor_id = w.guarantor_id and r.id = w.id
      returning r.guarantor_id, r.id, r.revision, r.batch_id),
    told as (
      insert into filings.step (guarantor_id, record_id, at, action, revision, batch_id, reason, user_id)
      select guarantor_id, id, ${context.clock.now()}, 'deny', revision, batch_id, ${reason}, ${context.actor.userId} from denied)
    select id from denied`.execute(tx);
  return rows;
}
