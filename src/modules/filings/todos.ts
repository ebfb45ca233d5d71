import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { lastDayOfMonth } from '../../kernel/month.ts';
import type { Tx } from '../../platform/db.ts';
import type { Caller } from '../../platform/http.ts';
import type { Todo } from '../../wire/wire.ts';
import { monthBefore, timeLeft } from './deadline.ts';

const rowsMax = 50;

/** What of filing waits: the month's batch and what came back, for those who hand in; batches to look at, for the re-guarantor. */
export async function filingTodos(tx: Tx, caller: Caller, today: Day): Promise<Todo[]> {
  const maySubmit = caller.permissions.has('filings.submit');
  const mayConfirm = caller.permissions.has('filings.confirm');
  if (!maySubmit && !mayConfirm) return [];
  const month = monthBefore(today);
  const { due, remaining } = timeLeft(month, today);
  const { rows } = await sql<{
    guarantorId: number;
    name: string;
    ready: number;
    denied: number;
    waiting: number;
    batchId: bigint | null;
  }>`
    select r.guarantor_id as "guarantorId", i.short_name as name,
           count(*) filter (where r.status = 'prepared' and r.occurred_on <= ${lastDayOfMonth(month)}::date)::integer as ready,
           count(*) filter (where r.status = 'denied')::integer as denied, count(*) filter (where r.status = 'submitted')::integer as waiting,
           max(r.batch_id) filter (where r.status = 'submitted') as "batchId"
      from filings.record r
      join institutions.institution i on i.id = r.guarantor_id
     where r.status in ('prepared', 'denied', 'submitted')
     group by 1, 2
     order by 1
     limit ${rowsMax}`.execute(tx);
  return rows
    .flatMap((row) => {
      const todo = (kind: string, title: string, url: string, isDue: boolean): Todo => ({
        id: `filings/${row.guarantorId}/${kind}`,
        module: '再担保备案',
        kind,
        title,
        institution: row.name,
        dueOn: isDue ? due : null,
        remainingWorkingDays: isDue ? remaining : null,
        url,
      });
      return [
        ...(maySubmit && row.ready > 0
          ? [todo('本月备案待申报', `${month} 备案 ${row.ready} 笔待申报`, '/filings', true)]
          : []),
        ...(maySubmit && row.denied > 0
          ? [todo('被驳回待更正', `${row.denied} 笔备案被驳回`, '/filings?status=denied', false)]
          : []),
        ...(mayConfirm && row.waiting > 0
          ? [
              todo(
                '备案待审核',
                `${row.name} ${row.waiting} 笔备案待审核`,
                `/filings/desk?batch=${row.guarantorId}-${row.batchId}`,
                false,
              ),
            ]
          : []),
      ];
    })
    .slice(0, rowsMax);
}
