import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';

/** One entry as lists show it. */
export type EntryRow = {
  chain: number;
  seq: bigint;
  recordedAt: Date;
  recordedText: string;
  userId: number;
  userName: string;
  action: string;
  subject: string;
  detail: string;
  hash: string;
};

/** What a list of entries may be narrowed to. */
export type EntryFilter = {
  readonly chain?: number | undefined;
  readonly userId?: number | undefined;
  readonly action?: string | undefined;
  readonly subject?: string | undefined;
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
};

/** One page of entries, newest first; days are Shanghai days. */
export async function listEntries(
  tx: Tx,
  filter: EntryFilter,
  after: string | undefined,
  limit: number,
): Promise<Page<EntryRow>> {
  const keys = keysOf(after, 3);
  const [at, chain, seq] = keys?.every((key) => /^[\d.-]+$/.test(key)) ? keys : [null, null, null];
  const { rows } = await sql<EntryRow & { at: string }>`
    select e.chain_id as chain, e.seq, e.recorded_at as "recordedAt", e.user_id as "userId", coalesce(p.name, '—') as "userName",
           to_char(e.recorded_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') as "recordedText",
           e.action, e.subject, e.detail, e.hash, extract(epoch from e.recorded_at)::text as at
      from audit.entry e
      left join identity.person p on p.id = e.user_id
     where (${at}::numeric is null
            or (e.recorded_at, e.chain_id, e.seq) < (to_timestamp(${at}::numeric), ${chain}::integer, ${seq}::bigint))
       and (${filter.chain ?? null}::integer is null or e.chain_id = ${filter.chain ?? null})
       and (${filter.userId ?? null}::integer is null or e.user_id = ${filter.userId ?? null})
       and (${filter.action ?? null}::text is null or starts_with(e.action, ${filter.action ?? null}))
       and (${filter.subject ?? null}::text is null or starts_with(e.subject, ${filter.subject ?? null}))
       and (${filter.from ?? null}::date is null or e.recorded_at >= ${filter.from ?? null}::date::timestamp at time zone 'Asia/Shanghai')
       and (${filter.to ?? null}::date is null or e.recorded_at < (${filter.to ?? null}::date + 1)::timestamp at time zone 'Asia/Shanghai')
     order by e.recorded_at desc, e.chain_id desc, e.seq desc
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.at, last.chain, last.seq) : null };
}

/** Roles in words, by their code. */
export async function roleTitles(tx: Tx): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ code: string; title: string }>`select code, title from identity.role limit 200`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.code, row.title]));
}

/** How many entries and chains there are that the caller may see. */
export async function countEntries(tx: Tx): Promise<{ entries: bigint; chains: number }> {
  const { rows } = await sql<{ entries: bigint; chains: number }>`
    select count(*) as entries, count(distinct chain_id)::integer as chains from audit.entry`.execute(tx);
  return rows[0]!;
}
