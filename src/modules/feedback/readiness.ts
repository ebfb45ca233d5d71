import { sql } from 'kysely';
import { type Quarter, quarterSpan } from '../../kernel/month.ts';
import type { Tx } from '../../platform/db.ts';
import { readinessFor } from '../reconciliation/index.ts';

/** May one guarantor's figures of the quarter be sealed, and from which reconciliation run? */
export type GuarantorReadiness = {
  readonly guarantorId: number;
  readonly name: string;
  readonly state: 'ready' | 'unsealed' | 'open' | 'missing';
  /** In Chinese, what is so and what to do. */
  readonly reason: string;
  /** The page where it is put right. */
  readonly url: string | null;
  readonly runId: bigint | null;
};

/**
 * Every guarantor with business in the quarter (a balance at its end or a movement in its year), and whether its newest
 * reconciliation as of the quarter's last day is sealed. `county` narrows to those with loans there.
 */
export async function sealingReadiness(tx: Tx, quarter: Quarter, county?: number): Promise<GuarantorReadiness[]> {
  const { to } = quarterSpan(quarter);
  const there =
    county === undefined
      ? sql``
      : sql`and exists (
    select from guarantees.guarantee g where g.guarantor_id = m.guarantor_id and g.county = ${county})`;
  const { rows: busy } = await sql<{ guarantorId: number; name: string }>`
    select i.id as "guarantorId", i.name
      from guarantees.movement m
      join institutions.institution i on i.id = m.guarantor_id
     where m.occurred_on <= ${to}::date ${there}
     group by i.id
    having sum(m.delta) <> 0 or max(m.occurred_on) >= ${`${to.slice(0, 4)}-01-01`}::date
     order by i.id`.execute(tx);
  const compared = await readinessFor(
    tx,
    busy.map((each) => each.guarantorId),
    to,
  );
  const byGuarantor = new Map(compared.map((each) => [each.guarantorId, each]));
  const runIds = [...new Set(compared.flatMap((each) => (each.runId === null ? [] : [each.runId])))];
  const { rows: sealed } = await sql<{ id: bigint }>`
    select id from reconciliation.run where id = any (${runIds}::bigint[]) and status = 'sealed'`.execute(tx);
  const sealedIds = new Set(sealed.map((row) => row.id));
  return busy.map(({ guarantorId, name }) => {
    const { runId = null, state = 'missing', openCount = 0 } = byGuarantor.get(guarantorId) ?? {};
    const url = runId === null ? '/reconciliation' : `/reconciliation/${runId}`;
    const facts = { guarantorId, name, url, runId };
    if (runId === null) return { ...facts, state: 'missing', reason: `尚未核对截至 ${to} 的数据，请先发起核对` };
    if (state === 'open')
      return { ...facts, state: 'open', reason: `还有 ${openCount} 条核对差异待说明，请处理并封存核对结果` };
    if (!sealedIds.has(runId)) return { ...facts, state: 'unsealed', reason: '差异已理清，核对结果尚未封存，请先封存' };
    return { ...facts, state: 'ready', reason: '核对结果已封存' };
  });
}
