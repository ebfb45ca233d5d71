import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { fen, larger, minus, yuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import type { OutcomeHandler } from '../approvals/index.ts';
import { agreeExtension } from '../bankreports/index.ts';
import { proposeChange, proposeFiling } from '../filings/index.ts';
import { issueGuarantee, recordMovement } from '../guarantees/index.ts';
import { linkSuccessor } from './chain.ts';
import {
  amountOf,
  auditChange,
  type ChangeRecord,
  changeById,
  isContentOnly,
  setStatus,
  testLimits,
} from './changes.ts';
import { changeKinds, type RenewalKind } from './contract/change.ts';
import { guaranteeFor } from './guarantee.ts';
import { isRenewal } from './rules/change.ts';

type Key = { readonly guarantorId: number; readonly id: bigint };

/**
 * What follows when the approval of a change ends. Approved: changes of content and reductions are done at once; an extension is agreed
 * to and waits for the bank's report or `carryOutChange`; a renewal waits for its new contract to be signed.
 */
export const changeDecided: OutcomeHandler = async (tx, context, event) => {
  const key = { guarantorId: event.guarantorId, id: idOf(event.subject) };
  const change = await changeById(tx, key.guarantorId, key.id, true);
  await setStatus(tx, key, event.outcome, { decidedOn: event.decidedOn });
  if (event.outcome !== 'approved') return;
  const { guaranteeId, bankId, kind } = change;
  if (kind === 'extension' && change.terms.dueOn)
    await agreeExtension(tx, context, {
      ...{ guarantorId: key.guarantorId, guaranteeId, bankId },
      ...{ dueOn: change.terms.dueOn, subject: event.subject },
    });
  if (isContentOnly(kind) || kind === 'reduction') await finishContent(tx, context, key, change, event.decidedOn);
};

const idOf = (subject: string): bigint => BigInt(subject.slice(subject.indexOf('/') + 1));

async function finishContent(tx: Tx, context: Context, key: Key, change: ChangeRecord, on: Day): Promise<void> {
  const { guarantorId } = key;
  const { guaranteeId, kind } = change;
  const amount = amountOf(change.terms.amount);
  if (kind === 'reduction' && amount !== undefined) {
    const held = await guaranteeFor(tx, guarantorId, guaranteeId, true);
    const down = larger(fen(0n), minus(held.outstanding, amount));
    if (down > 0n)
      await recordMovement(tx, context, {
        ...{ guarantorId, guaranteeId, kind: 'release', amount: down, occurredOn: on },
        ...{ cause: changeKinds.reduction, reference: `变更${key.id}` },
      });
  }
  await proposeChange(tx, context, {
    ...{ guarantorId, guaranteeId, kind: 'change', occurredOn: on, reference: String(key.id) },
    changes: [{ title: changeKinds[kind], before: change.before, after: change.after }],
  });
  await setStatus(tx, key, 'done', { doneOn: on });
}

/**
 * Carries an approved extension or renewal out on the day it took effect. Locks the change and the guarantee. A renewal releases the old
 * guarantee and issues and disburses the new one on the same day, behind it in the chain; limits are tested again with what is added,
 * as they may have shrunk since. Filings follow. All or nothing.
 */
export async function carryOutChange(
  tx: Tx,
  context: Context,
  command: Key & { on: Day },
): Promise<{ successorId?: bigint }> {
  const change = await changeById(tx, command.guarantorId, command.id, true);
  if (change.status !== 'approved')
    throw new Refused({ code: 'not-approved', message: '这项变更尚未批准或已经执行' }, 409);
  if (isRenewal(change.kind)) return renew(tx, context, command, change, change.kind);
  const { guarantorId } = command;
  const { guaranteeId, terms } = change;
  const held = await guaranteeFor(tx, guarantorId, guaranteeId, true);
  await recordMovement(tx, context, {
    ...{ guarantorId, guaranteeId, kind: 'extend', amount: held.outstanding, occurredOn: command.on },
    ...{ extendedToOn: terms.dueOn, cause: changeKinds.extension, reference: `变更${command.id}` },
  });
  await finishExtension(tx, context, command, guaranteeId, terms.dueOn, command.on);
  return {};
}

async function finishExtension(
  tx: Tx,
  context: Context,
  key: Key,
  guaranteeId: bigint,
  extendedTo: Day | undefined,
  on: Day,
): Promise<void> {
  await proposeChange(tx, context, {
    guarantorId: key.guarantorId,
    guaranteeId,
    kind: 'extend',
    occurredOn: on,
    extendedTo,
  });
  await setStatus(tx, key, 'done', { doneOn: on });
  await auditChange(tx, context, 'carry-out-change', key.guarantorId, key.id, { on });
}

async function renew(
  tx: Tx,
  context: Context,
  command: Key & { on: Day },
  change: ChangeRecord,
  kind: RenewalKind,
): Promise<{ successorId: bigint }> {
  const { guarantorId, on } = command;
  const planned = change.terms.renewal;
  if (!planned) throw new RangeError(`变更 ${command.id} 没有新保函的要素`);
  if (on !== planned.startsOn)
    throw new Refused({
      code: 'other-start',
      field: 'on',
      message: `新保函自 ${planned.startsOn} 起，原保函须同日解除；日期有变请撤回重报`,
    });
  const renewal = { ...planned, principal: yuan(planned.principal) };
  const held = await guaranteeFor(tx, guarantorId, change.guaranteeId, true);
  await testLimits(tx, context, held, larger(fen(0n), minus(renewal.principal, held.outstanding)));
  const cause = changeKinds[kind];
  const reference = `变更${command.id}`;
  // The old one goes first: the limits on one customer then see only what will stand.
  if (held.outstanding > 0n)
    await recordMovement(tx, context, {
      ...{ guarantorId, guaranteeId: held.id, kind: 'release', amount: held.outstanding, occurredOn: on },
      ...{ cause, reference },
    });
  const { id } = await issueGuarantee(tx, context, {
    ...{
      guarantorId,
      contractNo: renewal.contractNo,
      loanContractNo: renewal.loanContractNo,
      customerId: held.customerId,
    },
    ...{
      bankId: held.bankId,
      branchId: held.branchId ?? undefined,
      productCode: held.productCode,
      county: held.county,
    },
    ...{ industryCode: held.industryCode ?? undefined, principal: renewal.principal, feeRate: renewal.feeRate },
    ...{ startsOn: on, endsOn: renewal.endsOn, tags: held.tags, primaryTag: held.primaryTag, source: 'form' },
  });
  await recordMovement(tx, context, {
    ...{ guarantorId, guaranteeId: id, kind: 'disburse', amount: renewal.principal, occurredOn: on, cause, reference },
  });
  await linkSuccessor(tx, { guarantorId, followsId: held.id, guaranteeId: id, kind, on });
  await proposeFiling(tx, context, { guarantorId, guaranteeId: id });
  await proposeChange(tx, context, { guarantorId, guaranteeId: held.id, kind: 'release', occurredOn: on });
  await setStatus(tx, command, 'done', { doneOn: on, successorId: id });
  await auditChange(tx, context, 'carry-out-change', guarantorId, command.id, { on, successor: String(id) });
  return { successorId: id };
}

/** After a bank's report: approved extensions that the report brought into the book are done, and filed. */
export async function finishReportedExtensions(
  tx: Tx,
  context: Context,
  key: { bankId: number; id: bigint },
): Promise<void> {
  const { rows } = await sql<{ guarantorId: number; id: bigint; guaranteeId: bigint; dueOn: Day; day: Day }>`
    select c.guarantor_id as "guarantorId", c.id, c.guarantee_id as "guaranteeId", g.due_on as "dueOn", l.business_day as day
      from bankreports.line l
      join aftercare.change c on c.guarantor_id = l.guarantor_id and c.guarantee_id = l.guarantee_id
      join guarantees.guarantee g on g.guarantor_id = c.guarantor_id and g.id = c.guarantee_id
     where l.bank_id = ${key.bankId} and l.report_id = ${key.id} and l.status = 'extended' and c.kind = 'extension'
       and c.status = 'approved' and (c.terms ->> 'dueOn')::date = g.due_on
     limit 1000`.execute(tx);
  for (const row of rows) await finishExtension(tx, context, row, row.guaranteeId, row.dueOn, row.day);
}
