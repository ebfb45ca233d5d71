import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import type { Caller } from '../../platform/http.ts';
import type { Todo } from '../../wire/wire.ts';
import { admissionTodos } from '../admissions/index.ts';
import { aftercareTodos } from '../aftercare/index.ts';
import { approvalTodos } from '../approvals/index.ts';
import { bankReportTodos } from '../bankreports/index.ts';
import { caseTodos } from '../cases/index.ts';
import { exchangeTodos } from '../exchange/index.ts';
import { feedbackTodos } from '../feedback/index.ts';
import { filingTodos } from '../filings/index.ts';
import { reconciliationTodos } from '../reconciliation/index.ts';
import { subsidyTodos } from '../subsidies/index.ts';

/** What a module answers when asked what waits for the caller; it looks only where the caller's permissions lead. */
export type TodoSource = (tx: Tx, caller: Caller, today: Day) => Promise<Todo[]>;

/** Every module that has work waiting, in calling order. */
const sources: readonly TodoSource[] = [
  approvalTodos,
  admissionTodos,
  caseTodos,
  filingTodos,
  bankReportTodos,
  aftercareTodos,
  exchangeTodos,
  reconciliationTodos,
  feedbackTodos,
  subsidyTodos,
];

/** Everything that waits for the caller, most urgent first; what has no day comes last. */
export async function todosFor(tx: Tx, caller: Caller, today: Day): Promise<Todo[]> {
  const found: Todo[] = [];
  for (const source of sources) found.push(...(await source(tx, caller, today)));
  const urgency = (todo: Todo): number => todo.remainingWorkingDays ?? Number.POSITIVE_INFINITY;
  return found.sort((a, b) => urgency(a) - urgency(b));
}
