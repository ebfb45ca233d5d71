import { sql } from 'kysely';
import type { z } from 'zod';
import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import type { newBankLine } from './contract.ts';

export type ProposalStored = {
  id: bigint;
  kind: 'bank-line' | 'formula';
  title: string;
  status: 'proposed' | 'approved' | 'refused' | 'withdrawn';
  proposedBy: string;
  proposedOn: Day;
  decidedBy: string | null;
  decidedOn: Day | null;
  decision: string | null;
};

const columns = sql`p.id, p.kind, p.title, p.status, m.name as "proposedBy", (p.recorded_at at time zone 'Asia/Shanghai')::date as "proposedOn",
  d.name as "decidedBy", p.decided_on as "decidedOn", p.decision`;
const joined = sql`limits.proposal p join identity.user_account m on m.id = p.recorded_by left join identity.user_account d on d.id = p.decided_by`;

/** Proposals the caller may see, newest first. */
export async function listProposals(tx: Tx, after: string | undefined, limit: number): Promise<Page<ProposalStored>> {
  const [afterId] = keysOf(after, 1) ?? ['9223372036854775807'];
  const { rows } = await sql<ProposalStored>`
    select ${columns} from ${joined} where p.id < ${afterId}::bigint order by p.id desc limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id) : null };
}

/** One proposal with what it would put in force; undefined when there is none the caller may see. */
export async function proposalById(tx: Tx, id: bigint): Promise<(ProposalStored & { content: unknown }) | undefined> {
  const { rows } = await sql<ProposalStored & { content: unknown }>`
    select ${columns}, p.content from ${joined} where p.id = ${id}`.execute(tx);
  return rows[0];
}

/** The names of the institutions and products a bank's line speaks of, by id and code. */
export async function namesIn(
  tx: Tx,
  { bankId, allocations }: z.output<typeof newBankLine>,
): Promise<Record<string, string>> {
  const ids = [bankId, ...allocations.map((each) => each.guarantorId)];
  const codes = allocations.flatMap((each) => each.productCode ?? []);
  const { rows } = await sql<{ key: string; name: string }>`
    select id::text as key, short_name as name from institutions.institution where id = any (${ids}::integer[])
     union all
    select code, name from agreements.product where code = any (${codes}::text[])
     limit 4000`.execute(tx);
  return Object.fromEntries(rows.map((row) => [row.key, row.name]));
}
