import { sql } from 'kysely';
import { type Refusal, Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { decideTask, type Outcomes } from './actions.ts';

/** One task of a batch, and what became of it. */
export type BatchItem = { readonly instanceId: bigint; readonly seq: number };
export type BatchRow = BatchItem & { readonly ok: boolean; readonly refusals: readonly Refusal[] };

/**
 * Agrees to like tasks at one stroke. Refused as a whole when they are not of one chain and node; else each stands by itself: what is
 * refused for one leaves the others done. Locks the approvals in one order, so that two batches cannot wait for each other.
 */
export async function agreeToMany(
  tx: Tx,
  context: Context,
  command: { readonly items: readonly BatchItem[]; readonly opinion: string },
  outcomes: Outcomes,
): Promise<BatchRow[]> {
  await requireAlike(tx, command.items);
  const rows: BatchRow[] = [];
  for (const item of command.items) {
    await sql`savepoint item`.execute(tx);
    try {
      const decision = { verb: 'agree', opinion: command.opinion } as const;
      await decideTask(tx, context, { ...item, decision }, outcomes);
      rows.push({ ...item, ok: true, refusals: [] });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      await sql`rollback to savepoint item`.execute(tx);
      rows.push({ ...item, ok: false, refusals: error.refusals });
    }
    await sql`release savepoint item`.execute(tx);
  }
  return rows;
}

async function requireAlike(tx: Tx, items: readonly BatchItem[]): Promise<void> {
  const lines = JSON.stringify(items.map((each) => ({ id: String(each.instanceId), seq: each.seq })));
  await sql`
    select i.id from approvals.instance i
     where i.id in (select id from jsonb_to_recordset(${lines}) as w (id bigint))
     order by i.id
       for update of i`.execute(tx);
  const { rows } = await sql<{ count: number; kinds: number }>`
    select count(*)::integer as count, count(distinct (i.chain_code, t.node, t.kind))::integer as kinds
      from jsonb_to_recordset(${lines}) as w (id bigint, seq smallint)
      join approvals.task t on t.instance_id = w.id and t.seq = w.seq
      join approvals.instance i on i.id = t.instance_id`.execute(tx);
  if ((rows[0]?.kinds ?? 0) > 1)
    throw new Refused({ code: 'not-alike', message: '只能批量办理同一流程、同一节点的事项，请按流程和节点筛选后再选' });
}
