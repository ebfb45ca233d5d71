import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeUscc } from '../db/seed/identities.ts';
import { type Product, sharedProduct, type Visitor } from './support/index.ts';

let product: Product;
let visitor: Visitor;
beforeAll(async () => {
  product = await sharedProduct();
  visitor = await product.visit();
});
afterAll(async () => {
  await visitor?.close();
  await product?.stop();
});

const titles = '保函号,企业名称,证件号,贷款银行,区县,担保产品,借款金额,责任比例,起始日期,到期日期';
/** Two good rows; an impossible day; a county that does not exist. */
const rows = [
  `E2E-001,太原甲商贸有限公司,${makeUscc('91', 140105, 9_000_001)},工行山西分行,小店区,普通,120,80%,2026/3/2,2027/3/2`,
  `E2E-002,太原乙商贸有限公司,${makeUscc('91', 140105, 9_000_002)},工行山西分行,小店区,普通,60.5,80%,2026年3月9日,2027年3月9日`,
  `E2E-003,太原丙商贸有限公司,${makeUscc('91', 140105, 9_000_003)},工行山西分行,小店区,普通,30,80%,2026/2/31,2027/3/2`,
  `E2E-004,太原丁商贸有限公司,${makeUscc('91', 140105, 9_000_004)},工行山西分行,不存在县,普通,45,80%,2026/3/2,2027/3/2`,
];

test('客户经理：在页面上做映射，试算，入账，下载退回行，改好只送这些行', async () => {
  const { page } = visitor;
  page.setDefaultTimeout(30_000);
  await visitor.signIn('demo-kehu');
  await page.getByRole('link', { name: '数据导入' }).first().click();
  await page.getByRole('button', { name: '导入文件' }).click();
  const file = path.join(product.dataDir, '存量保函.csv');
  writeFileSync(file, `\ufeff${[titles, ...rows].join('\r\n')}\r\n`);
  await page.locator('input[type=file]').setInputFiles(file);

  // The columns that can be told by their titles are filled in; product and unit are for the person to say.
  await page.getByRole('button', { name: '新建映射：一行一笔保函' }).click();
  await choose('产品取自', '担保产品');
  await choose('主债权金额取自', '借款金额');
  await choose('主债权金额单位', '万元');
  await page.getByRole('tab', { name: /代码转换/ }).click();
  await choose('产品：普通', '小微企业担保');
  await page.getByRole('tab', { name: '日期与金额' }).click();
  await page.getByLabel('映射名称').fill('业务系统导出的保函');
  await visitor.screenshot('import-mapping');

  await page.getByRole('button', { name: '试读前 50 行' }).click();
  await page.getByText('可入账 2 行').waitFor();
  expect(await page.getByText('1200000.00', { exact: true }).count()).toBe(1);
  await visitor.screenshot('import-try');
  await page.getByRole('button', { name: '保存映射，试算全部行' }).click();

  await page.getByText('已试算，未入账').waitFor();
  await page.getByRole('button', { name: '入账通过的 2 行' }).waitFor();
  await visitor.screenshot('import-checked');
  await page.getByRole('button', { name: '入账通过的 2 行' }).click();
  await agree();
  await page.getByText('已入账', { exact: true }).waitFor();

  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: /下载退回行/ }).click();
  const bad = path.join(product.dataDir, 'bad.csv');
  await (await downloading).saveAs(bad);
  const returned = readFileSync(bad, 'utf8');
  expect(returned).not.toContain('E2E-001');
  expect(returned).toContain('E2E-003');
  expect(returned).toContain('E2E-004');

  writeFileSync(bad, returned.replaceAll('2026/2/31', '2026/2/28').replaceAll('不存在县', '迎泽区'));
  await page.getByRole('button', { name: '送改好的退回行' }).click();
  await page.locator('input[type=file]').setInputFiles(bad);
  // The profile of before is taken by itself.
  await page.getByText('映射：业务系统导出的保函').waitFor();
  await page.getByRole('button', { name: '试读前 50 行' }).click();
  await page.getByText('可入账 2 行').waitFor();
  await page.getByRole('button', { name: '保存映射，试算全部行' }).click();
  await page.getByRole('button', { name: '入账通过的 2 行' }).click();
  await agree();
  await page.getByText('已入账', { exact: true }).waitFor();

  await page.goto(`${product.url}/guarantees?q=E2E-004`);
  await page.getByText('E2E-004').first().waitFor();
  expect(visitor.errors).toEqual([]);
}, 240_000);

/** Says yes in the question that is open and waits for the answer; a refusal fails with its words. */
async function agree(): Promise<void> {
  const answering = visitor.page.waitForResponse((answer) => answer.url().endsWith('/commit'));
  await visitor.page.locator('.ant-popover:visible .ant-btn-primary').click();
  const answer = await answering;
  if (!answer.ok()) throw new Error(await answer.text());
}

/** Chooses in a select by its label. */
async function choose(label: string, option: string): Promise<void> {
  const { page } = visitor;
  const field = page.getByRole('combobox', { name: label, exact: true });
  await field.click();
  await field.fill(option, { timeout: 2_000 }).catch(() => undefined);
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: option }).first().click();
}
