import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Page, type Product, sharedProduct, type Visitor } from './support/index.ts';

let product: Product;
let visitor: Visitor;
let page: Page;
beforeAll(async () => {
  product = await sharedProduct();
  visitor = await product.visit();
  page = visitor.page;
  await visitor.signIn('r17-security-admin');
});
afterAll(() => product?.stop());

/** Opens the drawer of an account and asks for a role by its title. */
async function grant(account: string, role: string): Promise<void> {
  await page.goto(`/users?q=${account}`);
  const row = page.locator('.ant-table-row', { has: page.getByText(account, { exact: true }) });
  await row.getByRole('button', { name: '授权' }).click();
  const drawer = page.locator('.ant-drawer');
  await drawer.getByLabel('授予岗位').click();
  await drawer.getByLabel('授予岗位').fill(role);
  await page.locator('.ant-select-item-option', { hasText: role }).first().click();
  await drawer.getByRole('button', { name: /授\s*予$/ }).click();
}

const accountOf = async (role: string): Promise<string> => {
  const answer = await page.request.get(`/api/users?role=${role}`);
  return ((await answer.json()) as { rows: { account: string }[] }).rows[0]!.account;
};

test('安全管理员给风控人员加授保后岗位，立即见效', async () => {
  const account = await accountOf('r02-risk');
  await grant(account, '保后与资产管理');
  await page.getByText('已授予，立即生效').waitFor();
  const table = page.locator('.ant-drawer').getByRole('table', { name: '岗位' });
  await table.getByText('保后与资产管理').waitFor();
  await visitor.screenshot('users-grant');
});

test('三员分立：系统管理员不能再任审计管理员', async () => {
  await grant(await accountOf('r17-system-admin'), '审计管理员');
  await page.getByText(/三员分立：此人（含其名下其他账号）已是系统管理员，不能再任审计管理员/).waitFor();
  await visitor.screenshot('users-three-administrators');
});

test('政企分开：财政人员不能取得评审委员的决策岗位', async () => {
  await grant(await accountOf('r10-finance-bureau'), '评审委员');
  await page.getByText(/角色「评审委员」只能由担保机构人员担任/).waitFor();
  await visitor.screenshot('users-government-refused');
});

test('政企分开证明：成立，列出约束、决策权限持有人与政府岗位', async () => {
  await page.goto('/separation');
  await page.getByText('成立：政府部门的任何人都不能决定是否担保、是否代偿、是否核销').waitFor();
  for (const title of ['现状核查', '数据库强制', '决策权限由谁持有', '政府部门岗位能做什么'])
    await page.getByRole('heading', { name: title }).waitFor();
  await visitor.screenshot('separation');
  expect(visitor.errors).toEqual([]);
});

test('审计管理员验证审计日志，逐条无误；安全管理员看不到日志', async () => {
  await page.goto('/audit');
  await page.getByText(/您的岗位/).waitFor();
  const auditor = await product.visit();
  await auditor.signIn('r17-audit-admin');
  await auditor.page.goto('/audit');
  await auditor.page.getByRole('button', { name: '验证' }).click();
  await auditor.page.getByText('逐条验证无误').waitFor();
  await auditor.screenshot('audit');
  expect(auditor.errors).toEqual([]);
  await auditor.close();
});
