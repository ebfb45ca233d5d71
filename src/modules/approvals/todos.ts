import type { Day } from '../../kernel/day.ts';
import { workingDaysBetween } from '../../platform/calendar.ts';
import type { Tx } from '../../platform/db.ts';
import type { Caller } from '../../platform/http.ts';
import type { Todo } from '../../wire/wire.ts';
import { listTodo } from './lists.ts';
import { unattendedTasks } from './unattended.ts';

const rowsMax = 50;

/** Approvals that wait for the caller, and, for who manages users, those that nobody can do. */
export async function approvalTodos(tx: Tx, caller: Caller, today: Day): Promise<Todo[]> {
  const todos: Todo[] = [];
  if (caller.permissions.has('approvals.act')) {
    const filter = { userId: caller.userId, permissions: [...caller.permissions], today };
    const { rows } = await listTodo(tx, filter, undefined, rowsMax);
    for (const row of rows) {
      todos.push({
        id: `approvals/${row.instanceId}/${row.taskSeq}`,
        module: '审批',
        kind: row.kind === 'complete' ? '退回补正' : (row.nodeTitle ?? row.chainTitle),
        title: row.onBehalfOf ? `${row.title}（代${row.onBehalfOf}）` : row.title,
        institution: row.guarantorName,
        dueOn: row.dueOn,
        remainingWorkingDays: row.dueOn === null ? null : workingDaysBetween(today, row.dueOn).value,
        url: `/approvals/${row.instanceId}`,
      });
    }
  }
  if (caller.permissions.has('users.manage')) {
    const stuck = await unattendedTasks(tx);
    if (stuck.length > 0)
      todos.push({
        ...{ id: 'approvals/unattended', module: '审批', kind: '无人可办' },
        title: `${stuck.length} 项审批无人可办：岗位上没有可用的人员`,
        institution: stuck[0]!.institution,
        ...{ dueOn: stuck[0]!.dueOn, remainingWorkingDays: workingDaysBetween(today, stuck[0]!.dueOn).value },
        url: '/approvals/unattended',
      });
  }
  return todos;
}
