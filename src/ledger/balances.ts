import { sql } from 'kysely';
import type { Day } from '../kernel/day.ts';
import type { Fen } from '../kernel/money.ts';
import type { Tx } from '../platform/db.ts';

/** One account of a trial balance, in 分: turnover on both sides and the balance on its normal side. */
export type AccountBalance = {
  readonly code: number;
  readonly title: string;
  readonly kind: string;
  readonly normal: string;
  readonly debit: Fen;
  readonly credit: Fen;
  readonly balance: Fen;
  readonly unverified: string | null;
};

/**
 * The trial balance of what the caller may see, up to and including `asOf`, of one guarantor or of all.
 * Pending and voided transfers do not count. Σ debit = Σ credit always.
 */
export async function trialBalance(tx: Tx, asOf: Day, guarantorId?: number): Promise<AccountBalance[]> {
  const { rows } = await sql<AccountBalance>`
    with side as (
      select debit as code, sum(amount)::bigint as debit, 0::bigint as credit
        from ledger.transfer
       where state in (1, 3) and effective_on <= ${asOf} and (${guarantorId ?? null}::integer is null or guarantor_id = ${guarantorId ?? null})
       group by 1
       union all
      select credit, 0, sum(amount)::bigint
        from ledger.transfer
       where state in (1, 3) and effective_on <= ${asOf} and (${guarantorId ?? null}::integer is null or guarantor_id = ${guarantorId ?? null})
       group by 1)
    select a.code, a.title, a.kind, a.normal, a.unverified,
           sum(s.debit)::bigint as debit, sum(s.credit)::bigint as credit,
           (case a.normal when 'debit' then sum(s.debit) - sum(s.credit) else sum(s.credit) - sum(s.debit) end)::bigint as balance
      from side s
      join ledger.account a on a.code = s.code
     group by a.code
     order by a.code`.execute(tx);
  return rows;
}
