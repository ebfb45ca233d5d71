import { sql } from 'kysely';
import type { z } from 'zod';
import { type Refusal, Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import type { newGroup } from './contract.ts';

/**
 * Puts customers into one related group (关联方), with the evidence; their limits then count together (条例第十六条). Locks them.
 * Refuses unknown customers and any that belong to a group already: who moves has to be taken out of the other first.
 */
export async function formGroup(tx: Tx, context: Context, command: z.output<typeof newGroup>): Promise<{ id: bigint }> {
  const customerIds = [...new Set(command.customerIds.map(BigInt))];
  if (customerIds.length < 2)
    throw new Refused({ code: 'group-too-small', field: 'customerIds', message: '关联集团至少两名不同的客户' });
  const refusals = await refusalsToJoin(tx, command.guarantorId, customerIds);
  if (refusals.length > 0) throw new Refused(refusals);
  const group = await tx
    .insertInto('customers.related_group')
    .values({ guarantor_id: command.guarantorId, name: command.name, evidence: command.evidence })
    .returning('id')
    .executeTakeFirstOrThrow();
  await putInto(tx, command.guarantorId, customerIds, group.id);
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'customers.form-group',
    subject: `group:${command.guarantorId}/${group.id}`,
    detail: { customers: customerIds.map(String), evidence: command.evidence },
  });
  return { id: group.id };
}

export type MemberCommand = {
  readonly guarantorId: number;
  readonly groupId: bigint;
  readonly customerId: bigint;
  /** Evidence for adding, reason for removing; kept in the audit log. */
  readonly because: string;
};

/** Adds a customer to a group. Refuses (404) an unknown group, and a customer that is unknown or in a group already. */
export async function addMember(tx: Tx, context: Context, command: MemberCommand): Promise<void> {
  await mustExist(tx, command);
  const refusals = await refusalsToJoin(tx, command.guarantorId, [command.customerId]);
  if (refusals.length > 0) throw new Refused(refusals);
  await putInto(tx, command.guarantorId, [command.customerId], command.groupId);
  await auditMember(tx, context, 'customers.add-member', command, { evidence: command.because });
}

/** Takes a customer out of a group; it then counts alone. Refuses (404) an unknown group and a customer not in it. */
export async function removeMember(tx: Tx, context: Context, command: MemberCommand): Promise<void> {
  await mustExist(tx, command);
  const { numUpdatedRows } = await tx
    .updateTable('customers.customer')
    .set({ group_id: null })
    .where('guarantor_id', '=', command.guarantorId)
    .where('id', '=', command.customerId)
    .where('group_id', '=', command.groupId)
    .executeTakeFirst();
  if (numUpdatedRows === 0n)
    throw new Refused({ code: 'member-unknown', message: '该客户不在这个关联集团，可能已被移出' }, 404);
  await auditMember(tx, context, 'customers.remove-member', command, { reason: command.because });
}

async function mustExist(tx: Tx, { guarantorId, groupId }: MemberCommand): Promise<void> {
  const found = await tx
    .selectFrom('customers.related_group')
    .select('id')
    .where('guarantor_id', '=', guarantorId)
    .where('id', '=', groupId)
    .executeTakeFirst();
  if (!found) throw new Refused({ code: 'group-unknown', message: '没有这个关联集团，或不在您的权限范围内' }, 404);
}

/** Why any of the customers cannot join a group; locks them in one order. */
async function refusalsToJoin(tx: Tx, guarantorId: number, customerIds: readonly bigint[]): Promise<Refusal[]> {
  const { rows } = await sql<{ name: string; groupName: string | null }>`
    select c.name, r.name as "groupName"
      from customers.customer c
      left join customers.related_group r on r.guarantor_id = c.guarantor_id and r.id = c.group_id
     where c.guarantor_id = ${guarantorId} and c.id = any (${[...customerIds]}::bigint[])
     order by c.id
       for update of c`.execute(tx);
  if (rows.length < customerIds.length)
    return [
      { code: 'customer-unknown', field: 'customerIds', message: '所选客户有的不存在或不在本机构，关联关系未登记' },
    ];
  return rows
    .filter((row) => row.groupName !== null)
    .map((row) => ({
      code: 'customer-grouped',
      field: 'customerIds',
      message: `${row.name}已在关联集团「${row.groupName}」，请先从该集团移出`,
    }));
}

const putInto = (tx: Tx, guarantorId: number, customerIds: readonly bigint[], groupId: bigint) =>
  tx
    .updateTable('customers.customer')
    .set({ group_id: groupId })
    .where('guarantor_id', '=', guarantorId)
    .where('id', 'in', [...customerIds])
    .execute();

const auditMember = (tx: Tx, context: Context, action: string, command: MemberCommand, detail: object) =>
  appendAudit(tx, context, {
    chain: command.guarantorId,
    action,
    subject: `group:${command.guarantorId}/${command.groupId}`,
    detail: { customer: String(command.customerId), ...detail },
  });
