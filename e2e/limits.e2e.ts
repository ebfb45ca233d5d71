import { afterAll, beforeAll, expect, test } from 'vitest';
import { agreeTo, choose, fillDay, opened } from './support/fill.ts';
import { type Page, type Product, sharedProduct, type Visitor } from './support/index.ts';

/** J15: limits set and used by the people who do it: one works out, another decides, the guarantor sees it, client managers hold room. */

let product: Product;
let visitor: Visitor;
let page: Page;
const visitors = new Map<string, Visitor>();
beforeAll(async () => {
  product = await sharedProduct();
  visitor = await signedIn('demo-zaidan');
  page = visitor.page;
});
afterAll(() => product?.stop());

async function signedIn(account: string): Promise<Visitor> {
  const known = visitors.get(account);
  if (known) return known;
  const made = await product.visit();
  await made.signIn(account);
  made.page.setDefaultTimeout(15_000);
  visitors.set(account, made);
  return made;
}

const listGone = () => page.locator('.ant-select-dropdown').filter({ visible: true }).waitFor({ state: 'hidden' });

test('额度仪表：全部限额一次列出，超限的写明怎样可解', async () => {
  await page.goto('/limits');
  await choose(page, '担保机构', '太原市融资');
  await page.getByLabel('客户').click();
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option').first().click();
  await listGone();
  await choose(page, '合作银行', '工商');
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

test('J15 年度额度：测算、逐项说明、另一人审定、生效，机构看得见', async () => {
  const year = new Date().getFullYear();
  await page.goto('/limits?tab=lines');
  await page.getByRole('button', { name: '测算额度' }).click();
  await choose(page, '担保机构', '大同市融资');
  await page.getByLabel('代偿返还率').fill('92.5');
  await choose(page, '机构评价', 'A');
  await page.getByLabel('依据', { exact: true }).fill(`${year}年度额度测算（旅程）`);
  await visitor.screenshot('limits-propose-line');
  await page.getByRole('button', { name: '测算并提交审定' }).click();
  await page.getByText(/额度 = 上年再担保规模/).waitFor();
  await page.getByText('待核定').first().waitFor();
  await page.getByRole('heading', { name: '四个分配组' }).waitFor();
  await page.getByRole('cell', { name: '银担分险额度（国企子限额）', exact: true }).waitFor();
  const linePath = new URL(page.url()).pathname;

  const other = await signedIn('demo-zaidan2');
  await agreeTo(other.page, new RegExp(`大同.*${year}年度额度`), '测算依据齐全，同意');

  await page.goto(linePath);
  await page.getByText('已核定').first().waitFor();
  await visitor.screenshot('limits-line-approved');

  const guarantor = await signedIn('demo-datong');
  await guarantor.page.goto('/limits?tab=lines');
  await guarantor.page.locator('.ant-table-row', { hasText: '已核定' }).filter({ hasText: '大同' }).first().waitFor();
  await guarantor.page.goto(linePath);
  await guarantor.page.getByText(/额度 = 上年再担保规模/).waitFor();
  await guarantor.page.goto('/limits');
  await guarantor.page.getByLabel('主债权金额').fill('100');
  await guarantor.page.getByRole('button', { name: '查看余量' }).click();
  await guarantor.page.getByText('年度再担保额度', { exact: true }).waitFor();
  await guarantor.page
    .getByText(/（旅程）/)
    .first()
    .waitFor();
});

test('统一授信：一人拟定，另一人审定之后才换版', async () => {
  await page.goto('/limits?tab=banks');
  await page.locator('.ant-table-row').nth(1).click();
  await page
    .getByText(/第 1 版/)
    .first()
    .waitFor();
  const bankPath = new URL(page.url()).pathname;
  await page.getByRole('button', { name: '调整额度与分配' }).click();
  const next = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
  await fillDay(page, '起始日', next);
  await page.getByLabel('依据文件').fill('授信调整批复（旅程）');
  await page.getByRole('button', { name: '提交审定' }).click();
  await page.getByRole('heading', { name: '拟定内容' }).waitFor();
  await page.getByText('授信调整批复（旅程）').waitFor();
  await visitor.screenshot('limits-proposal');
  const other = await signedIn('demo-zaidan2');
  await page.goto(bankPath);
  await page
    .getByText(/第 1 版/)
    .first()
    .waitFor();
  await agreeTo(other.page, /统一授信与分配/);
  await page.goto(bankPath);
  await page
    .getByText(/第 2 版/)
    .first()
    .waitFor();
});

test('县域目标、额度公式：在页面上填写，公式由另一人审定', async () => {
  await page.goto('/limits?tab=targets');
  await page.getByRole('button', { name: '下达目标' }).click();
  await choose(page, '承担机构', '太原市融资');
  await choose(page, '县（区）', '古交市');
  await page.getByLabel('年度').fill('2027');
  await page.getByLabel('目标新增').fill('1234');
  await page.getByLabel('依据', { exact: true }).fill('县域目标文件（旅程）');
  await page.getByRole('button', { name: /^下\s*达$/ }).click();
  await page.locator('.ant-table-row', { hasText: '县域目标文件（旅程）' }).getByText('2027').waitFor();

  await page.goto('/limits?tab=formulas');
  await page.getByRole('heading', { name: /第 1 版/ }).waitFor();
  await visitor.screenshot('limits-formulas');
  await page.getByRole('button', { name: '拟定新版公式' }).click();
  await fillDay(page, '生效日', '2099-01-01');
  await page.getByLabel('担保放大倍数的权重').fill('20');
  await page.getByLabel('依据文件').fill('额度办法（旅程）');
  await page.getByRole('button', { name: '提交审定' }).click();
  await page.getByText(/权重合计 105.00%/).waitFor();
  await page.getByLabel('业务备案率的权重').fill('5');
  await visitor.screenshot('limits-formula-form');
  await page.getByRole('button', { name: '提交审定' }).click();
  await page.locator('.ant-table-row', { hasText: '2099-01-01' }).getByText('待审定').waitFor();
  await agreeTo((await signedIn('demo-zaidan2')).page, /年度额度公式，自 2099-01-01/);
  await page.reload();
  await page.getByRole('heading', { name: /第 2 版，自 2099-01-01/ }).waitFor();
});

test('先占额度：客户经理占用，列表可见、即将到期有标记，可释放', async () => {
  const manager = await signedIn('demo-kehu');
  const at = manager.page;
  await at.goto('/limits?tab=reservations');
  await at.getByRole('button', { name: '先占额度' }).click();
  await at.getByLabel('客户', { exact: true }).click();
  await at.locator('.ant-select-dropdown:visible .ant-select-item-option').first().click();
  await choose(at, '合作银行', '工商');
  await choose(at, '产品', '小微企业担保');
  await at.getByLabel('主债权金额').fill('0.01');
  await fillDay(at, '占用至', new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10));
  await at.getByLabel('用途').fill('拟申报周转贷款（旅程）');
  await manager.screenshot('limits-hold-ahead');
  await opened(at)
    .getByRole('button', { name: /^占\s*用$/ })
    .click();
  const row = at.locator('.ant-table-row', { hasText: '拟申报周转贷款（旅程）' });
  await row.getByText('占用中').waitFor();
  await row.getByText('即将到期').waitFor();
  await manager.screenshot('limits-reservations');
  await row.getByRole('button', { name: '释放' }).click();
  await at
    .locator('.ant-popconfirm')
    .getByRole('button', { name: /释\s*放$/ })
    .last()
    .click();
  await row.getByText('已释放').waitFor();
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
  for (const each of visitors.values()) expect(each.errors).toEqual([]);
});
