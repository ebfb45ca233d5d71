import { sql } from 'kysely';
import { addDays, type Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { initials } from '../../platform/text/index.ts';
import { appendAudit } from '../audit/index.ts';

export type RenameCustomer = {
  readonly guarantorId: number;
  readonly id: bigint;
  readonly name: string;
  /** The first day of the new name. */
  readonly from: Day;
  /** What shows it: the registrar's notice, the change it was approved by. */
  readonly document: string;
};

/**
 * Gives a customer a new name from a day on. The former name stays on file with its last day and finds the customer still. Locks the
 * customer. Refused when there is none, it has that name already, or a later change of name is known.
 */
export async function renameCustomer(tx: Tx, context: Context, command: RenameCustomer): Promise<void> {
  const { guarantorId, id, name, from } = command;
  const { rows } = await sql<{ name: string; pinyin: string; lastUntil: Day | null }>`
    select c.name, c.pinyin,
           (select max(f.until_on) from customers.former_name f where f.guarantor_id = c.guarantor_id and f.customer_id = c.id) as "lastUntil"
      from customers.customer c where c.guarantor_id = ${guarantorId} and c.id = ${id} for update of c`.execute(tx);
  const before = rows[0];
  if (!before) throw new Refused({ code: 'customer-unknown', message: '没有这个客户，或不在您的权限范围内' }, 404);
  if (before.name === name) throw new Refused({ code: 'name-same', field: 'after', message: `客户现在就叫${name}` });
  if (before.lastUntil !== null && from <= before.lastUntil)
    throw new Refused({
      code: 'later-rename',
      field: 'effectiveOn',
      message: `曾用名登记到 ${before.lastUntil}，新名称的生效日须晚于这一天`,
    });
  await sql`
    insert into customers.former_name (guarantor_id, customer_id, seq, name, pinyin, until_on, document, learnt_at, learnt_by)
    select ${guarantorId}, ${id}, coalesce(max(seq), 0) + 1, ${before.name}, ${before.pinyin}, ${addDays(from, -1)}::date, ${command.document},
           ${context.clock.now()}::timestamptz, ${context.actor.userId}
      from customers.former_name where guarantor_id = ${guarantorId} and customer_id = ${id}`.execute(tx);
  await sql`
    update customers.customer set name = ${name}, pinyin = ${initials(name)}, version = version + 1
     where guarantor_id = ${guarantorId} and id = ${id}`.execute(tx);
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'customers.rename',
    subject: `customer:${guarantorId}/${id}`,
    detail: { from, document: command.document },
  });
}

/** What a customer was called before, newest first, each with its last day. */
export async function formerNames(tx: Tx, guarantorId: number, id: bigint) {
  const { rows } = await sql<{ name: string; untilOn: Day; document: string; learntAt: Date }>`
    select name, until_on as "untilOn", document, learnt_at as "learntAt"
      from customers.former_name where guarantor_id = ${guarantorId} and customer_id = ${id} order by seq desc limit 100`.execute(
    tx,
  );
  return rows;
}
