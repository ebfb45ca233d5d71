import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Page, type Product, sharedProduct, type Visitor } from './support/index.ts';

let product: Product;
let visitor: Visitor;
let page: Page;
beforeAll(async () => {
  product = await sharedProduct();
  visitor = await product.visit();
  page = visitor.page;
  await visitor.signIn('r07-reguarantee');
});
afterAll(() => product?.stop());

/** Chooses in an antd select that is searched by typing. */
async function choose(label: string, text: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).first().fill(text);
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: text }).first().click();
  await listGone();
}

/** The list fades away; the next one must not be taken for it. */
const listGone = () => page.locator('.ant-select-dropdown').filter({ visible: true }).waitFor({ state: 'hidden' });

test('额度仪表：全部限额一次列出，超限的写明怎样可解', async () => {
  await page.goto('/limits');
  await page.getByLabel('担保机构').fill('太原');
  await page.locator('.ant-select-item-option').first().click();
  await listGone();
  await page.getByLabel('客户').click();
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option').first().click();
  await listGone();
  await choose('合作银行', '工商');
  await page.getByLabel('产品').click();
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: '小微企业担保' }).click();
  await listGone();
  await page.getByLabel('主债权金额').fill('1001');
  await page.getByRole('button', { name: '查看余量' }).click();
  await page.getByText(/项超限/).waitFor();
  await page
    .getByText(/单笔担保金额上限1,000万元/)
    .first()
    .waitFor();
  await visitor.screenshot('limits-headroom');
});

test('统一授信、年度额度：分配表与每个数的算式', async () => {
  await page.goto('/limits?tab=banks');
  await page.locator('.ant-table-row').first().waitFor();
  await visitor.screenshot('limits-banks');
  await page.locator('.ant-table-row').first().click();
  await page.getByRole('heading', { name: /^分配/ }).waitFor();
  await visitor.screenshot('limits-bank');
  await page.goto('/limits?tab=lines');
  await page.locator('.ant-table-row').first().waitFor();
  await visitor.screenshot('limits-lines');
  await page.locator('.ant-table-row').first().click();
  await page.getByText(/额度 = 上年再担保规模/).waitFor();
  await visitor.screenshot('limits-line');
  await page.goto('/limits?tab=targets');
  await page.locator('.ant-table-row').first().waitFor();
  await page.goto('/limits?tab=reservations');
  await page
    .getByText(/没有额度预留|占用中/)
    .first()
    .waitFor();
  await visitor.screenshot('limits-reservations');
});

test('银行准入：列表、评分卡、复审、暂停与恢复', async () => {
  await page.goto('/admissions');
  await page.locator('.ant-table-row').first().waitFor();
  await visitor.screenshot('admissions');
  await page.locator('.ant-table-row', { hasText: '有效' }).first().click();
  await page.getByRole('heading', { name: '评分卡' }).waitFor();
  await page.getByRole('button', { name: '暂停' }).click();
  await page.getByLabel('暂停原因').fill('数据报送中断（演示）');
  await page
    .locator('.ant-drawer')
    .getByRole('button', { name: /暂\s*停/ })
    .click();
  await page.getByText(/起暂停：数据报送中断/).waitFor();
  await visitor.screenshot('admission-suspended');
  await page.getByRole('button', { name: '恢复' }).click();
  await page.getByLabel('恢复理由').fill('报送恢复（演示）');
  await page
    .locator('.ant-drawer')
    .getByRole('button', { name: /恢\s*复/ })
    .click();
  // 当日暂停、当日恢复：恢复日须晚于暂停日，原因写明。
  await page.getByText(/恢复日须晚于暂停日/).waitFor();
  await visitor.screenshot('admission-resume-refused');
});

test('产品：版本、差异、准入模拟', async () => {
  await page.goto('/products');
  await page.getByText('科技创新专项').first().waitFor();
  await visitor.screenshot('products');
  await page.goto('/products/ordinary');
  await page.getByRole('heading', { name: '版本差异' }).waitFor();
  await page.getByRole('cell', { name: '上限 单笔担保金额' }).waitFor();
  await visitor.screenshot('product');
  await page.goto('/products/simulator');
  await page.getByLabel('申请金额').fill('1500');
  await page.getByRole('button', { name: /试\s*算/ }).click();
  await page
    .getByText(/本次不超过/)
    .first()
    .waitFor();
  await visitor.screenshot('products-simulator');
  expect(visitor.errors).toEqual([]);
});
