import { afterAll, beforeAll, expect, test } from 'vitest';
import { agreeTo, choose, fillDay, opened } from './support/fill.ts';
import { type Page, type Product, sharedProduct, type Visitor } from './support/index.ts';

/** J16: a bank asks to be admitted; it is scored, its documents come in, somebody else decides, a guarantor signs with it; review, suspension, exit. */

let product: Product;
const visitors = new Map<string, Visitor>();
const bank = `旅程村镇银行${Date.now() % 1_000_000}`;
const today = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
beforeAll(async () => {
  product = await sharedProduct();
});
afterAll(() => product?.stop());

async function pageOf(account: string): Promise<Page> {
  let visitor = visitors.get(account);
  if (!visitor) {
    visitor = await product.visit();
    await visitor.signIn(account);
    visitor.page.setDefaultTimeout(15_000);
    visitors.set(account, visitor);
  }
  return visitor.page;
}
const picture = (account: string, name: string) => visitors.get(account)!.screenshot(name);
const send = (page: Page, name: RegExp) => opened(page).getByRole('button', { name }).last().click();

async function fillScores(page: Page, given: 'all' | 'none' = 'all'): Promise<void> {
  const dialog = opened(page);
  const points = dialog.locator('.ant-input-number-input, input.ant-input-number');
  await points.first().waitFor();
  const titles = await dialog.locator('label', { hasText: '满分' }).allInnerTexts();
  for (const [at, title] of titles.entries())
    await points.nth(at).fill(given === 'none' ? '1' : (/满分 (\d+)/.exec(title)?.[1] ?? '0'));
}

let path = '';

test('受理、评分、收资料、提交：缺资料、同一人不能审定', async () => {
  const page = await pageOf('demo-zaidan');
  const made = await page.request.post('/api/institutions', {
    headers: { 'x-requested-with': 'rongdan' },
    data: { code: `LC${Date.now() % 1_000_000_000}`, name: bank, kind: 'bank', level: 'province', regionCode: 140000 },
  });
  expect(made.ok(), await made.text()).toBe(true);
  await page.goto('/admissions');
  await page.locator('.ant-table-row').first().waitFor();
  await picture('demo-zaidan', 'admissions');
  await page.getByRole('button', { name: '受理申请' }).click();
  await opened(page).getByLabel('银行').fill(bank);
  await page.locator('.ant-select-dropdown:visible .ant-select-item-option', { hasText: bank }).click();
  await opened(page).getByLabel('申请情况').fill('拟合作小微企业担保，银行分担 20%');
  await send(page, /^受\s*理$/);
  await page.getByRole('heading', { name: `${bank}　准入` }).waitFor();
  path = new URL(page.url()).pathname;

  await page.getByRole('button', { name: /^评\s*分$/ }).click();
  await fillScores(page);
  await opened(page).getByLabel('评估结论').fill('符合准入条件');
  await picture('demo-zaidan', 'admission-scoring');
  await send(page, /^评\s*分$/);
  await page.getByText('100 分　A').waitFor();

  await page.getByRole('button', { name: '提交审批' }).click();
  await opened(page).getByLabel('依据文件').fill('准入评审报告（旅程）');
  await send(page, /提交审批/);
  await page.getByText(/缺少必备资料/).waitFor();
  await page.keyboard.press('Escape');
  for (;;) {
    const row = page
      .locator('.ant-table-row')
      .filter({ has: page.getByText('缺', { exact: true }) })
      .first();
    if ((await row.count()) === 0) break;
    const title = (await row.getAttribute('data-row-key')) ?? '';
    await row.getByRole('button', { name: /登\s*记/ }).click();
    await opened(page)
      .getByLabel(/文件名/)
      .fill(`${title}.pdf`);
    await send(page, /登\s*记/);
    await page.getByText(`${title}.pdf`, { exact: true }).waitFor();
  }
  await page.getByRole('button', { name: '提交审批' }).click();
  await opened(page).getByLabel('依据文件').fill('准入评审报告（旅程）');
  await send(page, /提交审批/);
  await page.getByText(/已提交审批/).waitFor();
});

test('另一人审定后有效；担保机构与它签协议', async () => {
  const decider = await pageOf('demo-zaidan2');
  await agreeTo(decider, new RegExp(`${bank}准入`), '评估与资料齐全，同意准入');
  const page = await pageOf('demo-zaidan');
  await page.goto(path);
  await page.getByText('有效', { exact: true }).first().waitFor();
  await picture('demo-zaidan', 'admission-in-force');
  const risk = await pageOf('demo-fengkong');
  await fillAgreement(risk, `XY-LC-${Date.now()}`);
  await risk.getByRole('button', { name: '登记协议' }).click();
  await risk.waitForURL(/\/agreements\/\d+\/\d+/);
  await risk.getByText(bank).first().waitFor();
});

async function fillAgreement(page: Page, number: string): Promise<void> {
  await page.goto('/agreements/new');
  await choose(page, '合作银行', bank);
  await choose(page, '产品', '小微企业担保');
  await page.getByLabel('协议编号', { exact: true }).fill(number);
  await page.getByLabel('年化担保费率').fill('1');
  await fillDay(page, '生效日', today());
  await page.getByLabel('依据文件').fill('银担合作协议（旅程）');
}

test('年度复审不及格只能暂停，恢复须晚于暂停日；退出后不得新签协议', async () => {
  const page = await pageOf('demo-zaidan');
  await page.goto(path);
  await page.getByRole('button', { name: '年度复审' }).click();
  await fillScores(page, 'none');
  await opened(page).getByLabel('复审说明').fill('数据报送长期中断');
  await send(page, /年度复审/);
  await page.getByText(/复审 7 分，低于保留分数线 60 分/).waitFor();
  await opened(page).getByRole('radio', { name: '暂停合作' }).check();
  await send(page, /年度复审/);
  await page.getByText(/起暂停：复审未通过/).waitFor();
  await picture('demo-zaidan', 'admission-suspended');

  const risk = await pageOf('demo-fengkong');
  await fillAgreement(risk, `XY-LC2-${Date.now()}`);
  await risk.getByRole('button', { name: '登记协议' }).click();
  await risk.getByText(/准入/).first().waitFor();
  expect(new URL(risk.url()).pathname).toBe('/agreements/new');

  await page.getByRole('button', { name: /^恢\s*复$/ }).click();
  await opened(page).getByLabel('恢复理由').fill('报送恢复');
  await send(page, /^恢\s*复$/);
  await page.getByText(/恢复日须晚于暂停日/).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^退\s*出$/ }).click();
  await opened(page).getByLabel('退出原因').fill('合作终止（旅程）');
  await send(page, /^退\s*出$/);
  await page.getByText('已退出').first().waitFor();
  await picture('demo-zaidan', 'admission-exited');
});

test('评分卡新版：指标、权重、等级在页面上填写', async () => {
  const page = await pageOf('demo-zaidan');
  await page.goto('/admissions');
  await page.getByRole('link', { name: '准入评分卡' }).click();
  await page.getByRole('heading', { name: /第 1 版/ }).waitFor();
  await picture('demo-zaidan', 'scorecards');
  await page.getByRole('button', { name: '登记新版评分卡' }).click();
  await fillDay(page, '生效日', '2099-01-01');
  await opened(page).getByLabel('依据文件').fill('准入办法（旅程）');
  await opened(page).getByLabel('指标1满分').fill('20');
  await send(page, /^登\s*记$/);
  await page.getByText(/各项满分合计 95 分/).waitFor();
  await opened(page).getByRole('button', { name: '添加指标' }).click();
  await opened(page).getByLabel('指标8名称').fill('绿色金融');
  await opened(page).getByLabel('指标8满分').fill('5');
  await picture('demo-zaidan', 'scorecard-form');
  await send(page, /^登\s*记$/);
  await page.getByRole('heading', { name: /第 2 版，自 2099-01-01/ }).waitFor();
  await page.getByRole('cell', { name: '绿色金融' }).waitFor();
  for (const each of visitors.values()) expect(each.errors).toEqual([]);
});
