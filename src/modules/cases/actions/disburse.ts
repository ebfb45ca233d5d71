import { sql } from 'kysely';
import type { z } from 'zod';
import type { Day } from '../../../kernel/day.ts';
import { type Fen, formatYuan, yuan } from '../../../kernel/money.ts';
import { type Refusal, Refused } from '../../../kernel/refusal.ts';
import type { Tx } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import { versionInForce } from '../../agreements/index.ts';
import { appendAudit } from '../../audit/index.ts';
import { proposeFiling } from '../../filings/index.ts';
import { issueGuarantee, recordMovement } from '../../guarantees/index.ts';
import { useReservation as spendReservation } from '../../limits/index.ts';
import type { disbursement } from '../contract.ts';
import { feePlanOf } from '../parts-store.ts';
import { guaranteedOf } from '../rules/application.ts';
import { checkDisbursement } from '../rules/disburse.ts';
import {
  atCounter,
  type CaseKey,
  caseById,
  lockCase,
  moveCase,
  type StoredCase,
  subjectOf,
  unknownCase,
} from '../store.ts';
import { holdRoom } from './approval.ts';
import { bookReceipts, insertPlan } from './fees.ts';
import { standingPapers, validity } from './papers.ts';

type Notice = CaseKey & z.output<typeof disbursement>;
export type Disbursed = { readonly guaranteeId: bigint; readonly contractNo: string; readonly isRepeat: boolean };

/**
 * 放款通知 by the lending bank or the client manager: guarantee, disbursement, fees received so far, use of the room and the proposed filing in one
 * transaction. The bank's receipt number makes it once: the same notice again is answered with what is there, another under the same number is
 * refused (409). The limits are asked again; what shrank meanwhile refuses, and everything stays as it was.
 */
export async function disburse(tx: Tx, context: Context, notice: Notice): Promise<Disbursed> {
  const seen = await caseById(tx, notice);
  if (!seen || !(await atCounter(tx, notice.guarantorId, notice.id))) throw refusalOfCounter(seen);
  await lockReceipt(tx, seen, notice.reference);
  const repeat = await repeated(tx, notice);
  if (repeat) return repeat;
  const found = await lockCase(tx, notice, 'disburse');
  const amount = yuan(notice.amount);
  const guaranteed = await guaranteedPart(tx, found, amount, notice.disbursedOn);
  const refusals = await refusalsOf(tx, context, found, { ...notice, amount });
  if (refusals.length > 0) throw new Refused(refusals);
  const made = { ...found, amount, guaranteed, loanNo: notice.loanNo };
  await holdRoom(tx, context, made, context.clock.today());
  const guaranteeId = await enter(tx, context, made, notice);
  const after = { ...made, guaranteeId, disbursedOn: notice.disbursedOn };
  await fitPlan(tx, context, after, notice);
  await bookReceipts(tx, context, after);
  const { guarantorId } = notice;
  await spendReservation(tx, context, { guarantorId, subject: subjectOf(notice) });
  await moveCase(
    tx,
    context,
    found,
    'disburse',
    {
      ...{ amount, guaranteed, loan_no: notice.loanNo, guarantee_id: guaranteeId },
      ...{ disbursed_on: notice.disbursedOn, disburse_reference: notice.reference },
    },
    `${formatYuan(amount)} 元，凭证 ${notice.reference}`,
  );
  await proposeFiling(tx, context, { guarantorId, guaranteeId });
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'cases.disburse',
    subject: subjectOf(notice),
    detail: {
      number: found.number,
      amount: formatYuan(amount),
      reference: notice.reference,
      contractNo: found.guaranteeNo,
    },
  });
  return { guaranteeId, contractNo: found.guaranteeNo as string, isRepeat: false };
}

const refusalOfCounter = (seen: StoredCase | undefined): Refused =>
  seen
    ? new Refused({ code: 'not-ready', message: '项目还没有到放款环节，或不是本行的贷款，不能登记放款' }, 409)
    : unknownCase();

/** Two notices of one receipt at once wait for each other. */
const lockReceipt = (tx: Tx, { bankId }: StoredCase, reference: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`cases.disburse:${bankId}:${reference}`}, 0))`.execute(tx);

async function repeated(tx: Tx, notice: Notice): Promise<Disbursed | undefined> {
  const now = (await caseById(tx, notice)) as StoredCase;
  const others = await sql<{ number: string }>`
    select number from cases.case
     where bank_id = ${now.bankId} and disburse_reference = ${notice.reference}
       and not (guarantor_id = ${notice.guarantorId} and id = ${notice.id}) limit 1`.execute(tx);
  const other = others.rows[0];
  if (other) throw receiptTaken(`放款凭证号 ${notice.reference} 已用于项目 ${other.number}`);
  if (now.disburseReference !== notice.reference) return undefined;
  if (now.amount !== yuan(notice.amount) || now.disbursedOn !== notice.disbursedOn)
    throw receiptTaken(
      `放款凭证号 ${notice.reference} 已登记为 ${now.disbursedOn} 放款 ${formatYuan(now.amount as Fen)} 元，与本次不一致`,
    );
  return { guaranteeId: now.guaranteeId as bigint, contractNo: now.guaranteeNo as string, isRepeat: true };
}

const receiptTaken = (message: string) => new Refused({ code: 'receipt-taken', field: 'reference', message }, 409);

async function guaranteedPart(tx: Tx, found: StoredCase, amount: Fen, on: Day): Promise<Fen> {
  const { guarantorId, bankId, productCode } = found;
  const agreement = await versionInForce(tx, {
    ...{ guarantorId, bankId: bankId as number, productCode: productCode as string, on },
  });
  if (agreement) return guaranteedOf(amount, agreement.bankShare);
  const message = `${on} 没有与该银行就此产品生效的合作协议，不能放款入账`;
  throw new Refused({ code: 'agreement-not-in-force', field: 'disbursedOn', message });
}

async function refusalsOf(
  tx: Tx,
  context: Context,
  found: StoredCase,
  paid: { amount: Fen; disbursedOn: Day; endsOn: Day },
): Promise<Refusal[]> {
  const approved = {
    amount: found.amount as Fen,
    termMonths: found.termMonths as number,
    decidedOn: found.decidedOn as Day,
    validUntil: found.validUntil as Day,
  };
  const papers = await standingPapers(tx, found);
  return [
    ...validity(found, paid.disbursedOn),
    ...checkDisbursement(approved, paid, context.clock.today()).filter((each) => each.code !== 'intent-run-out'),
    ...(papers.has('disburse-notice') ? [] : [{ code: 'no-disburse-notice', message: '尚未出具放款通知书，不能放款' }]),
  ];
}

async function enter(tx: Tx, context: Context, made: StoredCase, notice: Notice): Promise<bigint> {
  const { guarantorId } = made;
  const amount = made.amount as Fen;
  const { id: guaranteeId } = await issueGuarantee(tx, context, {
    guarantorId,
    contractNo: made.guaranteeNo as string,
    loanContractNo: notice.loanNo,
    customerId: made.customerId as bigint,
    bankId: made.bankId as number,
    branchId: made.branchId ?? undefined,
    productCode: made.productCode as string,
    county: made.county as number,
    industryCode: made.industryCode ?? undefined,
    principal: amount,
    guaranteed: made.guaranteed as Fen,
    feeRate: made.feeRate as string,
    startsOn: notice.disbursedOn,
    endsOn: notice.endsOn,
    tags: made.tags,
    primaryTag: made.primaryTag,
    source: 'form',
  });
  await recordMovement(tx, context, {
    ...{ guarantorId, guaranteeId, kind: 'disburse', amount, occurredOn: notice.disbursedOn },
    reference: notice.reference,
  });
  return guaranteeId;
}

/** The plan was made for the day expected; the loan's own days decide. */
async function fitPlan(tx: Tx, context: Context, made: StoredCase, notice: Notice): Promise<void> {
  const plan = await feePlanOf(tx, made);
  if (!plan) return;
  const base = plan.basis === 'guaranteed' ? made.guaranteed : made.amount;
  if (plan.startsOn === notice.disbursedOn && plan.endsOn === notice.endsOn && plan.base === base) return;
  const { basis, frequency, laterRates } = plan;
  await insertPlan(tx, context, made, {
    basis,
    frequency,
    laterRates,
    startsOn: notice.disbursedOn,
    endsOn: notice.endsOn,
  });
}
