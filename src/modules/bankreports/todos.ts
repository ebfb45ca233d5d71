import { sql } from 'kysely';
import { addDays, type Day } from '../../kernel/day.ts';
import { addWorkingDays, workingDaysBetween } from '../../platform/calendar.ts';
import type { Tx } from '../../platform/db.ts';
import type { Caller } from '../../platform/http.ts';
import type { Todo } from '../../wire/wire.ts';
import { boardOf, dueDay } from './view.ts';

/** Working days in which a question should be answered: a habit of the platform, no rule of law. */
const answerWithinWorkingDays = 3;
const boardDays = 5;
const rowsMax = 50;

/** For the bank: days not reported in full, and questions sent back to it. For the guarantor: silent banks and open questions. */
export async function bankReportTodos(tx: Tx, caller: Caller, today: Day): Promise<Todo[]> {
  const isBank = caller.permissions.has('reports.submit');
  if (!isBank && !caller.permissions.has('aftercare.write')) return [];
  return [...(await silentDays(tx, today, isBank)), ...(await questions(tx, today, isBank))].slice(0, rowsMax);
}

async function silentDays(tx: Tx, today: Day, isBank: boolean): Promise<Todo[]> {
  const { rows } = await boardOf(tx, addDays(today, -1), boardDays, today);
  return rows.flatMap((bank) => {
    const open = bank.cells.filter((cell) => cell.state === 'missing' || cell.state === 'partial');
    const oldest = open[0];
    if (!oldest) return [];
    const missing = open.reduce((sum, cell) => sum + cell.expected - cell.reported, 0);
    const due = dueDay(oldest.day as Day);
    return [
      {
        id: `bankreports/${bank.bankId}/silent`,
        module: '银行逐笔状态',
        kind: isBank ? '应报未报' : '银行应报未报',
        title: `${oldest.day} 起 ${open.length} 个业务日共 ${missing} 笔没有状态`,
        institution: bank.name,
        dueOn: due,
        remainingWorkingDays: workingDaysBetween(today, due).value,
        url: `/bank-reports/gaps?day=${oldest.day}&bankId=${bank.bankId}`,
      },
    ];
  });
}

async function questions(tx: Tx, today: Day, isBank: boolean): Promise<Todo[]> {
  const { rows } = await sql<{ bankId: number; name: string; count: number; since: Day }>`
    select q.bank_id as "bankId", b.short_name as name, count(*)::integer as count, min(q.first_day) as since
      from bankreports.question q
      join institutions.institution b on b.id = q.bank_id
     where q.status = ${isBank ? 'asked-bank' : 'open'}
     group by 1, 2
     order by since
     limit ${rowsMax}`.execute(tx);
  return rows.map((row) => {
    const dueOn = addWorkingDays(row.since, answerWithinWorkingDays).value;
    return {
      id: `bankreports/${row.bankId}/questions`,
      module: '银行逐笔状态',
      kind: isBank ? '担保机构请更正' : '与台账不一致',
      title: `${row.count} 笔与台账不一致待核实`,
      institution: row.name,
      dueOn,
      remainingWorkingDays: workingDaysBetween(today, dueOn).value,
      url: `/bank-reports/questions?status=${isBank ? 'asked-bank' : 'open'}&bankId=${row.bankId}`,
    };
  });
}
