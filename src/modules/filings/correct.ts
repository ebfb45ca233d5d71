import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { type Checked, checkFilings } from './check.ts';
import type { Supplement } from './contract.ts';

type Key = { readonly guarantorId: number; readonly id: bigint };
type Before = {
  status: string;
  revision: number;
  batchId: bigint | null;
  supplement: Record<string, string>;
  stale: string[];
};

/**
 * 更正: takes a record that waits, was denied or was withdrawn anew from the book, adds what people know, and checks it again. It goes
 * out with the next batch. What the book holds is corrected in the book, never here. Locks the record.
 */
export async function correctFiling(
  tx: Tx,
  context: Context,
  {
    guarantorId,
    id,
    supplement = {},
    note,
  }: Key & { readonly supplement?: Supplement | undefined; readonly note?: string | undefined },
): Promise<Checked> {
  const before = await lockRecord(tx, { guarantorId, id });
  if (!['prepared', 'denied', 'withdrawn'].includes(before.status)) throw new Refused(notNow(before.status), 409);
  const given = Object.entries(supplement).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const added = given.filter(([key, value]) => (before.supplement[key] ?? '') !== value).map(([key]) => key);
  await sql`
    update filings.record r
       set status = 'prepared', batch_id = null, submitted_at = null, decided_at = null, decided_by = null, revision = r.revision + 1,
           content = b.content, contract_no = b.contract_no, loan_contract_no = b.loan_contract_no,
           supplement = jsonb_strip_nulls(r.supplement || ${JSON.stringify(Object.fromEntries(given.map(([key, value]) => [key, value || null])))}::jsonb),
           occurred_on = case when r.kind = 'new' then coalesce((b.content ->> 'disbursedOn')::date, r.occurred_on) else r.occurred_on end
      from filings.book b
     where b.guarantor_id = r.guarantor_id and b.guarantee_id = r.guarantee_id and r.guarantor_id = ${guarantorId} and r.id = ${id}`.execute(
    tx,
  );
  await sql`
    insert into filings.step (guarantor_id, record_id, at, action, revision, batch_id, reason, changed, user_id)
    values (${guarantorId}, ${id}, ${context.clock.now()}, 'correct', ${before.revision}, ${before.batchId}, ${note ?? null},
            ${JSON.stringify([...before.stale, ...added])}::jsonb, ${context.actor.userId})`.execute(tx);
  const [checked] = await checkFilings(tx, context, { guarantorId, ids: [id], statuses: ['prepared'] });
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'filings.correct',
    subject: `filing:${guarantorId}/${id}`,
    detail: { version: before.revision + 1, changed: [...before.stale, ...added] },
  });
  return checked!;
}

/** 撤下: takes a record out of filing, with its reason: one that should never have been prepared. Correcting it brings it back. */
export async function withdrawFiling(
  tx: Tx,
  context: Context,
  { guarantorId, id, reason }: Key & { readonly reason: string },
) {
  const before = await lockRecord(tx, { guarantorId, id });
  if (!['prepared', 'denied'].includes(before.status)) throw new Refused(notNow(before.status), 409);
  await sql`
    update filings.record set status = 'withdrawn', batch_id = null where guarantor_id = ${guarantorId} and id = ${id}`.execute(
    tx,
  );
  await sql`
    insert into filings.step (guarantor_id, record_id, at, action, revision, batch_id, reason, user_id)
    values (${guarantorId}, ${id}, ${context.clock.now()}, 'withdraw', ${before.revision}, ${before.batchId}, ${reason}, ${context.actor.userId})`.execute(
    tx,
  );
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'filings.withdraw',
    subject: `filing:${guarantorId}/${id}`,
    detail: { reason },
  });
}

/** Locks one record until commit, and says which of its values the book has since changed. */
async function lockRecord(tx: Tx, { guarantorId, id }: Key): Promise<Before> {
  const { rows } = await sql<Before>`
    select r.status, r.revision, r.batch_id as "batchId", r.supplement,
           array(select key from jsonb_each_text(b.content) n
                  where r.content ->> n.key is distinct from n.value and n.key not in ('outstanding', 'bookStatus') order by 1) as stale
      from filings.record r
      join filings.book b on b.guarantor_id = r.guarantor_id and b.guarantee_id = r.guarantee_id
     where r.guarantor_id = ${guarantorId} and r.id = ${id}
       for update of r`.execute(tx);
  if (rows[0]) return rows[0];
  throw new Refused({ code: 'filing-unknown', message: '没有这笔备案，或不在您的权限范围内' }, 404);
}

const notNow = (status: string) => ({
  code: 'filing-not-open',
  message:
    status === 'submitted'
      ? '这笔备案已申报、正在审核，不能改动；如有错误请联系再担保机构驳回'
      : status === 'confirmed'
        ? '这笔备案已确认，改动须另报内容变更备案'
        : '这笔备案已撤下',
});
