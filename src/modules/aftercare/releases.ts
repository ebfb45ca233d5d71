import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Fen, fen, formatYuan, minus } from '../../kernel/money.ts';
import { parseRatio, zeroRatio } from '../../kernel/ratio.ts';
import { type Refusal, Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { type OutcomeHandler, startApproval } from '../approvals/index.ts';
import { appendAudit } from '../audit/index.ts';
import { proposeChange } from '../filings/index.ts';
import { recordMovement } from '../guarantees/index.ts';
import type { RefundBasis, ReleasePreview } from './contract/change.ts';
import { releaseCounters } from './counters.ts';
import { guaranteeFor, type Held } from './guarantee.ts';
import { issueReleaseLetter } from './letter.ts';
import { policyOn } from './policy.ts';
import { refundOf } from './rules/change.ts';

export type AskRelease = {
  readonly guarantorId: number;
  readonly guaranteeId: bigint;
  readonly kind: 'full' | 'partial';
  /** Principal released in part; a full release takes what is outstanding. */
  readonly amount?: Fen | undefined;
  readonly releaseOn: Day;
};

/** What a release would do: the balance after it, the fee given back with its arithmetic, what secures the loan. Writes nothing. */
export async function previewRelease(tx: Tx, context: Context, asked: AskRelease): Promise<ReleasePreview> {
  const held = await guaranteeFor(tx, asked.guarantorId, asked.guaranteeId);
  const amount = checkedAmount(held, asked, context.clock.today());
  const { rows } = await sql<{ id: bigint; title: string }>`
    select id, title from aftercare.counter_guarantee
     where guarantor_id = ${held.guarantorId} and guarantee_id = ${held.id} and released_on is null order by id limit 200`.execute(
    tx,
  );
  return {
    amount: formatYuan(amount),
    outstandingAfter: formatYuan(minus(held.outstanding, amount)),
    refund: await refundBasis(tx, held, amount, asked.releaseOn),
    counters: rows.map((row) => ({ id: String(row.id), title: row.title })),
  };
}

function checkedAmount(held: Held, asked: AskRelease, today: Day): Fen {
  const refusals: Refusal[] = [];
  const refuse = (code: string, field: string, message: string) => refusals.push({ code, field, message });
  const isSettled = held.status === 'released' && held.outstanding === 0n;
  if (held.status !== 'in-force' && !isSettled) refuse('not-in-force', 'kind', '只有在保或已结清的保函可以办理解保');
  if (asked.releaseOn > today) refuse('in-the-future', 'releaseOn', `解保日 ${asked.releaseOn} 晚于今天 ${today}`);
  if (asked.releaseOn < held.startsOn) refuse('before-start', 'releaseOn', `解保日早于起始日 ${held.startsOn}`);
  if (asked.kind === 'partial' && (asked.amount === undefined || asked.amount <= 0n))
    refuse('amount-missing', 'amount', '部分解保请填写解除的主债权金额');
  if (asked.kind === 'partial' && asked.amount !== undefined && asked.amount >= held.outstanding)
    refuse('partial-is-full', 'amount', `解除金额不小于在保余额 ${formatYuan(held.outstanding)} 元，请办理全部解保`);
  if (refusals.length > 0) throw new Refused(refusals);
  return asked.kind === 'partial' ? (asked.amount ?? fen(0n)) : held.outstanding;
}

async function refundBasis(tx: Tx, held: Held, released: Fen, releaseOn: Day): Promise<RefundBasis> {
  const { body, source, unverified } = await policyOn(tx, 'refund', releaseOn);
  const { received, refunded, principal, guaranteed, startsOn, dueOn } = held;
  const feeRate = parseRatio(held.feeRate) ?? zeroRatio;
  // A loan settled early leaves nothing outstanding to release; what it would have cost until the due day is still unexpired.
  const base = released > 0n ? released : held.status === 'released' ? principal : released;
  const found = refundOf({
    released: base,
    principal,
    guaranteed,
    feeRate,
    startsOn,
    dueOn,
    releaseOn,
    received,
    refunded,
  });
  return {
    dayCount: body.dayCount,
    ...{
      released: formatYuan(base),
      borne: formatYuan(found.borne),
      feeRate: held.feeRate,
      from: releaseOn,
      to: dueOn,
    },
    ...{ unexpiredDays: found.unexpiredDays, unexpiredFee: formatYuan(found.unexpiredFee) },
    ...{ received: formatYuan(received), refunded: formatYuan(refunded), earned: formatYuan(found.earned) },
    refund: formatYuan(found.refund),
    formula: '解除的担保责任金额 × 年费率 × 未到期天数 ÷ 365（ACT/365），且不超过已收 − 已退 − 已赚',
    ...{ source, unverified },
  };
}

export type NewRelease = AskRelease & {
  readonly reason: string;
  readonly refund?: Fen | undefined;
  readonly counters: readonly bigint[];
};

/** Enters a release and hands it in for approval. Locks the guarantee; one open release at a time. */
export async function askRelease(
  tx: Tx,
  context: Context,
  command: NewRelease,
): Promise<{ id: bigint; instanceId: bigint }> {
  const held = await guaranteeFor(tx, command.guarantorId, command.guaranteeId, true);
  const amount = checkedAmount(held, command, context.clock.today());
  const basis = await refundBasis(tx, held, amount, command.releaseOn);
  const refund = command.refund ?? fen(BigInt(basis.refund.replace('.', '')));
  const left = minus(held.received, held.refunded);
  if (refund < 0n || refund > left)
    throw new Refused({
      code: 'refund-above-received',
      field: 'refund',
      message: '退费不得大于已收未退的担保费',
      figures: { 退费: formatYuan(refund), 已收未退: formatYuan(left) },
    });
  const { rows } = await sql<{ id: bigint }>`
    insert into aftercare.release (guarantor_id, guarantee_id, bank_id, kind, amount, release_on, reason, refund, refund_basis, counters, status, asked_by)
    values (${held.guarantorId}, ${held.id}, ${held.bankId}, ${command.kind}, ${amount}, ${command.releaseOn}, ${command.reason}, ${refund},
      ${JSON.stringify(basis)}::jsonb, ${`{${command.counters.join(',')}}`}::bigint[], 'approving', ${context.actor.userId})
        on conflict do nothing
    returning id`.execute(tx);
  const made = rows[0];
  if (!made) throw new Refused({ code: 'release-open', message: '这笔保函已有一项解保在办' }, 409);
  await appendAudit(tx, context, {
    chain: held.guarantorId,
    action: 'aftercare.ask-release',
    subject: `release:${held.guarantorId}/${made.id}`,
    detail: { kind: command.kind, amount: formatYuan(amount), refund: formatYuan(refund) },
  });
  const { instanceId } = await startApproval(tx, context, approvalFor(held, made.id, amount));
  return { id: made.id, instanceId };
}

const approvalFor = (held: Held, id: bigint, amount: Fen) => ({
  guarantorId: held.guarantorId,
  chain: 'release',
  subject: `release:${held.guarantorId}/${id}`,
  title: `${held.customerName}　${held.contractNo}　解保`,
  href: `/aftercare/guarantees/${held.guarantorId}/${held.id}?tab=releases`,
  amount,
});

/** Hands a release in again that was returned to be completed. */
export async function resubmitRelease(
  tx: Tx,
  context: Context,
  key: { guarantorId: number; id: bigint },
): Promise<{ instanceId: bigint }> {
  const release = await releaseById(tx, key.guarantorId, key.id, true);
  if (release.status !== 'returned')
    throw new Refused({ code: 'not-returned', message: '只有退回的解保可以重新提交' }, 409);
  const held = await guaranteeFor(tx, key.guarantorId, release.guaranteeId);
  await sql`update aftercare.release set status = 'approving' where guarantor_id = ${key.guarantorId} and id = ${key.id}`.execute(
    tx,
  );
  return startApproval(tx, context, approvalFor(held, key.id, release.amount));
}

/** A release as it was asked for and as it stands. */
export type Release = {
  readonly guaranteeId: bigint;
  readonly kind: 'full' | 'partial';
  readonly amount: Fen;
  readonly releaseOn: Day;
  readonly reason: string;
  readonly refund: Fen;
  readonly counters: readonly bigint[];
  readonly status: string;
};

/** A release; refused (404) when there is none the caller may see. `lock`: until commit. */
export async function releaseById(tx: Tx, guarantorId: number, id: bigint, lock = false): Promise<Release> {
  const { rows } = await sql<Release>`
    select guarantee_id as "guaranteeId", kind, amount, release_on as "releaseOn", reason, refund, counters, status
      from aftercare.release where guarantor_id = ${guarantorId} and id = ${id} ${lock ? sql`for update` : sql``}`.execute(
    tx,
  );
  if (!rows[0]) throw new Refused({ code: 'release-unknown', message: '没有这项解保，或不在您的权限范围内' }, 404);
  return rows[0];
}

/**
 * What follows when the approval of a release ends. Approved: the movement, the refund, the letter, the counter-guarantees and the
 * filing, all in the transaction of the last decision; a refusal of any takes the decision back. A full release takes what is
 * outstanding then: less than asked where the customer has repaid meanwhile.
 */
export const releaseDecided: OutcomeHandler = async (tx, context, event) => {
  const { guarantorId } = event;
  const id = BigInt(event.subject.slice(event.subject.indexOf('/') + 1));
  const release = await releaseById(tx, guarantorId, id, true);
  await sql`
    update aftercare.release set status = ${event.outcome}, decided_on = ${event.decidedOn}
     where guarantor_id = ${guarantorId} and id = ${id}`.execute(tx);
  if (event.outcome !== 'approved') return;
  const { guaranteeId, releaseOn, reason } = release;
  const held = await guaranteeFor(tx, guarantorId, guaranteeId, true);
  const amount = release.kind === 'full' ? held.outstanding : release.amount;
  const common = { guarantorId, guaranteeId, cause: reason, reference: `解保${id}` };
  if (amount > 0n) await recordMovement(tx, context, { ...common, kind: 'release', amount, occurredOn: releaseOn });
  if (release.refund > 0n)
    await recordMovement(tx, context, {
      ...common,
      kind: 'refund',
      amount: release.refund,
      occurredOn: event.decidedOn,
    });
  await releaseCounters(tx, context, {
    guarantorId,
    ids: release.counters,
    on: releaseOn,
    cause: `随保函${held.contractNo}解保解除`,
  });
  if (release.kind === 'full')
    await proposeChange(tx, context, { guarantorId, guaranteeId, kind: 'release', occurredOn: releaseOn });
  // Papers are numbered under a lock: last.
  const { number } = await issueReleaseLetter(tx, context, held, { id, amount, releaseOn, reason });
  await sql`
    update aftercare.release set letter_no = ${number} where guarantor_id = ${guarantorId} and id = ${id}`.execute(tx);
};
