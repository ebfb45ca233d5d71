import { systemActor } from '../../../platform/db.ts';
import type { TestDatabase } from '../../../platform/testing/index.ts';
import { syncRoles } from '../../identity/index.ts';
import { loadRegions } from '../../institutions/index.ts';

/** People of a guarantor (1001), of another (1002), of the re-guarantor (1003). */
export const people = {
  manager: 301,
  manager2: 302,
  risk: 303,
  committee: [304, 305, 306],
  assets: 307,
  finance: 308,
  stranger: 309,
  reguarantee: 310,
  admin: 311,
  secondAccount: 312,
} as const;

const staff: readonly [id: number, name: string, role: string, institution: number][] = [
  [301, '客户经理甲', 'r01-client-manager', 1001],
  [302, '客户经理乙', 'r01-client-manager', 1001],
  [303, '风控', 'r02-risk', 1001],
  [304, '评委1', 'r03-committee', 1001],
  [305, '评委2', 'r03-committee', 1001],
  [306, '评委3', 'r03-committee', 1001],
  [307, '保后', 'r04-assets', 1001],
  [308, '财务', 'r05-finance-officer', 1001],
  [309, '外人', 'r03-committee', 1002],
  [310, '再担保', 'r07-reguarantee', 1003],
  [311, '系统管理员', 'r17-system-admin', 1003],
  [312, '客户经理甲', 'r03-committee', 1001],
];

/** Lays institutions and people with their roles. The second account of 客户经理甲 sits on the committee. */
export async function layPeople(test: TestDatabase): Promise<void> {
  await syncRoles(test.ownerUrl);
  await test.db.transaction(systemActor, (tx) => loadRegions(tx));
  await test.owner.query(`
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1001, 'G1', '太原担保', '太原担保', 'guarantor', 2, 140100), (1002, 'G2', '大同担保', '大同担保', 'guarantor', 2, 140200),
      (1003, 'R1', '再担保', '再担保', 'reguarantor', 1, 140000)`);
  await test.owner.query(
    `insert into identity.user_account (id, account, name, person_key, institution_id)
     select (p ->> 0)::integer, 'u' || (p ->> 0), p ->> 1, case p ->> 0 when '312' then 'k301' else 'k' || (p ->> 0) end, (p ->> 3)::integer
       from jsonb_array_elements($1) p`,
    [JSON.stringify(staff)],
  );
  await test.owner.query(
    `insert into identity.role_grant (user_id, role_code, person_key, granted_by)
     select (p ->> 0)::integer, p ->> 2, '', 0 from jsonb_array_elements($1) p`,
    [JSON.stringify(staff)],
  );
}
