import type { TestDatabase } from '../../../platform/testing/index.ts';
import { syncRoles } from '../../identity/index.ts';

/** Roles of the people by id: two guarantors', two banks', and who approves at the first guarantor. */
export const people: Readonly<Record<number, string>> = {
  101: 'r02-risk',
  102: 'r02-risk',
  103: 'r09-bank',
  104: 'r09-bank',
  105: 'r02-risk',
  106: 'r03-committee',
};

/** Two guarantors, two banks, and who signs in. */
export async function layGround(test: TestDatabase): Promise<void> {
  await syncRoles(test.ownerUrl);
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'G1', '太原担保', '太原', 'guarantor', 2, 140100), (2, 'G2', '大同担保', '大同', 'guarantor', 2, 140100),
      (9, 'B1', '甲银行', '甲行', 'bank', 1, 140000), (10, 'B2', '乙银行', '乙行', 'bank', 1, 140000);
    insert into identity.user_account (id, account, name, person_key, institution_id) values
      (101, 'u101', '太原客户经理', 'p1', 1), (102, 'u102', '大同客户经理', 'p2', 2), (103, 'u103', '甲行信贷员', 'p3', 9),
      (104, 'u104', '乙行信贷员', 'p4', 10), (105, 'u105', '太原风控经理', 'p5', 1), (106, 'u106', '太原负责人', 'p6', 1);
`);
  await test.owner.query(
    `insert into identity.role_grant (user_id, role_code, person_key, granted_by)
      select id, $1::jsonb ->> id::text, person_key, 0 from identity.user_account where id > 100`,
    [JSON.stringify(people)],
  );
}
