import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { permissions } from './permissions.ts';
import { isDeciding, roles } from './roles.ts';
import { syncRoles } from './sync-roles.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  await syncRoles(test.ownerUrl);
});
afterAll(() => test.close());

const held = async () =>
  (
    await test.owner.query<{ role_code: string; permission_code: string }>(
      'select role_code, permission_code from identity.role_permission order by 1, 2',
    )
  ).rows.map((row) => `${row.role_code} ${row.permission_code}`);

describe('角色与权限', () => {
  it('数据库与程序的角色表一致，重复执行不变', async () => {
    const expected = roles.flatMap((each) => each.permissions.map((code) => `${each.code} ${code}`)).sort();
    expect((await held()).sort()).toEqual(expected);
    await syncRoles(test.ownerUrl);
    expect((await held()).sort()).toEqual(expected);
  });

  it('多出或被改动的授权会被恢复', async () => {
    await test.owner.query(`insert into identity.role_permission values ('r16-customer', false, 'audit.read', false)`);
    await test.owner.query(`delete from identity.role_permission where role_code = 'r01-client-manager'`);
    await syncRoles(test.owner as never);
    const after = await held();
    expect(after).not.toContain('r16-customer audit.read');
    expect(after).toContain('r01-client-manager book.read');
  });

  it('角色只列出存在的权限，代码不重复', () => {
    const codes = permissions.map((each) => each.code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const each of roles) {
      expect(codes).toEqual(expect.arrayContaining([...each.permissions]));
      expect(new Set(each.permissions).size).toBe(each.permissions.length);
    }
  });

  it('R1–R17 齐全，三员各一', () => {
    expect([...new Set(roles.map((each) => each.code.slice(0, 3)))]).toHaveLength(17);
    expect(roles.map((each) => each.administrator).filter(Boolean)).toEqual(['system', 'security', 'audit']);
  });
});

describe('政府性融资担保机构市县一体化运营改革工作指引第十一条 政企分开', () => {
  it('决策权限只在担保机构的非政府角色手中', () => {
    const deciding = roles.filter(isDeciding);
    expect(deciding.map((each) => each.code)).toEqual(['r03-committee']);
    expect(deciding.every((each) => !each.isGovernment && each.at.join() === 'guarantor')).toBe(true);
  });

  it('数据库拒绝把决策权限给政府角色：23514 government_decides_nothing', async () => {
    await expect(
      test.owner.query(
        `insert into identity.role_permission values ('r10-finance-bureau', true, 'claims.decide', true)`,
      ),
    ).rejects.toMatchObject({ code: '23514', constraint: 'government_decides_nothing' });
  });

  it('谎称不是政府角色也不行：23503', async () => {
    await expect(
      test.owner.query(
        `insert into identity.role_permission values ('r10-finance-bureau', false, 'claims.decide', true)`,
      ),
    ).rejects.toMatchObject({ code: '23503' });
  });

  it('已持决策权限的角色不能改成政府角色', async () => {
    await expect(
      test.owner.query(`update identity.role set is_government = true where code = 'r03-committee'`),
    ).rejects.toMatchObject({ code: '23514' });
  });

  it('程序自己的数据库角色改不了权限表：42501', async () => {
    await expect(
      test.db.pool.query(`insert into identity.role_permission values ('r16-customer', false, 'book.read', false)`),
    ).rejects.toMatchObject({ code: '42501' });
    await expect(test.db.pool.query(`select identity.replace_roles('[]', '[]')`)).rejects.toMatchObject({
      code: '42501',
    });
  });
});
