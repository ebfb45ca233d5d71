import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeUscc } from '../db/seed/identities.ts';
import type { GuaranteeRow } from '../src/modules/guarantees/contract.ts';
import { readXlsx } from '../src/platform/sheets/index.ts';
import { type Page, type Product, sharedProduct, type Visitor } from './support/index.ts';

/** Every form that makes something, and the workbooks, in one small book. */

let product: Product;
let folder: string;
const visitors = new Map<string, Visitor>();
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rongdan-entry-'));
  product = await sharedProduct();
});
afterAll(async () => {
  for (const visitor of visitors.values()) await visitor.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The page of a demo account, signed in once. */
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

/** Types into a search select and takes the option that shows the text. */
async function choose(page: Page, field: Locator, text: string): Promise<void> {
  await field.click();
  await field.fill(text);
  await page
    .locator('.ant-select-item-option:visible, .ant-cascader-menu-item:visible', { hasText: text })
    .first()
    .click();
  // The list fades away; the next one must not be taken for it.
  await page
    .locator('.ant-select-dropdown:not(.ant-cascader-dropdown)')
    .filter({ visible: true })
    .waitFor({ state: 'hidden' });
}

async function rowsOf<Row>(page: Page, url: string): Promise<Row[]> {
  const answer = await page.request.get(url);
  if (!answer.ok()) throw new Error(`${url}：${answer.status()} ${await answer.text()}`);
  return ((await answer.json()) as { rows: Row[] }).rows;
}

test('客户建档：校验码错当场指出，改对后核验通过并建档', async () => {
  const page = await pageOf('demo-kehu');
  const uscc = makeUscc('91', 140105, 777_001);
  const wrong = `${uscc.slice(0, -1)}${uscc.endsWith('1') ? '2' : '1'}`;
  await page.goto('/customers/new');
  await page.getByLabel('名称或姓名').fill('太原晋新设备有限公司');
  await page.getByLabel('证件号码').fill(wrong);
  await choose(page, page.getByLabel('所在县（市、区）'), '小店区');
  await page.getByRole('button', { name: /核\s*验/ }).click();
  await page.locator('.refusal').first().waitFor();
  await page.getByLabel('证件号码').fill(uscc);
  await page.getByRole('button', { name: /核\s*验/ }).click();
  await page.getByText('证件核验通过').waitFor();
  await page.getByRole('button', { name: '确认建档' }).click();
  await page.getByRole('heading', { name: '太原晋新设备有限公司' }).waitFor();
  await page.getByRole('heading', { name: '企业划型' }).waitFor();
});

test('关联集团：建立、增加、移出；显示占净资产的比例和算法', async () => {
  const page = await pageOf('demo-kehu');
  const inForce = await rowsOf<GuaranteeRow>(page, '/api/guarantees?status=in-force&limit=50');
  const names = [...new Set(inForce.map((row) => row.customerName))].slice(0, 3) as [string, string, string];
  await page.goto('/customers/groups');
  await page.getByRole('button', { name: '建立关联集团' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('集团名称').fill('晋新系');
  await dialog.getByLabel('认定依据').fill('同一实际控制人');
  for (const at of [0, 1]) await choose(page, dialog.locator(`input[id^="member-"]`).nth(at), names[at]!);
  await dialog.getByRole('button', { name: /建\s*立/ }).click();
  await page.getByRole('heading', { name: '晋新系' }).waitFor();
  await page.getByTestId('group-share').getByText('%').first().waitFor();
  await page.getByRole('button', { name: '增加成员' }).click();
  await choose(page, dialog.getByLabel('客户'), names[2]);
  await dialog.getByLabel('认定依据').fill('互相担保');
  await dialog.getByRole('button', { name: /增\s*加/ }).click();
  await page.locator('.ant-table-row').nth(2).waitFor();
  await dialog.waitFor({ state: 'hidden' });
  await picture('demo-kehu', 'entry-group');
  await page.locator('.ant-table-row', { hasText: names[2] }).getByRole('button', { name: '移出' }).click();
  await dialog.getByLabel('移出原因').fill('互保已解除');
  await dialog.getByRole('button', { name: '确认移出' }).click();
  await expect.poll(() => page.locator('.ant-table-row').count()).toBe(2);
  await page.goto('/customers/groups');
  await page.getByRole('table', { name: '集中度最高的关联集团' }).getByText('晋新系').waitFor();
});

test('登记协议，再登记新版本：比例不足100%不能提交', async () => {
  const page = await pageOf('demo-fengkong');
  await page.goto('/agreements/new');
  await choose(page, page.getByLabel('合作银行'), '晋商银行');
  await page.getByLabel('产品').click();
  await page.locator('.ant-select-item-option:visible').last().click();
  await page.getByLabel('协议编号').fill('XY-2026-777');
  await page.getByLabel('年化担保费率').fill('1');
  await page.getByLabel('生效日').fill('2026-01-01');
  await page.keyboard.press('Enter');
  await page.getByLabel('依据文件').fill('银担合作协议（测试）');
  await page.getByLabel('银行', { exact: true }).fill('10');
  await page.getByText('各方分担比例须合计100%').waitFor();
  expect(await page.getByRole('button', { name: '登记协议' }).isDisabled()).toBe(true);
  await page.getByLabel('银行', { exact: true }).fill('20');
  await page.getByRole('button', { name: '登记协议' }).click();
  await page.getByRole('heading', { name: '协议 XY-2026-777' }).waitFor();
  await page.getByRole('button', { name: '新增版本' }).click();
  const drawer = page.locator('.ant-drawer');
  await drawer.getByLabel('生效日').fill('2026-07-01');
  await page.keyboard.press('Enter');
  await drawer.getByLabel('依据文件').fill('补充协议一');
  await drawer.locator('button[type=submit]').click();
  await page.getByRole('heading', { name: '版本（2）' }).waitFor();
  await picture('demo-fengkong', 'entry-agreement');
});

test('登记保函：先试算，协议与集中度当场判断，确认后打开详情', async () => {
  const page = await pageOf('demo-pingshen');
  const [like] = await rowsOf<GuaranteeRow>(page, '/api/guarantees?status=in-force&limit=1');
  await page.goto('/guarantees/new');
  await choose(page, page.getByLabel('客户'), like!.customerName);
  await page.getByLabel('保证合同号').fill('BZ-2026-777');
  const banks = await rowsOf<{ name: string; shortName: string }>(page, '/api/institutions?kind=bank&limit=100');
  const bank = banks.find((each) => each.shortName === like!.bankName)!;
  await choose(page, page.getByLabel('合作银行'), bank.name);
  await page.getByLabel('产品').click();
  await page.locator('.ant-select-item-option:visible', { hasText: like!.productName }).click();
  const principal = page.getByLabel('主债权金额');
  await principal.fill('99999999');
  await page.getByLabel('到期日').fill('2027-12-20');
  await page.keyboard.press('Enter');
  await page.getByLabel('支小').check();
  await page.getByRole('radio', { name: '支小' }).check();
  await page.getByRole('button', { name: /试\s*算/ }).click();
  await page.locator('.refusal').first().waitFor();
  await principal.fill('1');
  await page.getByRole('button', { name: /试\s*算/ }).click();
  await page.getByText('试算通过').waitFor();
  await page.getByRole('button', { name: '确认登记' }).click();
  await page.getByRole('heading', { name: 'BZ-2026-777' }).waitFor();
});

test('银行名称识别：认不准的由人确认，确认后即识别', async () => {
  const page = await pageOf('demo-kehu');
  await page.goto('/banks?tab=match');
  await page.getByRole('tab', { name: '待确认的名称' }).click();
  await page.getByLabel('文件里的银行名称').fill('晋商银行测试街支行\n不知道哪家的银行');
  await page.getByRole('button', { name: '识别 2 个名称' }).click();
  const table = page.getByRole('table', { name: '识别结果' });
  const row = table.locator('tbody tr', { hasText: '不知道哪家的银行' });
  await choose(page, row.getByRole('combobox'), '晋商银行');
  await row.getByRole('button', { name: /确\s*认/ }).click();
  await row.getByText('已识别').waitFor();
});

test('新建用户：初始密码只显示一次，用它可以登录', async () => {
  const page = await pageOf('demo-xitong');
  await page.goto('/users');
  await page.getByRole('button', { name: '新建用户' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('账号').fill('xinren');
  await dialog.getByLabel('姓名').fill('新人甲');
  await dialog.getByLabel('人员标识（身份证号或工号）').fill('GH-000777');
  await choose(page, dialog.getByLabel('所属机构'), '太原市');
  await dialog.getByRole('button', { name: /建\s*立/ }).click();
  const password = await dialog.locator('code').textContent();
  const answer = await page.request.post('/api/sign-in', { data: { account: 'xinren', password } });
  expect(answer.ok()).toBe(true);
});

test('回调通知：新增订阅只显示一次密钥，停用，导出', async () => {
  visitors.delete('demo-xitong');
  const page = await pageOf('demo-xitong');
  await page.goto('/webhooks');
  await page.getByRole('button', { name: '新增订阅' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('接收系统名称').fill('监管数据平台');
  await choose(page, dialog.getByLabel('机构'), '山西省融资再担保');
  await dialog.getByLabel('接收地址').fill('ftp://nowhere');
  await dialog.getByLabel('数据包被监测系统退回').check();
  await dialog.getByRole('button', { name: /订\s*阅$/ }).click();
  await dialog.locator('.refusal').first().waitFor();
  await dialog.getByLabel('接收地址').fill('https://receiver.example.cn/hooks');
  await dialog.getByRole('button', { name: /订\s*阅$/ }).click();
  await dialog.getByText('签名密钥只显示这一次').waitFor();
  expect((await dialog.getByLabel('签名密钥').textContent())!.trim().length).toBeGreaterThan(40);
  await dialog.getByRole('button', { name: '已记下，关闭' }).click();
  const row = page.locator('.ant-table-row', { hasText: '监管数据平台' });
  await row.getByRole('button', { name: '投递记录' }).click();
  await page.getByText('还没有投递').waitFor();
  await page.locator('.ant-drawer-close').click();
  await picture('demo-xitong', 'entry-webhooks');
  await row.getByRole('button', { name: '停用' }).click();
  await page.getByRole('button', { name: '确认停用' }).click();
  await row.getByText('已停用').waitFor();
});

test('日报送：报送后重报，写明原因，成为第 2 版', async () => {
  const page = await pageOf('demo-tongji');
  const submit = await page.request.post('/api/exchange/submissions', {
    headers: { 'x-requested-with': 'rongdan' },
    data: {},
    timeout: 60_000,
  });
  expect(submit.ok(), await submit.text()).toBe(true);
  await page.goto('/exchange/packages');
  await page.locator('.ant-table-row').first().click();
  const drawer = page.locator('.ant-drawer');
  await drawer.getByRole('button', { name: '重报本日' }).click();
  await page.getByLabel('重报原因').fill('一笔还款录错金额，已冲正');
  await page.getByRole('button', { name: '重报并发送' }).click();
  await drawer.getByText('重报原因：一笔还款录错金额，已冲正').waitFor();
  await drawer
    .getByText(/第 2 版/)
    .first()
    .waitFor();
  await drawer.getByRole('heading', { name: '本日各版' }).waitFor();
  await picture('demo-tongji', 'entry-restated');
});

test('用上传的文件核对：改一笔余额、少一笔，核对找出这两条', async () => {
  const page = await pageOf('demo-tongji');
  const me = (await (await page.request.get('/api/me')).json()) as { institution: { id: string }; today: string };
  const all = await rowsOf<GuaranteeRow>(page, '/api/guarantees?limit=500');
  const [lost, changed, ...same] = all
    .filter((row) => row.startsOn <= me.today)
    .sort((a, b) => Number(b.outstanding) - Number(a.outstanding)) as [GuaranteeRow, GuaranteeRow, ...GuaranteeRow[]];
  const lines = [`${changed.contractNo},1.00`, ...same.map((row) => `${row.contractNo},${row.outstanding}`)];
  const file = path.join(folder, '对方明细.csv');
  writeFileSync(file, `合同编号,在保余额\n${lines.join('\n')}\n`);
  await page.goto('/reconciliation/new');
  await page.getByText('上传文件（CSV、XLSX）').click();
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByText('对方明细.csv').waitFor();
  const code = page.getByLabel('整份文件属于机构（代码）');
  // The list says what is outstanding today; so must the book that is compared with it.
  await page.getByLabel('截至哪一日').fill(me.today);
  await page.keyboard.press('Tab');
  const own = (await (await page.request.get(`/api/institutions/${me.institution.id}`)).json()) as { code: string };
  await code.fill(own.code);
  await picture('demo-tongji', 'entry-reconcile-file');
  await page.getByRole('button', { name: '开始核对' }).click();
  await page.getByText('对账小结').waitFor();
  await page.getByRole('button', { name: '处理差异（2 条待处理）' }).click();
  await page.locator('tbody tr', { hasText: lost.contractNo }).getByText('遗漏').waitFor();
  await page.locator('tbody tr', { hasText: changed.contractNo }).getByText('录入差').waitFor();
});

test('导出的工作簿里是中文，没有代码', async () => {
  const raw = /^[a-z]+(-[a-z]+)*$|\br\d\d-/;
  for (const [account, url] of [
    ['demo-tongji', '/api/guarantees?status=in-force'],
    ['demo-tongji', '/api/customers'],
    ['demo-tongji', '/api/imports/batches'],
    ['demo-tongji', '/api/exchange/packages'],
    ['demo-tongji', '/api/reconciliation/runs'],
    ['demo-tongji', '/api/ledger/transfers'],
    ['demo-shenjiyuan', '/api/audit'],
    ['demo-xitong', '/api/institutions?kind=guarantor'],
    ['demo-xitong', '/api/webhooks'],
  ] as const) {
    const page = await pageOf(account);
    const answer = await page.request.get(`${url}${url.includes('?') ? '&' : '?'}format=xlsx`);
    expect(answer.ok(), url).toBe(true);
    const file = path.join(folder, 'list.xlsx');
    writeFileSync(file, await answer.body());
    const wrong: string[] = [];
    let rows = 0;
    for await (const batch of readXlsx(file))
      for (const row of batch) {
        rows += 1;
        wrong.push(...row.cells.filter((cell) => raw.test(cell)));
      }
    expect(rows, url).toBeGreaterThan(2);
    expect(wrong, url).toEqual([]);
  }
});

test('接口文档打得开、是中文，页面没有报错', async () => {
  const page = await pageOf('demo-kehu');
  await page.goto('/api/docs');
  expect(await page.title()).toContain('融担一体化平台');
  await page.getByRole('heading', { name: '怎样接入' }).waitFor();
  for (const visitor of visitors.values()) expect(visitor.errors).toEqual([]);
});
