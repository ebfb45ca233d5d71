import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildApp } from './app.ts';
import { day } from './kernel/day.ts';
import { formGroup, registerCustomer } from './modules/customers/index.ts';
import { createPerson, grantRole, syncRoles } from './modules/identity/index.ts';
import { createInstitution, loadRegions } from './modules/institutions/index.ts';
import { fixedClock } from './platform/clock.ts';
import { systemActor } from './platform/db.ts';
import { readXlsx } from './platform/sheets/index.ts';
import { createTestDatabase, type TestDatabase } from './platform/testing/index.ts';

const context = { actor: systemActor, clock: fixedClock(day('2026-09-30')) };
const password = 'exports in words 1';
let test: TestDatabase;
let app: Awaited<ReturnType<typeof buildApp>>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'rongdan-exports-'));
  test = await createTestDatabase();
  await syncRoles(test.ownerUrl);
  await test.db.transaction(systemActor, async (tx) => {
    await loadRegions(tx);
    const make = (code: string, kind: string, level: number, regionCode: number) =>
      createInstitution(tx, context, { code, name: `机构${code}`, kind, level, regionCode });
    const { id: guarantorId } = await make('DB', 'guarantor', 2, 140100);
    const { id: reguarantor } = await make('ZDB', 'reguarantor', 1, 140000);
    const { id: auditor } = await make('SJ', 'auditor', 1, 140000);
    for (const [account, role, institutionId] of [
      ['kehu', 'r01-client-manager', guarantorId],
      ['xitong', 'r17-system-admin', reguarantor],
      ['shenji', 'r15-auditor', auditor],
    ] as const) {
      const person = { account, name: `${account}人`, personKey: `exports ${account}`, institutionId, password };
      const { id } = await createPerson(tx, context, person);
      await grantRole(tx, context, { userId: id, role });
    }
    const customerIds: string[] = [];
    for (const [name, identityNo] of [
      ['王建国', '140105197401012116'],
      ['李秀英', '140105198005054523'],
    ] as const) {
      const customer = { guarantorId, kind: 'farmer', name, identityKind: 'foreign-id', identityNo, county: 140105 };
      customerIds.push(String((await registerCustomer(tx, context, customer as never)).id));
    }
    await formGroup(tx, context, { guarantorId, name: '王李两家', evidence: '同一家庭', customerIds });
  });
  app = await buildApp({ db: test.db, clock: context.clock, rateLimitPerMinute: 0 });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await test.close();
  await rm(folder, { recursive: true, force: true });
});

/** Every cell of the workbook that the list answers. */
async function cellsOf(account: string, url: string): Promise<string[]> {
  const signedIn = await app.inject({ method: 'POST', url: '/api/sign-in', payload: { account, password } });
  const cookie = String(signedIn.headers['set-cookie']).split(';')[0]!;
  const answer = await app.inject({ method: 'GET', url: `${url}?format=xlsx`, headers: { cookie } });
  expect(answer.statusCode, `${url} ${answer.body.slice(0, 200)}`).toBe(200);
  const file = path.join(folder, 'list.xlsx');
  writeFileSync(file, answer.rawPayload);
  const cells: string[] = [];
  for await (const rows of readXlsx(file)) for (const row of rows) cells.push(...row.cells.filter(Boolean));
  return cells;
}

/** English words, codes of roles, actions and subjects: anything the program calls by name for itself. */
const rawCode = /^[a-z]+([-_.:][a-z0-9/]+)*$|\br\d\d-|"[a-zA-Z]+":|\b[a-z]+(-[a-z]+)+\b/;
/** Accounts are names people chose; they may look like words. */
const accounts = ['kehu', 'xitong', 'shenji'];

it.each([
  ['kehu', '/api/customers', ['农户', '王李两家']],
  ['kehu', '/api/customers/groups', ['王李两家', '同一家庭']],
  ['kehu', '/api/imports/batches', ['导入映射']],
  ['kehu', '/api/guarantees', ['保证合同号']],
  ['kehu', '/api/agreements', ['协议编号']],
  ['kehu', '/api/reconciliation/runs', ['对方']],
  ['kehu', '/api/exchange/packages', ['业务日']],
  ['kehu', '/api/feedback/certificates', ['凭证编号']],
  ['shenji', '/api/institutions', ['担保机构', '在营']],
  ['shenji', '/api/audit', ['授予岗位', '登记机构', '岗位 客户经理', '类别 担保机构']],
  ['shenji', '/api/users', ['客户经理', '启用']],
  ['shenji', '/api/subsidies/runs', ['文书编号']],
  ['shenji', '/api/subsidies/payments', ['方向']],
  ['shenji', '/api/ledger/transfers', ['借方科目']],
  ['xitong', '/api/webhooks', ['接收系统']],
])('%s 导出 %s：单元格里是中文，没有代码', async (account, url, words) => {
  const cells = await cellsOf(account, url);
  for (const word of words) expect(cells.join('\n')).toContain(word);
  expect(cells.filter((cell) => rawCode.test(cell) && !accounts.includes(cell))).toEqual([]);
});
