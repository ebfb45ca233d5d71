import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Page, type Product, sharedProduct, type Visitor } from './support/index.ts';

let product: Product;
let statistician: Visitor;
let reguarantor: Visitor;
beforeAll(async () => {
  product = await sharedProduct();
  [statistician, reguarantor] = await Promise.all([product.visit(), product.visit()]);
  await statistician.signIn('r06-statistics');
  await reguarantor.signIn('r07-reguarantee');
});
afterAll(() => product?.stop());

type Filing = { guarantorId: number; id: string; kind: string; businessNo: string; contractNo: string; status: string };
const get = async <T>(page: Page, url: string): Promise<T> => (await (await page.request.get(url)).json()) as T;
const rateOf = async (page: Page, guarantorId: number, month: string) =>
  (
    await get<{ total: { filed: number; eligible: number } }>(
      page,
      `/api/filings/rates?from=${month}&to=${month}&guarantorId=${guarantorId}`,
    )
  ).total;

test('按月备案：申报、驳回一笔、更正再报、确认，备案率随之上升', async () => {
  const { page } = statistician;
  await page.goto('/filings');
  await page.getByRole('button', { name: /^申报 \d{4}-\d{2}$/ }).click();
  await page.getByRole('button', { name: '确认申报' }).click();
  await page.getByText(/已申报 \d+ 笔，批次 BA-/).waitFor();
  const { month } = await get<{ month: string }>(page, '/api/filings/overview');
  const { rows } = await get<{ rows: Filing[] }>(page, `/api/filings?status=submitted&month=${month}&kind=new`);
  const one = rows[0]!;
  const before = await rateOf(page, one.guarantorId, month);
  await statistician.screenshot('filings-submitted');

  const desk = reguarantor.page;
  const { rows: batches } = await get<{ rows: { id: string; guarantorId: number; month: string }[] }>(
    desk,
    `/api/filings/batches?waiting=true&guarantorId=${one.guarantorId}`,
  );
  await desk.goto(`/filings/desk?batch=${one.guarantorId}-${batches[0]!.id}`);
  await desk
    .locator('.ant-table-row', { hasText: one.contractNo })
    .getByRole('button', { name: '驳回', exact: true })
    .click();
  await desk.getByRole('button', { name: '合同号与合同文本不一致' }).click();
  await desk.getByRole('button', { name: '确认驳回' }).click();
  await desk.getByText(/已驳回 1 笔/).waitFor();
  await reguarantor.screenshot('filings-desk');
  await desk.locator('.ant-table-thead input[type=checkbox]').check();
  await desk.getByRole('button', { name: '确认所选' }).click();
  await desk.getByText(/已确认 \d+ 笔/).waitFor();
  expect((await rateOf(page, one.guarantorId, month)).filed).toBe(before.filed + rows.length - 1);

  await page.goto(`/filings?status=denied&q=${one.contractNo}`);
  await page.getByRole('button', { name: '查看' }).first().click();
  await page.getByText('驳回原因：合同号与合同文本不一致').waitFor();
  await page.getByRole('button', { name: /更\s*正$/ }).click();
  await page.getByLabel('更正说明').fill('已与合同原件核对');
  await page.getByRole('button', { name: '重新取数并校验' }).click();
  await page.getByText('已更正，将随下一批申报').waitFor();
  await page.goto('/filings');
  await page.getByRole('button', { name: /^申报 \d{4}-\d{2}$/ }).click();
  await page.getByRole('button', { name: '确认申报' }).click();
  await page.getByText(/批次 BA-.*-02/).waitFor();

  await desk.goto('/filings/desk');
  await desk
    .getByRole('button', { name: /太原市担保/ })
    .first()
    .click();
  await desk.locator('.ant-table-row', { hasText: one.contractNo }).locator('input[type=checkbox]').check();
  await desk.getByRole('button', { name: '确认所选' }).click();
  await desk.getByText(/已确认 1 笔/).waitFor();
  expect((await rateOf(page, one.guarantorId, month)).filed).toBe(before.filed + rows.length);
  await desk.goto('/filings/rates');
  await desk.getByText('应备案新增', { exact: true }).waitFor();
  await desk.getByRole('heading', { name: '按机构' }).waitFor();
  await reguarantor.screenshot('filings-rates');
  await desk.locator('.key-row .figure-link').first().click();
  await desk.getByText('备案率 ＝ 已备案笔数 ÷ 应备案新增笔数').waitFor();
  expect([...statistician.errors, ...reguarantor.errors]).toEqual([]);
});

test('客户凭证件号码与短信验证码查看业务、提交资料；查无此人说的话一样', async () => {
  const manager = await product.visit();
  await manager.signIn('r01-client-manager');
  const { rows } = await get<{ rows: { guarantorId: number; customerId: string }[] }>(
    manager.page,
    '/api/portal/requests',
  );
  const { guarantorId, customerId } = rows[0]!;
  const customer = await get<{ identityNo: string; contactPhone: string }>(
    manager.page,
    `/api/customers/${guarantorId}/${customerId}`,
  );
  const visitor = await product.visit();
  const { page } = visitor;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/my-case');
  const ask = async (phone: string) => {
    await page.getByLabel('证件号码').fill(customer.identityNo);
    await page.getByLabel('预留手机号').fill(phone);
    await page.getByRole('button', { name: '获取验证码' }).click();
    return page.locator('.ant-alert-success').textContent();
  };
  const stranger = await ask('13900000009');
  await page.reload();
  expect(await ask(customer.contactPhone)).toBe(stranger);
  const outbox = (await page.getByRole('link', { name: /收件页/ }).getAttribute('href'))!;
  const gateway = await visitor.page.context().newPage();
  await gateway.goto(outbox);
  const row = gateway.locator('tr', { hasText: customer.contactPhone });
  await row.waitFor({ timeout: 15_000 });
  const code = /验证码 (\d{6})/.exec((await row.first().textContent()) ?? '')![1]!;
  expect(await gateway.getByText('13900000009').count()).toBe(0);
  await page.getByLabel('短信验证码').fill(code);
  await page.getByRole('button', { name: '查看我的业务' }).click();
  await page.getByText('担保生效中').first().waitFor();
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name: '流水.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\n%%EOF\n') });
  await page.getByText('已提交').first().waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.screenshot({ path: '.cache/screens/my-case-390.png', fullPage: true });
  await page.getByRole('button', { name: '结束查询' }).click();
  await page.getByRole('button', { name: '获取验证码' }).waitFor();
  expect(visitor.errors).toEqual([]);
});

test('信用信息：没有授权不能查，有授权的查得到、脱敏、验签', async () => {
  const manager = await product.visit();
  await manager.signIn('r01-client-manager');
  const { page } = manager;
  await page.goto('/credit-info');
  await page.getByRole('button', { name: '查询', exact: true }).first().click();
  await page.getByLabel('查询用途').click();
  await page.locator('.ant-select-item-option', { hasText: '保前审查' }).click();
  await page.getByRole('button', { name: '查询信用信息' }).click();
  await page.getByText(/没有 .* 有效的查询授权（用途：保前审查/).waitFor();
  await page.getByLabel('查询用途').click();
  await page.locator('.ant-select-item-option', { hasText: '保后管理' }).click();
  await page.getByRole('button', { name: '查询信用信息' }).click();
  await page.locator('.credit-info-list .badge').first().waitFor();
  await manager.screenshot('credit-info');
  expect(manager.errors).toEqual([]);
});
