import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import { appendAudit } from '../audit/index.ts';
import { defaultChains } from './default-chains.ts';
import { delegationRefusals } from './rules/delegation.ts';

/** A delegation with its names. */
export type DelegationRow = {
  id: number;
  fromUser: number;
  fromName: string;
  toUser: number;
  toName: string;
  from: Day;
  to: Day;
  chains: string[] | null;
  reason: string;
  isRevoked: boolean;
};

/** A colleague to whom work may be delegated. */
export type Colleague = {
  readonly userId: number;
  readonly name: string;
  readonly institution: string;
  readonly roles: string[];
};

/**
 * The caller has somebody act for him, for days and chains. Refused: himself, somebody who may not act in approvals of the same
 * institution, days gone by, and a ring of delegations that would lead back to him.
 */
export async function delegate(
  tx: Tx,
  context: Context,
  command: { to: number; from: Day; until: Day; chains: readonly string[] | null; reason: string },
): Promise<{ id: number }> {
  const { actor, clock } = context;
  await sql`select pg_advisory_xact_lock(100, 0)`.execute(tx);
  const colleagues = await colleaguesOf(tx, actor.userId);
  const { rows: others } = await sql<DelegationRow>`
    select from_user as "fromUser", to_user as "toUser", from_on as "from", to_on as "to", chains
      from approvals.delegation where revoked_at is null and to_on >= ${clock.today()} order by id limit 5000`.execute(
    tx,
  );
  const refusals = delegationRefusals(
    { ...command, fromUser: actor.userId },
    {
      today: clock.today(),
      isColleague: colleagues.some((each) => each.userId === command.to),
      chains: defaultChains.map((each) => each.code),
      others,
    },
  );
  if (refusals.length > 0) throw new Refused(refusals);
  const { rows } = await sql<{ id: number; institutionId: number }>`
    insert into approvals.delegation (institution_id, from_user, to_user, from_on, to_on, chains, reason)
    select p.institution_id, p.id, ${command.to}, ${command.from}, ${command.until}, ${command.chains}, ${command.reason}
      from identity.person p where p.id = ${actor.userId}
    returning id, institution_id as "institutionId"`.execute(tx);
  const made = rows[0]!;
  await appendAudit(tx, context, {
    chain: made.institutionId,
    action: 'approvals.delegate',
    subject: `delegation:${made.id}`,
    detail: { from: command.from, to: command.until },
  });
  return { id: made.id };
}

/** Ends a delegation at once. Only who gave it may. */
export async function revokeDelegation(tx: Tx, context: Context, id: number): Promise<void> {
  const { rows } = await sql<{ institutionId: number }>`
    update approvals.delegation set revoked_at = ${context.clock.now()}
     where id = ${id} and from_user = ${context.actor.userId} and revoked_at is null
    returning institution_id as "institutionId"`.execute(tx);
  if (!rows[0])
    throw new Refused({ code: 'delegation-unknown', message: '没有这项委托，或已撤销，或不是您委托的' }, 404);
  await appendAudit(tx, context, {
    chain: rows[0].institutionId,
    action: 'approvals.revoke-delegation',
    subject: `delegation:${id}`,
    detail: {},
  });
}

/** Delegations the caller gave or received, the newest first. */
export async function listDelegations(
  tx: Tx,
  userId: number,
  after: string | undefined,
  limit: number,
): Promise<Page<DelegationRow>> {
  const before = Number(keysOf(after, 1)?.[0] ?? 0) || null;
  const { rows } = await sql<DelegationRow>`
    select d.id, d.from_user as "fromUser", f.name as "fromName", d.to_user as "toUser", t.name as "toName", d.from_on as "from",
           d.to_on as "to", d.chains, d.reason, d.revoked_at is not null as "isRevoked"
      from approvals.delegation d
      join identity.person f on f.id = d.from_user
      join identity.person t on t.id = d.to_user
     where ${userId} in (d.from_user, d.to_user) and (${before}::integer is null or d.id < ${before})
     order by d.id desc
     limit ${limit}`.execute(tx);
  return { rows, next: rows.length === limit ? cursorOf(rows.at(-1)!.id) : null };
}

/** Active people of the caller's institution who may act in approvals, himself left out. */
export async function colleaguesOf(tx: Tx, userId: number): Promise<Colleague[]> {
  const { rows } = await sql<Colleague>`
    select u.id as "userId", u.name, i.short_name as institution, array_agg(g.role_code order by g.role_code) as roles
      from identity.user_account me
      join identity.user_account u on u.institution_id = me.institution_id and u.id <> me.id and u.person_key <> me.person_key
      join institutions.institution i on i.id = u.institution_id
      join identity.role_grant g on g.user_id = u.id and g.revoked_at is null
     where me.id = ${userId} and u.status = 'active' and u.kind = 'person'
       and exists (select from identity.role_permission p where p.role_code = g.role_code and p.permission_code = 'approvals.act')
     group by u.id, u.name, i.short_name
     order by u.name, u.id
     limit 500`.execute(tx);
  return rows;
}
