import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Fen, formatYuan } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import type { Matter } from './contract.ts';
import { lettersOf } from './letters.ts';
import { caseWords } from './rules.ts';

type Row = {
  guarantorId: number;
  id: bigint;
  guarantor: string;
  guarantorPhone: string | null;
  guarantorHours: string | null;
  bank: string | null;
  product: string | null;
  number: string;
  state: string;
  amount: Fen | null;
  validUntil: Day | null;
  feeRate: string | null;
};

/** Applications of the session's customers that are not in the book yet, newest first, with the papers issued for each. */
export async function openCasesOf(tx: Tx, tokenHash: string): Promise<Matter[]> {
  const { rows } = await sql<Row>`
    select k.guarantor_id as "guarantorId", k.id, i.name as guarantor, t.phone as "guarantorPhone", t.hours as "guarantorHours", b.name as bank, p.name as product, k.number, k.state, k.amount,
           k.valid_until as "validUntil", trim_scale(k.fee_rate)::text as "feeRate"
      from portal.session_customer s
      join customers.customer c on c.guarantor_id = s.guarantor_id and c.id = s.customer_id
      join cases.case k on k.guarantor_id = s.guarantor_id and (k.customer_id = c.id or (k.customer_id is null and k.identity_hash = c.identity_hash))
      join institutions.institution i on i.id = k.guarantor_id
      left join portal.desk t on t.guarantor_id = k.guarantor_id
      left join institutions.institution b on b.id = k.bank_id
      left join agreements.product p on p.code = k.product_code
     where s.token_hash = ${tokenHash} and k.state not in ('draft', 'disbursed')
     order by k.id desc
     limit 50`.execute(tx);
  const letters = await lettersOf(tx, tokenHash);
  return rows.flatMap((row) => {
    const words = caseWords(row.state, row.validUntil);
    if (!words) return [];
    const key = `case:${row.guarantorId}/${row.id}`;
    return [
      {
        kind: 'case' as const,
        key,
        guarantor: row.guarantor,
        guarantorPhone: row.guarantorPhone,
        guarantorHours: row.guarantorHours,
        title: `${row.product ?? '贷款担保'}申请`,
        ...words,
        bank: row.bank,
        number: row.number,
        amount: formatYuan(row.amount ?? (0n as Fen)),
        outstanding: null,
        startsOn: null,
        dueOn: null,
        feeRate: row.feeRate,
        feePaid: null,
        letters: letters.get(key) ?? [],
      },
    ];
  });
}
