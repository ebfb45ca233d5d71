import { type RawBuilder, sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { keptPlan, type Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import type { ApprovalStatus } from './contract.ts';

/** One row of any box. `at` is when it was done or sent. */
export type ListRow = {
  instanceId: bigint;
  taskSeq: number | null;
  guarantorId: number;
  guarantorName: string;
  subject: string;
  chain: string;
  chainTitle: string;
  title: string;
  href: string;
  amount: Fen | null;
  status: ApprovalStatus;
  node: string | null;
  nodeTitle: string | null;
  kind: string | null;
  initiator: string;
  startedOn: Day;
  dueOn: Day | null;
  onBehalfOf: string | null;
  verb: string | null;
  opinion: string | null;
  at: Date | null;
};

/** Whose list, on which day, narrowed to what. */
export type ListFilter = {
  readonly userId: number;
  readonly permissions: readonly string[];
  readonly today: Day;
  readonly chain?: string | undefined;
  readonly status?: ApprovalStatus | undefined;
  readonly isLate?: boolean | undefined;
  readonly q?: string | undefined;
};

const matterColumns = sql`
  i.id as "instanceId", i.guarantor_id as "guarantorId", n.short_name as "guarantorName", i.subject, i.chain_code as chain,
  c.title as "chainTitle", i.title, i.href, i.amount, i.status, p.name as initiator, i.started_on as "startedOn"`;
const matterJoins = sql`
  join institutions.institution n on n.id = i.guarantor_id
  join approvals.chain c on c.code = i.chain_code
  join identity.person p on p.id = i.initiator_id`;

/** Hits of a title that are looked at for one page. */
const hitsMax = 500;
const newest = '9223372036854775807';

/** Matters of which the title says this, newest first, by the index of pairs of characters (migration 0176). */
async function hitsOf(tx: Tx, q: string | undefined, below: string): Promise<bigint[] | undefined> {
  if (!q) return undefined;
  const { rows } = await sql<{ id: bigint }>`
    select id from approvals.titled(${q}, ${below}::bigint, ${hitsMax})`.execute(tx);
  return rows.map((each) => each.id);
}

const narrowed = ({ chain, status }: ListFilter): RawBuilder<unknown> =>
  sql`(${chain ?? null}::text is null or i.chain_code = ${chain ?? null})
    and (${status ?? null}::text is null or i.status = ${status ?? null})`;

/** Few rows are told apart by their text as they come: no index is asked. */
function saying(q: string | undefined): RawBuilder<unknown> {
  return q ? sql`position(lower(${q}) in lower(i.title)) > 0` : sql`true`;
}

/** 待办: open tasks the caller may do, in his own name or for whoever delegated to him, the soonest due first. */
export async function listTodo(
  tx: Tx,
  filter: ListFilter,
  after: string | undefined,
  limit: number,
): Promise<Page<ListRow>> {
  const from = keysOf(after, 3);
  const { userId, today } = filter;
  const { rows } = await sql<ListRow>`${sql.raw(keptPlan)}
    with mine as materialized (
      select g.role_code from identity.role_grant g where g.user_id = ${userId} and g.revoked_at is null),
    me as materialized (select approvals.person_of(${userId}) as person),
    principal as materialized (
      select d.from_user, d.chains, array_agg(g.role_code) as roles, min(f.name) as name, min(f.institution_id) as home,
             approvals.person_of(d.from_user) as person
        from approvals.delegation d
        join identity.person f on f.id = d.from_user
        join identity.role_grant g on g.user_id = d.from_user and g.revoked_at is null
       where d.to_user = ${userId} and d.revoked_at is null and ${today} between d.from_on and d.to_on
         and not approvals.has_left(d.from_user)
       group by d.id, d.from_user, d.chains),
    -- Which open tasks may concern the caller at all, by the indexes of open tasks.
    near as materialized (
      select t.* from approvals.task t
       where t.status = 'open'
         and (t.role_code = any (array(select role_code from mine union select unnest(roles) from principal))
              or t.user_id = any (array(select ${userId}::integer union select from_user from principal))))
    select ${matterColumns}, t.seq as "taskSeq", t.node, t.node_title as "nodeTitle", t.kind, t.due_on as "dueOn",
           who.name as "onBehalfOf", null::text as verb, null::text as opinion, t.opened_at as at
      from near t
      join approvals.instance i on i.id = t.instance_id ${matterJoins}
     cross join me
     cross join lateral (
       select null::text as name
        where t.user_id = ${userId}
           or (t.role_code in (select role_code from mine) and (t.user_id is null or approvals.has_left(t.user_id)))
       union all
       select * from (
         select d.name from principal d
          where t.kind in ('node', 'extra') and (d.chains is null or i.chain_code = any (d.chains))
            and (t.user_id = d.from_user or (t.user_id is null and t.role_code = any (d.roles)))
            and not (t.bars_initiator and d.person = i.initiator_person)
          order by d.from_user limit 1) one
       limit 1) who
     where not (t.bars_initiator and i.initiator_person = me.person)
       and not (t.decides and t.kind in ('node', 'committee') and i.permission <> all (${filter.permissions}))
       and not exists (select from approvals.ballot b where b.instance_id = t.instance_id and b.task_seq = t.seq and b.user_id = ${userId})
       and not exists (select from approvals.recusal r where r.instance_id = t.instance_id and r.task_seq = t.seq and r.user_id = ${userId})
       and ${narrowed(filter)} and ${saying(filter.q)}
       and (not ${filter.isLate ?? false}::boolean or t.due_on < ${today})
       and (${from?.[0] ?? null}::date is null
            or (t.due_on, t.instance_id, t.seq) > (${from?.[0] ?? null}::date, ${from?.[1] ?? null}::bigint, ${from?.[2] ?? null}::smallint))
     order by t.due_on, t.instance_id, t.seq
     limit ${limit}`.execute(tx);
  const last = rows.at(-1);
  return { rows, next: last && rows.length === limit ? cursorOf(last.dueOn!, last.instanceId, last.taskSeq!) : null };
}

/** 已办: what the caller did, the newest first. */
export async function listDone(
  tx: Tx,
  filter: ListFilter,
  after: string | undefined,
  limit: number,
): Promise<Page<ListRow>> {
  return byId(
    await sql<ListRow & { key: bigint }>`
    select ${matterColumns}, e.id as key, e.task_seq as "taskSeq", e.node, t.node_title as "nodeTitle", t.kind, null::date as "dueOn",
           b.name as "onBehalfOf", e.verb, e.opinion, e.recorded_at as at
      from approvals.event e
      join approvals.instance i on i.id = e.instance_id ${matterJoins}
      left join approvals.task t on t.instance_id = e.instance_id and t.seq = e.task_seq
      left join identity.person b on b.id = e.on_behalf_of
     where e.by_user = ${filter.userId} and e.verb not in ('start', 'resubmit', 'withdraw') and ${narrowed(filter)} and ${saying(filter.q)}
       and ${beforeKey(sql`e.id`, after)}
     order by e.id desc
     limit ${limit}`.execute(tx),
    limit,
  );
}

/** 抄送: outcomes sent to a role the caller holds, the newest first. */
export async function listCopied(
  tx: Tx,
  filter: ListFilter,
  after: string | undefined,
  limit: number,
): Promise<Page<ListRow>> {
  return byId(
    await sql<ListRow & { key: bigint }>`
    select ${matterColumns}, k.id as key, ${noTask}, k.sent_at as at
      from approvals.copy k
      join approvals.instance i on i.id = k.instance_id ${matterJoins}
     where k.role_code in (select g.role_code from identity.role_grant g where g.user_id = ${filter.userId} and g.revoked_at is null)
       and ${narrowed(filter)} and ${saying(filter.q)} and ${beforeKey(sql`k.id`, after)}
     order by k.id desc
     limit ${limit}`.execute(tx),
    limit,
  );
}

/** 我发起的 (`isMine`), or every approval the caller may see; the newest first. */
export async function listMatters(
  tx: Tx,
  filter: ListFilter & { readonly isMine: boolean },
  after: string | undefined,
  limit: number,
): Promise<Page<ListRow>> {
  const hits = filter.isMine ? undefined : await hitsOf(tx, filter.q, keysOf(after, 1)?.[0] ?? newest);
  if (hits?.length === 0) return { rows: [], next: null };
  const page = byId(
    await sql<ListRow & { key: bigint }>`
    select ${matterColumns}, i.id as key, null::smallint as "taskSeq", now.node, now.node_title as "nodeTitle", now.kind, now.due_on as "dueOn",
           null::text as "onBehalfOf", null::text as verb, null::text as opinion, i.closed_at as at
      from approvals.instance i ${matterJoins}
      left join lateral (
        select t.node, t.node_title, t.kind, t.due_on from approvals.task t
         where t.instance_id = i.id and t.status = 'open' order by t.due_on, t.seq limit 1) now on true
     where ${filter.isMine ? sql`i.initiator_id = ${filter.userId} and ${saying(filter.q)}` : await ownMatters(tx)}
       and ${hits ? sql`i.id = any (${hits})` : sql`true`} and ${narrowed(filter)}
       and ${filter.isLate ? lateMatters(filter.today) : sql`true`} and ${beforeKey(sql`i.id`, after)}
     order by i.id desc
     limit ${limit}`.execute(tx),
    limit,
  );
  return page.next === null && hits?.length === hitsMax ? { ...page, next: cursorOf(hits.at(-1)!) } : page;
}

/** Says to the planner what row security will say anyway, so that it goes along the right index. */
async function ownMatters(tx: Tx): Promise<RawBuilder<unknown>> {
  const { rows } = await sql<{ seesAll: boolean; own: number[] }>`
    select identity.sees_all() as "seesAll", identity.my_guarantors() as own`.execute(tx);
  const { seesAll = false, own = [] } = rows[0] ?? {};
  return !seesAll && own.length === 1 ? sql`i.guarantor_id = ${own[0]!}` : sql`true`;
}

const lateMatters = (today: Day): RawBuilder<unknown> =>
  sql`i.id in (select t.instance_id from approvals.task t where t.status = 'open' and t.due_on < ${today})`;

const noTask = sql`null::smallint as "taskSeq", null::text as node, null::text as "nodeTitle", null::text as kind, null::date as "dueOn",
           null::text as "onBehalfOf", null::text as verb, null::text as opinion`;

function beforeKey(column: RawBuilder<unknown>, after: string | undefined): RawBuilder<unknown> {
  const key = keysOf(after, 1)?.[0];
  return key && /^\d{1,19}$/.test(key) ? sql`${column} < ${BigInt(key)}` : sql`true`;
}

function byId({ rows }: { rows: (ListRow & { key: bigint })[] }, limit: number): Page<ListRow> {
  const last = rows.at(-1);
  return { rows, next: last && rows.length === limit ? cursorOf(last.key) : null };
}

/** One line of the history with names. */
export type EventRow = {
  id: bigint;
  at: Date;
  by: string;
  byUser: number;
  onBehalfOf: string | null;
  verb: string;
  nodeTitle: string | null;
  seq: number | null;
  opinion: string;
  detail: Readonly<Record<string, unknown>>;
};

/** The history of an approval, oldest first; at most 2,000 lines. */
export async function eventsOf(tx: Tx, instanceId: bigint): Promise<EventRow[]> {
  const { rows } = await sql<EventRow>`${sql.raw(keptPlan)}
    select e.id, e.recorded_at as at, e.by_user as "byUser", p.name as by, b.name as "onBehalfOf", e.verb, t.node_title as "nodeTitle",
           e.task_seq as seq, e.opinion, e.detail
      from approvals.event e
      join identity.person p on p.id = e.by_user
      left join identity.person b on b.id = e.on_behalf_of
      left join approvals.task t on t.instance_id = e.instance_id and t.seq = e.task_seq
     where e.instance_id = ${instanceId}
     order by e.id
     limit 2000`.execute(tx);
  return rows;
}
