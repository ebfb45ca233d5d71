import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';

/** An open task that nobody can do. */
export type UnattendedRow = {
  instanceId: bigint;
  seq: number;
  guarantorId: number;
  institution: string;
  chainTitle: string;
  nodeTitle: string;
  kind: 'node' | 'committee' | 'extra';
  role: string | null;
  openedOn: Day;
  dueOn: Day;
};

/** 无人可办: open tasks that nobody can do, for administrators and whoever sees the guarantor; at most 500. */
export async function unattendedTasks(tx: Tx): Promise<UnattendedRow[]> {
  const { rows } = await sql<UnattendedRow>`
    select instance_id as "instanceId", task_seq as seq, kind, guarantor_id as "guarantorId", institution_name as institution, chain_title as "chainTitle",
           node_title as "nodeTitle", role_code as role, opened_on as "openedOn", due_on as "dueOn"
      from approvals.unattended()`.execute(tx);
  return rows;
}

/** Somebody who could be given a task that nobody can do. */
export type Assignable = {
  readonly userId: number;
  readonly name: string;
  readonly institution: string;
  readonly roles: string[];
};

/** Who could be given the task: people who may act for its guarantor, at a deciding node with the permission to decide; at most 200. */
export async function assignableTo(tx: Tx, instanceId: bigint, seq: number): Promise<Assignable[]> {
  const { rows } = await sql<Assignable>`
    select user_id as "userId", name, institution_name as institution, roles
      from approvals.assignable(${instanceId}, ${seq}::smallint)`.execute(tx);
  return rows;
}

/**
 * 指派: an administrator (or the province) gives what nobody can do to somebody who can, without seeing the matter. Refused (409) when it
 * is attended by now; (422) somebody who could not do it, or a committee, whose members sit by role.
 */
export async function assignUnattended(
  tx: Tx,
  context: Context,
  command: { readonly instanceId: bigint; readonly seq: number; readonly to: number; readonly reason: string },
): Promise<void> {
  const { instanceId, seq, to, reason } = command;
  const task = (await unattendedTasks(tx)).find((each) => each.instanceId === instanceId && each.seq === seq);
  if (!task) throw new Refused({ code: 'attended', message: '这项审批已有人可办或已办结，无须指派，请刷新列表' }, 409);
  if (task.kind === 'committee')
    throw new Refused({ code: 'committee-by-role', message: '评审会的委员按岗位产生，请为评审委员岗位补授人员' });
  const { rows } = await sql<{ done: boolean }>`
    select approvals.assign(${instanceId}, ${seq}::smallint, ${to}, ${reason}, ${context.clock.now()}) as done`.execute(
    tx,
  );
  if (!rows[0]?.done)
    throw new Refused({
      code: 'not-assignable',
      field: 'to',
      message: '此人不能办理这一节点：须能为该机构办理审批，决策节点还须有决策权限，且不是发起人；请另选',
    });
  await appendAudit(tx, context, {
    chain: task.guarantorId,
    action: 'approvals.assign',
    subject: `approval:${instanceId}`,
    detail: { seq, to },
  });
}
