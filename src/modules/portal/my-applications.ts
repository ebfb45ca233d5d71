import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Fen, formatYuan } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import type { Matter } from './contract.ts';
import { caseWords } from './rules.ts';

type Letters = Matter['letters'];
type Row = {
  guarantorId: number;
  id: bigint;
  guarantor: string;
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
    select k.guarantor_id as "guarantorId", k.id, i.name as guarantor, b.name as bank, p.name as product, k.number, k.state, k.amount,
           k.valid_until as "validUntil", trim_scale(k.fee_rate)::text as "feeRate"
      from portal.session_customer s
      join customers.customer c on c.guarantor_id = s.guarantor_id and c.id = s.customer_id
      join cases.case k on k.guarantor_id = s.guarantor_id and (k.customer_id = c.id or (k.customer_id is null and k.identity_hash = c.identity_hash))
      join institutions.institution i on i.id = k.guarantor_id
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
        guarantorPhone: null,
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

const letterTitles: Readonly<Record<string, string>> = {
  'intent-letter': '意向函',
  'entrust-contract': '委托担保合同',
  'guarantee-contract': '保证合同',
  'counter-contract': '反担保合同',
  'fee-notice': '缴费通知',
  'release-letter': '解保函',
};

/** The papers in force of the session's customers that are meant for them, by case and by the guarantee it became. */
export async function lettersOf(tx: Tx, tokenHash: string): Promise<ReadonlyMap<string, Letters>> {
  const { rows } = await sql<{ key: string; code: string; number: string; payload: string }>`
    select o.key, d.code, d.number, d.payload
      from (select k.guarantor_id, 'case:' || k.guarantor_id || '/' || k.id as subject,
                   case when k.guarantee_id is null then 'case:' || k.guarantor_id || '/' || k.id
                        else 'guarantee:' || k.guarantor_id || '/' || k.guarantee_id end as key
              from portal.session_customer s
              join cases.case k on k.guarantor_id = s.guarantor_id and k.customer_id = s.customer_id
             where s.token_hash = ${tokenHash}
             union all
            select g.guarantor_id, 'guarantee:' || g.guarantor_id || '/' || g.id, 'guarantee:' || g.guarantor_id || '/' || g.id
              from portal.session_customer s
              join guarantees.guarantee g on g.guarantor_id = s.guarantor_id and g.customer_id = s.customer_id
             where s.token_hash = ${tokenHash}) o
      join documents.document d on d.guarantor_id = o.guarantor_id and d.subject = o.subject and d.revoked_at is null
     where d.code = any (${Object.keys(letterTitles)}::text[])
     order by d.id
     limit 500`.execute(tx);
  return new Map(
    [...Map.groupBy(rows, (row) => row.key)].map(([key, own]) => [
      key,
      own.map(({ code, number, payload }) => ({ number, title: letterTitles[code] ?? code, payload })),
    ]),
  );
}
