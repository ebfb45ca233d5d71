import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { backup, restore } from './backup.ts';
import { loadOrCreateSigner, sm3 } from './crypto/index.ts';
import { createTestDatabase, type TestDatabase } from './testing/index.ts';
import { keepBytes, readKept } from './uploads/index.ts';

let source: TestDatabase;
let target: TestDatabase;
let folder: string;
let here: { ownerUrl: string; dataDir: string };
let there: { ownerUrl: string; dataDir: string };
let attachment: string;
let paper: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rongdan-backup-'));
  [source, target] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  here = { ownerUrl: source.ownerUrl, dataDir: join(folder, 'here') };
  there = { ownerUrl: target.ownerUrl, dataDir: join(folder, 'there') };
  await source.owner.query(`
    insert into institutions.region (code, name, level) values (140000, '山西省', 1);
    insert into institutions.institution (code, name, short_name, kind, level, region_code)
      values ('A', '甲	担保\\n有限公司', '甲', 'guarantor', 1, 140000);
    insert into ledger.transfer (guarantor_id, key, leg, debit, credit, amount, effective_on, reason)
      select id, 'k', 1, 1002, 6031, 12345, '2026-03-31', 'fee' from institutions.institution`);
  attachment = await keepBytes(join(here.dataDir, 'attachments'), Buffer.from('营业执照'));
  paper = await keepBytes(join(here.dataDir, 'documents'), Buffer.from('解保函'));
  const imports = join(here.dataDir, 'files', 'imports');
  await mkdir(imports, { recursive: true });
  await writeFile(join(imports, sm3('台账')), '台账');
  await writeFile(join(imports, '.正在上传.part'), '半个');
  await loadOrCreateSigner(join(here.dataDir, 'keys'), 'documents-1');
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
const restored = () => readdir(there.dataDir).catch(() => []);
const damaged = async (path: string, harm: (path: string) => Promise<void>) => {
  const copy = join(folder, `harmed-${sm3(path).slice(0, 6)}`);
  await cp(join(folder, 'one'), copy, { recursive: true });
  await harm(join(copy, path));
  return restore(there, copy);
};

test('备份含附件、文书与导入文件，不含密钥，且说明密钥另行保管；已有的目录不覆盖', async () => {
  const path = join(folder, 'one');
  const saved = await backup(here, path);
  expect(saved).toMatchObject({ files: 3, keys: ['documents-1.sm2key'], damaged: [] });
  const secret = (await readFile(join(here.dataDir, 'keys', 'documents-1.sm2key'), 'utf8')).trim();
  const names = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  for (const { parentPath, name } of names)
    expect((await readFile(join(parentPath, name))).includes(secret)).toBe(false);
  expect(names.map((entry) => entry.name).filter((name) => name.endsWith('key') || name.startsWith('.'))).toEqual([]);
  await expect(backup(here, path)).rejects.toThrow('备份目录已存在');
});

test.each([
  ['文件被改动', (path: string) => writeFile(path, '假执照')],
  ['文件缺失', (path: string) => rm(path)],
])('%s的备份不恢复，指名是哪一个', async (_, harm) => {
  const path = `data/attachments/${attachment.slice(0, 2)}/${attachment}`;
  await expect(damaged(path, harm)).rejects.toThrow(attachment);
  expect(await restored()).toEqual([]);
  await rm(join(folder, `harmed-${sm3(path).slice(0, 6)}`), { recursive: true });
});

test('清单被改动、表被改动的备份不恢复', async () => {
  const edit = (from: RegExp, to: string) => async (path: string) =>
    writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
  await expect(damaged('files.txt', edit(/attachments/, '../keys'))).rejects.toThrow('files.txt 缺失或被改动');
  await expect(damaged('manifest.json', edit(/"sm3": "./, '"sm3": "x'))).rejects.toThrow('已损坏或被改动');
  expect(await restored()).toEqual([]);
});

test('恢复到空库和空目录：逐行相同、文件按摘要打得开、编号接着走，缺的密钥指名', async () => {
  const done = await restore(there, join(folder, 'one'));
  expect(done).toMatchObject({ files: 3, keysMissing: ['documents-1.sm2key'] });
  expect(await everything(target)).toEqual(await everything(source));
  expect((await readKept(join(there.dataDir, 'attachments'), attachment)).toString()).toBe('营业执照');
  expect((await readKept(join(there.dataDir, 'documents'), paper)).toString()).toBe('解保函');
  const { rows } = await target.owner.query(
    `insert into institutions.institution (code, name, short_name, kind, level, region_code)
     values ('B', '乙', '乙', 'guarantor', 1, 140000) returning id > (select max(id) from institutions.institution) as later`,
  );
  expect(rows).toEqual([{ later: true }]);
});

test('放回密钥后恢复不再提示；另一把同名的密钥不算', async () => {
  await cp(join(here.dataDir, 'keys'), join(there.dataDir, 'keys'), { recursive: true });
  expect((await restore(there, join(folder, 'one'))).keysMissing).toEqual([]);
  await rm(join(there.dataDir, 'keys'), { recursive: true });
  await loadOrCreateSigner(join(there.dataDir, 'keys'), 'documents-1');
  expect((await restore(there, join(folder, 'one'))).keysMissing).toEqual(['documents-1.sm2key']);
});

test('磁盘上已坏的附件照样备份，并指名', async () => {
  const path = join(here.dataDir, 'attachments', attachment.slice(0, 2), attachment);
  await writeFile(path, '被改过');
  const saved = await backup(here, join(folder, 'two'));
  expect(saved.damaged).toEqual([`attachments/${attachment.slice(0, 2)}/${attachment}`]);
});
