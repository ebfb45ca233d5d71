import { sql } from 'kysely';
import { lastDayOfMonth, type Month } from '../../kernel/month.ts';
import { Refused } from '../../kernel/refusal.ts';
import { canonicalJson, sm3 } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { checkFilings } from './check.ts';
import { dueOn } from './deadline.ts';

export type Submitted = {
  readonly batchId: bigint;
  readonly number: string;
  readonly submitted: number;
  readonly held: number;
};

/**
 * 申报: hands everything of a guarantor that is ready, up to the end of the month, to the re-guarantor as one batch. All of it is
 * checked again first; rows with a fault stay behind. Locks the guarantor's batches. Refused (422) when nothing is ready.
 */
export async function submitBatch(
  tx: Tx,
  context: Context,
  { guarantorId, month }: { readonly guarantorId: number; readonly month: Month },
): Promise<Submitted> {
  const until = lastDayOfMonth(month);
  await sql`select pg_advisory_xact_lock(155, ${guarantorId})`.execute(tx);
  const checked = await checkFilings(tx, context, { guarantorId, until, statuses: ['prepared'] });
  const ready = checked.filter((each) => !each.blocked);
  const held = checked.length - ready.length;
  if (ready.length === 0) throw new Refused(nothingReady(month, held));
  const hash = sm3(ready.map((each) => `${each.businessNo}\t${canonicalJson(each.content)}\n`).join(''));
  const { rows } = await sql<{ id: bigint; number: string }>`
    insert into filings.batch (guarantor_id, number, month, sequence, due_on, rows, held, content_hash, submitted_by, submitted_at)
    select i.id, 'BA-' || i.code || '-' || ${month.replace('-', '')} || '-' || lpad(s.next::text, 2, '0'), ${`${month}-01`}::date, s.next,
           ${dueOn(month)}::date, ${ready.length}, ${held}, ${hash}, ${context.actor.userId}, ${context.clock.now()}
      from institutions.institution i
     cross join (select coalesce(max(sequence), 0) + 1 as next from filings.batch
                  where guarantor_id = ${guarantorId} and month = ${`${month}-01`}::date) s
     where i.id = ${guarantorId}
    returning id, number`.execute(tx);
  const batch = rows[0];
  if (!batch) throw new Refused({ code: 'institution-unknown', message: '没有这家担保机构' }, 404);
  await sql`
    update filings.record r
       set status = 'submitted', batch_id = ${batch.id}, submitted_at = ${context.clock.now()}, deny_reason = null
     where r.guarantor_id = ${guarantorId} and r.status = 'prepared' and not r.blocked and r.occurred_on <= ${until}`.execute(
    tx,
  );
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'filings.submit',
    subject: `filing-batch:${guarantorId}/${batch.id}`,
    detail: { number: batch.number, rows: ready.length, refused: held, contentHash: hash },
  });
  return { batchId: batch.id, number: batch.number, submitted: ready.length, held };
}

const nothingReady = (month: string, held: number) =>
  held > 0
    ? {
        code: 'filings-all-blocked',
        message: `${month} 及以前待申报的 ${held} 笔都未通过自动校验，请先按提示更正`,
        figures: { 未通过: String(held) },
      }
    : { code: 'filings-nothing-ready', message: `${month} 及以前没有待申报的备案；请先点「从台账取数」，或换一个月份` };
