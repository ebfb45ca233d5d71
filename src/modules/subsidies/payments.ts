import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { account, post } from '../../ledger/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { type Payer, paymentKindTitles, type RunKind } from './contract.ts';

export type PaymentKind = keyof typeof paymentKindTitles;
export type Evidence = { readonly kind: PaymentKind; readonly on: Day; readonly reference: string };
type Payment = {
  readonly runId: bigint;
  readonly runKind: RunKind;
  readonly year: number;
  readonly guarantorId: number;
  readonly payer: Payer;
  readonly direction: 'pay' | 'return';
  readonly amount: Fen;
};

/**
 * Records one piece of evidence of a payment: 指标文 → 拨付 → 到账 (or 撤销 before it has arrived). The same evidence again
 * changes nothing; other evidence of the same kind is refused (409). Arrival books the money with the guarantor.
 */
export async function recordPayment(tx: Tx, context: Context, paymentId: bigint, evidence: Evidence): Promise<void> {
  await sql`select pg_advisory_xact_lock(60, ${Number(paymentId % 2_000_000_000n)}::integer)`.execute(tx);
  const payment = await paymentOf(tx, paymentId);
  const { rows: before } = await sql<Evidence>`
    select kind, happened_on as "on", reference from subsidies.payment_event where payment_id = ${paymentId}`.execute(
    tx,
  );
  const same = before.find((each) => each.kind === evidence.kind);
  if (same?.on === evidence.on && same.reference === evidence.reference) return;
  refuseOutOfOrder(payment, before, evidence, context.clock.today());
  await sql`
    insert into subsidies.payment_event (payment_id, kind, happened_on, reference, recorded_by, recorded_at)
    values (${paymentId}, ${evidence.kind}, ${evidence.on}, ${evidence.reference}, ${context.actor.userId}, ${context.clock.now()})`.execute(
    tx,
  );
  if (evidence.kind === 'received') await post(tx, [arrival(paymentId, payment, evidence)]);
  await appendAudit(tx, context, {
    chain: payment.guarantorId,
    action: `subsidies.payment-${evidence.kind}`,
    subject: `subsidy-payment:${paymentId}`,
    detail: { on: evidence.on, reference: evidence.reference, amount: payment.amount },
  });
}

async function paymentOf(tx: Tx, paymentId: bigint): Promise<Payment> {
  const { rows } = await sql<Payment>`
    select p.run_id as "runId", r.kind as "runKind", r.year, p.guarantor_id as "guarantorId", p.payer, p.direction, p.amount
      from subsidies.payment p
      join subsidies.run r on r.id = p.run_id
     where p.id = ${paymentId}`.execute(tx);
  if (!rows[0]) throw new Refused({ code: 'payment-unknown', message: '没有这笔拨付，或不在您的权限范围内' }, 404);
  return rows[0];
}

function refuseOutOfOrder(payment: Payment, before: readonly Evidence[], { kind, on }: Evidence, today: Day): void {
  const at = (which: PaymentKind) => before.find((each) => each.kind === which);
  const refuse = (code: string, message: string): never => {
    throw new Refused({ code, message }, 409);
  };
  if (at(kind))
    refuse('evidence-given', `已登记过${paymentKindTitles[kind]}（${at(kind)!.reference}），内容不同，请核对`);
  if (at('cancelled')) refuse('payment-cancelled', '这笔拨付已撤销');
  if (kind === 'cancelled' && at('received')) refuse('payment-received', '这笔拨付已到账，不能撤销');
  const needs =
    payment.direction === 'return'
      ? undefined
      : ({ disbursed: 'index', received: 'disbursed' } as const)[kind as 'received'];
  if (needs && !at(needs)) refuse('evidence-order', `请先登记${paymentKindTitles[needs]}`);
  if (before.some((each) => each.on > on)) refuse('evidence-day', '日期早于前一环节，请核对');
  if (on > today) refuse('evidence-future', '日期晚于今日，请核对');
}

const arrival = (id: bigint, payment: Payment, evidence: Evidence) => {
  const against = payment.runKind === 'prepay' ? account.prepaidFunds : account.subsidyReceivable;
  const [debit, credit] = payment.direction === 'pay' ? [account.bank, against] : [against, account.bank];
  const what = payment.direction === 'return' ? '收回多拨' : payment.runKind === 'prepay' ? '预拨到账' : '清算到账';
  return {
    guarantorId: payment.guarantorId,
    key: `subsidy/${payment.runId}/payment/${id}`,
    leg: 1,
    debit,
    credit,
    amount: payment.amount,
    effectiveOn: evidence.on,
    guaranteeId: null,
    party: payment.payer === 'province' ? 'province' : 'other',
    reason: `${payment.year}年补偿补贴${what} ${evidence.reference}`,
  } as const;
};
