import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';

/** An account with what decides about it. Never crosses the wire. */
export type Account = {
  readonly id: number;
  readonly account: string;
  readonly name: string;
  readonly personKey: string;
  readonly kind: 'person' | 'service' | 'system';
  readonly status: 'active' | 'disabled';
  readonly passwordHash: string | null;
  readonly totpSecret: string | null;
  readonly institution: { id: number; name: string; kind: string; level: number; regionCode: number } | null;
  readonly roles: readonly string[];
};

/** One account by id. Throws Refused (404) when the caller may not see it or there is none. */
export async function accountOf(tx: Tx, userId: number): Promise<Account> {
  const { rows } = await sql<Account>`
    select u.id, u.account, u.name, u.person_key as "personKey", u.kind, u.status, u.password_hash as "passwordHash",
           u.totp_secret as "totpSecret",
           case when i.id is not null then jsonb_build_object('id', i.id, 'name', i.name, 'kind', i.kind, 'level', i.level,
             'regionCode', i.region_code) end as institution,
           array(select g.role_code from identity.role_grant g
                  where g.user_id = u.id and g.revoked_at is null order by 1) as roles
      from identity.user_account u
      left join institutions.institution i on i.id = u.institution_id
     where u.id = ${userId}`.execute(tx);
  if (!rows[0]) throw new Refused({ code: 'user-unknown', message: '没有这个账号' }, 404);
  return rows[0];
}

/**
 * Of which of the three administrators' roles (of `role` alone, where given) is the user the last active holder? Locks the three
 * roles until commit, so that two holders cannot be removed at once.
 */
export async function lastAdministratorOf(
  tx: Tx,
  userId: number,
  role?: string,
): Promise<('system' | 'security' | 'audit')[]> {
  await sql`select pg_advisory_xact_lock(1511, 0)`.execute(tx);
  const { rows } = await sql<{ administrator: 'system' | 'security' | 'audit' }>`
    select g.administrator
      from identity.role_grant g
      join identity.user_account u on u.id = g.user_id and u.status = 'active'
     where g.administrator is not null and g.revoked_at is null
     group by g.administrator
    having count(*) filter (where g.user_id <> ${userId}) = 0
       and bool_or(g.user_id = ${userId} and (${role ?? null}::text is null or g.role_code = ${role ?? null}))
     order by 1`.execute(tx);
  return rows.map((row) => row.administrator);
}

/** Every role the person holds now, under whatever account. */
export async function rolesOfPerson(tx: Tx, personKey: string): Promise<string[]> {
  const { rows } = await sql<{ code: string }>`
    select code from identity.roles_of_person(${personKey}) code`.execute(tx);
  return rows.map((row) => row.code);
}

/** One row of the list of users. */
export type UserRow = {
  id: number;
  account: string;
  name: string;
  kind: 'person' | 'service' | 'system';
  institutionId: number | null;
  institutionName: string | null;
  institutionKind: string | null;
  status: 'active' | 'disabled';
  lockedUntil: Date | null;
  totp: boolean;
  roles: { code: string; title: string; grantedAt: string; grantedBy: string }[];
  roleTitles: string;
};

/** What a list of users may be narrowed to. */
export type UserFilter = {
  readonly q?: string | undefined;
  readonly institutionId?: number | undefined;
  readonly role?: string | undefined;
  readonly status?: string | undefined;
};

/** One page of users by id. */
export async function listUsers(
  tx: Tx,
  filter: UserFilter,
  after: string | undefined,
  limit: number,
): Promise<Page<UserRow>> {
  const from = Number(keysOf(after, 1)?.[0] ?? 0) || 0;
  const q = filter.q ? `%${filter.q.replace(/[\\%_]/g, '\\$&')}%` : null;
  const { rows } = await sql<UserRow>`
    select u.id, u.account, u.name, u.kind, u.institution_id as "institutionId", i.name as "institutionName",
           i.kind as "institutionKind", u.status, u.locked_until as "lockedUntil", u.totp_secret is not null as totp,
           coalesce(held.roles, '[]') as roles, coalesce(held.titles, '') as "roleTitles"
      from identity.user_account u
      left join institutions.institution i on i.id = u.institution_id
      left join lateral (
        select jsonb_agg(jsonb_build_object('code', r.code, 'title', r.title, 'grantedAt', g.granted_at,
                 'grantedBy', p.name) order by r.code) as roles, string_agg(r.title, '、' order by r.code) as titles
          from identity.role_grant g
          join identity.role r on r.code = g.role_code
          join identity.person p on p.id = g.granted_by
         where g.user_id = u.id and g.revoked_at is null) held on true
     where u.id > ${from} and u.kind <> 'system'
       and (${q}::text is null or u.account like ${q} or u.name like ${q})
       and (${filter.institutionId ?? null}::integer is null or u.institution_id = ${filter.institutionId ?? null})
       and (${filter.status ?? null}::text is null or u.status = ${filter.status ?? null})
       and (${filter.role ?? null}::text is null or exists (
             select from identity.role_grant g
              where g.user_id = u.id and g.role_code = ${filter.role ?? null} and g.revoked_at is null))
     order by u.id
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id) : null };
}

/** Which rows exist for the transaction's user, as the database worked it out. */
export async function scopeOf(
  tx: Tx,
): Promise<{ province: boolean; guarantors: number[]; regions: number[]; bank: number }> {
  const { rows } = await sql<{ province: boolean; guarantors: number[]; regions: number[]; bank: number }>`
    select identity.sees_all() as province, identity.my_guarantors() as guarantors,
           identity.my_regions() as regions, identity.my_bank() as bank`.execute(tx);
  return rows[0]!;
}

/**
 * Active people whom the caller may see, who hold the permission and whose scope covers the guarantor (0: no institution, the province
 * alone), by name; at most 500.
 */
export async function holdersFor(
  tx: Tx,
  permission: string,
  guarantorId: number,
): Promise<{ id: number; name: string; institutionName: string }[]> {
  const { rows } = await sql<{ id: number; name: string; institutionName: string }>`
    select u.id, u.name, i.short_name as "institutionName"
      from identity.user_account u
      join institutions.institution i on i.id = u.institution_id
     where u.kind = 'person' and u.status = 'active'
       and exists (select from identity.role_grant g
                     join identity.role r on r.code = g.role_code
                     join identity.role_permission p on p.role_code = g.role_code and p.permission_code = ${permission}
                    where g.user_id = u.id and g.revoked_at is null
                      and (r.row_scope = 'province' or r.row_scope = 'guarantor' and u.institution_id = ${guarantorId}))
     order by u.institution_id <> ${guarantorId}, u.name, u.id
     limit 500`.execute(tx);
  return rows;
}
