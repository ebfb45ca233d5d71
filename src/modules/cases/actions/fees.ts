import { sql } from 'kysely';
import type { z } from 'zod';
import { addMonths, type Day } from '../../../kernel/day.ts';
import { type Fen, formatYuan, plus, yuan } from '../../../kernel/money.ts';
import { Refused } from '../../../kernel/refusal.ts';
import type { Tx } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import { appendAudit } from '../../audit/index.ts';
import { recordMovement } from '../../guarantees/index.ts';
import type { feeAsked, newReceipt } from '../contract.ts';
import { type FeePlanRow, feePlanOf, nextSeq, receiptsOf } from '../parts-store.ts';
import { checkLaterRates, checkReceipt, checkReleased, dayCount, feeSchedule, refundOf } from '../rules/fees.ts';
import { vatMark } from '../rules/vat.ts';
import { type CaseKey, caseById, lockCase, moveCase, type StoredCase, subjectOf, unknownCase } from '../store.ts';

/** Sets the fee plan of an approved case: base, instalments, VAT mark. A new plan takes the place of the one before. */
export async function planFee(
  tx: Tx,
  context: Context,
  command: CaseKey & z.output<typeof feeAsked>,
): Promise<{ total: Fen }> {
  const found = await lockCase(tx, command, 'plan-fee');
  const refusals = checkLaterRates(command.laterRates, found.feeRate as string, found.termMonths as number);
  if (refusals.length > 0) throw new Refused(refusals);
  const endsOn = addMonths(command.startsOn, found.termMonths as number);
  const total = await insertPlan(tx, context, found, { ...command, endsOn });
  await moveCase(tx, context, found, 'plan-fee', {}, `合计 ${formatYuan(total)} 元`);
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'cases.plan-fee',
    subject: subjectOf(command),
    detail: { number: found.number, total: formatYuan(total) },
  });
  return { total };
}

/** Writes the next version of a case's fee plan. */
export async function insertPlan(
  tx: Tx,
  context: Context,
  found: StoredCase,
  asked: Pick<FeePlanRow, 'basis' | 'frequency' | 'startsOn' | 'endsOn' | 'laterRates'>,
): Promise<Fen> {
  const { guarantorId, id } = found;
  const base = (asked.basis === 'guaranteed' ? found.guaranteed : found.amount) as Fen;
  const rate = found.feeRate as string;
  const { total, instalments } = feeSchedule({ base, rate, ...asked }, asked.frequency);
  const vat = vatMark({ kind: found.customerKind as string, sizeClass: found.sizeClass ?? '' }, asked.startsOn);
  const version = ((await feePlanOf(tx, found))?.version ?? 0) + 1;
  await sql`insert into cases.fee_plan (guarantor_id, case_id, version, basis, base, rate, day_count, starts_on, ends_on, frequency, total,
      later_rates, vat_exempt, vat_reason, vat_unverified, recorded_by, recorded_at)
    values (${guarantorId}, ${id}, ${version}, ${asked.basis}, ${base}, ${rate}, ${dayCount}, ${asked.startsOn}, ${asked.endsOn},
            ${asked.frequency}, ${total}, ${`{${asked.laterRates.join(',')}}`}::numeric[], ${vat.isExempt}, ${vat.reason}, ${vat.unverified}, ${context.actor.userId},
            ${context.clock.now()})`.execute(tx);
  const rows = instalments.map((each) => ({ ...each, amount: String(each.amount) }));
  await sql`insert into cases.fee_instalment (guarantor_id, case_id, version, seq, from_on, to_on, days, due_on, amount)
    select ${guarantorId}, ${id}, ${version}, i.seq, i."from", i."to", i.days, i."dueOn", i.amount
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as i (seq smallint, "from" date, "to" date, days smallint, "dueOn" date, amount bigint)`.execute(tx);
  return total;
}

/**
 * Records a fee received. The same voucher number with the same amount is the receipt that is there; with another amount it is refused
 * (409). Booked at once when the guarantee is in the book, else at its disbursement.
 */
export async function receiveFee(
  tx: Tx,
  context: Context,
  command: CaseKey & z.output<typeof newReceipt>,
): Promise<{ seq: number; isRepeat: boolean }> {
  const found = await lockCase(tx, command, 'receive-fee');
  const amount = yuan(command.amount);
  const receipts = await receiptsOf(tx, command);
  const same = receipts.find((each) => each.reference === command.reference);
  if (same && same.amount === amount) return { seq: same.seq, isRepeat: true };
  if (same)
    throw new Refused(
      {
        code: 'receipt-differs',
        field: 'reference',
        message: `凭证号 ${command.reference} 已登记为 ${formatYuan(same.amount)} 元，请核对`,
      },
      409,
    );
  const plan = await feePlanOf(tx, command);
  if (!plan) throw new Refused({ code: 'no-fee-plan', message: '还没有收费计划，请先确定收费计划' });
  const received = plus(...receipts.map((each) => each.amount));
  const refusals = checkReceipt({ ...command, amount }, { total: plan.total, received }, context.clock.today());
  if (refusals.length > 0) throw new Refused(refusals);
  const seq = await nextSeq(tx, command, 'fee_receipt');
  await sql`insert into cases.fee_receipt (guarantor_id, case_id, seq, amount, received_on, reference, recorded_by, recorded_at)
    values (${command.guarantorId}, ${command.id}, ${seq}, ${amount}, ${command.receivedOn}, ${command.reference}, ${context.actor.userId},
            ${context.clock.now()})`.execute(tx);
  await bookReceipts(tx, context, found);
  await moveCase(tx, context, found, 'receive-fee', {}, `${formatYuan(amount)} 元，凭证 ${command.reference}`);
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'cases.receive-fee',
    subject: subjectOf(command),
    detail: { number: found.number, amount: formatYuan(amount), reference: command.reference },
  });
  return { seq, isRepeat: false };
}

/** Books what was received and is not in the book yet; what came before the loan counts from its first day, the voucher tells the day. */
export async function bookReceipts(
  tx: Tx,
  context: Context,
  found: Pick<StoredCase, 'guarantorId' | 'id' | 'guaranteeId' | 'disbursedOn'>,
): Promise<void> {
  const { guarantorId, guaranteeId, disbursedOn } = found;
  if (guaranteeId === null || disbursedOn === null) return;
  const open = (await receiptsOf(tx, found)).filter((each) => each.movementSeq === null);
  for (const receipt of open) {
    const isEarly = receipt.receivedOn < disbursedOn;
    const { seq } = await recordMovement(tx, context, {
      guarantorId,
      guaranteeId,
      kind: 'fee',
      amount: receipt.amount,
      occurredOn: isEarly ? disbursedOn : receipt.receivedOn,
      reference: receipt.reference,
      ...(isEarly ? { cause: `放款前于 ${receipt.receivedOn} 收取` } : {}),
    });
    await sql`update cases.fee_receipt set movement_seq = ${seq}
               where guarantor_id = ${guarantorId} and case_id = ${found.id} and seq = ${receipt.seq}`.execute(tx);
  }
}

/** 退费试算：what would be given back if the guarantee, or `amount` of its debt, were released on a day. Reads only. */
export async function previewRefund(tx: Tx, key: CaseKey, releasedOn: Day, amount?: Fen) {
  const found = await caseById(tx, key);
  if (!found) throw unknownCase();
  const plan = await feePlanOf(tx, key);
  if (!plan) throw new Refused({ code: 'no-fee-plan', message: '还没有收费计划，无从试算' });
  const released = amount === undefined ? undefined : { amount, principal: found.amount as Fen };
  const refusals = released ? checkReleased(released) : [];
  if (refusals.length > 0) throw new Refused(refusals);
  const received = plus(...(await receiptsOf(tx, key)).map((each) => each.amount));
  return refundOf(plan, received, releasedOn, released);
}
