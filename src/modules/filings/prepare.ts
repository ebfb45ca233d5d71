import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import type { FilingKind } from './contract.ts';

/** Days, both included, of one guarantor or of all that the caller sees. */
type Span = { readonly guarantorId?: number | undefined; readonly from: Day; readonly to: Day };
type Inserted = { guarantorId: number; id: bigint; kind: FilingKind };

/** One guarantee. */
type Key = { readonly guarantorId: number; readonly guaranteeId: bigint };

/**
 * Prepares the first filing of a guarantee from the book; the monthly batch takes it along. Called when a loan has been disbursed.
 * Asked again, answers the record that is there. `recordId` is null when nothing is owed: not disbursed yet, or no part of the risk
 * lies with the province or the national fund.
 */
export async function proposeFiling(tx: Tx, context: Context, key: Key): Promise<{ recordId: bigint | null }> {
  const rows = await insertFirst(tx, [key]);
  await auditPrepared(tx, context, rows);
  if (rows[0]) return { recordId: rows[0].id };
  const found = await sql<{ id: bigint }>`
    select id from filings.record
     where guarantor_id = ${key.guarantorId} and guarantee_id = ${key.guaranteeId} and kind = 'new'`.execute(tx);
  return { recordId: found.rows[0]?.id ?? null };
}

/** As `proposeFiling` for many guarantees: one statement, one audit entry for each guarantor. Answers how many were not there yet. */
export async function proposeFilings(
  tx: Tx,
  context: Context,
  guarantees: readonly Key[],
): Promise<{ prepared: number }> {
  if (guarantees.length === 0) return { prepared: 0 };
  const rows = await insertFirst(tx, guarantees);
  await auditPrepared(tx, context, rows);
  return { prepared: rows.length };
}

async function insertFirst(tx: Tx, guarantees: readonly Key[]): Promise<Inserted[]> {
  const { rows } = await sql<Inserted>`
    insert into filings.record (guarantor_id, guarantee_id, kind, occurred_on, business_no, contract_no, loan_contract_no, content)
    select b.guarantor_id, b.guarantee_id, 'new', (b.content ->> 'disbursedOn')::date, ${businessNo(sql`b.content ->> 'disbursedOn'`)},
           b.contract_no, b.loan_contract_no, b.content
      from unnest(${guarantees.map((each) => each.guarantorId)}::integer[], ${guarantees.map((each) => each.guaranteeId)}::bigint[]) o(g, id)
           ${bookOf(sql`o.g`, sql`o.id`)}
     where b.content ->> 'disbursedOn' is not null
       and (b.content ->> 'provinceShare')::numeric + (b.content ->> 'fundShare')::numeric > 0
    on conflict do nothing
    returning guarantor_id as "guarantorId", id, kind`.execute(tx);
  return rows;
}

/** What follows a first filing: an extension, a change of content, a release. */
export type ChangeCommand = {
  readonly guarantorId: number;
  readonly guaranteeId: bigint;
  readonly kind: 'extend' | 'change' | 'release';
  readonly occurredOn: Day;
  /** Tells several of one day apart, e.g. the number of the change; at most 40 characters. */
  readonly reference?: string | undefined;
  readonly extendedTo?: Day | undefined;
  readonly changes?: readonly { readonly title: string; readonly before: string; readonly after: string }[] | undefined;
};

/**
 * Prepares the filing of an extension, a change or a release, linked to the first filing of the guarantee. Asked again for the same
 * event, answers the record that is there. `recordId` is null when the guarantee was never filed: then nothing is to be changed.
 */
export async function proposeChange(
  tx: Tx,
  context: Context,
  command: ChangeCommand,
): Promise<{ recordId: bigint | null }> {
  const { guarantorId, guaranteeId, kind, occurredOn } = command;
  const reference = command.reference ?? '';
  const detail = JSON.stringify(detailOf(command));
  const { rows } = await sql<Inserted>`
    insert into filings.record (guarantor_id, guarantee_id, kind, occurred_on, reference, business_no, initial_id, contract_no, loan_contract_no,
                                content, detail)
    select b.guarantor_id, b.guarantee_id, ${kind}, ${occurredOn}::date, ${reference},
           ${followingNo(sql`f.business_no`, kind, sql`${occurredOn}::date`, reference)}, f.id, b.contract_no, b.loan_contract_no, b.content,
           ${detail}::jsonb || case when ${kind}::text = 'release' then ${releaseDetail} else '{}' end
      from filings.book b
      join filings.record f on f.guarantor_id = b.guarantor_id and f.guarantee_id = b.guarantee_id and f.kind = 'new'
     where b.guarantor_id = ${guarantorId} and b.guarantee_id = ${guaranteeId}
    on conflict do nothing
    returning guarantor_id as "guarantorId", id, kind`.execute(tx);
  await auditPrepared(tx, context, rows);
  if (rows[0]) return { recordId: rows[0].id };
  const found = await sql<{ id: bigint }>`
    select id from filings.record
     where guarantor_id = ${guarantorId} and guarantee_id = ${guaranteeId} and kind = ${kind}
       and occurred_on = ${occurredOn}::date and reference = ${reference}`.execute(tx);
  return { recordId: found.rows[0]?.id ?? null };
}

function detailOf({ kind, extendedTo, changes = [] }: ChangeCommand): Record<string, unknown> {
  if (kind === 'extend') return { extendedTo: extendedTo ?? null };
  if (kind === 'release') return {};
  const changeText = changes
    .map((each) => `${each.title}：${each.before || '（空）'} → ${each.after || '（空）'}`)
    .join('；');
  return { changes, changeText };
}

/**
 * Prepares whatever of the days between `from` and `to` (both included) the book holds and nobody has prepared: first disbursements,
 * and the extensions and releases of what was filed. One statement each, however many; asked again, it adds nothing.
 */
export async function prepareFilings(tx: Tx, context: Context, span: Span): Promise<{ prepared: number }> {
  const first = await prepareNew(tx, span);
  const following = [...(await prepareExtensions(tx, span)), ...(await prepareReleases(tx, span))];
  await auditPrepared(tx, context, [...first, ...following]);
  return { prepared: first.length + following.length };
}

const own = ({ guarantorId }: Span, column: string) =>
  sql`(${guarantorId ?? null}::integer is null or ${sql.ref(column)} = ${guarantorId ?? null})`;

async function prepareNew(tx: Tx, span: Span): Promise<Inserted[]> {
  const { rows } = await sql<Inserted>`
    insert into filings.record (guarantor_id, guarantee_id, kind, occurred_on, business_no, contract_no, loan_contract_no, content)
    with owed as materialized (
      select e.guarantor_id, e.guarantee_id, e.occurred_on
        from filings.eligible_new(${span.from}, ${span.to}) e
       where ${own(span, 'e.guarantor_id')}
         and not exists (select from filings.record r where r.guarantor_id = e.guarantor_id and r.guarantee_id = e.guarantee_id and r.kind = 'new'))
    select b.guarantor_id, b.guarantee_id, 'new', o.occurred_on, ${businessNo(sql`o.occurred_on::text`)}, b.contract_no, b.loan_contract_no, b.content
      from owed o ${bookOf(sql`o.guarantor_id`, sql`o.guarantee_id`)}
    on conflict do nothing
    returning guarantor_id as "guarantorId", id, kind`.execute(tx);
  return rows;
}

async function prepareExtensions(tx: Tx, span: Span): Promise<Inserted[]> {
  const { rows } = await sql<Inserted>`
    insert into filings.record (guarantor_id, guarantee_id, kind, occurred_on, business_no, initial_id, contract_no, loan_contract_no, content, detail)
    with owed as materialized (
      select m.guarantor_id, m.guarantee_id, m.occurred_on, m.extended_to_on, f.id as initial_id, f.business_no
      from guarantees.movement m
      join filings.record f on f.guarantor_id = m.guarantor_id and f.guarantee_id = m.guarantee_id and f.kind = 'new'
     where m.kind = 3 and m.occurred_on between ${span.from} and ${span.to} and ${own(span, 'm.guarantor_id')}
       and not exists (select from guarantees.movement y
                        where y.guarantor_id = m.guarantor_id and y.guarantee_id = m.guarantee_id and y.reverses_seq = m.seq)
       and not exists (select from filings.record r
                        where r.guarantor_id = m.guarantor_id and r.guarantee_id = m.guarantee_id and r.kind = 'extend' and r.occurred_on = m.occurred_on))
    select b.guarantor_id, b.guarantee_id, 'extend', o.occurred_on, ${followingNo(sql`o.business_no`, 'extend', sql`o.occurred_on`, '')},
           o.initial_id, b.contract_no, b.loan_contract_no, b.content, jsonb_build_object('extendedTo', o.extended_to_on)
      from owed o ${bookOf(sql`o.guarantor_id`, sql`o.guarantee_id`)}
    on conflict do nothing
    returning guarantor_id as "guarantorId", id, kind`.execute(tx);
  return rows;
}

async function prepareReleases(tx: Tx, span: Span): Promise<Inserted[]> {
  const { rows } = await sql<Inserted>`
    insert into filings.record (guarantor_id, guarantee_id, kind, occurred_on, business_no, initial_id, contract_no, loan_contract_no, content, detail)
    with owed as materialized (
      select g.guarantor_id, g.id as guarantee_id, f.id as initial_id, f.business_no
        from guarantees.guarantee g
        join filings.record f on f.guarantor_id = g.guarantor_id and f.guarantee_id = g.id and f.kind = 'new'
       where g.status in ('released', 'claimed', 'written-off') and ${own(span, 'g.guarantor_id')}
         and not exists (select from filings.record r where r.guarantor_id = g.guarantor_id and r.guarantee_id = g.id and r.kind = 'release'))
    select b.guarantor_id, b.guarantee_id, 'release', (b.content ->> 'releasedOn')::date,
           ${followingNo(sql`o.business_no`, 'release', sql`(b.content ->> 'releasedOn')::date`, '')}, o.initial_id, b.contract_no,
           b.loan_contract_no, b.content, ${releaseDetail}
      from owed o ${bookOf(sql`o.guarantor_id`, sql`o.guarantee_id`)}
     where (b.content ->> 'releasedOn')::date between ${span.from} and ${span.to}
    on conflict do nothing
    returning guarantor_id as "guarantorId", id, kind`.execute(tx);
  return rows;
}

/** The book of each row, looked up by its key: the planner would otherwise read all of the book for a handful of rows. */
const bookOf = (guarantorId: ReturnType<typeof sql>, guaranteeId: ReturnType<typeof sql>) =>
  sql`cross join lateral (select * from filings.book k where k.guarantor_id = ${guarantorId} and k.guarantee_id = ${guaranteeId} offset 0) b`;

/** '太原机构编码-202610-00000042': whose, since when, which. */
const businessNo = (day: ReturnType<typeof sql>) =>
  sql`(b.content ->> 'institutionCode') || '-' || replace(left(${day}, 7), '-', '') || '-' || lpad(b.guarantee_id::text, 8, '0')`;

const suffixes = { new: '', extend: 'ZQ', change: 'BG', release: 'JB' } as const;
const followingNo = (
  initial: ReturnType<typeof sql>,
  kind: FilingKind,
  day: ReturnType<typeof sql>,
  reference: string,
) =>
  sql`${initial} || ${`-${suffixes[kind]}`} || to_char(${day}, 'YYYYMMDD') || ${reference === '' ? '' : `-${reference}`}`;

const releaseDetail = sql`jsonb_build_object('releaseTitle', case when coalesce(b.content ->> 'claimed', '0') = '0' then '正常解保' else '代偿解保' end)`;

/** One entry for each guarantor, with how many of each kind. */
async function auditPrepared(tx: Tx, context: Context, rows: readonly Inserted[]): Promise<void> {
  for (const [guarantorId, own] of Map.groupBy(rows, (row) => row.guarantorId)) {
    const counts = Map.groupBy(own, (row) => row.kind);
    const only = own.length === 1 ? own[0] : undefined;
    await appendAudit(tx, context, {
      chain: guarantorId,
      action: 'filings.prepare',
      subject: `filing:${guarantorId}/${only ? only.id : 'month'}`,
      detail: {
        rows: own.length,
        kinds: [...counts].map(([kind, each]) => `${kind} ${each.length}`).sort(),
      },
    });
  }
}
