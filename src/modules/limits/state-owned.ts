import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { unknownCustomer } from './decide.ts';

/** Records from a day on whether a customer is state-owned, with evidence; the newest day counts. What is in force counts by it from the next reckoning. */
export async function recordOwnership(
  tx: Tx,
  context: Context,
  command: {
    readonly guarantorId: number;
    readonly customerId: bigint;
    readonly from: Day;
    readonly isStateOwned: boolean;
    readonly evidence: string;
  },
): Promise<void> {
  const { guarantorId, customerId, from, isStateOwned, evidence } = command;
  const { rows } = await sql`
    insert into limits.state_owned (guarantor_id, customer_id, from_on, is_state_owned, evidence, recorded_by)
    select c.guarantor_id, c.id, ${from}, ${isStateOwned}, ${evidence}, ${context.actor.userId}
      from customers.customer c where c.guarantor_id = ${guarantorId} and c.id = ${customerId}
    returning customer_id`.execute(tx);
  if (rows.length === 0) throw new Refused(unknownCustomer);
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'limits.record-ownership',
    subject: `customer:${guarantorId}/${customerId}`,
    detail: { from, isStateOwned, document: evidence },
  });
}
