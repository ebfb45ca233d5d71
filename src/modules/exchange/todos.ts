import { addDays, type Day, daysBetween } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import type { Caller } from '../../platform/http.ts';
import type { Todo } from '../../wire/wire.ts';
import { boardOf } from './board.ts';
import { cellTitles } from './contract.ts';
import { dueOn } from './rules.ts';

const lookBackDays = 14;
const rowsMax = 50;

/** Days of the last two weeks that were not reported or were refused, for those who submit: one to-do an institution and state. */
export async function exchangeTodos(tx: Tx, caller: Caller, today: Day): Promise<Todo[]> {
  if (!caller.permissions.has('exchange.submit')) return [];
  const board = await boardOf(tx, addDays(today, -lookBackDays), addDays(today, -1), today);
  const todos = board.rows.flatMap((row) =>
    (['refused', 'missing'] as const).flatMap((status) => {
      const days = row.cells.filter((cell) => cell.status === status).map((cell) => cell.day as Day);
      const oldest = days[0];
      if (!oldest) return [];
      const due = dueOn(oldest);
      return [
        {
          id: `exchange/${row.guarantorId}/${status}`,
          module: '日报送',
          kind: cellTitles[status],
          title:
            days.length === 1
              ? `${oldest} 日报${cellTitles[status]}`
              : `${oldest} 起 ${days.length} 日${cellTitles[status]}`,
          institution: row.name,
          dueOn: due,
          // Reports are owed on rest days too, so days count, not working days.
          remainingWorkingDays: daysBetween(today, due),
          url: `/exchange?day=${oldest}`,
        },
      ];
    }),
  );
  return todos.slice(0, rowsMax);
}
