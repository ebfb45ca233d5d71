import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import type { AskChange } from './changes.ts';
import { type ContentFact, contentOn } from './content.ts';
import type { Held } from './guarantee.ts';
import { listCounters } from './lists.ts';

/** What secures a loan, each with what of it is out of date in words. */
type StandingCounter = { readonly id: bigint; readonly title: string; readonly alerts: readonly string[] };
/** How the things a change is about stand before it. */
export type Standing = {
  readonly counters: readonly StandingCounter[];
  /** The newest change of the same kind that is true today. */
  readonly newest: ContentFact | undefined;
  readonly branchName: string | null;
  /** The branch asked for, where it is one of the same bank. */
  readonly newBranchName: string | null;
};

/** Reads how a guarantee stands before a change. */
export async function standingOf(tx: Tx, held: Held, asked: AskChange, today: Day): Promise<Standing> {
  const own = { guarantorId: held.guarantorId, guaranteeId: held.id };
  const { rows } = await sql<Pick<Standing, 'branchName' | 'newBranchName'>>`
    select (select name from banks.branch where id = ${held.branchId}::integer) as "branchName",
           (select name from banks.branch where id = ${asked.branchId ?? null}::integer and bank_id = ${held.bankId}) as "newBranchName"`.execute(
    tx,
  );
  const { rows: counters } = await listCounters(
    tx,
    { ...own, guaranteeId: String(held.id) },
    undefined,
    standingMax,
    today,
  );
  return {
    ...rows[0]!,
    counters: counters
      .filter((each) => each.releasedOn === null)
      .map((each) => ({ id: each.id, title: each.title, alerts: each.alerts.map((alert) => alert.message) })),
    newest: (await contentOn(tx, own, today)).find((fact) => fact.kind === asked.kind),
  };
}

/** No loan is secured by more things than this. */
const standingMax = 500;
