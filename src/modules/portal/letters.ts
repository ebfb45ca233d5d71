import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import { readPaper } from '../documents/index.ts';
import type { Matter } from './contract.ts';

type Letters = Matter['letters'];

/** Kinds of paper that are meant for the customer, in the order they are shown. */
const titles: Readonly<Record<string, string>> = {
  'fee-notice': '缴费通知',
  'intent-letter': '意向函',
  'entrust-contract': '委托担保合同',
  'guarantee-contract': '保证合同',
  'counter-contract': '反担保合同',
  'release-letter': '解保函',
};

/** Papers in force of the customers of a session that are meant for them; `key` is the matter each belongs to. */
const papersOf = (tokenHash: string) => sql`
  select o.key, d.guarantor_id as "guarantorId", d.id, d.code, d.number, d.payload, d.pdf_sm3 as "pdfSm3"
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
   where d.code = any (${Object.keys(titles)}::text[])`;

type Paper = {
  key: string;
  guarantorId: number;
  id: bigint;
  code: string;
  number: string;
  payload: string;
  pdfSm3: string;
};

/** The papers of a session by matter: by case, and by the guarantee it became. */
export async function lettersOf(tx: Tx, tokenHash: string): Promise<ReadonlyMap<string, Letters>> {
  const { rows } = await sql<Paper>`${papersOf(tokenHash)} order by d.id limit 500`.execute(tx);
  const order = Object.keys(titles);
  const sorted = rows.sort((a, b) => order.indexOf(a.code) - order.indexOf(b.code));
  return new Map(
    [...Map.groupBy(sorted, (row) => row.key)].map(([key, own]) => [
      key,
      own.map(({ guarantorId, id, code, number, payload }) => ({
        guarantorId,
        id: String(id),
        kind: code,
        number,
        title: titles[code] ?? code,
        payload,
      })),
    ]),
  );
}

/** One paper of a session as PDF, with the code that verifies it printed on it. Refused (404) when it is not the customer's, or revoked. */
export async function letterFile(
  tx: Tx,
  tokenHash: string,
  { guarantorId, id }: { guarantorId: number; id: bigint },
): Promise<{ name: string; pdf: Buffer }> {
  const { rows } = await sql<Paper>`
    ${papersOf(tokenHash)} and d.guarantor_id = ${guarantorId} and d.id = ${id} limit 1`.execute(tx);
  const [paper] = rows;
  if (!paper) throw new Refused({ code: 'letter-unknown', message: '没有这份文书，或已作废，请刷新后重试' }, 404);
  return { name: `${titles[paper.code] ?? '文书'}-${paper.number}.pdf`, pdf: await readPaper(paper.pdfSm3) };
}
