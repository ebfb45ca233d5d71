import { sql } from 'kysely';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import { normaliseName } from '../../platform/text/index.ts';
import type { KnownName } from './rules.ts';

/** Every spelling known: aliases that people confirmed, and the names of banks and branches themselves; normalised. */
export async function knownNames(tx: Tx): Promise<{ aliases: KnownName[]; masters: KnownName[] }> {
  const { rows } = await sql<KnownName & { confirmed: boolean }>`
    (select alias as name, bank_id as "bankId", branch_id as "branchId", true as confirmed from banks.alias limit 100000)
    union all
    (select n.name, i.id, null, false from institutions.institution i
       cross join lateral (values (i.name), (i.short_name)) n (name) where i.kind = 'bank' limit 20000)
    union all
    (select name, bank_id, id, false from banks.branch limit 100000)`.execute(tx);
  const names = rows.map((row) => ({ ...row, name: normaliseName(row.name) }));
  return { aliases: names.filter((each) => each.confirmed), masters: names.filter((each) => !each.confirmed) };
}

/** One branch with its bank and place. */
export type BranchRow = {
  id: number;
  bankId: number;
  bankName: string;
  code: string;
  name: string;
  regionCode: number | null;
  regionName: string | null;
};

/** One page of branches by id. */
export async function listBranches(
  tx: Tx,
  filter: { q?: string | undefined; bankId?: number | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<BranchRow>> {
  const from = Number(keysOf(after, 1)?.[0] ?? 0) || 0;
  const part = filter.q ? `%${filter.q.replace(/[\\%_]/g, '\\$&')}%` : null;
  const { rows } = await sql<BranchRow>`
    select b.id, b.bank_id as "bankId", i.name as "bankName", b.code, b.name, b.region_code as "regionCode",
           r.name as "regionName"
      from banks.branch b
      join institutions.institution i on i.id = b.bank_id
      left join institutions.region r on r.code = b.region_code
     where b.id > ${from}
       and (${filter.bankId ?? null}::integer is null or b.bank_id = ${filter.bankId ?? null})
       and (${part}::text is null or b.name like ${part} or b.code like ${part})
     order by b.id
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id) : null };
}

/** One confirmed alias. */
export type AliasRow = {
  alias: string;
  bankId: number;
  bankName: string;
  branchId: number | null;
  branchName: string | null;
  confirmedBy: string;
  confirmedAt: Date;
};

/** One page of aliases in order of spelling. */
export async function listAliases(tx: Tx, after: string | undefined, limit: number): Promise<Page<AliasRow>> {
  const from = keysOf(after, 1)?.[0] ?? '';
  const { rows } = await sql<AliasRow>`
    select a.alias, a.bank_id as "bankId", i.name as "bankName", a.branch_id as "branchId", b.name as "branchName",
           p.name as "confirmedBy", a.confirmed_at as "confirmedAt"
      from banks.alias a
      join institutions.institution i on i.id = a.bank_id
      join identity.person p on p.id = a.confirmed_by
      left join banks.branch b on b.id = a.branch_id
     where a.alias > ${from}
     order by a.alias
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.alias) : null };
}
