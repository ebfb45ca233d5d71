import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import type { OutcomeHandler } from '../approvals/index.ts';
import { agreeExtension } from '../bankreports/index.ts';
import { proposeChange } from '../filings/index.ts';
import { recordMovement } from '../guarantees/index.ts';
import { auditChange, changeById, setStatus, waitsForItsDay } from './changes.ts';
import { changeKinds } from './contract/titles.ts';
import { guaranteeFor } from './guarantee.ts';
import { renew } from './renew.ts';
import { isRenewal } from './rules/change.ts';
import { takeEffect } from './take-effect.ts';

type Key = { readonly guarantorId: number; readonly id: bigint };

/**
 * What follows when the approval of a change ends. Approved: changes of content take effect in the book at once; an extension is agreed
 * to and waits for the bank's report or `carryOutChange`; a renewal waits for its new contract to be signed. A refusal takes the
 * decision back.
 */
export const changeDecided: OutcomeHandler = async (tx, context, event) => {
  const key = { guarantorId: event.guarantorId, id: idOf(event.subject) };
  const change = await changeById(tx, key.guarantorId, key.id, true);
  await setStatus(tx, key, event.outcome, { decidedOn: event.decidedOn });
  if (event.outcome !== 'approved') return;
  const { guaranteeId, bankId, kind, terms } = change;
  if (kind === 'extension' && terms.dueOn)
    await agreeExtension(tx, context, {
      ...{ guarantorId: key.guarantorId, guaranteeId, bankId },
      ...{ dueOn: terms.dueOn, subject: event.subject },
    });
  if (waitsForItsDay(kind)) return;
  await takeEffect(tx, context, key.guarantorId, change);
  await setStatus(tx, key, 'done', { doneOn: event.decidedOn });
};

const idOf = (subject: string): bigint => BigInt(subject.slice(subject.indexOf('/') + 1));

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
  if (isRenewal(change.kind)) return renew(tx, context, { ...command, kind: change.kind }, change);
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
  const { guarantorId } = key;
  await proposeChange(tx, context, { guarantorId, guaranteeId, kind: 'extend', occurredOn: on, extendedTo });
  await setStatus(tx, key, 'done', { doneOn: context.clock.today(), effectiveOn: on });
  await auditChange(tx, context, 'carry-out-change', guarantorId, key.id, { on });
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
