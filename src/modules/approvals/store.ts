import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { keptPlan, type Tx } from '../../platform/db.ts';
import type { ApprovalStatus, ChainBody, Vote } from './contract.ts';
import type { Ballot, Deputy, Happening, Member, Recusal, State, Task } from './rules/state.ts';

/** An approval's own row with the chain version it is pinned to. */
export type InstanceRow = {
  readonly id: bigint;
  readonly guarantorId: number;
  readonly guarantorName: string;
  readonly subject: string;
  readonly chain: string;
  readonly chainTitle: string;
  readonly version: number;
  readonly body: ChainBody;
  readonly source: string;
  readonly unverified: string | null;
  readonly permission: string;
  readonly title: string;
  readonly href: string;
  readonly amount: Fen | null;
  readonly facts: Readonly<Record<string, string>>;
  readonly status: ApprovalStatus;
  readonly path: readonly string[];
  readonly round: number;
  readonly submittedRound: number;
  readonly returnedTo: string | null;
  readonly resumeNode: string | null;
  readonly resumeUser: number | null;
  readonly initiatorId: number;
  readonly initiatorPerson: number;
  readonly initiatorHasLeft: boolean;
  readonly startedAt: Date;
  readonly startedOn: Day;
  readonly closedAt: Date | null;
};

/** A task with what the rules need not know. */
export type TaskRow = Task & {
  readonly nodeTitle: string;
  readonly dueOn: Day;
  readonly openedAt: Date;
  readonly decidedAt: Date | null;
};
export type Loaded = { readonly row: InstanceRow; readonly tasks: readonly TaskRow[]; readonly state: State };

/** Finds the newest approval of a subject, or an approval by id; locked until commit where asked. Undefined when there is none to be seen. */
export async function loadInstance(
  tx: Tx,
  by: { readonly id: bigint } | { readonly guarantorId: number; readonly subject: string },
  lock = false,
): Promise<Loaded | undefined> {
  const which =
    'id' in by ? sql`i.id = ${by.id}` : sql`i.guarantor_id = ${by.guarantorId} and i.subject = ${by.subject}`;
  const { rows } = await sql<InstanceRow>`${sql.raw(keptPlan)}
    select i.id, i.guarantor_id as "guarantorId", n.short_name as "guarantorName", i.subject, i.chain_code as chain, c.title as "chainTitle",
           i.chain_version as version, v.body, v.source, v.unverified, i.permission, i.title, i.href, i.amount, i.facts, i.status, i.path,
           i.round, i.submitted_round as "submittedRound", i.returned_to as "returnedTo", i.resume_node as "resumeNode",
           i.resume_user as "resumeUser", i.initiator_id as "initiatorId", i.initiator_person as "initiatorPerson",
           approvals.has_left(i.initiator_id) as "initiatorHasLeft", i.started_at as "startedAt", i.started_on as "startedOn",
           i.closed_at as "closedAt"
      from approvals.instance i
      join institutions.institution n on n.id = i.guarantor_id
      join approvals.chain c on c.code = i.chain_code
      join approvals.chain_version v on v.chain_code = i.chain_code and v.version = i.chain_version
     where ${which}
     order by i.guarantor_id, i.subject, i.id desc
     limit 1 ${lock ? sql`for update of i` : sql``}`.execute(tx);
  const row = rows[0];
  if (!row) return undefined;
  const tasks = await tasksOf(tx, row.id);
  const { ballots, recusals } = await voicesOf(tx, row.id);
  const { status, path, round, submittedRound, returnedTo, resumeNode, resumeUser } = row;
  const state: State = {
    ...{ status, path, round, submittedRound, returnedTo, resumeNode, resumeUser, ballots, recusals },
    tasks: tasks.map(({ nodeTitle, dueOn, openedAt, decidedAt, ...task }) => task),
  };
  return { row, tasks, state };
}

async function tasksOf(tx: Tx, id: bigint): Promise<TaskRow[]> {
  const { rows } = await sql<TaskRow>`
    select seq, node, node_title as "nodeTitle", round, kind, role_code as role, decides, bars_initiator as "barsInitiator",
           user_id as "userId", status, opened_at as "openedAt", due_on as "dueOn", parent_seq as parent, place, verb,
           decided_by as "decidedBy", on_behalf_of as "onBehalfOf", decided_at as "decidedAt", opinion
      from approvals.task where instance_id = ${id} order by seq limit 2000`.execute(tx);
  return rows;
}

async function voicesOf(tx: Tx, id: bigint): Promise<{ ballots: Ballot[]; recusals: Recusal[] }> {
  const { rows } = await sql<{ seq: number; userId: number; vote: Vote | null; text: string }>`
    select task_seq as seq, user_id as "userId", vote, opinion as text, recorded_at from approvals.ballot where instance_id = ${id}
     union all
    select task_seq, user_id, null, reason, recorded_at from approvals.recusal where instance_id = ${id}
     order by recorded_at, "userId"
     limit 2000`.execute(tx);
  return {
    ballots: rows.flatMap(({ seq, userId, vote, text }) => (vote ? [{ seq, userId, vote, opinion: text }] : [])),
    recusals: rows.flatMap(({ seq, userId, vote, text }) => (vote ? [] : [{ seq, userId, reason: text }])),
  };
}

/** Everyone who may act for the guarantor, one row a role; `mayDecide` by the permission given. */
export async function staffOf(
  tx: Tx,
  guarantorId: number,
  permission: string,
): Promise<(Member & { institutionId: number; institutionName: string })[]> {
  const { rows } = await sql<Member & { institutionId: number; institutionName: string }>`
    select user_id as "userId", person_id as "personId", name, role_code as role, may_decide as "mayDecide",
           institution_id as "institutionId", institution_name as "institutionName"
      from approvals.staff(${guarantorId}, ${permission})`.execute(tx);
  return rows;
}

/** Who acts for whom on a day in a chain. */
export async function deputiesOn(tx: Tx, chain: string, on: Day): Promise<Deputy[]> {
  const { rows } = await sql<Deputy>`
    select from_user as "fromUser", to_user as "toUser"
      from approvals.delegation
     where revoked_at is null and ${on} between from_on and to_on and (chains is null or ${chain} = any (chains))
     order by id
     limit 5000`.execute(tx);
  return rows;
}

/** The least account of the same person. */
export async function personOfUser(tx: Tx, userId: number): Promise<number> {
  const { rows } = await sql<{ person: number | null }>`select approvals.person_of(${userId}) as person`.execute(tx);
  return rows[0]?.person ?? userId;
}

/** Names of people by user id. */
export async function namesOf(tx: Tx, userIds: readonly (number | null)[]): Promise<ReadonlyMap<number, string>> {
  const ids = [...new Set(userIds.filter((each) => each !== null))];
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: number; name: string }>`
    select id, name from identity.person where id = any (${ids})`.execute(tx);
  return new Map(rows.map((each) => [each.id, each.name]));
}

/** What a new approval is made of. */
export type NewInstance = Omit<
  InstanceRow,
  'id' | 'guarantorName' | 'chainTitle' | 'body' | 'source' | 'unverified' | 'initiatorHasLeft' | 'closedAt'
>;

/** Stores a new approval; undefined when the subject has one under way. */
export async function insertInstance(tx: Tx, given: NewInstance): Promise<bigint | undefined> {
  const { rows } = await sql<{ id: bigint }>`
    insert into approvals.instance (guarantor_id, subject, chain_code, chain_version, permission, title, href, amount, facts, status, path,
        initiator_id, initiator_person, started_at, started_on)
    values (${given.guarantorId}, ${given.subject}, ${given.chain}, ${given.version}, ${given.permission}, ${given.title}, ${given.href},
        ${given.amount}, ${JSON.stringify(given.facts)}, ${given.status}, ${given.path}, ${given.initiatorId}, ${given.initiatorPerson},
        ${given.startedAt}, ${given.startedOn})
    on conflict (guarantor_id, subject) where status in ('open', 'returned') do nothing
    returning id`.execute(tx);
  return rows[0]?.id;
}

/** What a resubmission says anew. */
export const updateMatter = (
  tx: Tx,
  id: bigint,
  given: { title: string; href: string; amount: Fen | null; facts: Readonly<Record<string, string>> },
): Promise<unknown> =>
  sql`update approvals.instance
         set title = ${given.title}, href = ${given.href}, amount = ${given.amount}, facts = ${JSON.stringify(given.facts)}
       where id = ${id}`.execute(tx);

/** What a step changed, ready to be stored. */
export type Saving = {
  readonly id: bigint;
  readonly guarantorId: number;
  readonly at: Date;
  readonly before: State;
  readonly after: State;
  readonly events: readonly Happening[];
  /** Title and last day of a new task. */
  readonly about: (task: Task) => { readonly nodeTitle: string; readonly dueOn: Day };
};

/** Stores a step: the instance, its new and changed tasks, votes and history. */
export async function saveStep(tx: Tx, saving: Saving): Promise<void> {
  const { id, guarantorId, at, before, after } = saving;
  const isClosed = after.status !== 'open' && after.status !== 'returned';
  await sql`
    update approvals.instance
       set status = ${after.status}, path = ${after.path}, round = ${after.round}, submitted_round = ${after.submittedRound},
           returned_to = ${after.returnedTo}, resume_node = ${after.resumeNode}, resume_user = ${after.resumeUser},
           closed_at = ${isClosed ? at : null}
     where id = ${id}`.execute(tx);
  const known = new Map(before.tasks.map((each) => [each.seq, each]));
  const added = after.tasks.filter((each) => !known.has(each.seq));
  const changed = after.tasks.filter((each) => {
    const old = known.get(each.seq);
    return old && (old.status !== each.status || old.userId !== each.userId);
  });
  if (added.length > 0) await insertTasks(tx, saving, added);
  if (changed.length > 0) await updateTasks(tx, saving, changed);
  await insertVoices(tx, saving);
  const lines = saving.events.map((each, order) => ({ ...each, order }));
  await sql`
    insert into approvals.event (guarantor_id, instance_id, task_seq, node, verb, opinion, detail, by_user, on_behalf_of, recorded_at)
    select ${guarantorId}, ${id}, seq, node, verb, opinion, detail, by, "onBehalfOf", ${at}
      from jsonb_to_recordset(${JSON.stringify(lines)}) as e
        (seq smallint, node text, verb text, opinion text, detail jsonb, by integer, "onBehalfOf" integer, "order" integer)
     order by "order"`.execute(tx);
}

async function insertTasks(tx: Tx, { id, guarantorId, at, about }: Saving, tasks: readonly Task[]): Promise<void> {
  const lines = tasks.map((each) => ({ ...each, ...about(each) }));
  await sql`
    insert into approvals.task (guarantor_id, instance_id, seq, node, node_title, round, kind, role_code, decides, bars_initiator, user_id, status,
        opened_at, due_on, parent_seq, place, verb, decided_by, on_behalf_of, decided_at, opinion)
    select ${guarantorId}, ${id}, seq, node, "nodeTitle", round, kind, role, decides, "barsInitiator", "userId", status,
           ${at}, "dueOn", parent, place, verb, "decidedBy", "onBehalfOf", case when status = 'done' then ${at}::timestamptz end, opinion
      from jsonb_to_recordset(${JSON.stringify(lines)}) as t
        (seq smallint, node text, "nodeTitle" text, round smallint, kind text, role text, decides boolean, "barsInitiator" boolean,
         "userId" integer, status text, "dueOn" date, parent smallint, place text, verb text, "decidedBy" integer,
         "onBehalfOf" integer, opinion text)
     order by seq`.execute(tx);
}

async function updateTasks(tx: Tx, { id, at }: Saving, tasks: readonly Task[]): Promise<void> {
  await sql`
    update approvals.task t
       set status = c.status, user_id = c."userId", verb = c.verb, decided_by = c."decidedBy", on_behalf_of = c."onBehalfOf",
           opinion = c.opinion, decided_at = case when c.status = 'done' then ${at}::timestamptz end
      from jsonb_to_recordset(${JSON.stringify(tasks)}) as c
        (seq smallint, status text, "userId" integer, verb text, "decidedBy" integer, "onBehalfOf" integer, opinion text)
     where t.instance_id = ${id} and t.seq = c.seq`.execute(tx);
}

async function insertVoices(tx: Tx, { id, guarantorId, at, before, after }: Saving): Promise<void> {
  const isNew = (each: { seq: number; userId: number }, old: readonly { seq: number; userId: number }[]) =>
    !old.some((other) => other.seq === each.seq && other.userId === each.userId);
  const ballots = after.ballots.filter((each) => isNew(each, before.ballots));
  const recusals = after.recusals.filter((each) => isNew(each, before.recusals));
  if (ballots.length > 0) {
    await sql`
      insert into approvals.ballot (guarantor_id, instance_id, task_seq, user_id, vote, opinion, recorded_at)
      select ${guarantorId}, ${id}, seq, "userId", vote, opinion, ${at}
        from jsonb_to_recordset(${JSON.stringify(ballots)}) as b (seq smallint, "userId" integer, vote text, opinion text)`.execute(
      tx,
    );
  }
  if (recusals.length > 0) {
    await sql`
      insert into approvals.recusal (guarantor_id, instance_id, task_seq, user_id, reason, recorded_at)
      select ${guarantorId}, ${id}, seq, "userId", reason, ${at}
        from jsonb_to_recordset(${JSON.stringify(recusals)}) as r (seq smallint, "userId" integer, reason text)`.execute(
      tx,
    );
  }
}

/** 抄送: tells roles of the outcome, once each. */
export async function sendCopies(
  tx: Tx,
  given: { id: bigint; guarantorId: number; roles: readonly string[]; at: Date },
): Promise<void> {
  if (given.roles.length === 0) return;
  await sql`
    insert into approvals.copy (guarantor_id, instance_id, role_code, sent_at)
    select ${given.guarantorId}, ${given.id}, r.code, ${given.at} from identity.role r where r.code = any (${given.roles})
    on conflict do nothing`.execute(tx);
}
