import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';

/**
 * States from which business day every guarantor owes daily packages, by which document; those stated before keep theirs.
 * Answers how many were new.
 */
export async function startReporting(
  tx: Tx,
  context: Context,
  command: { from: Day; document: string },
): Promise<number> {
  const { rows } = await sql`
    insert into exchange.reporting_start (guarantor_id, from_on, document, recorded_by)
    select id, ${command.from}, ${command.document}, ${context.actor.userId}
      from institutions.institution where kind = 'guarantor'
    on conflict do nothing
    returning 1`.execute(tx);
  await appendAudit(tx, context, {
    chain: 0,
    action: 'exchange.start-reporting',
    subject: `day:${command.from}`,
    detail: { guarantors: rows.length, document: command.document },
  });
  return rows.length;
}
