import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Product, sharedProduct } from './support/index.ts';

let product: Product;
beforeAll(async () => {
  product = await sharedProduct();
});
afterAll(() => product?.stop());

test('审批：列表、详情与流程图、流程设置、委托', async () => {
  const visitor = await product.visit();
  const { page } = visitor;
  await visitor.signIn('demo-pingshen');
  await page.goto('/approvals?box=all');
  await page.getByRole('heading', { name: '审批', exact: true }).waitFor();
  await page.locator('.ant-table-row').first().waitFor();
  await visitor.screenshot('approvals-list');
  await page.locator('.ant-table-row').first().click();
  await page.getByRole('list', { name: '审批流程图' }).waitFor();
  await visitor.screenshot('approvals-detail');
  await page.goto('/approvals/chains');
  await page.getByRole('heading', { name: '担保项目审批' }).waitFor();
  await visitor.screenshot('approvals-chains');
  await page.goto('/approvals/delegations');
  await page.getByRole('button', { name: '新增委托' }).click();
  await page.locator('.ant-modal').getByLabel('受托人').waitFor();
  await visitor.screenshot('approvals-delegation');
  expect(visitor.errors).toEqual([]);
}, 60_000);
