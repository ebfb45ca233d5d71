import { sql } from 'kysely';
import { addDays, type Day } from '../../src/kernel/day.ts';
import { type Fen, fen, smaller } from '../../src/kernel/money.ts';
import { recordMovement } from '../../src/modules/guarantees/index.ts';
import type { Db } from '../../src/platform/db.ts';
import type { Context } from '../../src/platform/http.ts';
import { seeded } from './random.ts';

/** Enters some repayments of the last two days one by one, as a client manager would. Returns how many. */
export async function enterRecentDays(db: Db, context: Context, today: Day, seed: number): Promise<number> {
  const random = seeded(seed + 1);
  const { rows } = await db.read(context.actor, (tx) =>
    sql<{ guarantorId: number; id: bigint; outstanding: Fen }>`
      select guarantor_id as "guarantorId", id, outstanding
        from guarantees.guarantee
       where status = 'in-force' and starts_on < ${addDays(today, -30)}
       order by md5(contract_no)
       limit 60`.execute(tx),
  );
  for (const row of rows) {
    const amount = smaller(fen(BigInt(random.between(1, 20)) * 1_000_000n), row.outstanding);
    const command = {
      guarantorId: row.guarantorId,
      guaranteeId: row.id,
      kind: 'repay' as const,
      amount,
      occurredOn: addDays(today, -random.between(0, 1)),
    };
    await db.transaction(context.actor, (tx) => recordMovement(tx, context, command));
  }
  return rows.length;
}
