import { afterAll, beforeAll, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { groupById, listGroups } from './group-store.ts';
import { addMember, formGroup, removeMember } from './groups.ts';
import { listCustomers } from './store.ts';

let test: TestDatabase;
const context: Context = { actor: systemActor, clock: fixedClock(day('2026-11-20')) };
const asSystem = <T>(work: (tx: Tx) => Promise<T>) => test.db.transaction(systemActor, work);

beforeAll(async () => {
  test = await createTestDatabase();
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000), (140105, '小店区', 3, 140100);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'G1', '太原担保', '太原', 'guarantor', 2, 140100), (2, 'G2', '大同担保', '大同', 'guarantor', 2, 140100);
    insert into customers.customer (guarantor_id, id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence)
      select g, n, 'enterprise', '客户' || n, 'uscc', 'U' || n, 'h' || n, 140105, '小型', '{}'
        from (values (1, 11), (1, 12), (1, 13), (1, 14), (1, 15), (2, 21)) v(g, n)`);
});
afterAll(() => test.close());

const form = (name: string, ...customerIds: string[]) =>
  asSystem((tx) => formGroup(tx, context, { guarantorId: 1, name, evidence: '同一实际控制人', customerIds }));
const membersOf = async (groupId: bigint) => {
  const page = await asSystem((tx) => listCustomers(tx, { guarantorId: 1, groupId: String(groupId) }, undefined, 50));
  return page.rows.map((row) => row.name).sort();
};
const member = (groupId: bigint, customerId: bigint) => ({
  ...{ guarantorId: 1, groupId, customerId, because: '工商登记' },
});

it('建立、增加、移出：成员随之变化，每一步留审计', async () => {
  const { id } = await form('甲系', '11', '12');
  expect(await membersOf(id)).toEqual(['客户11', '客户12']);
  await asSystem((tx) => addMember(tx, context, member(id, 13n)));
  expect(await membersOf(id)).toEqual(['客户11', '客户12', '客户13']);
  await asSystem((tx) => removeMember(tx, context, member(id, 11n)));
  expect(await membersOf(id)).toEqual(['客户12', '客户13']);
  expect(await asSystem((tx) => groupById(tx, 1, id))).toMatchObject({ name: '甲系', members: 2, outstanding: 0n });
  const { rows } = await test.owner.query(`select action from audit.entry where subject = $1 order by seq`, [
    `group:1/${id}`,
  ]);
  expect(rows.map((row) => row.action)).toEqual([
    'customers.form-group',
    'customers.add-member',
    'customers.remove-member',
  ]);
});

it('已在别的集团、不存在、别家机构、只有一户：一律拒绝，不留痕迹', async () => {
  const { id } = await form('乙系', '14', '15');
  await expect(form('丙系', '13', '14')).rejects.toThrow(/客户14已在关联集团「乙系」/);
  await expect(form('丙系', '13', '21')).rejects.toThrow(/不存在或不在本机构/);
  await expect(form('丙系', '13', '13')).rejects.toThrow(/至少两名不同/);
  await expect(asSystem((tx) => addMember(tx, context, member(id, 13n)))).rejects.toThrow(/先从该集团移出/);
  await expect(asSystem((tx) => addMember(tx, context, member(999n, 13n)))).rejects.toThrow(/没有这个关联集团/);
  await expect(asSystem((tx) => removeMember(tx, context, member(id, 13n)))).rejects.toThrow(/不在这个关联集团/);
  expect((await asSystem((tx) => listGroups(tx, { q: '丙' }, undefined, 50))).rows).toEqual([]);
  expect(await membersOf(id)).toEqual(['客户14', '客户15']);
});

it('列表按页取，按机构和名称筛', async () => {
  const all = await asSystem((tx) => listGroups(tx, { guarantorId: 1 }, undefined, 1));
  expect(all.rows.map((row) => row.name)).toEqual(['乙系']);
  const rest = await asSystem((tx) => listGroups(tx, { guarantorId: 1 }, all.next ?? undefined, 50));
  expect(rest).toMatchObject({ rows: [{ name: '甲系', guarantorName: '太原' }], next: null });
  expect((await asSystem((tx) => listGroups(tx, { guarantorId: 2 }, undefined, 50))).rows).toEqual([]);
  expect((await asSystem((tx) => listGroups(tx, { q: '甲' }, undefined, 50))).rows).toHaveLength(1);
});
