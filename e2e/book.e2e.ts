import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GuaranteeRow } from '../src/modules/guarantees/contract.ts';
import { initials } from '../src/platform/text/index.ts';
import { type Page, type Product, sharedProduct } from './support/index.ts';

let product: Product;
beforeAll(async () => {
  product = await sharedProduct();
});
afterAll(() => product?.stop());

/** A guarantee in force whose customer's name is found by its pinyin initials. */
async function someGuarantee(page: Page): Promise<GuaranteeRow> {
  const answer = await page.request.get('/api/guarantees?status=in-force&limit=50');
  const { rows } = (await answer.json()) as { rows: GuaranteeRow[] };
  // Names that other journeys made up have figures in them; initials are letters.
  return rows.find((row) => /^[a-z]{5,}$/.test(initials(row.customerName)) && Number(row.outstanding) > 0)!;
}

const amountsOf = (page: Page) => page.getByTestId('amounts').locator('.key-figure').first();
const wan = (yuan: number) => (yuan / 10_000).toLocaleString('en-US', { minimumFractionDigits: 2 });

test('客户经理按拼音找到保函，登记还款：先试算，超额被拒，改对后余额变化，导出台账', async () => {
  const visitor = await product.visit();
  const { page } = visitor;
  await visitor.signIn('r01-client-manager');
  const wanted = await someGuarantee(page);

  await page.goto('/guarantees');
  await page.getByLabel('查找保函').fill(initials(wanted.customerName));
  await page.keyboard.press('Enter');
  const row = page.locator('.ant-table-row', { hasText: wanted.contractNo });
  await row.waitFor();
  expect(await row.textContent()).toContain(wanted.customerName);
  await visitor.screenshot('book-list');
  await row.getByText(wanted.contractNo).click();
  await page.getByRole('heading', { name: wanted.contractNo }).waitFor();
  await expect.poll(() => amountsOf(page).textContent()).toContain(wan(Number(wanted.outstanding)));
  await visitor.screenshot('book-detail');

  await page.getByRole('button', { name: '登记变动' }).click();
  const drawer = page.locator('.ant-drawer');
  const amount = drawer.locator('.money-input input');
  const tooMuch = Number(wanted.outstanding) / 10_000 + 1;
  await amount.fill(String(tooMuch));
  await drawer.getByRole('button', { name: /试\s*算/ }).click();
  const refusal = drawer.getByText('还款金额超过在保余额');
  await refusal.waitFor();
  // Both figures that decided it are on the screen, in 元.
  expect(await drawer.locator('.refusal').first().textContent()).toContain(Number(wanted.outstanding).toFixed(2));
  expect(await drawer.getByRole('button', { name: '确认登记' }).count()).toBe(0);
  await visitor.screenshot('book-refused');

  // One 万元 is repaid: what was outstanding − 10000.
  await amount.fill('1');
  expect(await refusal.count()).toBe(0);
  await drawer.getByRole('button', { name: /试\s*算/ }).click();
  const left = wan(Number(wanted.outstanding) - 10_000);
  await drawer.getByText(`试算通过：登记后在保余额 ${left} 万元`).waitFor();
  // A dry run writes nothing.
  const before = await page.request.get(`/api/guarantees/${wanted.guarantorId}/${wanted.id}`);
  expect(((await before.json()) as GuaranteeRow).outstanding).toBe(wanted.outstanding);
  await drawer.getByRole('button', { name: '确认登记' }).click();
  await drawer.waitFor({ state: 'detached' });
  await expect.poll(() => amountsOf(page).textContent()).toContain(left);
  const last = page.getByRole('table', { name: '时间线' }).locator('tbody tr').last();
  expect(await last.textContent()).toContain('还款');

  await amountsOf(page).locator('.figure-link').click();
  await page.getByText('更正以冲正计入，不改原记录').waitFor();
  await page.locator('.ant-drawer-close').click();

  await last.getByRole('button', { name: '冲正' }).click();
  await page.getByRole('dialog').getByLabel('冲正原因').fill('回单金额录错');
  await page.getByRole('button', { name: '确认冲正' }).click();
  await expect.poll(() => amountsOf(page).textContent()).toContain(wan(Number(wanted.outstanding)));
  await page.getByText('原因：回单金额录错').waitFor();
  await visitor.screenshot('book-reversed');

  await page.goto('/guarantees?status=in-force');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '导出' }).click()]);
  expect(file.suggestedFilename()).toBe('保函台账.xlsx');
  // A workbook is a zip.
  expect(
    readFileSync(await file.path())
      .subarray(0, 2)
      .toString(),
  ).toBe('PK');
  expect(visitor.errors).toEqual([]);
  await visitor.close();
});

test('客户、协议、机构、银行、总账、地图各页都能打开，没有数据处说明怎么办', async () => {
  const visitor = await product.visit();
  const { page } = visitor;
  await visitor.signIn('r08-reconciliation');
  for (const [path, heading, name] of [
    ['/customers', '客户', 'customers'],
    ['/agreements', '合作协议', 'agreements'],
    ['/institutions', '机构', 'institutions'],
    ['/banks', '银行与网点', 'banks'],
    ['/ledger', '总账', 'ledger'],
    ['/map', '区域地图', 'map'],
  ] as const) {
    await page.goto(path);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    await page.locator('.ant-skeleton').first().waitFor({ state: 'detached' });
    await visitor.screenshot(name);
  }
  await page.goto('/ledger');
  await page.getByText('借贷平衡').waitFor();
  await page.getByRole('link', { name: /^1002/ }).click();
  await page.getByRole('heading', { name: '记账明细 · 科目 1002' }).waitFor();
  await page.locator('.ant-table-row').first().waitFor();
  await page.goto('/customers');
  await page.locator('.ant-table-row').first().click();
  await page.getByRole('heading', { name: '企业划型' }).waitFor();
  await page.goto('/institutions?kind=guarantor');
  await page.locator('.ant-table-row').first().click();
  await page.getByText('放大倍数上限').waitFor();
  expect(visitor.errors).toEqual([]);
  await visitor.close();
});
