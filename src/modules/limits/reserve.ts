import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Fen, formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { type Asked, factsOf } from './facts.ts';
import { type HeadroomLine, headroomLines, refusalsOf } from './lines.ts';

/**
 * 额度仪表：Every limit for a case of `amount` at once: used, held by others, after, room, cure. Reads only; what it answers may be gone
 * a moment later, `reserve` decides. Without a customer, bank or product their limits are left out. A bank may ask about cases with
 * itself; before the guarantor's book was ever reckoned it is told nothing.
 */
export async function headroom(tx: Tx, asked: Asked): Promise<HeadroomLine[]> {
  const facts = await factsOf(tx, asked, false);
  if (!facts) return [];
  if (asked.customerId !== undefined && !facts.customer) throw unknownCustomer();
  return headroomLines(facts, asked).lines;
}

/** What is asked to be held. */
export type ReserveCommand = {
  readonly guarantorId: number;
  /** '<prefix>:<guarantorId>/<id>': one reservation each. */
  readonly subject: string;
  readonly customerId: bigint;
  readonly bankId: number;
  readonly productCode: string;
  readonly county: number;
  readonly amount: Fen;
  readonly guaranteed: Fen;
  readonly until: Day;
};

/**
 * Holds room for a case until a day. Locks guarantor, bank, customers, in this order, until commit: cases at once never overshoot.
 * Replaces the subject's own earlier reservation. Refused with every limit that is breached; then nothing changes. The guarantor's audit
 * chain is locked with the facts: in a transaction of several actions call this before those that write to it.
 */
export async function reserve(tx: Tx, context: Context, command: ReserveCommand): Promise<HeadroomLine[]> {
  const on = context.clock.today();
  if (command.until < on)
    throw new Refused({ code: 'until-past', field: 'until', message: `预留截止日 ${command.until} 早于今天 ${on}` });
  if (command.amount <= 0n || command.guaranteed <= 0n || command.guaranteed > command.amount)
    throw new Refused({
      code: 'amount-wrong',
      field: 'amount',
      message: '金额须大于零，担保责任金额不得大于主债权金额',
    });
  const asked = { ...command, on };
  const facts = await factsOf(tx, asked, true);
  if (!facts?.customer) throw unknownCustomer();
  if (!facts.product)
    throw new Refused({ code: 'product-unknown', field: 'productCode', message: '没有这个产品，请先登记产品' });
  const { lines, liability } = headroomLines(facts, asked);
  const refusals = refusalsOf(lines);
  if (refusals.length > 0) throw new Refused(refusals);
  const { rows } = await sql<{
    id: bigint;
  }>`select limits.hold(${command.guarantorId}, ${command.subject}, ${command.customerId},
    ${command.bankId}, ${command.productCode}, ${command.county}, ${command.amount}, ${command.guaranteed}, ${liability},
    ${command.until}, ${on}, ${context.actor.userId}) as id`.execute(tx);
  const record = {
    chain: command.guarantorId,
    action: 'limits.reserve',
    subject: `reservation:${command.guarantorId}/${rows[0]?.id}`,
    detail: { subject: command.subject, amount: formatYuan(command.amount), until: command.until },
  };
  await appendAudit(tx, context, record, facts.auditHead);
  return lines;
}

type OfSubject = { readonly guarantorId: number; readonly subject: string };

/** Gives the room of a subject back. Nothing held is no error: releasing twice releases once. */
export async function releaseReservation(tx: Tx, context: Context, { guarantorId, subject }: OfSubject): Promise<void> {
  await end(tx, context, guarantorId, subject, 'released');
}

/**
 * Ends a subject's reservation because its guarantee is issued, in the same transaction: from here the book itself counts it.
 * Refused (409) when the subject holds none, or its day is past: then reserve again first. A limit that has shrunk since is not asked
 * again here; callers who want it asked reserve anew just before.
 */
export async function useReservation(tx: Tx, context: Context, { guarantorId, subject }: OfSubject): Promise<void> {
  const until = await end(tx, context, guarantorId, subject, 'used');
  if (until !== undefined && until >= context.clock.today()) return;
  const message = until === undefined ? '该业务没有额度预留，请先预留额度' : `额度预留已于 ${until} 到期，请重新预留`;
  throw new Refused({ code: until === undefined ? 'nothing-reserved' : 'reservation-expired', message }, 409);
}

async function end(
  tx: Tx,
  context: Context,
  guarantorId: number,
  subject: string,
  status: 'released' | 'used',
): Promise<Day | undefined> {
  const { rows } = await sql<{ id: bigint; until: Day }>`
    update limits.reservation set status = ${status}, ended_on = ${context.clock.today()}
     where guarantor_id = ${guarantorId} and subject = ${subject} and status = 'held'
    returning id, until_on as until`.execute(tx);
  const row = rows[0];
  if (!row) return undefined;
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: status === 'used' ? 'limits.use' : 'limits.release',
    subject: `reservation:${guarantorId}/${row.id}`,
    detail: { subject },
  });
  return row.until;
}

const unknownCustomer = () =>
  new Refused({ code: 'customer-unknown', field: 'customerId', message: '没有这个客户，请先建立客户档案' });
