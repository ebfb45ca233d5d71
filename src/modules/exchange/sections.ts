import { createHash } from 'node:crypto';
import { createGzip } from 'node:zlib';
import type { Day } from '../../kernel/day.ts';
import { fen, formatYuan } from '../../kernel/money.ts';
import { clientOf, type Tx } from '../../platform/db.ts';
import type { Section, SectionDigest } from './manifest.ts';

/** Which facts a package holds: true by `day`, learnt by `knownAt`, less what the package `since` held. */
export type Slice = {
  readonly guarantorId: number;
  readonly day: Day;
  readonly knownAt: string;
  readonly since: { readonly day: Day; readonly knownAt: string } | null;
};

type Row = { line: string; sums: (bigint | null)[] };

/** Movements known to the package, whether reversed by then, and whether the package before lacked them. */
const facts = `
  mv as (
    select m.*, $4::date is null or m.occurred_on > $4::date or m.recorded_at > $5::timestamptz as fresh
      from guarantees.movement m
     where m.guarantor_id = $1 and m.occurred_on <= $2::date and m.recorded_at <= $3::timestamptz),
  undone as (select guarantee_id, reverses_seq from mv where reverses_seq is not null),
  known as (
    select g.*, $4::date is null or g.starts_on > $4::date or g.recorded_at > $5::timestamptz as fresh
      from guarantees.guarantee g
     where g.guarantor_id = $1 and g.starts_on <= $2::date and g.recorded_at <= $3::timestamptz)`;

const yuan = (amount: string) => `round((${amount})::numeric / 100, 2)::text`;

type SectionQuery = { readonly totals: readonly string[]; readonly sql: string };

const master: SectionQuery = {
  totals: ['principal', 'guaranteed'],
  sql: `with ${facts}
      select json_build_object('contract_no', g.contract_no, 'loan_contract_no', g.loan_contract_no,
               'identity_hash', c.identity_hash, 'customer_kind', c.kind, 'size_class', g.size_class,
               'industry', g.industry_code, 'county', g.county, 'bank', b.code, 'product', g.product_code,
               'principal', ${yuan('g.principal')}, 'guaranteed', ${yuan('g.guaranteed')}, 'fee_rate', g.fee_rate::text,
               'starts_on', g.starts_on, 'ends_on', g.ends_on, 'tags', g.tags, 'primary_tag', g.primary_tag,
               'recorded_at', g.recorded_at)::text as line, array[g.principal, g.guaranteed]::bigint[] as sums
        from known g
        join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
        join institutions.institution b on b.id = g.bank_id
        left join (select distinct guarantee_id from mv where mv.fresh and mv.kind = 3) e on e.guarantee_id = g.id
       where g.fresh or e.guarantee_id is not null
       order by g.contract_no`,
};

const movements: SectionQuery = {
  totals: ['amount', 'cash', 'delta'],
  sql: `with ${facts}
      select json_build_object('contract_no', g.contract_no, 'seq', m.seq, 'kind', k.name,
               'amount', ${yuan('m.amount')}, 'cash', ${yuan('m.cash')}, 'delta', ${yuan('m.delta')},
               'occurred_on', m.occurred_on, 'recorded_at', m.recorded_at, 'extended_to_on', m.extended_to_on,
               'reverses_seq', m.reverses_seq, 'late', l.late,
               'cause', coalesce(m.cause, case when l.late then '补登：' || m.occurred_on || ' 发生，'
                 || (m.recorded_at at time zone 'Asia/Shanghai')::date || ' 登记' end))::text as line,
             array[m.amount, m.cash, m.delta, case when l.late then 1 else 0 end]::bigint[] as sums
        from mv m
        join known g on g.id = m.guarantee_id
        join guarantees.movement_kind k on k.code = m.kind
       cross join lateral (select coalesce(m.occurred_on <= $4::date, false) as late) l
       where m.fresh
       order by g.contract_no, m.seq`,
};

const closing: SectionQuery = {
  totals: ['outstanding', 'outstandingActual'],
  sql: `with ${facts},
      held as (
        select m.guarantee_id, sum(m.delta)::bigint as outstanding, bool_or(m.fresh) as fresh,
               coalesce(sum(m.amount) filter (where m.kind = 5 and u.guarantee_id is null), 0)::bigint as claims,
               coalesce(sum(m.cash) filter (where m.kind = 5 and u.guarantee_id is null), 0)::bigint as claim_cash,
               coalesce(sum(m.amount) filter (where m.kind = 6 and u.guarantee_id is null), 0)::bigint as recoveries,
               coalesce(bool_or(m.kind = 9 and u.guarantee_id is null), false) as written_off,
               (array_agg(m.kind order by m.occurred_on desc, m.seq desc)
                 filter (where m.kind in (2, 4, 5, 10) and u.guarantee_id is null))[1] as last_kind,
               max(m.extended_to_on) filter (where u.guarantee_id is null) as due_on
          from mv m
          left join undone u on u.guarantee_id = m.guarantee_id and u.reverses_seq = m.seq
         group by m.guarantee_id),
      shown as (
        select g.*, h.claims, h.claim_cash, h.recoveries, h.written_off, h.last_kind,
               coalesce(h.outstanding, 0) as held_outstanding, coalesce(h.due_on, g.ends_on) as held_due_on,
               case when g.guaranteed = g.principal then coalesce(h.outstanding, 0)
                    else round(coalesce(h.outstanding, 0)::numeric * g.guaranteed / g.principal)::bigint end as actual
          from known g left join held h on h.guarantee_id = g.id
         where coalesce(h.outstanding, 0) <> 0 or g.fresh or h.fresh)
      select json_build_object('contract_no', s.contract_no,
               'outstanding', ${yuan('s.held_outstanding')}, 'outstanding_actual', ${yuan('s.actual')},
               'principal', ${yuan('s.principal')}, 'guaranteed', ${yuan('s.guaranteed')},
               'claims', ${yuan('coalesce(s.claims, 0)')}, 'claim_cash', ${yuan('coalesce(s.claim_cash, 0)')},
               'recoveries', ${yuan('coalesce(s.recoveries, 0)')}, 'county', s.county, 'primary_tag', s.primary_tag, 'tags', s.tags,
               'status', case when s.written_off then 'written-off' when s.held_outstanding > 0 then 'in-force'
                 when s.last_kind = 10 then 'transferred' when s.last_kind = 5 then 'claimed'
                 when s.last_kind in (2, 4) then 'released' else 'pending' end,
               'starts_on', s.starts_on, 'ends_on', s.ends_on, 'due_on', s.held_due_on,
               'identity_hash', c.identity_hash)::text as line,
             array[s.held_outstanding, s.actual, case when s.held_outstanding <> 0 then 1 else 0 end]::bigint[] as sums
        from shown s
        join customers.customer c on c.guarantor_id = s.guarantor_id and c.id = s.customer_id
       order by s.contract_no`,
};

const queries: Record<Section, SectionQuery> = { master, movements, closing };

const fetchRows = 2000;

/** One section, read row by row from the database. `extra` is the last sum: late movements, or guarantees in force. */
export type BuiltSection = { digest: SectionDigest; extra: bigint; parts: Buffer[] };

/** Reads, hashes and compresses a section; memory holds the compressed bytes only. One statement, read through a cursor. */
export async function buildSection(tx: Tx, section: Section, slice: Slice): Promise<BuiltSection> {
  const { totals, sql } = queries[section];
  const hash = createHash('sm3');
  const gzip = createGzip({ level: 6, chunkSize: 1 << 18 });
  const parts: Buffer[] = [];
  gzip.on('data', (part: Buffer) => parts.push(part));
  const sums = new Array<bigint>(totals.length + 1).fill(0n);
  let rows = 0;
  for await (const row of rowsOf(tx, sql, slice)) {
    const line = `${row.line}\n`;
    hash.update(line);
    rows += 1;
    for (const [at, value] of row.sums.entries()) sums[at] = (sums[at] ?? 0n) + BigInt(value ?? 0);
    if (!gzip.write(line)) await new Promise((resolve) => gzip.once('drain', resolve));
  }
  const ended = new Promise<void>((resolve, reject) => gzip.once('end', resolve).once('error', reject));
  gzip.end();
  await ended;
  const named = totals.map((name, at) => [name, formatYuan(fen(sums[at]!))] as const);
  const digest = { rows, totals: Object.fromEntries(named), sm3: hash.digest('hex') };
  return { digest, extra: sums[totals.length]!, parts };
}

async function* rowsOf(tx: Tx, sql: string, slice: Slice): AsyncGenerator<Row> {
  const client = clientOf(tx);
  const values = [slice.guarantorId, slice.day, slice.knownAt, slice.since?.day ?? null, slice.since?.knownAt ?? null];
  // The planner knows nothing of the sizes inside; a nested loop over a whole book would never end.
  await client.query('set local enable_nestloop = off');
  await client.query(`declare package_rows no scroll cursor for ${sql}`, values);
  for (;;) {
    const { rows } = await client.query<Row>(`fetch ${fetchRows} from package_rows`);
    yield* rows;
    if (rows.length < fetchRows) break;
  }
  await client.query('close package_rows; set local enable_nestloop = on');
}
