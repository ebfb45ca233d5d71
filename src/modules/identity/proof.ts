import { sql } from 'kysely';
import type { Article } from '../../kernel/article.ts';
import { guideArticle11 } from '../../law/shanxi-reform-guide.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';

type Named = { readonly code: string; readonly title: string };
type Holder = { readonly name: string; readonly institution: string; readonly institutionKind: string };

/** 条11 政企分开, as the database stands: who decides, what government may do, which constraints keep them apart. */
export type DecidesNothingProof = {
  readonly article: Article;
  readonly checkedAt: string;
  readonly holds: boolean;
  readonly constraints: readonly { name: string; table: string; text: string; meaning: string; enforced: boolean }[];
  readonly deciding: readonly (Named & { roles: (Named & { isGovernment: boolean })[]; holders: Holder[] })[];
  readonly government: readonly (Named & { permissions: Named[]; decidingCount: number; holders: Holder[] })[];
  readonly violations: {
    readonly governmentRolesThatDecide: number;
    readonly decidersAtGovernment: number;
    readonly peopleOnBothSides: number;
  };
};

/**
 * Can anyone of government decide a guarantee, a claim or a write-off? Read from the database, not from the program's table.
 * The transaction must see every account (the program's, the province's, an administrator's). `holds` needs the constraints
 * in force and not one violation.
 */
export async function decidesNothingProof(tx: Tx, context: Context): Promise<DecidesNothingProof> {
  const [constraints, deciding, government, violations] = [
    await constraintsInForce(tx),
    await decidingPermissions(tx),
    await governmentRoles(tx),
    await countViolations(tx),
  ];
  const clean = Object.values(violations).every((count) => count === 0);
  return {
    article: guideArticle11,
    checkedAt: context.clock.now().toISOString(),
    holds: clean && deciding.length > 0 && constraints.every((each) => each.enforced),
    constraints,
    deciding,
    government,
    violations,
  };
}

/** Table constraints by name, and what each means where the database has no note of it. */
const checks = [
  ['government_decides_nothing', 'identity.role_permission', '政府部门角色不得持有业务决策权限'],
  ['government_decides_no_node', 'approvals.chain_node', '政府部门岗位不得设在审批流程的决策节点上'],
  ['government_decides_no_task', 'approvals.task', '政府部门岗位不得承办需要决策的审批任务'],
] as const;

async function constraintsInForce(tx: Tx): Promise<DecidesNothingProof['constraints'][number][]> {
  const wanted = checks.map(([name, table]) => ({ name, table }));
  const { rows } = await sql<{ name: string; text: string; note: string | null }>`
    select c.conname as name, pg_get_constraintdef(c.oid) as text, obj_description(c.oid, 'pg_constraint') as note
      from jsonb_to_recordset(${JSON.stringify(wanted)}) as w (name text, "table" text)
      join pg_constraint c on c.conname = w.name and c.conrelid = to_regclass(w."table") and c.convalidated`.execute(
    tx,
  );
  const triggers = await sql<{ text: string }>`
    select pg_get_triggerdef(oid) as text from pg_trigger
     where tgname = 'role_fits_institution' and tgrelid = 'identity.role_grant'::regclass and tgenabled in ('O', 'A')`.execute(
    tx,
  );
  const trigger = triggers.rows[0];
  return [
    ...checks.map(([name, table, meaning]) => {
      const found = rows.find((each) => each.name === name);
      return { name, table, text: found?.text ?? '', meaning: found?.note ?? meaning, enforced: found !== undefined };
    }),
    {
      name: 'role_fits_institution',
      table: 'identity.role_grant',
      text: trigger?.text ?? '',
      meaning: '角色只能授予相应类别机构的人员；同一人不得既任政府部门角色又持决策权限',
      enforced: trigger !== undefined,
    },
  ];
}

const holdersOf = sql`
  (select coalesce(jsonb_agg(distinct jsonb_build_object('name', u.name, 'institution', i.name, 'institutionKind', i.kind)), '[]')
     from identity.role_grant g
     join identity.user_account u on u.id = g.user_id
     join institutions.institution i on i.id = u.institution_id
    where g.revoked_at is null and g.role_code = any (held.roles))`;

async function decidingPermissions(tx: Tx): Promise<DecidesNothingProof['deciding'][number][]> {
  const { rows } = await sql<DecidesNothingProof['deciding'][number]>`
    select p.code, p.title, held.given as roles, ${holdersOf} as holders
      from identity.permission p
      cross join lateral (
        select coalesce(array_agg(r.code), '{}') as roles,
               coalesce(jsonb_agg(jsonb_build_object('code', r.code, 'title', r.title, 'isGovernment', r.is_government)
                 order by r.code), '[]') as given
          from identity.role_permission rp join identity.role r on r.code = rp.role_code
         where rp.permission_code = p.code) held
     where p.decides
     order by p.code`.execute(tx);
  return rows;
}

async function governmentRoles(tx: Tx): Promise<DecidesNothingProof['government'][number][]> {
  const { rows } = await sql<DecidesNothingProof['government'][number]>`
    select r.code, r.title, given.permissions, given.deciding as "decidingCount", ${holdersOf} as holders
      from identity.role r
      cross join lateral (select array[r.code] as roles) held
      cross join lateral (
        select coalesce(jsonb_agg(jsonb_build_object('code', p.code, 'title', p.title) order by p.code), '[]') as permissions,
               (count(*) filter (where p.decides))::integer as deciding
          from identity.role_permission rp join identity.permission p on p.code = rp.permission_code
         where rp.role_code = r.code) given
     where r.is_government
     order by r.code`.execute(tx);
  return rows;
}

/** Counted three ways, because each could be broken without the others: by role, by place of work, by person. */
async function countViolations(tx: Tx): Promise<DecidesNothingProof['violations']> {
  const { rows } = await sql<DecidesNothingProof['violations']>`
    with holder as (
      select g.person_key, i.kind, r.is_government,
             exists (select from identity.role_permission rp join identity.permission p on p.code = rp.permission_code
                      where rp.role_code = r.code and p.decides) as decides
        from identity.role_grant g
        join identity.role r on r.code = g.role_code
        join identity.user_account u on u.id = g.user_id
        left join institutions.institution i on i.id = u.institution_id
       where g.revoked_at is null)
    select (select count(*) from identity.role_permission rp
              join identity.role r on r.code = rp.role_code
              join identity.permission p on p.code = rp.permission_code
             where r.is_government and p.decides)::integer as "governmentRolesThatDecide",
           (select count(*) from holder where decides
               and (kind is null or kind in ('finance-bureau', 'regulator', 'reform-office', 'county-government')))::integer
             as "decidersAtGovernment",
           (select count(*) from (select person_key from holder group by person_key
                                  having bool_or(decides) and bool_or(is_government)) both_sides)::integer
             as "peopleOnBothSides"`.execute(tx);
  return rows[0]!;
}
