import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backup, restore } from './backup.ts';
import { createTestDatabase, type TestDatabase } from './testing/index.ts';

let source: TestDatabase;
let target: TestDatabase;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rongdan-backup-'));
  [source, target] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await source.owner.query(`
    insert into institutions.region (code, name, level) values (140000, '山西省', 1);
    insert into institutions.institution (code, name, short_name, kind, level, region_code)
      values ('A', '甲	担保\\n有限公司', '甲', 'guarantor', 1, 140000);
    insert into ledger.transfer (guarantor_id, key, leg, debit, credit, amount, effective_on, reason)
      select id, 'k', 1, 1002, 6031, 12345, '2026-03-31', 'fee' from institutions.institution`);
});
afterAll(async () => {
  await Promise.all([source.close(), target.close()]);
  await rm(folder, { recursive: true, force: true });
});

const everything = async (database: TestDatabase) =>
  (
    await database.owner.query(`
      select i.name, t.key, t.amount, t.recorded_at from ledger.transfer t join institutions.institution i on i.id = t.guarantor_id`)
  ).rows;

test('备份恢复到空库，逐行相同，编号接着走；已有的目录不覆盖', async () => {
  const path = join(folder, 'one');
  const saved = await backup(source.ownerUrl, path);
  await expect(backup(source.ownerUrl, path)).rejects.toThrow('备份目录已存在');
  expect((await restore(target.ownerUrl, path)).rows).toBe(saved.rows);
  expect(await everything(target)).toEqual(await everything(source));
  const { rows } = await target.owner.query(
    `insert into institutions.institution (code, name, short_name, kind, level, region_code)
     values ('B', '乙', '乙', 'guarantor', 1, 140000) returning id > (select max(id) from institutions.institution) as later`,
  );
  expect(rows).toEqual([{ later: true }]);
});

test('被改动的备份不恢复', async () => {
  const path = join(folder, 'two');
  await backup(source.ownerUrl, path);
  const manifest = join(path, 'manifest.json');
  await writeFile(manifest, (await readFile(manifest, 'utf8')).replace(/"sm3": "./, '"sm3": "x'));
  await expect(restore(target.ownerUrl, path)).rejects.toThrow('已损坏或被改动');
});
