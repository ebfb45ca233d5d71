import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from './index.ts';

let first: TestDatabase;
let second: TestDatabase;
beforeAll(async () => {
  [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});
afterAll(() => Promise.all([first.close(), second.close()]));

test('测试数据库已完成全部升级脚本', async () => {
  const { rows } = await first.owner.query<{ count: bigint }>('select count(*) from public.rongdan_migration');
  expect(rows[0]?.count).toBeGreaterThan(0n);
});

test('两个测试文件的数据库互不相见', async () => {
  await first.owner.query('create table public.only_here (id integer)');
  await expect(second.owner.query('select * from public.only_here')).rejects.toMatchObject({ code: '42P01' });
});

test('程序使用的角色不是超级用户，不能绕过行级权限，也不能建表', async () => {
  const { rows } = await first.db.pool.query(
    'select rolsuper, rolbypassrls from pg_roles where rolname = current_user',
  );
  expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false }]);
  await expect(first.db.pool.query('create table public.sneaked (id integer)')).rejects.toMatchObject({
    code: '42501',
  });
});
